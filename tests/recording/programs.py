"""Starts the programs of these tests and sends requests to them."""
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
failures = []


def check(what, holds, seen=""):
    if not holds:
        failures.append(what)
        print(f"FAILED: {what}: {str(seen)[:2000]}")


def finish():
    print(f"{len(failures)} failures")
    sys.exit(1 if failures else 0)


@contextlib.contextmanager
def started(*command, end=signal.SIGTERM):
    """Yields the line that the program prints, which names its URL or port, and the program."""
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        url = program.stdout.readline().strip()
        if not url:
            raise SystemExit(f"{command} did not start: {program.stderr.read()}")
        yield url, program
    finally:
        program.send_signal(end)
        try:
            program.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            program.kill()
            program.communicate()


def desk():
    return started(sys.executable, os.path.join(HERE, "desk_server.py"))


def run(*command, timeout=120):
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout)


def send(url, method, path, body=None, headers=None):
    """Status, headers as a list of pairs, bytes of the body. A dict or list is sent as JSON. Redirects are not followed."""
    place = urllib.parse.urlsplit(url)
    headers = dict(headers or {})
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
        headers.setdefault("Content-Type", "application/json")
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    connection.request(method, place.path + path, body, headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, answer.getheaders(), data


def entries_of(file):
    with open(file, encoding="utf-8") as har:
        return json.load(har)["log"]["entries"]
