#!/usr/bin/env python3
"""Checks that several replicas over one Redis act as one mock.

    python3 fleet.py PROGRAM [--redis-server PATH] [--histories 150] [--pauses] [--kills] [--verify PROFILE] [--only WORD] [--seed N] [--keep FOLDER]

Starts a real redis-server (append-only file, fsync always) and three replicas of `PROGRAM serve --state redis://... --state-name test`,
all on loopback with free ports, and checks:

- what one client wrote is read by any client through any replica; ids and tokens are unique and known everywhere;
- 8 clients that create one OrderSourceOrderID get exactly one success; concurrent changes of one record are not lost;
- faults with `call` and `every` count the fleet; limits and clocks are shared; reset, snapshots and staging reach all replicas;
- the admin API shows the same world everywhere; `verify --profile PROFILE` passes when each request goes to another replica;
- random concurrent histories (a register and a unique create) are linearizable (linearizability.py), with `--pauses` while replicas are
  paused by SIGSTOP, with `--kills` while they are killed and started again;
- without Redis a write is answered with 503 `not-stored` or `outcome-unknown`; with Redis back, everything goes on without help;
- data that Redis has lost is named `history-lost`.

`--long-pause SECONDS` adds a pause of one replica while the others write. `--only WORD` runs the checks whose name contains the word;
`--list` names them. `--keep FOLDER` writes histories that fail to files for linearizability.py. The seed is printed. Exit code: 0 no
violation, 1 violations (listed), 2 usage.
"""

import argparse
import asyncio
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

import harness
from harness import Client, DONE, NOT_STORED, Process, REFUSED, Report, Server, UNKNOWN, Unanswered, in_parallel, outcome
from linearizability import ABSENT, Operation, TooHard, check_all

REPLICAS = 3
RECOVERY_SECONDS = 15
SCENARIO = """understudy: 1
scenario: A lamp is on the shelf
api: veeqo
given:
  records: { products: [{ id: 7, title: %s }] }
steps:
  - send: listProducts
    expect: { answer: product_list }
"""


class Redis:
    """A redis-server that stores every command before it answers."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        self.data = os.path.join(folder, "redis")
        os.mkdir(self.data)
        self.port = harness.free_port()
        self.process = None
        self.start()

    def start(self):
        """Starts the server and waits until it answers with its data loaded."""
        self.process = Process([
            self.program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.data, "--appendonly", "yes",
            "--appendfsync", "always", "--save", "", "--unixsocket", "", "--daemonize", "no", "--logfile", ""], self.folder)
        end = time.monotonic() + harness.START_SECONDS
        while not self.ping():
            if not self.process.runs() or time.monotonic() > end:
                output = os.read(self.process.process.stdout.fileno(), 4000).decode("utf-8", "replace")
                raise SystemExit(f"redis-server does not start: {output}")
            time.sleep(0.02)

    def command(self, *words):
        """Sends a command and returns the first bytes of the reply."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
            data = [f"*{len(words)}"]
            for word in words:
                data += [f"${len(word)}", word]
            connection.sendall("\r\n".join(data).encode() + b"\r\n")
            return connection.recv(65536)

    def ping(self):
        """Says whether the server answers."""
        try:
            return self.command("PING").startswith(b"+PONG")
        except OSError:
            return False

    def kill(self):
        """Ends the server with kill -9."""
        self.process.kill()

    def stop(self):
        """Asks the server to end."""
        self.process.stop()


class Fleet:
    """Redis and its replicas."""

    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.redis = Redis(options.redis_server, folder)
        self.scenarios = []
        self.replicas = [None] * REPLICAS
        for number in range(REPLICAS):
            self.scenarios.append(os.path.join(folder, f"shelf-{number}"))
            os.mkdir(self.scenarios[number])
            self.write_scenario(number, "Lamp")
        in_parallel([lambda number=number: self.start(number) for number in range(REPLICAS)])

    def write_scenario(self, number, title):
        """Writes the scenario file of a replica."""
        with open(os.path.join(self.scenarios[number], "lamp.yaml"), "w", encoding="utf-8") as file:
            file.write(SCENARIO % title)

    def start(self, number):
        """Starts a replica."""
        folder = os.path.join(self.folder, f"replica-{number}")
        os.makedirs(folder, exist_ok=True)
        self.replicas[number] = Server(self.options.program, [
            self.scenarios[number], "--state", f"redis://127.0.0.1:{self.redis.port}", "--state-name", "test", "--no-rate-limit",
            "--token-limit", "1000000"], folder)

    def kill(self, number):
        """Ends a replica with kill -9."""
        self.replicas[number].kill()

    def client(self, number, user="demo", token=None, timeout=20.0):
        """Returns a client of one replica."""
        return Client(self.replicas[number].url, user, token, timeout)

    def clients(self, user="demo", timeout=20.0):
        """Returns a client for each replica; they share one token."""
        clients = [self.client(number, user, timeout=timeout) for number in range(REPLICAS)]
        clients[0].login()
        for client in clients[1:]:
            client.token = clients[0].token
        return clients

    def stop(self):
        """Stops the replicas and Redis. Returns the exit codes of the replicas."""
        codes = [replica.stop() for replica in self.replicas]
        self.redis.stop()
        return codes


class RoundRobin:
    """A proxy on loopback that sends each request of a connection to the next replica. It knows no HTTP: a request begins when the client
    sends something after an answer. What ends a connection to a replica (FIN or RST) ends the client's in the same way."""

    def __init__(self, ports):
        self.ports = ports
        self.requests = 0
        self.port = None
        self.ready = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        self.ready.wait(10)

    def run(self):
        """Serves until stop()."""
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()

    def stop(self):
        """Ends the proxy."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    async def serve(self, reader, writer):
        """Serves one client, with a connection to each replica that it has reached."""
        replicas = {}
        state = {"current": None, "answered": True}

        async def answer(port, source):
            reset = False
            try:
                while data := await source.read(65536):
                    state["answered"] = True
                    writer.write(data)
                    await writer.drain()
            except OSError:
                reset = True
            replicas.pop(port, None)
            if state["current"] == port:
                end(writer, reset)

        try:
            while data := await reader.read(65536):
                if state["answered"]:
                    self.requests += 1
                    port = state["current"] = self.ports[self.requests % len(self.ports)]
                    state["answered"] = False
                    if port not in replicas:
                        source, replicas[port] = await asyncio.open_connection("127.0.0.1", port)
                        asyncio.ensure_future(answer(port, source))
                replicas[port].write(data)
                await replicas[port].drain()
        except (OSError, KeyError):
            pass
        for connection in [*replicas.values(), writer]:
            connection.close()


def end(writer, reset):
    """Closes a connection by FIN or by RST."""
    if reset:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    else:
        writer.close()


class Names:
    """Names that nobody has used."""

    def __init__(self):
        self.lock = threading.Lock()
        self.count = 0

    def new(self, word):
        """Returns a name that begins with the word."""
        with self.lock:
            self.count += 1
            return f"{word}-{self.count}"


class Checks:
    """All checks. A method `check_*` is one check; they run in the order of the file."""

    def __init__(self, options, fleet, chance, report):
        self.options = options
        self.fleet = fleet
        self.chance = chance
        self.report = report
        self.names = Names()
        self.summary = []

    def run(self):
        """Runs the checks whose names contain the word of --only."""
        for name in check_names():
            if self.options.only and self.options.only not in name:
                continue
            begin = time.monotonic()
            before = len(self.report.violations)
            try:
                getattr(self, name)()
            except Exception as error:
                self.report.violation(f"{name}: {type(error).__name__}: {error}")
            state = "ok" if len(self.report.violations) == before else "FAILED"
            print(f"{name[len('check_'):]}: {state}, {time.monotonic() - begin:.1f} s", flush=True)

    def must(self, answer, what):
        """Returns the JSON of a successful answer; raises if it is none."""
        if not answer.ok():
            raise AssertionError(f"{what}: {answer}")
        return answer.json()

    def expect(self, condition, text):
        """Reports a violation unless the condition holds."""
        return self.report.expect(condition, text)

    def pairs(self):
        """Returns all pairs of different replicas."""
        return [(first, second) for first in range(REPLICAS) for second in range(REPLICAS) if first != second]

    def new_tenant(self, word, document=None):
        """Creates a tenant through a random replica. Returns its name."""
        name = self.names.new(word)
        client = self.fleet.client(self.chance.randrange(REPLICAS), name)
        self.must(client.tenant("PUT", "", document or {}), "a new tenant")
        client.close()
        return name

    def check_staged_scenarios(self):
        """Three replicas that started together have staged a scenario once; a restart keeps its state; a changed file is staged anew."""
        clients = [self.fleet.client(number, "lamp") for number in range(REPLICAS)]
        self.same_title(clients, 7, "Lamp", "after the start")
        self.must(clients[0].put_title(7, "Lamp two"), "a change")
        self.same_title(clients, 7, "Lamp two", "after a change")
        self.restart(1)
        clients[1] = self.fleet.client(1, "lamp")
        self.same_title(clients, 7, "Lamp two", "after a replica has started again")
        for number in range(REPLICAS):
            self.fleet.write_scenario(number, "Table")
            self.restart(number)
        clients = [self.fleet.client(number, "lamp") for number in range(REPLICAS)]
        self.same_title(clients, 7, "Table", "after the file changed and every replica started again")

    def restart(self, number):
        """Ends a replica as a person does and starts it again."""
        code = self.fleet.replicas[number].stop()
        self.expect(code == 0, f"a replica ended with the exit code {code} after SIGTERM")
        self.fleet.start(number)

    def same_title(self, clients, key, title, when):
        """Checks the title of a product through all replicas, over the vendor's API and the admin API."""
        for number, client in enumerate(clients):
            for answer in (client.veeqo("GET", f"/products/{key}"), client.tenant("GET", f"/records/veeqo/products/{key}")):
                seen = answer.json().get("title") if answer.ok() else str(answer)
                self.expect(seen == title, f"{when}, replica {number} shows the title {seen!r} of product {key}, expected {title!r}")

    def check_read_your_writes(self):
        """What was written through one replica is read through the others at once."""
        clients = self.fleet.clients()
        for _ in range(8):
            for first, second in self.pairs():
                self.order_seen(clients[first], clients[second], f"written at {first}, read at {second}")
                self.title_seen(clients[first], clients[second], f"written at {first}, read at {second}")

    def order_seen(self, writer, reader, where):
        """Creates, reads, lists, changes and removes an order."""
        name = self.names.new("seen")
        lines = [(f"{name}-a", 2, 1.5), (f"{name}-b", 3, 2.25)]
        identifier = self.must(writer.create_order(name, lines), "createOrder")["ID"]
        answer = reader.rest("GET", f"/Orders/{identifier}")
        if self.expect(answer.ok(), f"{where}: a new order is not there: {answer}"):
            self.expect(harness.order_lines(answer) == lines, f"{where}: a new order has other lines: {answer}")
        found = self.must(reader.find_orders([name]), "listOrders")
        self.expect(found["TotalResults"] == 1, f"{where}: the list does not show a new order")
        again = reader.create_order(name, lines)
        self.expect(again.status == 500 and b"already exists" in again.body, f"{where}: a second create is answered {again}")
        self.must(writer.rest("DELETE", f"/Orders/{identifier}"), "deleteOrder")
        answer = reader.rest("GET", f"/Orders/{identifier}")
        self.expect(answer.status == 404, f"{where}: a removed order is answered {answer}")

    def title_seen(self, writer, reader, where):
        """Writes a record over the admin API and reads it over both APIs."""
        title = self.names.new("title")
        self.must(writer.put_title(50, title), "a write of a record")
        for answer in (reader.veeqo("GET", "/products/50"), reader.tenant("GET", "/records/veeqo/products/50")):
            seen = answer.json().get("title") if answer.ok() else str(answer)
            self.expect(seen == title, f"{where}: the title is {seen!r}, expected {title!r}")

    def check_one_success(self):
        """8 clients that create one OrderSourceOrderID at the same time get exactly one success; all replicas then show the winner."""
        crowd = [self.fleet.client(number % REPLICAS) for number in range(8)]
        for client in crowd:
            client.login()
        for _ in range(15):
            name = self.names.new("one")
            answers = in_parallel([
                lambda number=number, client=client: client.create_order(name, [(f"{name}-{number}", number + 1, 2.5)])
                for number, client in enumerate(crowd)])
            self.one_success(name, answers, crowd)

    def one_success(self, name, answers, crowd):
        """Checks the answers of clients that created the same order."""
        winners = [number for number, answer in enumerate(answers) if answer.ok()]
        losers = [a for a in answers if not a.ok() and not (a.status == 500 and b"already exists" in a.body)]
        self.expect(len(winners) == 1, f"{len(winners)} of 8 clients created {name}: {[answer.status for answer in answers]}")
        self.expect(not losers, f"a client that did not create {name} was answered {losers[0] if losers else ''}")
        for replica in range(REPLICAS):
            found = self.must(crowd[replica].find_orders([name]), "listOrders")
            lines = [line["ProductID"] for item in found["Items"] for line in item["Items"]]
            expected = [f"{name}-{winner}" for winner in winners]
            self.expect(lines == expected, f"replica {replica} shows the lines {lines} of {name}, expected {expected}")

    def check_unique_ids_and_tokens(self):
        """Ids and tokens that replicas give at the same time differ, and tokens work everywhere."""
        crowd = [self.fleet.client(number % REPLICAS) for number in range(6)]
        tokens = [answer.json()["access_token"] for answer in in_parallel([client.login for client in crowd])]
        self.expect(len(set(tokens)) == len(tokens), "two clients got the same token")
        for token in tokens:
            for client in crowd[:REPLICAS]:
                answer = client.rest("GET", "/Companies", token=token)
                self.expect(answer.ok(), f"a token of another replica does not work: {answer}")
        created = in_parallel([lambda client=client: self.create_some(client, 15) for client in crowd])
        for kind in ("ID", "batch"):
            given = [identifier for one in created for identifier in one[kind]]
            self.expect(len(given) == len(set(given)), f"an id was given twice ({kind}): {sorted(given)}")

    def create_some(self, client, count):
        """Creates orders, and records by a list. Returns their ids."""
        given = {"ID": [], "batch": []}
        for _ in range(count):
            given["ID"].append(self.must(client.create_order(self.names.new("id"), [("x", 1, 1.0)]), "createOrder")["ID"])
            seeded = client.tenant("POST", "/records/veeqo/products", [{"title": self.names.new("seed")} for _ in range(3)])
            given["batch"] += [record["id"] for record in self.must(seeded, "a seed")["records"]]
        return given

    def check_changes_are_not_lost(self):
        """Changes that depend on the state (stock + 1) are counted once each, through whatever replica."""
        crowd = [self.fleet.client(number % REPLICAS) for number in range(6)]
        for client in crowd:
            client.login()
        sku = self.names.new("counter")
        self.must(crowd[0].create_product(sku, "counter"), "createProduct")
        added = sum(in_parallel([lambda client=client: sum(client.add_stock(sku, 1).ok() for _ in range(15)) for client in crowd]))
        for number in range(REPLICAS):
            seen = self.must(crowd[number].stock(sku), "the stock")["PhysicalQty"]
            self.expect(seen == added, f"replica {number} shows a stock of {seen} after {added} additions of 1")

    def arm(self, operation, **when):
        """Arms a fault with status 599 through a random replica, in a new tenant. Returns the tenant's name."""
        tenant = self.new_tenant("fault")
        client = self.fleet.client(self.chance.randrange(REPLICAS), tenant)
        self.must(client.tenant("POST", "/faults", {"on": operation, "kind": "status", "status": 599, **when}), "a fault")
        return tenant

    def statuses(self, tenant, count, at_once):
        """Calls listVendors so many times through random replicas, one after the other or by 8 clients at once. Returns the statuses."""
        clients = self.fleet.clients(tenant)
        if not at_once:
            return [self.chance.choice(clients).rest("GET", "/Vendors").status for _ in range(count)]
        crowd = [self.fleet.client(number % REPLICAS, tenant, clients[0].token) for number in range(8)]
        parts = in_parallel([
            lambda client=client, part=part: [client.rest("GET", "/Vendors").status for _ in range(part)]
            for client, part in zip(crowd, shares(count, 8))])
        return [status for part in parts for status in part]

    def fault_counts(self, tenant, seen, struck):
        """Checks the counts of the tenant's fault through every replica."""
        for number in range(REPLICAS):
            faults = self.must(self.fleet.client(number, tenant).tenant("GET", "/faults"), "the faults")["faults"]
            counts = [(fault["seen"], fault["struck"]) for fault in faults]
            self.expect(counts == [(seen, struck)], f"replica {number} shows the counts {counts} of a fault, expected {[(seen, struck)]}")

    def check_fault_of_one_call(self):
        """A fault `call: N` applies exactly once in the fleet: to the call N."""
        tenant = self.arm("sellercloud.listVendors", call=10)
        statuses = self.statuses(tenant, 20, at_once=False)
        self.expect([n for n, s in enumerate(statuses, 1) if s == 599] == [10], f"a fault of call 10 was applied so: {statuses}")
        self.expect(set(statuses) <= {200, 599}, f"calls beside a fault were answered {set(statuses)}")
        self.fault_counts(tenant, 20, 1)
        tenant = self.arm("sellercloud.listVendors", call=100)
        statuses = self.statuses(tenant, 200, at_once=True)
        self.expect(statuses.count(599) == 1, f"a fault of call 100 was applied {statuses.count(599)} times to 200 calls of 8 clients")
        self.fault_counts(tenant, 200, 1)

    def check_fault_of_every_call(self):
        """A fault `every: 7` counts the fleet."""
        tenant = self.arm("sellercloud.listVendors", every=7)
        statuses = self.statuses(tenant, 30, at_once=False)
        self.expect([n for n, s in enumerate(statuses, 1) if s == 599] == [7, 14, 21, 28], f"every 7 was applied so: {statuses}")
        self.fault_counts(tenant, 30, 4)
        tenant = self.arm("sellercloud.listVendors", every=7)
        statuses = self.statuses(tenant, 140, at_once=True)
        self.expect(statuses.count(599) == 20, f"every 7 was applied {statuses.count(599)} times to 140 calls of 8 clients")
        self.fault_counts(tenant, 140, 20)

    def check_faults_reach_all(self):
        """Faults that are added, removed one by one and removed together are so everywhere."""
        tenant = self.new_tenant("faults")
        clients = self.fleet.clients(tenant)
        for first, second in self.pairs():
            fault = {"on": "sellercloud.listVendors", "kind": "status", "status": 599, "every": 1}
            armed = self.must(clients[first].tenant("POST", "/faults", fault), "a fault")["armed"][0]["id"]
            where = f"armed at {first}, called at {second}"
            self.expect(clients[second].rest("GET", "/Vendors").status == 599, f"{where}: the fault does not apply")
            path = f"/faults/{armed}" if second % 2 else "/faults"
            self.expect(clients[second].tenant("DELETE", path).ok(), f"{where}: the fault cannot be removed")
            self.expect(clients[first].rest("GET", "/Vendors").status == 200, f"{where}: a removed fault still applies")

    def check_limits(self):
        """A rate limit counts the fleet. Counts may be late by a second, so the test waits between replicas."""
        tenant = self.new_tenant("limited")
        clients = self.fleet.clients(tenant)
        self.must(clients[1].tenant("PUT", "/limits", {"sellercloud": {"requests": 12, "per": "1h"}}), "a limit")
        first = [clients[0].rest("GET", "/Vendors").status for _ in range(6)]
        time.sleep(1.5)
        second = [clients[1].rest("GET", "/Vendors").status for _ in range(6)]
        time.sleep(1.5)
        third = [clients[number].rest("GET", "/Vendors").status for number in (2, 1, 0)]
        self.expect(first + second == [200] * 12, f"calls below a limit were answered {first + second}")
        self.expect(third == [409] * 3, f"calls over the limit of 12 were answered {third}, expected 409")

    def check_clocks(self):
        """A clock that is set or advanced through one replica is so everywhere."""
        tenant = self.new_tenant("clock", {"api": "veeqo", "clock": "2026-03-02T09:00:00Z"})
        clients = [self.fleet.client(number, tenant) for number in range(REPLICAS)]
        for minute, (first, second) in enumerate(self.pairs(), 1):
            self.must(clients[first].tenant("POST", "/clock/advance", {"by": "1m"}), "an advance")
            now = self.must(clients[second].tenant("GET", "/clock"), "the clock")["now"]
            expected = f"2026-03-02T09:{minute:02}:00.000Z"
            self.expect(now == expected, f"advanced at {first}, the clock at {second} is {now}, expected {expected}")
        self.must(clients[0].tenant("PUT", "/clock", {"now": "2027-01-01T00:00:00Z"}), "a clock")
        now = self.must(clients[2].tenant("GET", "/clock"), "the clock")["now"]
        self.expect(now == "2027-01-01T00:00:00.000Z", f"a clock that was set at 0 is {now} at 2")

    def check_tokens_expire_everywhere(self):
        """Tokens that are ended through one replica work nowhere."""
        tenant = self.new_tenant("expire")
        clients = self.fleet.clients(tenant)
        for number in range(REPLICAS):
            self.expect(clients[number].rest("GET", "/Companies").ok(), f"a new token does not work at {number}")
        self.must(clients[1].tenant("POST", "/tokens/expire"), "the end of the tokens")
        for number in range(REPLICAS):
            status = clients[number].rest("GET", "/Companies").status
            self.expect(status == 401, f"an ended token is answered {status} at {number}")

    def check_reset_reaches_all(self):
        """A reset through one replica is a reset of all."""
        tenant = self.new_tenant("reset", {"records": {"veeqo.products": [{"id": 5, "title": "first"}]}})
        for first, second in self.pairs():
            clients = self.fleet.clients(tenant)
            name = self.names.new("gone")
            identifier = self.must(clients[second].create_order(name, [("x", 1, 1.0)]), "createOrder")["ID"]
            self.must(clients[first].put_title(5, "changed"), "a change")
            self.must(clients[first].tenant("POST", "/reset"), "a reset")
            client = self.fleet.client(second, tenant)
            status = client.rest("GET", f"/Orders/{identifier}").status
            self.expect(status == 404, f"reset at {first}: an order is answered {status} at {second}")
            self.same_title([self.fleet.client(n, tenant) for n in range(REPLICAS)], 5, "first", f"after a reset at {first}")

    def check_snapshots_reach_all(self):
        """A snapshot that is taken through one replica can be listed, read, restored and removed through another."""
        tenant = self.new_tenant("snapshots")
        clients = self.fleet.clients(tenant)
        for first, second in self.pairs():
            third = 3 - first - second
            where = f"taken at {first}, restored at {second}, read at {third}"
            self.must(clients[first].put_title(5, "before"), "a write")
            self.must(clients[first].tenant("POST", "/snapshots/moment"), "a snapshot")
            self.must(clients[third].put_title(5, "after"), "a write")
            listed = self.must(clients[third].tenant("GET", "/snapshots"), "the snapshots")["snapshots"]
            self.expect([entry["name"] for entry in listed] == ["moment"], f"{where}: the list is {listed}")
            answer = clients[second].tenant("POST", "/snapshots/moment/restore")
            self.expect(answer.ok(), f"{where}: the restore is answered {answer}")
            self.same_title(clients, 5, "before", where)
            self.must(clients[second].tenant("DELETE", "/snapshots/moment"), "the removal of a snapshot")
            status = clients[first].tenant("GET", "/snapshots/moment").status
            self.expect(status == 404, f"{where}: a removed snapshot is answered {status} at {first}")

    def check_tenants_reach_all(self):
        """A tenant that is created, replaced or removed through one replica is so everywhere."""
        for first, second in self.pairs():
            name = self.names.new("tenant")
            owner, guest = self.fleet.client(first, name), self.fleet.client(second, name)
            self.must(owner.tenant("PUT", "", {"records": {"veeqo.products": [{"id": 5, "title": "one"}]}}), "a tenant")
            self.same_title([guest], 5, "one", f"created at {first}, read at {second}")
            self.expect(guest.login().ok(), f"created at {first}: no token at {second}")
            self.must(guest.tenant("PUT", "", {"records": {"veeqo.products": [{"id": 5, "title": "two"}]}}), "a tenant")
            self.same_title([owner], 5, "two", f"replaced at {second}, read at {first}")
            answer = owner.tenant("DELETE")
            self.expect(answer.status == 204, f"a removal is answered {answer}")
            status = guest.tenant("GET").status
            self.expect(status == 404, f"removed at {first}: the tenant is answered {status} at {second}")
            status = guest.veeqo("GET", "/products/5").status
            self.expect(status == 401 or status == 403, f"removed at {first}: its key is answered {status} at {second}")

    def check_one_world(self):
        """The admin API shows the same tenants, records, faults, limits, snapshots and state through every replica."""
        tenant = self.new_tenant("world", {"clock": "2026-03-02T09:00:00Z"})
        clients = self.fleet.clients(tenant)
        for number, client in enumerate(clients):
            self.must(client.create_order(self.names.new("world"), [("x", 1, 1.0)]), "createOrder")
            self.must(client.put_title(number + 1, f"title {number}"), "a write")
            self.must(client.tenant("POST", f"/snapshots/s{number}"), "a snapshot")
            self.must(client.tenant("POST", "/faults", {"on": "veeqo.listTags", "every": 9, "kind": "status", "status": 599}), "a fault")
        self.same_world(tenant)

    def same_world(self, tenant):
        """Compares what the admin API of the replicas shows."""
        paths = ["/tenants", f"/tenants/{tenant}", f"/tenants/{tenant}/records", f"/tenants/{tenant}/records/sellercloud/orders",
                 f"/tenants/{tenant}/records/veeqo/products", f"/tenants/{tenant}/faults", "/faults", f"/tenants/{tenant}/limits",
                 f"/tenants/{tenant}/snapshots", f"/tenants/{tenant}/clock"]
        self.must(self.fleet.client(0).admin("POST", f"/tenants/{tenant}/snapshots/whole"), "a snapshot")
        paths.append(f"/tenants/{tenant}/snapshots/whole")
        for path in paths:
            shown = [without_times(self.must(self.fleet.client(number).admin("GET", path), path)) for number in range(REPLICAS)]
            for number in range(1, REPLICAS):
                first, other = str(shown[0])[:400], str(shown[number])[:400]
                self.expect(shown[number] == shown[0], f"{path} differs: replica 0 {first}, replica {number} {other}")

    def check_histories(self):
        """Random concurrent histories are linearizable."""
        Histories(self, self.options.histories, self.options.pauses, self.options.kills).run()

    def check_verify_through_proxy(self):
        """The runner passes when each request goes to another replica."""
        proxy = RoundRobin([int(replica.url.rsplit(":", 1)[1]) for replica in self.fleet.replicas])
        url = f"http://127.0.0.1:{proxy.port}"
        targets = [word for api in ("sellercloud", "veeqo", "sellercenter") for word in ("--target", f"{api}={url}/{api}")]
        command = [self.options.program, "verify", "--admin", url, "--profile", self.options.verify, *targets]
        done = subprocess.run(command, cwd=self.fleet.folder, capture_output=True, text=True, timeout=600, check=False)
        proxy.stop()
        last = done.stdout.strip().splitlines()[-1:]
        self.expect(done.returncode == 0, f"verify through a proxy ended with {done.returncode}: {done.stdout[-1500:]} {done.stderr[-500:]}")
        self.summary.append(f"verify --profile {self.options.verify} through a proxy: {last[0] if last else 'nothing'}, {proxy.requests} requests")

    def check_long_pause(self):
        """A replica that was paused for long (--long-pause) answers with the present state at once."""
        if not self.options.long_pause:
            return
        for _ in range(REPLICAS):
            number = self.chance.randrange(REPLICAS)
            paused, other = self.fleet.client(number), self.fleet.client((number + 1) % REPLICAS)
            self.must(paused.put_title(60, "old"), "a write")
            self.fleet.replicas[number].signal(signal.SIGSTOP)
            end = time.monotonic() + self.options.long_pause / REPLICAS
            title = "old"
            while time.monotonic() < end:
                title = self.names.new("during")
                self.must(other.put_title(60, title), "a write while another replica is paused")
            self.fleet.replicas[number].signal(signal.SIGCONT)
            self.same_title([paused], 60, title, "after a long pause")

    def check_redis_killed(self):
        """Redis ends by kill -9 under load and comes back after a second."""
        Outage(self).run(self.fleet.redis.kill, self.fleet.redis.start, 1.0)

    def check_redis_stopped(self):
        """Redis ends normally under load and comes back after a second."""
        Outage(self).run(self.fleet.redis.stop, self.fleet.redis.start, 1.0)

    def check_redis_hangs(self):
        """Redis does not answer for a second and a half, with its connections open."""
        redis = self.fleet.redis
        Outage(self).run(lambda: redis.process.signal(signal.SIGSTOP), lambda: redis.process.signal(signal.SIGCONT), 1.5)

    def check_redis_restarts(self):
        """Redis ends by kill -9 under load and comes back at once, twice."""
        for _ in range(2):
            Outage(self).run(self.fleet.redis.kill, self.fleet.redis.start, 0.0)

    def check_scripts_flushed(self):
        """Redis forgets its Lua scripts; nobody notices."""
        self.fleet.redis.command("SCRIPT", "FLUSH")
        for client in self.fleet.clients():
            answer = client.create_order(self.names.new("script"), [("x", 1, 1.0)])
            self.expect(answer.ok(), f"a write after SCRIPT FLUSH is answered {answer}")

    def check_names_are_separate(self):
        """A replica with another --state-name has another world."""
        self.must(self.fleet.client(0).put_title(70, "ours"), "a write")
        folder = os.path.join(self.fleet.folder, "other")
        os.mkdir(folder)
        url = f"redis://127.0.0.1:{self.fleet.redis.port}"
        server = Server(self.options.program, ["--state", url, "--state-name", "other"], folder)
        other = Client(server.url)
        status = other.tenant("GET", "/records/veeqo/products/70").status
        self.expect(status == 404, f"another --state-name shows a record of the fleet: {status}")
        self.must(other.put_title(70, "theirs"), "a write")
        self.same_title([self.fleet.client(number) for number in range(REPLICAS)], 70, "ours", "after a write under another --state-name")
        server.stop()

    def check_warning_without_appendonly(self):
        """A Redis that does not store each command is named when a replica starts."""
        folder = os.path.join(self.fleet.folder, "careless")
        os.mkdir(folder)
        port = harness.free_port()
        careless = Process([self.options.redis_server, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""], folder)
        replica = Process([self.options.program, "serve", "-p", "0", "--print-url", "--state", f"redis://127.0.0.1:{port}",
                           "--state-name", "test"], folder)
        url = replica.read_line(harness.START_SECONDS)
        self.expect(url or "appendonly" in replica.text(), f"a Redis without appendonly is refused without a reason: {replica.text()}")
        self.expect("appendonly" in replica.text(), f"there is no warning about appendonly: {replica.text()[:500]!r}")
        replica.stop()
        careless.stop()

    def check_zz_lost_history(self):
        """Redis comes back with older data: every replica that knew more refuses with `history-lost`. This check is the last."""
        tenant = self.new_tenant("older")
        clients = self.fleet.clients(tenant)
        redis = self.fleet.redis
        redis.stop()
        older = redis.data + "-older"
        shutil.copytree(redis.data, older)
        redis.start()
        self.wait_for_recovery([tenant])
        for client in clients:
            self.until_stored(client, 5, "newer")
        self.same_title(clients, 5, "newer", "before the loss")
        redis.kill()
        shutil.rmtree(redis.data)
        os.rename(older, redis.data)
        redis.start()
        for number, client in enumerate(clients):
            answer = self.until_stored(client, 5, "after the loss")
            self.expect(answer.status == 503 and answer.code() == "history-lost",
                        f"Redis has lost a commit that replica {number} knew; a write there is answered {answer}")

    def until_stored(self, client, key, title):
        """Writes a title; tries again while the answer says that nothing was stored. Returns the last answer."""
        end = time.monotonic() + RECOVERY_SECONDS
        answer = client.put_title(key, title)
        while answer.status == 503 and outcome(answer) != REFUSED and time.monotonic() < end:
            time.sleep(0.05)
            answer = client.put_title(key, title)
        return answer

    def wait_for_recovery(self, users):
        """Waits until every replica stores writes again."""
        end = time.monotonic() + RECOVERY_SECONDS
        for number in range(REPLICAS):
            for user in users:
                client = self.fleet.client(number, user)
                while not self.stores(client):
                    if time.monotonic() > end:
                        self.report.violation(f"replica {number} does not store writes {RECOVERY_SECONDS} s after Redis is back")
                        return
                    time.sleep(0.05)

    def stores(self, client):
        """Says whether a write is stored."""
        try:
            return client.put_title(51, self.names.new("back")).ok()
        except Unanswered:
            return False


def check_names():
    """Returns the names of the checks in the order of the file."""
    return [name for name in vars(Checks) if name.startswith("check_")]


def shares(count, parts):
    """Divides a number into parts of nearly the same size."""
    return [count // parts + (number < count % parts) for number in range(parts)]


def without_times(value):
    """Removes what may differ between two calls: the present time and the count of journal entries."""
    if isinstance(value, dict):
        return {name: without_times(part) for name, part in value.items() if name not in ("now", "exchanges", "remaining", "reset")}
    if isinstance(value, list):
        return [without_times(part) for part in value]
    return value


class Histories:
    """Makes random histories with 8 clients and checks each."""

    CLIENTS = 8
    EACH = 5

    def __init__(self, checks, count, pauses, kills):
        self.checks = checks
        self.fleet = checks.fleet
        self.report = checks.report
        self.count = count
        self.pauses = pauses
        self.kills = kills
        self.done = threading.Event()
        self.histories = 0
        self.operations = 0
        self.unknown = 0
        self.not_done = 0
        self.disturbances = 0

    def run(self):
        """Runs the clients, and the disturber beside them; checks all histories."""
        token = self.fleet.clients()[0].token
        timeout = 0.4 if self.pauses or self.kills else 20.0
        workers = [Worker(self, number, token, timeout) for number in range(self.CLIENTS)]
        disturber = threading.Thread(target=self.disturb, daemon=True)
        if self.pauses or self.kills:
            disturber.start()
        try:
            before = len(self.report.violations)
            while self.histories < self.count and len(self.report.violations) == before:
                self.one(workers)
        finally:
            self.done.set()
            if self.pauses or self.kills:
                disturber.join(60)
        self.checks.wait_for_recovery(["demo"])
        self.checks.same_world("demo")
        self.checks.summary.append(
            f"{self.histories} histories, {self.operations} operations, {self.unknown} unknown, {self.not_done} not done, "
            f"{self.disturbances} pauses and kills")

    def one(self, workers):
        """Makes one history and checks it."""
        chance = self.checks.chance
        number = self.checks.names.new("h")
        registers = [str(100000 + int(number.split("-")[1]) * 4 + n) for n in range(chance.choice((1, 2)))]
        orders = [f"{number}-{n}" for n in range(chance.choice((1, 1, 2)))]
        lazy = chance.choice((0.0, 0.0, 0.002, 0.01))
        seeds = [random.Random(chance.random()) for _ in workers]
        parts = in_parallel([
            lambda worker=worker, seed=seed: worker.history(seed, registers, orders, self.EACH, lazy)
            for worker, seed in zip(workers, seeds)])
        self.judge(number, [operation for part in parts for operation in part])

    def judge(self, number, history):
        """Checks a history."""
        self.histories += 1
        self.operations += len(history)
        self.unknown += sum(1 for operation in history if not operation.known())
        try:
            bad = check_all(history)
        except TooHard as error:
            print(f"history {number} was not decided: {error}", flush=True)
            return
        for verdict in bad:
            self.report.violation(f"history {number} is not linearizable, {verdict.explain()}")
        if bad and self.checks.options.keep:
            path = os.path.join(self.checks.options.keep, f"history-{number}.ndjson")
            with open(path, "w", encoding="utf-8") as file:
                file.writelines(operation.as_json() + "\n" for operation in history)

    def disturb(self):
        """Pauses and kills random replicas until the histories are done. All run afterwards."""
        chance = random.Random(self.checks.chance.random())
        while not self.done.wait(chance.random() * 0.3):
            number = chance.randrange(REPLICAS)
            self.disturbances += 1
            try:
                if self.kills and (not self.pauses or chance.random() < 0.3):
                    self.kill(number, chance)
                else:
                    self.pause(number, chance)
            except Exception as error:
                self.report.violation(f"a replica did not come back: {error}")
                return

    def pause(self, number, chance):
        """Pauses a replica for a moment, mostly shorter and sometimes longer than its clients wait."""
        self.fleet.replicas[number].signal(signal.SIGSTOP)
        self.done.wait(chance.choice((0.02, 0.1, 0.3, 0.8)) * (0.5 + chance.random()))
        self.fleet.replicas[number].signal(signal.SIGCONT)

    def kill(self, number, chance):
        """Kills a replica and starts it again."""
        self.fleet.kill(number)
        self.done.wait(chance.random() * 0.3)
        self.fleet.start(number)


class Worker:
    """One client of the histories: it has a connection to each replica."""

    def __init__(self, owner, number, token, timeout):
        self.owner = owner
        self.number = number
        self.token = token
        self.timeout = timeout
        self.clients = [None] * REPLICAS

    def client(self, replica):
        """Returns the client of a replica; a new one if the replica has started again."""
        url = self.owner.fleet.replicas[replica].url
        client = self.clients[replica]
        if url and (client is None or client.url != url):
            if client is not None:
                client.close()
            client = self.clients[replica] = Client(url, token=self.token, timeout=self.timeout)
            client.url = url
        return client

    def history(self, chance, registers, orders, count, lazy):
        """Calls random operations on the given keys. Returns them."""
        history = []
        for number in range(count):
            if lazy:
                time.sleep(chance.random() * lazy)
            client = self.client(chance.randrange(REPLICAS))
            if client is None:
                continue
            operation = self.operation(client, chance, registers, orders, f"c{self.number}n{number}")
            if operation is not None:
                history.append(operation)
            else:
                self.owner.not_done += 1
        return history

    def operation(self, client, chance, registers, orders, value):
        """Calls one random operation. Returns it, or None if nothing was done."""
        kind = chance.choice(("write", "read", "read", "create", "find"))
        key = chance.choice(registers if kind in ("write", "read") else orders)
        call, argument = self.call(kind, client, chance, key, value)
        called = time.monotonic()
        try:
            answer = call()
        except Unanswered as error:
            if not error.sent:
                return None
            return Operation(self.number, kind, key, argument, None, called, None)
        returned = time.monotonic()
        result, state = self.result(kind, key, answer)
        if state == NOT_STORED:
            return None
        return Operation(self.number, kind, key, argument, result, called, returned if state == DONE else None)

    def call(self, kind, client, chance, key, value):
        """Returns the call of an operation and its argument."""
        if kind == "write":
            return lambda: client.put_title(key, value), value
        if kind == "read":
            if chance.random() < 0.3:
                return lambda: client.tenant("GET", f"/records/veeqo/products/{key}"), None
            return lambda: client.veeqo("GET", f"/products/{key}"), None
        if kind == "create":
            return lambda: client.create_order(key, [(value, 1, 1.0)]), None
        return lambda: client.find_orders([key]), None

    def result(self, kind, key, answer):
        """Returns (result, DONE or NOT_STORED or UNKNOWN) of an answer."""
        if answer.status == 503:
            if outcome(answer) == REFUSED:
                self.owner.report.violation(f"{kind} of {key}: 503 without the code not-stored or outcome-unknown: {answer}")
            return None, UNKNOWN if outcome(answer) == UNKNOWN and kind in ("write", "create") else NOT_STORED
        if kind == "read" and answer.status == 404:
            return ABSENT, DONE
        if kind == "create" and answer.status == 500 and b"already exists" in answer.body:
            return "duplicate", DONE
        if not answer.ok():
            self.owner.report.violation(f"{kind} of {key} is answered {answer}")
            return None, UNKNOWN
        if kind == "find":
            return self.found(key, answer.json()), DONE
        return {"write": None, "read": answer.json().get("title"), "create": "created"}[kind], DONE

    def found(self, key, value):
        """Returns the result of a find."""
        if value["TotalResults"] > 1:
            self.owner.report.violation(f"order {key} is there {value['TotalResults']} times")
        return "found" if value["TotalResults"] else "absent"


class Outage:
    """Writes through all replicas while Redis goes away and comes back, and checks every answer."""

    WRITERS = 6

    def __init__(self, checks):
        self.checks = checks
        self.fleet = checks.fleet
        self.report = checks.report
        self.stop = threading.Event()
        self.down = None
        self.writes = []
        self.lock = threading.Lock()

    def run(self, go, come, seconds):
        """Runs one outage of so many seconds."""
        token = self.fleet.clients()[0].token
        threads = [threading.Thread(target=self.write, args=(number, token), daemon=True) for number in range(self.WRITERS)]
        for thread in threads:
            thread.start()
        time.sleep(0.15 + self.checks.chance.random() * 0.2)
        go()
        self.down = (time.monotonic(), None)
        time.sleep(seconds)
        self.reads_are_true()
        self.down = (self.down[0], time.monotonic())
        come()
        self.checks.wait_for_recovery(["demo"])
        time.sleep(0.2)
        self.stop.set()
        for thread in threads:
            thread.join(40)
            self.report.expect(not thread.is_alive(), "a client got no answer for 40 s after Redis was back")
        self.settle()

    def write(self, number, token):
        """Creates orders until the end of the outage and notes each answer."""
        client = self.fleet.client(number % REPLICAS, token=token, timeout=30)
        while not self.stop.is_set():
            name = self.checks.names.new("outage")
            called = time.monotonic()
            try:
                answer = client.create_order(name, [(f"{name}-a", 1, 1.0), (f"{name}-b", 2, 2.0)])
                state = self.state_of(name, answer)
                identifier = answer.json()["ID"] if state == DONE else None
            except Unanswered as error:
                state, identifier = UNKNOWN, None
                self.report.violation(f"Redis was away and a client got no answer: {error}")
                if error.late:
                    return
            with self.lock:
                self.writes.append((name, called, time.monotonic(), state, identifier))
            if state != DONE:
                time.sleep(0.01)

    def state_of(self, name, answer):
        """Returns the meaning of an answer and reports one that must not be."""
        state = outcome(answer)
        if state == REFUSED:
            self.report.violation(f"Redis was away and the create of {name} was answered {answer}")
        return state

    def reads_are_true(self):
        """Reads while Redis is away: 503, or what was acknowledged."""
        with self.lock:
            done = {name for name, _, _, state, _ in self.writes if state == DONE}
        for number in range(REPLICAS):
            try:
                answer = self.fleet.client(number, timeout=30).records("sellercloud/orders")
            except Unanswered as error:
                self.report.violation(f"without Redis, a read at replica {number} got no answer: {error}")
                continue
            if answer.ok():
                there = {record["OrderDetails"]["OrderSourceOrderID"] for record in answer.json()["records"]}
                self.report.expect(done <= there, f"without Redis, replica {number} lacks acknowledged orders: {sorted(done - there)[:5]}")
            else:
                self.report.expect(answer.status == 503, f"without Redis, a read at replica {number} is answered {answer}")

    def settle(self):
        """Compares all writes with what every replica shows."""
        begin, end = self.down
        states = [state for _, _, _, state, _ in self.writes]
        false = [name for name, called, returned, state, _ in self.writes if state == DONE and called > begin and returned < end]
        self.report.expect(not false, f"Redis was away and creates were answered with a success: {false[:5]}")
        self.report.expect(states.count(DONE) > 0, "no write was stored, before and after the outage")
        worlds = [self.world(number) for number in range(REPLICAS)]
        for number, world in enumerate(worlds):
            self.report.expect(world == worlds[0], f"after an outage replica {number} shows other orders than replica 0")
        for name, _, _, state, identifier in self.writes:
            self.one(name, state, identifier, worlds[0].get(name))

    def world(self, number):
        """Returns the orders that a replica shows: name -> (id, lines)."""
        records = self.checks.must(self.fleet.client(number).records("sellercloud/orders"), "the orders")["records"]
        names = [record["OrderDetails"]["OrderSourceOrderID"] for record in records]
        self.report.expect(len(names) == len(set(names)), f"replica {number} shows an order twice")
        return {name: (record["ID"], harness.record_lines(record)) for name, record in zip(names, records)}

    def one(self, name, state, identifier, seen):
        """Checks one write."""
        if state == DONE and (seen is None or seen[0] != identifier):
            self.report.violation(f"order {name} was acknowledged with the id {identifier}; after the outage it is {seen}")
        if state == NOT_STORED and seen is not None:
            self.report.violation(f"order {name} was answered not-stored and is there: {seen}")
        if seen is not None and seen[1] != [(f"{name}-a", 1, 1.0), (f"{name}-b", 2, 2.0)]:
            self.report.violation(f"order {name} has other lines: {seen}")


def options_of(arguments):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=harness.program_path, nargs="?")
    parser.add_argument("--redis-server", default=shutil.which("redis-server") or "/usr/bin/redis-server")
    parser.add_argument("--histories", type=int, default=150)
    parser.add_argument("--pauses", action="store_true")
    parser.add_argument("--kills", action="store_true")
    parser.add_argument("--long-pause", type=float, default=0)
    parser.add_argument("--verify", default="documented", metavar="PROFILE")
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=os.path.abspath)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--seed", type=int)
    options = parser.parse_args(arguments)
    if options.program is None and not options.list:
        parser.error("PROGRAM is missing")
    if not os.access(options.redis_server, os.X_OK) and not options.list:
        parser.error(f"there is no redis-server at {options.redis_server}; Debian has it in the package redis-server")
    return options


def main(arguments):
    """Runs the checks. Returns the exit code."""
    options = options_of(arguments)
    if options.list:
        print("\n".join(name[len("check_"):] for name in check_names()))
        return 0
    report = Report()
    harness.end_by_exit(report)
    chance = harness.random_of(options.seed)
    folder = harness.new_folder("fleet")
    begin = time.monotonic()
    summary = []
    try:
        fleet = Fleet(options, folder)
        checks = Checks(options, fleet, chance, report)
        summary = checks.summary
        checks.run()
        for number, code in enumerate(fleet.stop()):
            report.expect(code == 0, f"replica {number} ended with the exit code {code} after SIGTERM")
    except harness.NotStarted as error:
        report.violation(f"a replica did not start: {error}")
    harness.remove_folder(folder)
    return report.finish("; ".join([*summary, f"{time.monotonic() - begin:.1f} s in all"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
