"""usage: counts_test.py allocations PROGRAM LIBRARY SOURCES | counts_test.py system_calls PROGRAM SOURCES
       counts_test.py tenants PROGRAM SOURCES | counts_test.py memory PROGRAM SOURCES
       counts_test.py records PROGRAM SOURCES | counts_test.py instructions PROGRAM SOURCES

Counts what the release binary does for one exchange over a socket: calls to allocate memory (LIBRARY, made of count_allocations.cpp, is
preloaded), system calls (strace), or instructions outside the kernel (callgrind; printed only: instructions_test.py has a record of them).
tenants: two tenants are busy at the same time on two threads, and none waits for the other. memory: what an idle server holds.
records: what a stored record takes.
LIMITS is the one table of what is allowed for an exchange. Exit code 77: strace is not installed or may not be used.
"""
import json
import mmap
import os
import selectors
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

# operation: (allocations, system calls) of one exchange. Lower a limit when the count falls.
LIMITS = {
    "sellercloud.createProduct": (15, 2.2),
    "sellercloud.createOrder": (15, 2.2),
    "sellercloud.createPurchaseOrder": (20, 2.2),
    "sellercloud.getOrder": (11, 2.2),
    "veeqo.createProduct": (26, 2.2),
    "sellercenter.createProducts": (31, 2.2),
    "shelf.addBook": (13, 2.2),
}
# Of one exchange: no thread sleeps because of another, but the system may take a thread off its processor while it holds a lock. With a
# lock that all tenants share it was 0.86.
MOST_FUTEX_CALLS = 0.1
MOST_BYTES_OF_RECORD = 300  # of memory, besides its JSON text
RECORDS = {"sellercloud.createOrder": "sellercloud/orders", "sellercloud.createProduct": "sellercloud/products", "shelf.addBook": "shelf/books"}
MOST_IDLE_BYTES = 8 << 20  # anonymous memory after the start
CONNECTIONS = 32
ORDER = {
    "CustomerDetails": {"Email": "a@example.test", "FirstName": "Ada", "LastName": "Byron"},
    "OrderDetails": {"CompanyID": 163, "Channel": "Local_Store"},
    "Products": [{"ProductID": "SKU-1", "Qty": 2, "SitePrice": 9.5}],
}
PURCHASE = {
    "CompanyID": 163, "VendorID": 1, "CaseQtyMode": False, "POType": 0,
    "Products": [{"ProductID": "SKU-1", "QtyUnitsOrdered": 3, "UnitPrice": 2.25}],
}


class Server:
    """`understudy serve` with the bundled APIs, and with an invented one of the sources if they are given."""

    def __init__(self, program, sources, prefix=(), options=(), environment=None):
        command = [*prefix, program, "serve", "-p", "0", "--print-url", "--no-rate-limit", *options]
        if sources:
            command += ["--contracts", os.path.join(sources, "tests/data/toy/contracts")]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
        url = self.process.stdout.readline().decode().strip()
        if not url:
            sys.exit(f"{' '.join(command)} did not start")
        self.port = int(url.rsplit(":", 1)[1])

    def stop(self, pid=None):
        os.kill(pid or self.process.pid, 15)
        self.process.wait()
        self.process.stdout.close()


def render(method, path, headers, body=None):
    text = "" if body is None else json.dumps(body)
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(text)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + text).encode()


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.bytes = b""

    def take(self):
        """The next response if it is complete: (status, body)."""
        head, separator, rest = self.bytes.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        if len(rest) < length:
            return None
        self.bytes = rest[length:]
        return int(head.split(b" ", 2)[1]), rest[:length]

    def receive(self):
        more = self.socket.recv(1 << 16)
        if not more:
            sys.exit("the server closed the connection")
        self.bytes += more

    def exchange(self, request):
        self.socket.sendall(request)
        while (response := self.take()) is None:
            self.receive()
        return response


def make_operations(port, user="demo"):
    """operation -> function from a number to the bytes of a request of this user that succeeds."""
    connection = Connection(port)

    def login(path, body, member):
        status, answer = connection.exchange(render("POST", path, {}, body))
        assert status == 200, answer
        return {"Authorization": "Bearer " + json.loads(answer)[member]}

    seller = login("/sellercloud/rest/api/token", {"Username": user, "Password": "demo"}, "access_token")
    reader = login("/shelf/login", {"User": user, "Secret": "demo"}, "token")
    order = render("POST", "/sellercloud/rest/api/Orders", seller, ORDER)
    status, answer = connection.exchange(order)
    assert status == 200, answer
    number = json.loads(answer)["ID"] if answer.startswith(b"{") else json.loads(answer)
    read = render("GET", f"/sellercloud/rest/api/Orders/{number}", seller)
    purchase = render("POST", "/sellercloud/rest/api/PurchaseOrders", seller, PURCHASE)
    batch = lambda turn: [
        {"api": 1, "method": "auth", "params": {"username": "demo", "password": "demo"}, "id": 1},
        {"api": 1, "method": "Product.createProducts", "id": turn,
         "params": {"productsInfo": [{"attribute_set": "1", "seller": "624", "seller_sku": f"B-{turn}", "title": "Bench", "price": "10.00"}]}}]
    return {
        "sellercloud.createProduct": lambda turn: render("POST", "/sellercloud/rest/api/Products", seller, {
            "CompanyId": 163, "ProductName": "Bench", "ProductTypeName": "General", "ProductSKU": f"B-{turn}"}),
        "sellercloud.createOrder": lambda turn: order,
        "sellercloud.createPurchaseOrder": lambda turn: purchase,
        "sellercloud.getOrder": lambda turn: read,
        "veeqo.createProduct": lambda turn: render("POST", "/veeqo/products", {"x-api-key": "demo"}, {"product": {
            "title": f"Bench {turn}", "product_variants_attributes": [{"title": "S", "price": 10, "cost_price": 4, "sku_code": f"B-{turn}"}]}}),
        "sellercenter.createProducts": lambda turn: render("POST", "/sellercenter", {}, batch(turn)),
        "shelf.addBook": lambda turn: render("POST", "/shelf/books", reader, {"Title": f"Bench {turn}", "Genre": "Novel", "Isbn": f"I-{turn}"}),
    }


class Load:
    """Keeps one request under way on each of many connections, as busy clients do. Requests come from the makers in turn."""

    def __init__(self, port, *makers, connections=CONNECTIONS):
        self.makers, self.turn = makers, 0
        self.connections = [Connection(port) for _ in range(connections)]

    def run(self, exchanges):
        selector = selectors.DefaultSelector()
        # made before, so that the client is fast
        requests = [self.makers[i % len(self.makers)](self.turn + i) for i in range(exchanges)]
        self.turn += exchanges
        sent = done = 0

        def send(connection):
            nonlocal sent
            connection.socket.sendall(requests[sent])
            sent += 1

        for connection in self.connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            send(connection)
        while done < sent:
            for key, _ in selector.select():
                connection = key.data
                connection.receive()
                response = connection.take()
                if response is None:
                    continue
                done += 1
                if response[0] not in (200, 201):
                    sys.exit(f"the server refused: {response}")
                if sent < exchanges:
                    send(connection)
        selector.close()

    def close(self):
        for connection in self.connections:
            connection.socket.close()


def count_allocations(program, library, sources):
    warm_up, measured = 200, 400
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(8))
        file.flush()
        server = Server(program, sources, environment={"LD_PRELOAD": library, "UNDERSTUDY_COUNT": file.name})
        memory = mmap.mmap(file.fileno(), 8)
        read = lambda: struct.unpack("=Q", memory[:8])[0]
        assert read() > 0, f"{library} counts nothing"
        counts = {}
        for name, make in make_operations(server.port).items():
            load = Load(server.port, make)
            load.run(warm_up)  # more than the answers that the mock checks itself
            before = read()
            load.run(measured)
            counts[name] = (read() - before) / measured
            load.close()
        server.stop()
    return counts


def find_program(process):
    """The traced process below strace."""
    with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
        return int(file.read().split()[0])


def count_calls_of(program, sources, exchanges, prepare, threads, connections=CONNECTIONS):
    """The system calls of a server that answers so many exchanges, by name. `prepare`: a function from its port to makers of requests.
    Reads that found nothing are left out: on a busy connection the next request is there, but this client may be slow."""
    with tempfile.TemporaryDirectory() as folder:
        table = os.path.join(folder, "table")
        server = Server(program, sources, prefix=("strace", "-f", "-c", "-U", "calls,errors,name", "-o", table), options=("--threads", str(threads)))
        load = Load(server.port, *prepare(server.port), connections=connections)
        load.run(exchanges)
        load.close()
        server.stop(find_program(server.process))
        calls = {}
        for row in (line.split() for line in open(table)):  # calls, errors if there are any, name
            if len(row) in (2, 3) and row[0].isdigit() and row[-1] != "total":
                errors = int(row[1]) if len(row) == 3 and row[-1] == "recvfrom" else 0
                calls[row[-1]] = int(row[0]) - errors
        return calls


def count_calls_of_one(name, few, many, *arguments, **options):
    """The system calls of one exchange, by name, as the difference of two runs."""
    small, large = (count_calls_of(*arguments[:2], exchanges, *arguments[2:], **options) for exchanges in (few, many))
    each = {call: (large[call] - small.get(call, 0)) / (many - few) for call in large}
    shown = sorted(((count, call) for call, count in each.items() if count >= 0.01), reverse=True)
    print(f"{name}: " + ", ".join(f"{call} {count:.2f}" for count, call in shown))
    return each


def count_system_calls(program, sources):
    few, many, attempts = 200, 1200, 5
    counts = {}
    for name, (_, limit) in LIMITS.items():
        for _ in range(attempts):  # where other programs slow this client down, the server waits more often
            # One thread, so that the server is slower than this client, and a call of futex is one without contention.
            each = count_calls_of_one(name, few, many, program, sources, lambda port: [make_operations(port)[name]], 1)
            count = sum(each.values())
            if each.get("futex", 0) > MOST_FUTEX_CALLS:
                sys.exit(f"{name}: {each['futex']:.2f} calls of futex an exchange, at most {MOST_FUTEX_CALLS}")
            counts[name] = min(count, counts.get(name, many))
            if counts[name] <= limit:
                break
    return counts


def check_tenants(program, sources):
    """Two threads, two connections, two tenants: the lock of one is no obstacle for the other."""
    def prepare(port):
        status, answer = Connection(port).exchange(render("PUT", "/__admin/tenants/other", {}, {}))
        assert status in (200, 201), answer
        return [make_operations(port, user)["sellercloud.createOrder"] for user in ("demo", "other")]

    each = count_calls_of_one("two tenants", 200, 1200, program, sources, prepare, 2, connections=2)
    futex = each.get("futex", 0)
    print(f"{futex:.3f} calls of futex an exchange, at most {MOST_FUTEX_CALLS}")
    return futex <= MOST_FUTEX_CALLS


def anonymous_bytes(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("RssAnon:"))


def check_memory(program, sources):
    server = Server(program, None, options=("--threads", "2"))  # each takes some of it
    status, _ = Connection(server.port).exchange(render("GET", "/__admin/health", {}))
    assert status == 200
    deadline = time.monotonic() + 10  # what loading needed is returned after the first answers
    while (held := anonymous_bytes(server.process.pid)) > MOST_IDLE_BYTES and time.monotonic() < deadline:
        time.sleep(0.01)
    server.stop()
    print(f"{held / 2**20:.1f} MiB of anonymous memory, at most {MOST_IDLE_BYTES >> 20}")
    return held <= MOST_IDLE_BYTES


def check_records(program, sources):
    records, fits = 20_000, True
    for name, collection in RECORDS.items():
        server = Server(program, sources, options=("--journal-entries", "0"))
        load = Load(server.port, make_operations(server.port)[name])
        load.run(1000)
        before = anonymous_bytes(server.process.pid)
        load.run(records)
        each = (anonymous_bytes(server.process.pid) - before) / records
        load.close()
        status, answer = Connection(server.port).exchange(render("GET", f"/__admin/tenants/demo/records/{collection}", {}))
        assert status == 200, answer
        text = len(json.dumps(json.loads(answer)["records"][-1], separators=(",", ":"), ensure_ascii=False).encode())
        print(f"{name:30} {each:6.0f} bytes a record, {text} of them its JSON, at most {MOST_BYTES_OF_RECORD} more")
        fits &= each <= text + MOST_BYTES_OF_RECORD
        server.stop()
    return fits


def count_instructions(program, sources):
    def count(name, exchanges):
        with tempfile.NamedTemporaryFile("r") as log:
            server = Server(program, sources, options=("--threads", "1"),
                            prefix=("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log.name}"))
            make, connection = make_operations(server.port)[name], Connection(server.port)
            for turn in range(exchanges):
                connection.exchange(make(turn))
            server.stop()
            return next(int(line.split(":")[1]) for line in log if "Collected" in line)

    few, many = 100, 300
    return {name: (count(name, many) - count(name, few)) / (many - few) for name in LIMITS}


def main():
    what, arguments = sys.argv[1], [os.path.abspath(path) for path in sys.argv[2:]]
    if what in ("system_calls", "tenants"):
        probe = shutil.which("strace") and subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True)
        if not probe or probe.returncode != 0:
            print("strace is not installed or may not trace")
            sys.exit(77)
    check = {"tenants": check_tenants, "memory": check_memory, "records": check_records}.get(what)
    if check:
        sys.exit(not check(*arguments))
    count = {"allocations": count_allocations, "system_calls": count_system_calls, "instructions": count_instructions}[what]
    failed = False
    for name, count in count(*arguments).items():
        if what == "instructions":
            print(f"{name:30} {count:10.0f} instructions an exchange")
            continue
        limit = LIMITS[name][0 if what == "allocations" else 1]
        failed |= count > limit
        print(f"{name:30} {count:8.2f} {what} an exchange, at most {limit}{'' if count <= limit else ': TOO MANY'}")
    sys.exit(failed)


main()
