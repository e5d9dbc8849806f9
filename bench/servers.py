"""The servers that are compared. Each has `url`, `pids()`, and stops when its `with` block ends."""
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import time
import urllib.error

from operations import send

ROOT = pathlib.Path(__file__).resolve().parent.parent


def free_port():
    """Below the ports that the system gives to clients: one that connects to such a port before the server listens may connect to itself."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Server:
    """A process and its children."""

    def __init__(self, command, **popen):
        self.command = [str(word) for word in command]
        self.process = subprocess.Popen(self.command, **popen)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def pids(self):
        pid = self.process.pid
        return [pid, *(int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]

    def cpu_seconds(self):
        ticks = 0
        for pid in self.pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Bytes: (resident anonymous pages, all resident pages)."""
        sizes = {"RssAnon": 0, "VmRSS": 0}
        for pid in self.pids():
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                name, _, value = line.partition(":")
                if name in sizes:
                    sizes[name] += int(value.split()[0]) * 1024
        return sizes["RssAnon"], sizes["VmRSS"]

    def wait_for_answer(self, path, seconds):
        deadline = time.monotonic() + seconds
        while True:
            try:
                return send(self.url + path)
            except (urllib.error.URLError, ConnectionError, RuntimeError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{' '.join(self.command)} does not answer") from None
                time.sleep(0.02)


class Understudy(Server):
    def __init__(self, program, *options):
        super().__init__([program, "serve", "-p", "0", "-q", "--print-url", "--no-rate-limit", *options], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError(f"{' '.join(self.command)} did not start")


class Redis(Server):
    """Stores every command before it answers, in a new folder."""

    def __init__(self, folder):
        self.port = free_port()
        data = pathlib.Path(folder) / f"redis-{self.port}"
        data.mkdir()
        super().__init__(["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--dir", data, "--appendonly", "yes", "--appendfsync",
                          "always", "--save", "", "--logfile", data / "log"])
        self.url = f"redis://127.0.0.1:{self.port}"
        deadline = time.monotonic() + 10
        while not self.answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{' '.join(self.command)} does not answer")
            time.sleep(0.02)

    def answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def nginx_program():
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def quote_for_nginx(text):
    """`return` takes at most 4 kB of text in one parameter, so that a long body is several variables."""
    chunks = [text[i:i + 2000] for i in range(0, len(text), 2000)] or [""]
    escaped = [chunk.replace("\\", "\\\\").replace("'", "\\'") for chunk in chunks]
    if "$" in text:
        raise RuntimeError("nginx cannot repeat a body with $")
    if len(chunks) == 1:
        return "", f"'{escaped[0]}'"
    return "".join(f"set $part{i} '{chunk}'; " for i, chunk in enumerate(escaped)), '"' + "".join(f"$part{i}" for i in range(len(chunks))) + '"'


def nginx_command(folder, port, status=200, body="{}"):
    """One worker that answers every request with the same bytes. Writes its configuration into `folder`."""
    before, text = quote_for_nginx(body)
    kinds = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (pathlib.Path(folder) / "nginx.conf").write_text(f"""
worker_processes 1; worker_rlimit_nofile 8192; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; {kinds}
  default_type "application/json; charset=utf-8";
  server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ {before}return {status} {text}; }} }}
}}
""")
    return [nginx_program(), "-e", f"{folder}/nginx.log", "-c", f"{folder}/nginx.conf", "-p", folder]


class Nginx(Server):
    def __init__(self, folder, status=200, body="{}"):
        port = free_port()
        super().__init__(nginx_command(folder, port, status, body))
        self.url = f"http://127.0.0.1:{port}"
        self.wait_for_answer("/", 10)


WIREMOCK = "3.13.2"


def wiremock_jar():
    """Installs WireMock from npm below build/ if it is not there."""
    folder = ROOT / "build" / "peers"
    jar = folder / f"node_modules/wiremock/build/wiremock-standalone-{WIREMOCK}.jar"
    if not jar.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent", f"wiremock@{WIREMOCK}"], cwd=folder, check=True)
    return jar


class WireMock(Server):
    """One stub without state, whose answer shows a value of the request. Neither a journal nor a log."""

    def __init__(self, folder, load):
        port = free_port()
        mapping = {"method": load.method, "urlPath": load.path}
        if load.headers:
            mapping["headers"] = {name: {"equalTo": value} for name, value in load.headers.items()}
        stub = {"request": mapping, "response": {
            "status": load.status, "body": load.template, "headers": {"Content-Type": "application/json; charset=utf-8"},
            "transformers": ["response-template"] if "{{" in load.template else []}}
        mappings = pathlib.Path(folder) / "mappings"
        mappings.mkdir(exist_ok=True)
        (mappings / "stub.json").write_text(json.dumps(stub))
        super().__init__(["java", "-jar", wiremock_jar(), "--port", port, "--bind-address", "127.0.0.1", "--root-dir", folder, "--no-request-journal",
                          "--disable-request-logging", "--disable-banner", "--disable-gzip", "--container-threads", 32,
                          "--jetty-accept-queue-size", 2048], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}"
        self.wait_for_answer("/__admin/mappings", 60)
