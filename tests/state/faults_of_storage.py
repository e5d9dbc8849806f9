#!/usr/bin/env python3
"""Checks what a server does when its file is full, read-only, damaged or in use, and when --state is wrong.

    python3 faults_of_storage.py PROGRAM [--only WORD] [--seed N] [--list]

- Disk full (a limit of the file size, and as root also a small file system): writes are answered with 503 `not-stored` or
  `outcome-unknown`, never with a false success; with room again the same server goes on; after kill -9 every acknowledged write is there.
- The disk does not sync (strace): 503 `outcome-unknown`, then the server goes on.
- File read-only (as root the server runs as user 65534): refused with a message that names the file, or 503 for each write.
- File damaged (garbage, zeros, cut off): refused with a message that names the file, or every answer is either right or an error.
  A file that is no database is refused and not changed. A write-ahead log whose end is lost costs the last commits only.
- A second server on the same file is refused with a message that names the file.
- Wrong values of --state end with the exit code 2 and a message.

The seed is printed. Exit code: 0 no violation, 1 violations (listed), 2 usage.
"""

import argparse
import os
import resource
import shutil
import stat
import subprocess
import sys
import threading
import time

import harness
from harness import Client, DONE, NOT_STORED, NotStarted, REFUSED, Report, Server, UNKNOWN, Unanswered, in_parallel, outcome

RECOVERY_SECONDS = 15
NOBODY = 65534
FILE = "shop.db"
LINES = 3


class Written:
    """The orders that clients have created, and what they were answered. All use one token: a new token needs a write."""

    def __init__(self, token=None):
        self.lock = threading.Lock()
        self.token = token
        self.count = 0
        self.orders = {}

    def new_name(self):
        """Returns a name that nobody has used."""
        with self.lock:
            self.count += 1
            return f"order-{self.count}"

    def note(self, name, state, identifier=None):
        """Notes what a create was answered."""
        with self.lock:
            self.orders[name] = (state, identifier)

    def names(self, state):
        """Returns the names with this answer in the order of their creation."""
        return [name for name, (seen, _) in self.orders.items() if seen == state]


def lines_of(name):
    """Returns the lines of an order: its name says them."""
    return [(f"{name}-{number}", number + 1, 2.5) for number in range(LINES)]


class Checks:
    """All checks. A method `check_*` is one check; they run in the order of the file."""

    def __init__(self, options, chance, report):
        self.options = options
        self.chance = chance
        self.report = report
        self.folder = None

    def run(self):
        """Runs the checks whose names contain the word of --only, each in a folder of its own."""
        for name in check_names():
            if self.options.only and self.options.only not in name:
                continue
            begin = time.monotonic()
            before = len(self.report.violations)
            self.folder = harness.new_folder("storage")
            note = None
            try:
                note = getattr(self, name)()
            except Exception as error:
                self.report.violation(f"{name}: {type(error).__name__}: {error}")
            harness.remove_folder(self.folder)
            state = note or ("ok" if len(self.report.violations) == before else "FAILED")
            print(f"{name[len('check_'):]}: {state}, {time.monotonic() - begin:.1f} s", flush=True)

    def expect(self, condition, text):
        """Reports a violation unless the condition holds."""
        return self.report.expect(condition, text)

    def path(self):
        """Returns the path of the file."""
        return os.path.join(self.folder, FILE)

    def serve(self, folder=None, state=FILE, **options):
        """Starts a server on the file of a folder."""
        return Server(self.options.program, ["--state", state, "--no-rate-limit"], folder or self.folder, **options)

    # Writing and comparing

    def create(self, client, written):
        """Creates an order and notes the answer. Returns its meaning."""
        name = written.new_name()
        client.token = client.token or written.token
        try:
            answer = client.create_order(name, lines_of(name))
        except Unanswered as error:
            if error.sent:
                written.note(name, UNKNOWN)
            raise
        state = outcome(answer)
        if state == REFUSED:
            self.report.violation(f"the create of {name} is answered {answer}, expected a success or 503 not-stored or outcome-unknown")
            state = UNKNOWN
        written.note(name, state, answer.json()["ID"] if state == DONE else None)
        written.token = client.token
        return state

    def fill(self, client, written, count):
        """Creates so many orders; each must be stored."""
        for _ in range(count):
            if self.create(client, written) != DONE:
                raise AssertionError("a write in a good file is refused")

    def compare(self, server, written, when, errors=False, lost=()):
        """Compares what a server shows with what was written. With `errors`, a status of 500 or more is as good as the right answer."""
        client = Client(server.url, token=written.token)
        answer = client.records("sellercloud/orders")
        shown = None
        if answer.ok():
            shown = {record["OrderDetails"]["OrderSourceOrderID"]: record for record in answer.json()["records"]}
        else:
            self.expect(errors and answer.status >= 500, f"{when}: the orders cannot be read: {answer}")
        before = len(self.report.violations)
        for name, (state, identifier) in written.orders.items():
            if name in lost:
                continue
            if len(self.report.violations) > before + 2:
                self.report.violation(f"{when}: the comparison ends here, at order {name} of {len(written.orders)}")
                break
            if shown is not None:
                self.compare_record(name, state, identifier, shown.get(name), when)
            if state == DONE:
                self.compare_answer(name, client.rest("GET", f"/Orders/{identifier}"), when, errors)
        client.close()

    def compare_record(self, name, state, identifier, record, when):
        """Compares one record of the admin API with what was written."""
        if state == DONE and record is None:
            self.report.violation(f"{when}: order {name} was acknowledged and is not there")
        elif state == NOT_STORED and record is not None:
            self.report.violation(f"{when}: order {name} was answered not-stored and is there")
        elif record is not None and harness.record_lines(record) != lines_of(name):
            self.report.violation(f"{when}: order {name} has other lines: {record}")
        elif record is not None and state == DONE and record["ID"] != identifier:
            self.report.violation(f"{when}: order {name} has the id {record['ID']}, its client got {identifier}")

    def compare_answer(self, name, answer, when, errors):
        """Compares the answer to a read of one order with what was written."""
        if errors and answer.status >= 500:
            return
        if not answer.ok():
            self.report.violation(f"{when}: order {name} was acknowledged and a read is answered {answer}")
        elif harness.order_lines(answer) != lines_of(name):
            self.report.violation(f"{when}: a read of order {name} shows other lines: {answer}")

    def named(self, error, when, text=FILE):
        """Checks the message of a server that did not start."""
        self.expect(error.code is not None, f"{when}: the server neither serves nor ends")
        self.expect(error.code is None or error.code > 0, f"{when}: the server ended with {error.code}, expected an exit code above 0")
        self.expect(text in error.text, f"{when}: the message does not name {text!r}: {error.text.strip()!r}")

    # A good file

    def check_good_file(self):
        """A file has the mode 0600 and keeps everything over kill -9 and a normal stop."""
        written = Written()
        server = self.serve()
        self.fill(Client(server.url), written, 20)
        mode = stat.S_IMODE(os.stat(self.path()).st_mode)
        self.expect(mode == 0o600, f"the file has the mode {mode:o}, expected 600")
        for name in os.listdir(self.folder):
            if name in (FILE, FILE + "-wal", FILE + "-shm", FILE + "-journal"):
                self.expect(not os.stat(os.path.join(self.folder, name)).st_mode & 0o077, f"others can read {name}")
        server.kill()
        server = self.serve()
        self.compare(server, written, "after kill -9")
        code = server.stop()
        self.expect(code == 0, f"the exit code after SIGTERM is {code}")
        server = self.serve()
        self.compare(server, written, "after a normal stop")
        server.stop()

    # A full disk

    def check_full_by_limit(self):
        """A limit of the size of files is a full disk."""
        server = self.serve(restore_signals=False)

        def fill_up():
            sizes = [os.stat(os.path.join(self.folder, name)).st_size for name in os.listdir(self.folder) if name.startswith(FILE)]
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (max(sizes) + 200_000, resource.RLIM_INFINITY))

        def make_room():
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

        self.full(server, self.folder, fill_up, make_room)

    def check_full_file_system(self):
        """A small file system is filled by another file. Only root can mount one."""
        if os.geteuid() != 0 or not harness.mount_small(self.folder, "16m"):
            return "skipped, no file system can be mounted"
        ballast = os.path.join(self.folder, "ballast")
        server = self.serve()

        def fill_up():
            with open(ballast, "wb") as file:
                space = os.statvfs(self.folder)
                file.write(b"x" * (space.f_bavail * space.f_bsize - 300_000))

        self.full(server, self.folder, fill_up, lambda: os.remove(ballast))
        return None

    def full(self, server, folder, fill_up, make_room):
        """Runs a server into a full disk and out of it."""
        written = Written()
        client = Client(server.url)
        self.fill(client, written, 10)
        fill_up()
        self.write_until_full(server, written)
        if not self.expect(server.runs(), f"the server ended when the disk was full: {server.text()[-300:]}"):
            return
        self.compare(server, written, "while the disk is full")
        make_room()
        self.goes_on(server, written, "after there was room again")
        self.compare(server, written, "after there was room again")
        server.kill()
        server = self.serve(folder)
        self.compare(server, written, "after a full disk and kill -9")
        server.stop()

    def write_until_full(self, server, written):
        """Writes with 4 clients until some writes were refused, and then a moment longer."""
        end = time.monotonic() + 30
        refused = threading.Event()
        bulk = ["x" * 500] * 20

        def write():
            client = Client(server.url, token=written.token)
            while time.monotonic() < end and len(written.names(NOT_STORED)) + len(written.names(UNKNOWN)) < 40:
                seeded = client.tenant("POST", "/records/veeqo/products", [{"title": title} for title in bulk])
                if outcome(seeded) == REFUSED:
                    self.report.violation(f"a seed with a full disk is answered {seeded}")
                    return
                if self.create(client, written) != DONE:
                    refused.set()

        try:
            in_parallel([write] * 4)
        except Unanswered as error:
            self.report.violation(f"a client got no answer while the disk was full: {error}")
        self.expect(refused.is_set(), "no write was refused in 30 s although the disk is full")

    def goes_on(self, server, written, when):
        """Checks that writes are stored again, without a new start."""
        client = Client(server.url)
        end = time.monotonic() + RECOVERY_SECONDS
        while self.create(client, written) != DONE:
            if time.monotonic() > end:
                self.report.violation(f"{when}: writes are not stored for {RECOVERY_SECONDS} s")
                return
            time.sleep(0.05)
        self.fill(client, written, 20)

    # A disk that does not sync

    def check_disk_that_does_not_sync(self):
        """With --state-sync full, strace lets each sync of the server fail: nobody knows whether the change is on the disk."""
        server = Server(self.options.program, ["--state", FILE, "--state-sync", "full", "--no-rate-limit"], self.folder)
        written = Written()
        client = Client(server.url)
        self.fill(client, written, 10)
        refuser = self.refuse_syncs(server)
        if refuser is None:
            server.stop()
            return "skipped, strace is not there or may not be used"
        try:
            for _ in range(5):
                self.expect(self.create(client, written) == UNKNOWN, "a write that was not synced is not answered 503 outcome-unknown")
        finally:
            refuser.terminate()
            refuser.wait(10)
        self.goes_on(server, written, "after the disk syncs again")
        self.compare(server, written, "after the disk syncs again")
        server.kill()
        server = Server(self.options.program, ["--state", FILE, "--no-rate-limit"], self.folder)
        self.compare(server, written, "after a disk that did not sync and kill -9")
        server.stop()
        return None

    def refuse_syncs(self, server):
        """Returns a running strace that lets syncs of the server fail, or None."""
        if shutil.which("strace") is None:
            return None
        tracer = subprocess.Popen(["strace", "-f", "-p", str(server.pid), "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
                                   "-e", "inject=fsync,fdatasync:error=EIO"], stderr=subprocess.PIPE, text=True)
        line = tracer.stderr.readline()
        if "attached" in line:
            return tracer
        tracer.kill()
        tracer.wait()
        return None

    # A file that cannot be written

    def check_read_only(self):
        """A file without write permission: refused by name, or each write gets 503. With permission again it works."""
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        if user and not self.runs_as_nobody(user):
            return "skipped, user 65534 cannot run the program"
        if user:
            os.chown(self.folder, NOBODY, NOBODY)
        written = Written()
        server = self.serve(**user)
        self.fill(Client(server.url), written, 10)
        server.stop()
        for mode, folder_mode in ((0o444, 0o755), (0o444, 0o555), (0o600, 0o555), (0o000, 0o755)):
            when = f"file mode {mode:o}, folder mode {folder_mode:o}"
            os.chmod(self.path(), mode)
            os.chmod(self.folder, 0o755)
            self.read_only(written, when, folder_mode, user)
            os.chmod(self.path(), 0o600)
        server = self.serve(**user)
        self.compare(server, written, "after the file may be written again")
        self.fill(Client(server.url), written, 5)
        server.stop()
        return None

    def runs_as_nobody(self, user):
        """Says whether the other user can run the program; makes a copy of it if the user may not reach its folder."""
        for copy in (False, True):
            if copy:
                self.options.program = shutil.copy(self.options.program, os.path.join(harness.new_folder("program"), "program"))
                os.chmod(os.path.dirname(self.options.program), 0o755)
            try:
                if subprocess.run([self.options.program, "--version"], capture_output=True, check=False, **user).returncode == 0:
                    return True
            except OSError:
                pass
        return False

    def read_only(self, written, when, folder_mode, user):
        """Starts on a file that cannot be written, with the message in another folder."""
        aside = harness.new_folder("aside")
        if user:
            os.chown(aside, NOBODY, NOBODY)
        os.chmod(self.folder, folder_mode)
        try:
            server = self.serve(aside, self.path(), **user)
        except NotStarted as error:
            self.named(error, when)
        else:
            self.compare(server, written, when)
            client = Client(server.url)
            self.expect([self.create(client, written) for _ in range(3)] == [NOT_STORED] * 3, f"{when}: a write is not answered not-stored")
            server.stop()
        finally:
            os.chmod(self.folder, 0o755)
            harness.remove_folder(aside)

    def check_read_only_while_serving(self):
        """The file loses its write permission while the server has it open: no false success."""
        written = Written()
        server = self.serve()
        client = Client(server.url)
        self.fill(client, written, 5)
        os.chmod(self.path(), 0o444)
        for _ in range(50):
            self.create(client, written)
        os.chmod(self.path(), 0o600)
        self.goes_on(server, written, "after the file may be written again")
        server.kill()
        server = self.serve()
        self.compare(server, written, "after kill -9")
        server.stop()

    # A damaged file

    def filled(self):
        """Makes a file with many orders and stops the server. Returns what was written."""
        written = Written()
        server = self.serve()
        client = Client(server.url)
        self.fill(client, written, 300)
        for _ in range(5):
            client.tenant("POST", "/records/veeqo/products", [{"title": "x" * 500}] * 50)
        server.stop()
        return written

    def damages(self):
        """Returns the damages: (what it is, function of the bytes of the file)."""
        def garbage(data, at, count):
            return data[:at] + self.chance.randbytes(count) + data[at + count:]

        def page(data):
            return self.chance.randrange(1, max(2, len(data) // 4096)) * 4096

        return [
            ("garbage in the header", lambda data: garbage(data, 0, 100)),
            ("garbage in the first page", lambda data: garbage(data, 100, 3996)),
            ("garbage in the last page", lambda data: garbage(data, len(data) - 4096, 4096)),
            *[(f"a page of garbage ({number})", lambda data: garbage(data, page(data), 4096)) for number in range(4)],
            *[(f"512 bytes of garbage ({number})", lambda data: garbage(data, self.chance.randrange(4096, len(data) - 512), 512))
              for number in range(4)],
            ("garbage in ten pages", lambda data: many(data, lambda part: garbage(part, page(part), 4096), 10)),
            ("a page of zeros", lambda data: (lambda at: data[:at] + bytes(4096) + data[at + 4096:])(page(data))),
            ("cut to a half", lambda data: data[:len(data) // 2]),
            ("cut to a half, not at a page", lambda data: data[:len(data) // 2 + 1000]),
            ("without the last page", lambda data: data[:-4096]),
            ("cut to 1000 bytes", lambda data: data[:1000]),
        ]

    def check_damaged(self):
        """A damaged file is refused by name, or every answer is right or an error."""
        written = self.filled()
        with open(self.path(), "rb") as file:
            good = file.read()
        for number, (what, damage) in enumerate(self.damages()):
            folder = os.path.join(self.folder, f"damage-{number}")
            os.mkdir(folder)
            with open(os.path.join(folder, FILE), "wb") as file:
                file.write(damage(good))
            self.damaged(folder, written, what)
            shutil.rmtree(folder)

    def damaged(self, folder, written, what):
        """Starts on a damaged file, reads and writes, and starts again."""
        later = Written(written.token)
        later.count = 100_000
        for when in (what, f"{what}, second start"):
            try:
                server = self.serve(folder)
            except NotStarted as error:
                self.named(error, when)
                return
            self.compare_damaged(server, written, when)
            self.compare_damaged(server, later, when)
            client = Client(server.url)
            for _ in range(10):
                self.create_in_damaged(client, later, when)
            self.expect(server.runs(), f"{when}: the server ended by itself: {server.text()[-300:]}")
            server.stop()

    def compare_damaged(self, server, written, when):
        """Compares, and reports a server that gives no answer."""
        try:
            self.compare(server, written, when, errors=True)
        except Unanswered as error:
            self.report.violation(f"{when}: no answer: {error}")

    def create_in_damaged(self, client, later, when):
        """Creates an order in a damaged file: a success is a promise, too."""
        try:
            self.create(client, later)
        except Unanswered as error:
            self.report.violation(f"{when}: no answer: {error}")

    def check_no_database(self):
        """A file that is something else is refused by name and not changed."""
        contents = (("a text", b"a list of things to buy\n" * 400), ("random bytes", self.chance.randbytes(50_000)), ("one byte", b"x"))
        for what, data in contents:
            with open(self.path(), "wb") as file:
                file.write(data)
            try:
                server = self.serve()
            except NotStarted as error:
                self.named(error, what)
            else:
                self.report.violation(f"{what} was taken for a file of state")
                server.stop()
            with open(self.path(), "rb") as file:
                self.expect(file.read() == data, f"{what} was changed")
            os.remove(self.path())

    def check_damaged_while_serving(self):
        """Garbage appears in the file while the server has it open."""
        for what in ("garbage", "cut to a half"):
            written = self.filled()
            server = self.serve()
            with open(self.path(), "r+b") as file:
                size = os.stat(self.path()).st_size
                if what == "garbage":
                    file.seek(size // 8192 * 4096)
                    file.write(self.chance.randbytes(8192))
                else:
                    file.truncate(size // 8192 * 4096)
            client = Client(server.url)
            for _ in range(30):
                self.create_in_damaged(client, written, f"{what} while serving")
            self.compare_damaged(server, written, f"{what} while serving")
            self.expect(server.runs(), f"{what} while serving: the server ended by itself: {server.text()[-300:]}")
            server.kill()
            try:
                server = self.serve()
                self.compare_damaged(server, written, f"{what} while serving, then a new start")
                server.stop()
            except NotStarted as error:
                self.named(error, f"{what} while serving, then a new start")
            for name in os.listdir(self.folder):
                if name.startswith(FILE):
                    os.remove(os.path.join(self.folder, name))

    def check_lost_end_of_log(self):
        """A power failure loses the end of the write-ahead log: the last commits may be gone, and nothing else."""
        log = self.path() + "-wal"
        for part in (0.9, 0.5, 0.1, 0):
            written = Written()
            server = self.serve()
            self.fill(Client(server.url), written, 100)
            server.kill()
            if not os.path.exists(log):
                return "skipped, there is no file with the name of a write-ahead log"
            os.truncate(log, int(os.stat(log).st_size * part))
            self.prefix(written, f"with {part:.0%} of the write-ahead log")
            for name in os.listdir(self.folder):
                if name.startswith(FILE):
                    os.remove(os.path.join(self.folder, name))
        return None

    def prefix(self, written, when):
        """Checks that the orders that are there are the first ones, each complete."""
        try:
            server = self.serve()
        except NotStarted as error:
            self.named(error, when)
            return
        answer = Client(server.url).records("sellercloud/orders")
        if answer.ok():
            there = [record["OrderDetails"]["OrderSourceOrderID"] for record in answer.json()["records"]]
            names = written.names(DONE)
            self.expect(there == names[:len(there)], f"{when}: the orders there are not the first ones: {there}")
            self.compare(server, written, when, lost=names[len(there):])
        elif answer.status != 404 and answer.status < 500:
            self.report.violation(f"{when}: the orders are answered {answer}")
        server.stop()

    # Two servers

    def check_second_server(self):
        """A second server on the same file is refused by name, by whatever path, and the first goes on."""
        written = Written()
        server = self.serve()
        client = Client(server.url)
        self.fill(client, written, 5)
        link = os.path.join(self.folder, "link.db")
        os.symlink(self.path(), link)
        for state, text in ((FILE, FILE), (self.path(), FILE), (f"./{FILE}", FILE), (link, "")):
            self.refused_second(state, text)
        self.fill(client, written, 5)
        server.kill()
        server = self.serve()
        self.compare(server, written, "after second servers were refused")
        server.stop()

    def refused_second(self, state, text):
        """Starts a second server, which must be refused."""
        try:
            second = self.serve(state=state)
        except NotStarted as error:
            self.named(error, f"a second server on {os.path.basename(state)}", text)
        else:
            self.report.violation(f"a second server runs on {os.path.basename(state)}")
            second.stop()

    def check_two_at_once(self):
        """Of servers that start on one file at the same moment exactly one serves."""
        for round_number in range(3):
            def start():
                try:
                    return self.serve()
                except NotStarted as error:
                    return error

            results = in_parallel([start] * 4)
            servers = [result for result in results if isinstance(result, Server)]
            self.expect(len(servers) == 1, f"{len(servers)} of 4 servers serve one file (round {round_number})")
            for result in results:
                if isinstance(result, NotStarted):
                    self.named(result, "one of 4 servers that start at once")
            for server in servers:
                server.stop() if round_number % 2 else server.kill()

    # Wrong values

    def check_wrong_values(self):
        """Wrong values of --state are refused as usage, with a message that names them."""
        os.mkdir(os.path.join(self.folder, "a-folder"))
        cases = [
            (["--state", "rediss://127.0.0.1:6379"], "rediss"),
            (["--state", "memcached://127.0.0.1:11211"], "memcached"),
            (["--state", "postgres://127.0.0.1/shop"], "postgres"),
            (["--state", "redis://127.0.0.1:no-port"], "no-port"),
            (["--state", "redis://127.0.0.1:99999"], "99999"),
            (["--state", "missing/shop.db"], "missing"),
            (["--state", ""], "--state"),
            (["--state"], "--state"),
        ]
        for arguments, text in cases:
            self.usage(arguments, text, 2)
        self.usage(["--state", "a-folder"], "a-folder", None)
        self.expect(os.listdir(self.folder).count("missing") == 0, "a missing folder was made")

    def usage(self, arguments, text, code):
        """Starts with wrong arguments. The exit code must be `code`; with None any above 0."""
        when = " ".join(arguments)
        try:
            server = Server(self.options.program, arguments, self.folder, seconds=10)
        except NotStarted as error:
            self.named(error, when, text)
            self.expect(code is None or error.code == code, f"{when}: the exit code is {error.code}, expected {code}: {error.text.strip()}")
        else:
            self.report.violation(f"{when}: the server runs")
            server.stop()


def many(value, change, count):
    """Applies a change so many times."""
    for _ in range(count):
        value = change(value)
    return value


def check_names():
    """Returns the names of the checks in the order of the file."""
    return [name for name in vars(Checks) if name.startswith("check_")]


def options_of(arguments):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=harness.program_path, nargs="?")
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args(arguments)
    if options.program is None and not options.list:
        parser.error("PROGRAM is missing")
    return options


def main(arguments):
    """Runs the checks. Returns the exit code."""
    options = options_of(arguments)
    if options.list:
        print("\n".join(name[len("check_"):] for name in check_names()))
        return 0
    report = Report()
    harness.end_by_exit(report)
    begin = time.monotonic()
    Checks(options, harness.random_of(options.seed), report).run()
    return report.finish(f"{time.monotonic() - begin:.1f} s in all")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
