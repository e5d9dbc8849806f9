"""What the tests of state share: processes that always end, a small HTTP client, and what a client of the mock can do.

This file checks nothing itself. kill.py, fleet.py and faults_of_storage.py use it. It needs the standard library only.
"""

import argparse
import atexit
import json
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from typing import NamedTuple

START_SECONDS = 60
GUARD = r"""
import os, shutil, signal, subprocess, sys
groups, folders, mounts = set(), set(), set()
for line in sys.stdin:
    word, value = line.rstrip("\n").split(" ", 1)
    {"start": groups.add, "end": groups.discard, "folder": folders.add, "gone": folders.discard, "mount": mounts.add,
     "unmount": mounts.discard}[word](value)
for group in groups:
    try:
        os.killpg(int(group), signal.SIGKILL)
    except OSError:
        pass
for mount in mounts:
    subprocess.run(["umount", "-l", mount], capture_output=True)
for folder in folders:
    shutil.rmtree(folder, ignore_errors=True)
"""


class _Cleaner:
    """Ends processes and removes folders when the test ends, in whatever way. A second process does it after a kill -9."""

    def __init__(self):
        self.lock = threading.Lock()
        self.groups = set()
        self.folders = set()
        self.mounts = set()
        self.guard = None

    def _tell(self, word, value):
        """Tells the guard process what to clean up. Starts it first."""
        if self.guard is None:
            self.guard = subprocess.Popen([sys.executable, "-S", "-c", GUARD], stdin=subprocess.PIPE, text=True, start_new_session=True)
            atexit.register(self.clean)
        try:
            self.guard.stdin.write(f"{word} {value}\n")
            self.guard.stdin.flush()
        except OSError:
            pass

    def add_group(self, group):
        """Remembers a process group."""
        with self.lock:
            self.groups.add(group)
            self._tell("start", group)

    def drop_group(self, group):
        """Forgets a process group that has ended."""
        with self.lock:
            self.groups.discard(group)
            self._tell("end", group)

    def add_folder(self, folder):
        """Remembers a temporary folder."""
        with self.lock:
            self.folders.add(folder)
            self._tell("folder", folder)

    def drop_folder(self, folder):
        """Forgets a folder that was removed."""
        with self.lock:
            self.folders.discard(folder)
            self._tell("gone", folder)

    def add_mount(self, folder):
        """Remembers a mounted file system."""
        with self.lock:
            self.mounts.add(folder)
            self._tell("mount", folder)

    def drop_mount(self, folder):
        """Forgets a file system that is no longer mounted."""
        with self.lock:
            self.mounts.discard(folder)
            self._tell("unmount", folder)

    def clean(self):
        """Ends what still runs and removes what is still there."""
        for group in list(self.groups):
            try:
                os.killpg(group, signal.SIGKILL)
            except OSError:
                pass
        for mount in list(self.mounts):
            unmount(mount)
        for folder in list(self.folders):
            shutil.rmtree(folder, ignore_errors=True)
        if self.guard is not None:
            self.guard.stdin.close()
            self.guard.wait()


_cleaner = _Cleaner()


def end_by_exit(report):
    """Makes the usual signals end the test by an exit, so that the report is printed and everything is cleaned up."""
    def end(received, _):
        report.finish(f"ended by signal {received}")
        sys.exit(128 + received)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)


def new_folder(prefix):
    """Makes a temporary folder that is removed when the test ends."""
    folder = tempfile.mkdtemp(prefix=f"understudy-{prefix}-")
    _cleaner.add_folder(folder)
    return folder


def remove_folder(folder):
    """Removes a temporary folder now."""
    unmount(folder)
    shutil.rmtree(folder, ignore_errors=True)
    _cleaner.drop_folder(folder)


def mount_small(folder, size):
    """Mounts a file system in memory of this size. Returns whether that was possible; only root can."""
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode == 0:
        _cleaner.add_mount(folder)
    return done.returncode == 0


def unmount(folder):
    """Ends the mount of a folder if there is one."""
    if folder in _cleaner.mounts:
        subprocess.run(["umount", "-l", folder], capture_output=True, check=False)
        _cleaner.drop_mount(folder)


def free_port():
    """Returns a port that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program_path(text):
    """Returns the absolute path of a program; for argparse."""
    path = os.path.abspath(text)
    if not os.access(path, os.X_OK) or os.path.isdir(path):
        raise argparse.ArgumentTypeError(f"there is no program at {text}")
    return path


class NotStarted(Exception):
    """A process ended, or did not say that it serves. Has the exit code (None: it still ran) and what it wrote."""

    def __init__(self, code, text):
        super().__init__(f"not started, exit code {code}: {text.strip() or 'no message'}")
        self.code = code
        self.text = text


class Process:
    """A process in a process group of its own, with its standard error in a file."""

    def __init__(self, command, folder, **options):
        self.command = [str(part) for part in command]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSTUDY_")}
        descriptor, self.errors = tempfile.mkstemp(prefix="stderr-", dir=folder)
        self.process = subprocess.Popen(
            self.command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=descriptor, start_new_session=True,
            env=environment, **options)
        os.close(descriptor)
        _cleaner.add_group(self.process.pid)

    @property
    def pid(self):
        """The number of the process."""
        return self.process.pid

    def text(self):
        """Returns what the process wrote to standard error."""
        with open(self.errors, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def runs(self):
        """Says whether the process has not ended."""
        return self.process.poll() is None

    def read_line(self, seconds):
        """Returns the next line of standard output, or "" if the process ended or the time is over."""
        line = b""
        end = time.monotonic() + seconds
        descriptor = self.process.stdout.fileno()
        while not line.endswith(b"\n"):
            left = end - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                return ""
            byte = os.read(descriptor, 1)
            if not byte:
                return ""
            line += byte
        return line.decode().strip()

    def signal(self, number):
        """Sends a signal to the process group."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def wait(self, seconds):
        """Waits for the end. Returns the exit code, or None if it still runs."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self._ended()
        return code

    def _ended(self):
        """Frees what belongs to a process that has ended."""
        _cleaner.drop_group(self.process.pid)
        self.process.stdout.close()

    def kill(self):
        """Ends the process group with kill -9."""
        if self.process.returncode is None:
            self.signal(signal.SIGKILL)
            self.process.wait()
        if not self.process.stdout.closed:
            self._ended()

    def stop(self, seconds=15):
        """Asks the process to end. Returns its exit code; kills it and returns None if it does not end."""
        if self.process.returncode is not None:
            return self.process.returncode
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        code = self.wait(seconds)
        if code is None:
            self.kill()
        return code


class Server(Process):
    """A running `serve -p 0 --print-url`. Raises NotStarted if it does not start."""

    def __init__(self, program, arguments, folder, seconds=START_SECONDS, wait=True, **options):
        super().__init__([program, "serve", "-p", "0", "--print-url", "-q", *arguments], folder, **options)
        self.url = ""
        if wait:
            self.wait_for_url(seconds)

    def wait_for_url(self, seconds=START_SECONDS):
        """Waits until the server serves. Ends it and raises NotStarted if it does not."""
        self.url = self.read_line(seconds)
        if self.url:
            return
        code = self.process.poll() if self.process.poll() is not None else self._code_soon()
        text = self.text()
        self.kill()
        raise NotStarted(code, text)

    def _code_soon(self):
        """Returns the exit code of a process that has closed its output, or None if it goes on."""
        try:
            return self.process.wait(1)
        except subprocess.TimeoutExpired:
            return None


class Unanswered(Exception):
    """There was no complete answer. `sent` is False if the request has certainly not reached the server."""

    def __init__(self, reason, sent, late=False):
        super().__init__(reason)
        self.sent = sent
        self.late = late


class Answer(NamedTuple):
    """A complete answer."""

    status: int
    headers: dict
    body: bytes

    def json(self):
        """Returns the body as a value; None if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def code(self):
        """Returns the member `code` of the body, or ""."""
        value = self.json()
        return value.get("code", "") if isinstance(value, dict) else ""

    def ok(self):
        """Says whether the status is a success."""
        return 200 <= self.status < 300

    def __str__(self):
        return f"{self.status} {self.body[:300].decode('utf-8', 'replace')}"


class Connection:
    """An HTTP/1.1 connection to one server that opens itself again. For one thread."""

    def __init__(self, url, timeout=20.0):
        parts = urllib.parse.urlsplit(url)
        self.address = (parts.hostname, parts.port)
        self.timeout = timeout
        self.socket = None
        self.rest = b""

    def close(self):
        """Closes the connection."""
        if self.socket is not None:
            self.socket.close()
        self.socket = None
        self.rest = b""

    def request(self, method, path, body=None, headers=None):
        """Sends a request and returns the complete answer. Raises Unanswered."""
        payload = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.address[0]}:{self.address[1]}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body is not None:
            lines.append("Content-Type: application/json")
        if body is not None or method in ("POST", "PUT"):
            lines.append(f"Content-Length: {len(payload)}")
        data = "\r\n".join(lines).encode() + b"\r\n\r\n" + payload
        try:
            self._open()
        except OSError as error:
            self.close()
            raise Unanswered(f"no connection: {error}", sent=False) from error
        try:
            self.end = time.monotonic() + self.timeout
            self.socket.settimeout(self.timeout)
            self.socket.sendall(data)
            return self._read(method)
        except (OSError, ValueError) as error:
            self.close()
            raise Unanswered(f"{type(error).__name__}: {error}", sent=True, late=isinstance(error, TimeoutError)) from error

    def _open(self):
        """Connects if there is no connection."""
        if self.socket is None:
            self.socket = socket.create_connection(self.address, self.timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _more(self):
        """Reads some bytes."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("no complete answer in time")
        self.socket.settimeout(left)
        data = self.socket.recv(262144)
        if not data:
            raise ValueError("the connection ended")
        self.rest += data

    def _until(self, mark):
        """Returns the bytes before the mark and drops the mark."""
        while True:
            at = self.rest.find(mark)
            if at >= 0:
                part, self.rest = self.rest[:at], self.rest[at + len(mark):]
                return part
            self._more()

    def _bytes(self, count):
        """Returns exactly so many bytes."""
        if len(self.rest) < count:
            parts = [self.rest]
            length = len(self.rest)
            while length < count:
                self.rest = b""
                self._more()
                parts.append(self.rest)
                length += len(self.rest)
            self.rest = b"".join(parts)
        part, self.rest = self.rest[:count], self.rest[count:]
        return part

    def _read(self, method):
        """Reads one answer."""
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self._body(method, status, headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body)

    def _body(self, method, status, headers):
        """Reads the body."""
        if method == "HEAD" or status in (204, 304):
            return b""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        return self._bytes(int(headers.get("content-length", "0")))

    def _chunks(self):
        """Reads a chunked body."""
        parts = []
        while True:
            size = int(self._until(b"\r\n").split(b";")[0], 16)
            if size == 0:
                while self._until(b"\r\n"):
                    pass
                return b"".join(parts)
            parts.append(self._bytes(size))
            self._bytes(2)


DONE = "done"
NOT_STORED = "not-stored"
UNKNOWN = "outcome-unknown"
REFUSED = "refused"


def outcome(answer):
    """Says what an answer to a write means: DONE, NOT_STORED (nothing was done), UNKNOWN (it may have been done) or REFUSED."""
    if answer.ok():
        return DONE
    if answer.status == 503:
        for word in (NOT_STORED, UNKNOWN):
            if answer.code() == word:
                return word
    return REFUSED


def quoted(name):
    """Returns a name for a path."""
    return urllib.parse.quote(str(name), safe="")


class Client:
    """A client of the mock: one connection, one account, one token. The account's password is `demo`."""

    def __init__(self, url, user="demo", token=None, timeout=20.0):
        self.connection = Connection(url, timeout)
        self.user = user
        self.token = token

    def close(self):
        """Closes the connection."""
        self.connection.close()

    def admin(self, method, path, body=None):
        """Sends a request to the admin API."""
        return self.connection.request(method, "/__admin" + path, body)

    def tenant(self, method, path="", body=None):
        """Sends a request about the account's tenant to the admin API."""
        return self.admin(method, f"/tenants/{quoted(self.user)}{path}", body)

    def rest(self, method, path, body=None, token=None):
        """Sends a request to Sellercloud with a token."""
        if token is None and self.token is None:
            answer = self.login()
            if self.token is None:
                return answer
        return self.connection.request(
            method, "/sellercloud/rest/api" + path, body, {"Authorization": f"Bearer {token or self.token}"})

    def veeqo(self, method, path, body=None):
        """Sends a request to Veeqo with the account's key."""
        return self.connection.request(method, "/veeqo" + path, body, {"x-api-key": self.user})

    def login(self):
        """Gets a token and keeps it. Returns the answer."""
        answer = self.connection.request(
            "POST", "/sellercloud/rest/api/token", {"Username": self.user, "Password": "demo"})
        if answer.ok():
            self.token = answer.json()["access_token"]
        return answer

    def create_order(self, name, lines, email="load@example.test"):
        """Creates an order. `lines` are (product, quantity, price)."""
        return self.rest("POST", "/Orders", {
            "CustomerDetails": {"Email": email, "FirstName": "Load", "LastName": "Test"},
            "OrderDetails": {"CompanyID": 163, "Channel": "Website", "OrderSourceOrderID": name},
            "Products": [{"ProductID": product, "Qty": quantity, "SitePrice": price} for product, quantity, price in lines]})

    def find_orders(self, names):
        """Finds orders by their source ids, at most 50. Returns the answer of the list."""
        return self.rest("GET", f"/Orders?pageSize=50&orderSourceOrderIDList={quoted(','.join(names))}")

    def create_product(self, sku, name):
        """Creates a product of Sellercloud."""
        return self.rest("POST", "/Products", {
            "CompanyId": 163, "ProductName": name, "ProductSKU": sku, "ProductTypeName": "General"})

    def create_purchase_order(self, product, quantity):
        """Creates a purchase order with one line."""
        return self.rest("POST", "/PurchaseOrders", {
            "CompanyID": 163, "VendorID": 1, "POType": "PurchaseOrder", "CaseQtyMode": False,
            "Products": [{"ProductID": product, "QtyUnitsOrdered": quantity, "UnitPrice": 9.5}]})

    def add_stock(self, product, quantity):
        """Adds to the stock of a product in warehouse 1."""
        return self.rest("PUT", "/Inventory/AdjustPhysicalInventory", {
            "ProductID": product, "WarehouseID": 1, "Qty": quantity, "AdjustmentType": "Add", "Reason": "test"})

    def stock(self, product):
        """Reads the stock of a product in warehouse 1."""
        return self.rest("GET", f"/Inventory/{quoted(product)}/Warehouses/1")

    def put_title(self, key, title):
        """Writes a product of Veeqo over the admin API."""
        return self.tenant("PUT", f"/records/veeqo/products/{key}", {"title": title})

    def records(self, collection):
        """Reads all records of `api/collection` over the admin API."""
        return self.tenant("GET", f"/records/{collection}")


def order_lines(answer):
    """Returns the lines of an order that was read by its id, as (product, quantity, price)."""
    return [(line["ProductID"], line["Qty"], line["SitePrice"]) for line in answer.json()["OrderItems"]]


def record_lines(record):
    """Returns the lines of an order that the admin API showed, as (product, quantity, price)."""
    return [(line["ProductID"], line["Qty"], line["SitePrice"]) for line in record.get("Products", [])]


class Report:
    """What a test found. Threads may add to it."""

    def __init__(self, most=50):
        self.lock = threading.Lock()
        self.violations = []
        self.more = 0
        self.most = most

    def violation(self, text):
        """Adds something that must not happen."""
        with self.lock:
            if len(self.violations) < self.most:
                self.violations.append(text)
            else:
                self.more += 1

    def expect(self, condition, text):
        """Adds a violation unless the condition holds. Returns the condition."""
        if not condition:
            self.violation(text)
        return bool(condition)

    def failed(self):
        """Says whether there is a violation."""
        return bool(self.violations)

    def finish(self, summary):
        """Prints the result. Returns the exit code."""
        print(summary)
        for number, text in enumerate(self.violations, 1):
            print(f"violation {number}: {text}")
        if self.more:
            print(f"and {self.more} more violations")
        print("FAILED" if self.violations else "ok", flush=True)
        return 1 if self.violations else 0


def in_parallel(jobs, seconds=120):
    """Runs functions at the same time, each in a thread; all begin together. Returns their results in order.

    An exception in one of them is raised here.
    """
    results = [None] * len(jobs)
    errors = []
    barrier = threading.Barrier(len(jobs))

    def run(number, job):
        try:
            barrier.wait()
            results[number] = job()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
        if thread.is_alive():
            raise TimeoutError(f"a client has not ended after {seconds} s")
    if errors:
        raise errors[0]
    return results


def random_of(seed):
    """Returns a random generator and prints its seed, so that a run can be repeated."""
    seed = seed if seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    return random.Random(seed)
