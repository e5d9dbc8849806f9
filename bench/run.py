#!/usr/bin/env python3
"""Speed, start and memory of `understudy serve` beside nginx, and with --peers beside WireMock, in one run. Prints tables in Markdown.

bench/README.md says what each section measures. A response that is not a success, or an error of a socket, fails the run."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import load as wrk
from operations import OPERATIONS, send, update_order
from servers import ROOT, Nginx, Redis, Understudy, WireMock, free_port, nginx_command

SECTIONS = ("loopback", "engine", "start", "memory", "journal", "state", "records", "million")
failures = []


def table(heads, rows):
    """Prints the head at once and each row when it is there. Numbers are to the right."""
    widths = [max(len(head), 9) for head in heads]
    widths[0] = 32
    cell = lambda text, width, first: text.ljust(width) if first else text.rjust(width)
    line = lambda cells: "| " + " | ".join(cell(str(text), width, i == 0) for i, (text, width) in enumerate(zip(cells, widths))) + " |"
    print(line(heads))
    print("|" + "|".join("-" * (width + 2) if i == 0 else "-" * (width + 1) + ":" for i, width in enumerate(widths)) + "|", flush=True)
    for row in rows:
        print(line(row), flush=True)
    print(flush=True)


def check(what, measured):
    if measured.errors:
        failures.append(f"{what}: errors {measured.errors} in {measured.requests} requests")
    return measured


def repeat(what, server, load, requests, options):
    done, errors = wrk.run_requests(server, load, requests, options.folder)
    if errors:
        failures.append(f"{what}: errors {errors}")
    return done


def median(runs, member):
    return statistics.median(getattr(run, member) for run in runs)


def columns(runs):
    return [f"{median(runs, 'rate'):,.0f}", f"{median(runs, 'p99'):.1f}", f"{median(runs, 'cpu'):.1f}"]


def measure_ours(options, name, connections, *serve_options):
    with Understudy(options.program, *serve_options) as server:
        load = OPERATIONS[name](server.url)
        return load, check(f"{name} at {connections}", wrk.run(server, load, connections, options.seconds, options.folder))


def loopback(options):
    """Each operation at each number of connections: ours, nginx and WireMock take turns, and the medians of all rounds are shown."""
    heads = ["operation", "connections", "requests/s", "p99 ms", "CPU us", "nginx: /s", "p99 ms", "CPU us", "share of nginx"]
    if options.peers:
        heads += ["WireMock: /s", "p99 ms", "CPU us", "times WireMock"]
    if any(connections > 64 for connections in options.connections):
        heads += ["share of 64"]

    def rows():
        for name in options.operations:
            rate_of_64 = None
            with Understudy(options.program) as server:
                sample = OPERATIONS[name](server.url)
            peer = WireMock(options.folder, sample) if options.peers else None
            if peer:  # the first runs are slow, because the JVM compiles meanwhile
                wrk.run(peer, sample, 16, options.warm_up, options.folder)
            for connections in options.connections:
                ours, theirs, peers = [], [], []
                for _ in range(options.rounds):
                    load, measured = measure_ours(options, name, connections)
                    ours.append(measured)
                    with Nginx(options.folder, load.status, load.answer) as server:
                        theirs.append(check(f"nginx at {connections}", wrk.run(server, load, connections, options.seconds, options.folder)))
                    if peer:
                        peers.append(check(f"WireMock at {connections}", wrk.run(peer, sample, connections, options.seconds, options.folder)))
                rate = median(ours, "rate")
                if connections == 64:
                    rate_of_64 = rate
                row = [name, connections, *columns(ours), *columns(theirs), f"{rate / median(theirs, 'rate'):.2f}"]
                if peer:
                    row += [*columns(peers), f"{rate / median(peers, 'rate'):.2f}"]
                yield row + [f"{rate / rate_of_64:.2f}" if rate_of_64 and connections > 64 else ""] * (len(heads) - len(row))
            if peer:
                peer.stop()

    print(f"Over loopback: keep-alive, {options.seconds} s each, wrk with one thread on one core, medians of {options.rounds}.\n")
    table(heads, rows())


def engine(options):
    """CPU of one request in Mock::handle, without sockets; the best of three rounds of 4,000."""
    output = subprocess.run([options.bench, "engine"], check=True, capture_output=True, text=True).stdout
    table(["engine alone", "CPU us"], ([line[:34].strip(), line[34:].strip()] for line in output.splitlines()))


def start(options):
    """From exec to the first byte of the first response, asked again each 50 us."""
    def measure(command, port):
        words = [str(options.starts), str(port), *map(str, command)]
        return [float(word) for word in subprocess.run([options.bench, "start", *words], check=True, capture_output=True, text=True).stdout.split()]

    port = free_port()
    ours = measure([options.program, "serve", "-q", "-p", port], port)
    port = free_port()
    theirs = measure(nginx_command(options.folder, port), port)
    rows = [["understudy", *(f"{value:.1f}" for value in ours), f"{ours[1] / theirs[1]:.1f}"], ["nginx", *(f"{value:.1f}" for value in theirs), ""]]
    table([f"start to first answer, {options.starts} times", "least ms", "median ms", "most ms", "times nginx"], rows)


def megabytes(size):
    return f"{size / 1e6:.1f}"


def memory(options):
    """Resident memory after the first answer."""
    with Understudy(options.program) as server:
        send(server.url + "/__admin/health")
        ours = server.memory()
    with Nginx(options.folder) as server:
        theirs = server.memory()
    table(["memory after start", "RssAnon MB", "VmRSS MB"],
          [["understudy", *map(megabytes, ours)], ["nginx, master and one worker", *map(megabytes, theirs)]])


def journal(options):
    """What the default journal costs, at 64 connections; both take turns."""
    def rows():
        for name in options.operations:
            kept, without = [], []
            for _ in range(max(options.rounds, 3)):
                kept.append(measure_ours(options, name, 64)[1])
                without.append(measure_ours(options, name, 64, "--journal-entries", 0)[1])
            cost = statistics.median(1 - a.rate / b.rate for a, b in zip(kept, without))
            yield [name, *columns(kept), *columns(without), f"{cost * 100:.0f} %"]

    table(["journal, 64 connections", "requests/s", "p99 ms", "CPU us", "none: /s", "p99 ms", "CPU us", "cost"], rows())


def fsyncs(folder):
    """How often a second this disk can store 4 kB and confirm it."""
    with open(pathlib.Path(folder) / "fsync", "wb") as file:
        count, end = 0, time.monotonic() + 1
        while time.monotonic() < end:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            count += 1
    return count


def state(options):
    """What an SQLite file costs beside memory alone; both take turns. With --state-sync full. And one server with Redis, appendfsync always."""
    def measure_file(name, connections, number, *more):
        file = pathlib.Path(options.folder) / f"{name}-{connections}-{number}.db"
        measured = measure_ours(options, name, connections, "--state", file, *more)[1]
        for each in file.parent.glob(file.name + "*"):
            each.unlink()
        return measured

    def full_rows():
        for name in options.operations:
            for connections in options.connections:
                yield [name, connections, *columns([measure_file(name, connections, number, "--state-sync", "full") for number in range(options.rounds)])]

    def rows():
        for name in options.operations:
            for connections in options.connections:
                memory, stored = [], []
                for number in range(options.rounds):
                    memory.append(measure_ours(options, name, connections)[1])
                    stored.append(measure_file(name, connections, number))
                yield [name, connections, *columns(memory), *columns(stored), f"{median(stored, 'cpu') / median(memory, 'cpu'):.2f}"]

    def shared_rows():
        for name in options.operations:
            for connections in options.connections:
                measured, shares = [], []
                for _ in range(options.rounds):
                    with Redis(options.folder) as redis:
                        before = redis.cpu_seconds()
                        measured.append(measure_ours(options, name, connections, "--state", redis.url)[1])
                        shares.append((redis.cpu_seconds() - before) / measured[-1].requests * 1e6)
                yield [name, connections, *columns(measured), f"{statistics.median(shares):.1f}"]

    table(["operation", "connections", "memory: /s", "p99 ms", "CPU us", "--state: /s", "p99 ms", "CPU us", "times the CPU"], rows())
    table(["operation", "connections", "full: /s", "p99 ms", "CPU us"], full_rows())
    print(f"This disk makes {fsyncs(options.folder):,} fsync a second.\n", flush=True)
    table(["operation", "connections", "Redis: /s", "p99 ms", "CPU us", "CPU us of Redis"], shared_rows())


def records(options):
    """Growth of anonymous memory for each order, without a journal, beside the bytes of its JSON text."""
    with Understudy(options.program, "--journal-entries", 0) as server:
        load = OPERATIONS["sellercloud.createOrder"](server.url)
        repeat("records", server, load, 1, options)
        before, _ = server.memory()
        done = repeat("records", server, load, options.records, options)
        growth = (server.memory()[0] - before) / done
        text = stored_text(server, load)
    table([f"{done:,} orders", "bytes each", "JSON text", "more"], [["growth of RssAnon", f"{growth:.0f}", text, f"{growth - text:.0f}"]])


def stored_text(server, load):
    """Bytes of the JSON text of a stored order."""
    _, answer = send(server.url + load.path, load.method, load.headers, load.body)
    _, record = send(f"{server.url}/__admin/tenants/demo/records/sellercloud/orders/{json.loads(answer)['ID']}")
    return len(json.dumps(json.loads(record), separators=(",", ":"), ensure_ascii=False).encode())


def million(options):
    """Updates of one order with the default journal: memory must not grow after the journal is full."""
    with Understudy(options.program) as server:
        load = update_order(server.url)

        def rows():
            total = 0
            for _ in range(10):
                total += repeat("updates", server, load, options.updates // 10, options)
                yield [f"{total:,}", *map(megabytes, server.memory())]

        table(["updates of one order", "RssAnon MB", "VmRSS MB"], rows())


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=ROOT / "build/bench/understudy", help="the program to measure")
    parser.add_argument("--bench", default=ROOT / "build/bench/bench/understudy_bench", help="its measurements without sockets")
    parser.add_argument("--section", action="append", choices=SECTIONS, help="only this section; may be repeated")
    parser.add_argument("--state", action="append_const", dest="section", const="state", help="the same as --section state")
    parser.add_argument("--operation", action="append", dest="operations", choices=OPERATIONS, help="only this operation; may be repeated")
    parser.add_argument("--connections", type=lambda text: [int(word) for word in text.split(",")], default=[1, 16, 64, 256, 1000], help="1,16,64,256,1000")
    parser.add_argument("--seconds", type=int, default=3, help="of one run of wrk (3)")
    parser.add_argument("--rounds", type=int, default=1, help="medians of so many runs (1)")
    parser.add_argument("--starts", type=int, default=21, help="how often the programs are started (21)")
    parser.add_argument("--records", type=int, default=200_000, help="orders that are stored (200000)")
    parser.add_argument("--updates", type=int, default=1_000_000, help="requests with the default journal (1000000)")
    parser.add_argument("--warm-up", type=int, default=8, help="seconds before WireMock is measured (8)")
    parser.add_argument("--peers", action="store_true", help="measure WireMock too")
    options = parser.parse_args()
    options.section = options.section or list(SECTIONS)
    options.operations = options.operations or list(OPERATIONS)
    return options


def main():
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        options.folder = folder
        pathlib.Path(folder).chmod(0o755)  # the worker of nginx has another user
        for section in SECTIONS:
            if section in options.section:
                globals()[section](options)
    for failure in failures:
        print(f"failed: {failure}", file=sys.stderr)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
