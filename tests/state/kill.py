#!/usr/bin/env python3
"""Kills a server with stored state under load, again and again, and checks what is there afterwards.

    python3 kill.py PROGRAM [--kills 30] [--clients 6] [--seed N] [--kills-per-file 50] [--state-args ARGUMENT...]

Each round starts `PROGRAM serve --state FILE`, lets clients write, ends the server with kill -9 at a random moment (sometimes a second
time while it starts), starts it again on the same file, and checks:

- every answered write is there with its id and its content;
- a write without an answer is there completely or not at all, and what was not there does not appear later;
- no id is given twice, across all restarts and deletions;
- tokens still work, counters (stock, faults, a clock) have counted each answered call once;
- nothing is there that nobody wrote.

`--state-args` takes all further arguments and gives them to the server. If they contain --state, the file of the test is not used.
The seed is printed and repeats the choices of a run, but not its timing. Exit code: 0 no violation, 1 violations (listed), 2 usage.
"""

import argparse
import os
import random
import signal
import sys
import threading
import time

import harness
from harness import Client, DONE, NOT_STORED, REFUSED, Report, Server, UNKNOWN, Unanswered

CLOCK = "clocked"
CLOCK_START = "2026-03-02T09:00:00.000Z"
ABSENT = None


class Fact:
    """One thing that one client writes, and the values that it may have by all answers so far."""

    __slots__ = ("name", "possible", "identifier")

    def __init__(self, name, value=ABSENT):
        self.name = name
        self.possible = [value]
        self.identifier = None

    def value(self):
        """Returns the value if it is certain. Otherwise raises ValueError."""
        (value,) = self.possible
        return value

    def certain(self):
        """Says whether only one value is possible."""
        return len(self.possible) == 1

    def observe(self, value):
        """Says whether the value is possible, and keeps only it: what was not done by now is not done later."""
        possible = value in self.possible
        self.possible = [value]
        return possible


class Ledger:
    """What the clients of one file know. Each fact belongs to one client; the ids are common."""

    def __init__(self):
        self.lock = threading.Lock()
        self.facts = {kind: {} for kind in ("order", "product", "purchase", "batch", "title", "stock", "snapshot")}
        self.tokens = []
        self.expired_soon = []
        self.ids = {}
        self.clock = Fact("clock", 0)
        self.calls = 0
        self.calls_open = 0
        self.struck = 0
        self.fault = None

    def fact(self, kind, name, value=ABSENT):
        """Returns a fact; makes it if it is new."""
        with self.lock:
            return self.facts[kind].setdefault(name, Fact(name, value))

    def claim(self, kind, identifier, owner):
        """Notes who has an id. Returns the earlier owner if there is another one."""
        with self.lock:
            earlier = self.ids.setdefault((kind, identifier), owner)
        return None if earlier == owner else earlier


class Writer(threading.Thread):
    """A client that writes until the server dies."""

    def __init__(self, number, round_number, url, ledger, report, chance, stop):
        super().__init__(daemon=True)
        self.number = number
        self.prefix = f"r{round_number}c{number}"
        self.ledger = ledger
        self.report = report
        self.chance = chance
        self.stop = stop
        self.client = Client(url)
        self.count = 0
        self.acknowledged = 0
        self.touched = []
        self.own = []

    ACTIONS = (("order", 42), ("product", 13), ("purchase", 9), ("batch", 9), ("title", 8), ("stock", 6), ("delete", 5), ("again", 3),
               ("token", 2), ("faulted", 6), ("snapshot", 2), ("clock", 3), ("look", 8))

    def run(self):
        """Calls until the server is gone or the test says stop."""
        names = [name for name, _ in self.ACTIONS]
        weights = [weight for _, weight in self.ACTIONS]
        try:
            while not self.stop.is_set():
                self.count += 1
                getattr(self, "do_" + self.chance.choices(names, weights)[0])()
        except Unanswered as error:
            if error.late:
                self.report.violation(f"client {self.number}: no answer in {self.client.connection.timeout} s")
        except Exception as error:
            self.report.violation(f"client {self.number}: an answer has not the expected form: {type(error).__name__}: {error}")
        finally:
            self.client.close()

    def write(self, fact, value, call, allowed=()):
        """Makes a call that gives the fact a value. Returns the answer if it says that this is done, else None."""
        before = list(fact.possible)
        fact.possible = before + [value]
        self.touched.append(fact)
        try:
            answer = call()
        except Unanswered as error:
            if not error.sent:
                fact.possible = before
            raise
        meaning = harness.outcome(answer)
        if meaning == DONE:
            fact.possible = [value]
            self.acknowledged += 1
            return answer
        if meaning != UNKNOWN:
            fact.possible = before
        if meaning == REFUSED and answer.status not in allowed:
            self.report.violation(f"a write of {fact.name} was refused: {answer}")
        return None

    def claim(self, kind, identifier, owner):
        """Notes an id and reports it if another owner has it."""
        earlier = self.ledger.claim(kind, identifier, owner)
        if earlier is not None:
            self.report.violation(f"id given twice: {kind} {identifier} for {earlier} and for {owner}")

    def new_name(self):
        """Returns a name that nobody has used."""
        return f"{self.prefix}n{self.count}"

    def lines(self, name):
        """Returns some lines for an order."""
        count = self.chance.choice((1, 1, 2, 3, 8))
        return tuple((f"{name}-{number}", self.chance.randrange(1, 9), self.chance.randrange(1, 4000) / 4) for number in range(count))

    def do_order(self):
        """Creates an order with lines."""
        name = self.new_name()
        lines = self.lines(name)
        fact = self.ledger.fact("order", name)
        answer = self.write(fact, lines, lambda: self.client.create_order(name, lines))
        if answer is not None:
            fact.identifier = answer.json()["ID"]
            self.claim("order", fact.identifier, name)
            self.own.append(fact)

    def do_again(self):
        """Creates an order a second time: it must be refused."""
        fact = self.any_own()
        if fact is None:
            return
        answer = self.client.create_order(fact.name, [("again", 1, 1.0)])
        if harness.outcome(answer) == DONE:
            self.report.violation(f"order {fact.name} was created twice: {answer}")

    def do_delete(self):
        """Removes an order, mostly the newest: its id must not be given again."""
        fact = self.own[-1] if self.own and self.chance.random() < 0.7 else self.any_own()
        if fact is None:
            return
        if self.write(fact, ABSENT, lambda: self.client.rest("DELETE", f"/Orders/{fact.identifier}")) is not None:
            self.own.remove(fact)

    def any_own(self):
        """Returns an order of this client that is there, or None."""
        return self.chance.choice(self.own) if self.own else None

    def do_product(self):
        """Creates a product."""
        name = self.new_name()
        text = f"product {self.chance.randrange(1 << 30)}"
        self.write(self.ledger.fact("product", name), text, lambda: self.client.create_product(name, text))

    def do_purchase(self):
        """Creates a purchase order. Its line names it."""
        name = self.new_name()
        quantity = self.chance.randrange(1, 99)
        fact = self.ledger.fact("purchase", name)
        answer = self.write(fact, quantity, lambda: self.client.create_purchase_order(name, quantity))
        if answer is not None:
            fact.identifier = answer.json()["Id"]
            self.claim("purchase order", fact.identifier, name)

    def do_batch(self):
        """Seeds several records in one call, all or none."""
        name = self.new_name()
        titles = tuple(f"{name}-{number}" for number in range(self.chance.choice((2, 5, 40))))
        fact = self.ledger.fact("batch", name)
        answer = self.write(
            fact, titles, lambda: self.client.tenant("POST", "/records/veeqo/products", [{"title": title} for title in titles]))
        if answer is not None:
            for record in answer.json()["records"]:
                self.claim("veeqo product", record["id"], record["title"])

    def do_title(self):
        """Writes a record that exists, over and over."""
        key = 100 + self.number
        text = f"title {self.new_name()}"
        self.write(self.ledger.fact("title", str(key)), text, lambda: self.client.put_title(key, text))

    def do_stock(self):
        """Adds 1 to the stock of a product of this client: a change that depends on the state."""
        name = f"stock-{self.number}"
        fact = self.ledger.fact("stock", name, 0)
        if fact.certain():
            self.write(fact, fact.value() + 1, lambda: self.client.add_stock(name, 1))

    def do_token(self):
        """Gets another token."""
        answer = self.client.login()
        if harness.outcome(answer) == DONE:
            with self.ledger.lock:
                self.ledger.tokens.append(self.client.token)
        elif harness.outcome(answer) == REFUSED:
            self.report.violation(f"a token was refused: {answer}")

    def do_faulted(self):
        """Calls the operation that has a fault with `every: 7`."""
        with self.ledger.lock:
            self.ledger.calls_open += 1
        answer = self.client.rest("GET", "/Vendors")
        with self.ledger.lock:
            if answer.status in (200, 599):
                self.ledger.calls_open -= 1
                self.ledger.calls += 1
                self.ledger.struck += answer.status == 599
                return
            if harness.outcome(answer) == NOT_STORED:
                self.ledger.calls_open -= 1
        if harness.outcome(answer) == REFUSED:
            self.report.violation(f"a call with a fault of every 7: {answer}")

    def do_snapshot(self):
        """Takes a snapshot of a small tenant, or removes an own one."""
        fact = self.ledger.fact("snapshot", f"s{self.number}-{self.chance.randrange(3)}", False)
        path = f"/tenants/{CLOCK}/snapshots/{fact.name}"
        if self.chance.random() < 0.6:
            self.write(fact, True, lambda: self.client.admin("POST", path))
        else:
            self.write(fact, False, lambda: self.client.admin("DELETE", path), allowed=(404,))

    def do_clock(self):
        """Advances the clock of a tenant by a second. Only the first client does."""
        fact = self.ledger.clock
        if self.number == 0 and fact.certain():
            call = lambda: self.client.admin("POST", f"/tenants/{CLOCK}/clock/advance", {"by": "1s"})
            self.write(fact, fact.value() + 1, call)

    def do_look(self):
        """Reads back what this client wrote."""
        fact = self.any_own()
        if fact is None or not fact.certain():
            return
        answer = self.client.rest("GET", f"/Orders/{fact.identifier}")
        if answer.ok() and tuple(harness.order_lines(answer)) != fact.value():
            self.report.violation(f"order {fact.name} was read back before the kill with other lines: {answer}")
        elif not answer.ok() and answer.status != 503:
            self.report.violation(f"order {fact.name} was not there before the kill: {answer}")


class Check:
    """Compares a started server with the ledger. Every read settles what was unknown."""

    def __init__(self, url, ledger, report, when):
        self.client = Client(url, timeout=60)
        self.ledger = ledger
        self.report = report
        self.when = when

    def violation(self, text):
        """Reports with the moment of the check."""
        self.report.violation(f"{self.when}: {text}")

    def read(self, answer, what):
        """Returns the JSON of a successful answer, else reports it and returns None."""
        if answer.ok():
            return answer.json()
        self.violation(f"{what} cannot be read: {answer}")
        return None

    def all(self, fresh, chance):
        """Checks everything: collections as a whole, and by their ids the facts of the last round and some older ones."""
        try:
            self.tokens(chance)
            self.orders()
            self.products()
            self.purchases()
            self.veeqo_products()
            self.stock()
            self.small_tenant()
            self.fault()
            self.by_id(fresh, chance)
        except Unanswered as error:
            self.violation(f"no answer: {error}")
        finally:
            self.client.close()

    def settle(self, kind, seen, what):
        """Compares the facts of a kind with the values that were seen (name -> value)."""
        for name, fact in self.ledger.facts[kind].items():
            value = seen.pop(name, False if kind == "snapshot" else ABSENT)
            expected = list(fact.possible)
            if not fact.observe(value):
                self.violation(f"{what} {name} is {shown(value)}, expected {' or '.join(map(shown, expected))}")
        for name, value in seen.items():
            self.violation(f"{what} {name} is there but nobody created it: {shown(value)}")

    def claim(self, kind, identifier, owner):
        """Notes an id that is in use and reports it if another owner has it."""
        earlier = self.ledger.claim(kind, identifier, owner)
        if earlier is not None:
            self.violation(f"id given twice: {kind} {identifier} for {earlier} and for {owner}")

    def collection(self, name):
        """Returns all records of a collection."""
        answer = self.client.records(name)
        value = self.read(answer, f"the collection {name}")
        return [] if value is None else value["records"]

    def orders(self):
        """Checks all orders with their lines."""
        seen = {}
        for record in self.collection("sellercloud/orders"):
            name = record["OrderDetails"]["OrderSourceOrderID"]
            if name in seen:
                self.violation(f"order {name} is there twice")
            seen[name] = tuple(harness.record_lines(record))
            self.identify("order", name, record["ID"])
            for line in record.get("Products", []):
                self.claim("order line", line["ID"], f"{name} {line['ProductID']}")
        self.settle("order", seen, "order")

    def identify(self, kind, name, identifier):
        """Compares the id of a record with the one that its client got."""
        self.claim("purchase order" if kind == "purchase" else kind, identifier, name)
        fact = self.ledger.facts[kind].get(name)
        if fact is None:
            return
        if fact.identifier not in (None, identifier):
            self.violation(f"{kind} {name} has the id {identifier}, its client got {fact.identifier}")
        fact.identifier = identifier

    def products(self):
        """Checks all products of Sellercloud."""
        seen = {record["ID"]: record["ProductName"] for record in self.collection("sellercloud/products")}
        self.settle("product", seen, "product")

    def purchases(self):
        """Checks all purchase orders with their line."""
        seen = {}
        for record in self.collection("sellercloud/purchase_orders"):
            lines = record.get("Products") or record.get("Items") or []
            if len(lines) != 1:
                self.violation(f"a purchase order without its line: {record}")
                continue
            name = lines[0]["ProductID"]
            seen[name] = lines[0]["QtyUnitsOrdered"]
            self.identify("purchase", name, record["ID"])
        self.settle("purchase", seen, "purchase order")

    def veeqo_products(self):
        """Checks batches, each as a whole, and the titles that are written again and again."""
        batches = {}
        titles = {}
        for record in self.collection("veeqo/products"):
            title = record["title"]
            if title.startswith("title "):
                titles[str(record["id"])] = title
            else:
                self.claim("veeqo product", record["id"], title)
                batches.setdefault(title.rsplit("-", 1)[0], []).append(title)
        self.settle("batch", {name: tuple(parts) for name, parts in batches.items()}, "batch")
        self.settle("title", titles, "title")

    def stock(self):
        """Checks the counters in the stock."""
        seen = {}
        for name in self.ledger.facts["stock"]:
            value = self.read(self.client.stock(name), f"the stock of {name}")
            if value is not None:
                seen[name] = value["PhysicalQty"]
        self.settle("stock", seen, "stock")

    def small_tenant(self):
        """Checks the snapshots and the clock of the small tenant."""
        value = self.read(self.client.admin("GET", f"/tenants/{CLOCK}/snapshots"), "the list of snapshots")
        if value is not None:
            self.settle("snapshot", {entry["name"]: True for entry in value["snapshots"]}, "snapshot")
        value = self.read(self.client.admin("GET", f"/tenants/{CLOCK}/clock"), "the clock")
        if value is None:
            return
        seconds = seconds_of(value["now"]) - seconds_of(CLOCK_START)
        expected = list(self.ledger.clock.possible)
        if not self.ledger.clock.observe(seconds):
            self.violation(f"the clock was advanced by {seconds} s, expected {' or '.join(map(str, expected))}")

    def fault(self):
        """Checks the count of the fault with `every: 7`, and that each seventh call was struck."""
        value = self.read(self.client.tenant("GET", "/faults"), "the list of faults")
        if value is None:
            return
        faults = [entry for entry in value["faults"] if entry["id"] == self.ledger.fault]
        if not faults:
            self.violation("the fault is gone")
            return
        seen, struck = faults[0]["seen"], faults[0]["struck"]
        ledger = self.ledger
        if not ledger.calls <= seen <= ledger.calls + ledger.calls_open:
            self.violation(f"the fault counted {seen} calls; {ledger.calls} were answered and {ledger.calls_open} had no answer")
        if struck != seen // 7 or not ledger.struck <= struck <= ledger.struck + ledger.calls_open:
            self.violation(f"the fault was applied {struck} times of {seen} calls; clients saw it {ledger.struck} times")
        ledger.calls, ledger.calls_open, ledger.struck = seen, 0, struck

    def tokens(self, chance):
        """Checks that tokens work: the newest ones and some older ones."""
        tokens = self.ledger.tokens
        for token in tokens[-20:] + chance.sample(tokens, min(10, len(tokens))):
            answer = self.client.rest("GET", "/Companies", token=token)
            if not answer.ok():
                self.violation(f"a token that was issued before does not work: {answer}")

    def by_id(self, fresh, chance):
        """Reads orders by their ids as a client does: those of the last round and some older ones."""
        orders = list(self.ledger.facts["order"].values())
        recent = [fact for fact in fresh if fact in set(orders)]
        for fact in recent + chance.sample(orders, min(20, len(orders))):
            if fact.identifier is None:
                continue
            answer = self.client.rest("GET", f"/Orders/{fact.identifier}")
            if fact.value() is ABSENT:
                if answer.status != 404:
                    self.violation(f"order {fact.name} was removed and is answered: {answer}")
            elif not answer.ok() or tuple(harness.order_lines(answer)) != fact.value():
                self.violation(f"order {fact.name} is not answered as it was created: {answer}")
        names = [fact.name for fact in recent if fact.value() is not ABSENT][-50:]
        if names:
            found = self.read(self.client.find_orders(names), "the list of orders") or {"Items": []}
            missing = set(names) - {item["OrderSourceOrderID"] for item in found["Items"]}
            if missing:
                self.violation(f"the list lacks the orders {sorted(missing)}")


def shown(value):
    """Returns a value for a message."""
    return "absent" if value is ABSENT else repr(value)


def seconds_of(text):
    """Returns the seconds of a day of a time in UTC."""
    hours, minutes, seconds = text[11:].rstrip("Z").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


class Run:
    """All rounds of a run."""

    def __init__(self, options, chance, report):
        self.options = options
        self.chance = chance
        self.report = report
        self.folder = None
        self.ledger = None
        self.acknowledged = 0
        self.kills = 0
        self.start_seconds = []

    def arguments(self):
        """Returns the arguments of the server."""
        extra = self.options.state_args
        own = [] if "--state" in extra or any(part.startswith("--state=") for part in extra) else ["--state", "state.db"]
        return own + ["--no-rate-limit", "--token-limit", "1000000", *extra]

    def start(self):
        """Starts the server; sometimes it is killed while it starts, and started again."""
        if self.kills and self.chance.random() < 0.2:
            server = Server(self.options.program, self.arguments(), self.folder, wait=False)
            time.sleep(self.chance.random() * 0.06)
            server.kill()
            self.kills += 1
        begin = time.monotonic()
        server = Server(self.options.program, self.arguments(), self.folder)
        self.start_seconds.append(time.monotonic() - begin)
        return server

    def prepare(self, url):
        """Makes what the clients of a new file need."""
        client = Client(url)
        answers = [
            client.admin("POST", "/reset"),
            client.admin("PUT", f"/tenants/{CLOCK}", {"api": "veeqo", "clock": CLOCK_START}),
            client.tenant("POST", "/faults", {"on": "sellercloud.listVendors", "every": 7, "kind": "status", "status": 599})]
        for answer in answers:
            if not answer.ok():
                raise SystemExit(f"the test cannot be prepared: {answer}")
        self.ledger.fault = answers[2].json()["armed"][0]["id"]
        for number in range(self.options.clients):
            name = f"stock-{number}"
            answer = client.create_product(name, name)
            if not answer.ok():
                raise SystemExit(f"the test cannot be prepared: {answer}")
            self.ledger.fact("product", name, name)
            self.ledger.fact("stock", name, 0)
        self.ledger.tokens.append(client.token)
        client.close()

    def new_file(self):
        """Begins with a new file in a new folder."""
        if self.folder is not None:
            harness.remove_folder(self.folder)
        self.folder = harness.new_folder("kill")
        self.ledger = Ledger()

    def load(self, server, number):
        """Lets the clients write and kills the server. Returns the facts that they touched."""
        stop = threading.Event()
        writers = [
            Writer(client, number, server.url, self.ledger, self.report, random.Random(self.chance.random()), stop)
            for client in range(self.options.clients)]
        for writer in writers:
            writer.client.token = self.chance.choice(self.ledger.tokens)
            writer.start()
        time.sleep(self.chance.choice((0.03, 0.15, 0.4)) * (0.2 + self.chance.random()))
        if not server.runs():
            self.report.violation(f"round {number}: the server ended by itself: {server.text()[-500:]}")
        if self.chance.random() < 0.1:
            server.signal(signal.SIGTERM)
            time.sleep(self.chance.random() * 0.03)
        server.kill()
        self.kills += 1
        for writer in writers:
            writer.join(30)
            if writer.is_alive():
                self.report.violation(f"round {number}: a client hangs")
        stop.set()
        self.acknowledged += sum(writer.acknowledged for writer in writers)
        return [fact for writer in writers for fact in writer.touched]

    def round(self, server, number):
        """Loads, kills, starts and checks. Returns the started server."""
        fresh = list(dict.fromkeys(self.load(server, number)))
        server = self.start()
        Check(server.url, self.ledger, self.report, f"after kill {number}").all(fresh, self.chance)
        return server

    def file(self, first, last):
        """Runs the rounds of one file, then stops the server as a person does and checks everything again."""
        self.new_file()
        server = self.start()
        self.check_mode()
        self.prepare(server.url)
        for number in range(first, last):
            server = self.round(server, number)
            if self.report.failed():
                server.stop()
                return
        code = server.stop()
        self.report.expect(code == 0, f"SIGTERM ended the server with the exit code {code}")
        server = self.start()
        everything = list(self.ledger.facts["order"].values())
        when = f"after a normal stop (kills {first} to {last - 1})"
        Check(server.url, self.ledger, self.report, when).all(everything[-300:], self.chance)
        server.stop()

    def check_mode(self):
        """Checks the mode of the file."""
        path = os.path.join(self.folder, "state.db")
        if os.path.exists(path):
            mode = os.stat(path).st_mode & 0o777
            self.report.expect(mode == 0o600, f"the file has the mode {mode:o}, expected 600")

    def all(self):
        """Runs all rounds."""
        number = 1
        while number <= self.options.kills and not self.report.failed():
            last = min(number + self.options.kills_per_file, self.options.kills + 1)
            self.file(number, last)
            number = last
        if self.report.failed():
            return
        harness.remove_folder(self.folder)


def options_of(arguments):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=harness.program_path)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--kills-per-file", type=int, default=50)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--state-args", nargs=argparse.REMAINDER, default=[])
    return parser.parse_args(arguments)


def main(arguments):
    """Runs the test. Returns the exit code."""
    options = options_of(arguments)
    report = Report()
    harness.end_by_exit(report)
    run = Run(options, harness.random_of(options.seed), report)
    begin = time.monotonic()
    try:
        run.all()
    except harness.NotStarted as error:
        report.violation(f"the server did not start: {error}")
    except Unanswered as error:
        report.violation(f"the server does not answer: {error}")
    slowest = max(run.start_seconds, default=0)
    return report.finish(
        f"{run.kills} kills, {run.acknowledged} answered writes, slowest start {slowest:.2f} s, {time.monotonic() - begin:.1f} s in all")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
