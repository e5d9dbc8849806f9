#!/usr/bin/env python3
"""Runs `understudy verify` against independent servers: the correct ones must pass, their bugs must be found.

judge.py PROGRAM [--all] [--generated] [--server NAME]...: prints a line for each server, and the bugs that were not found. With --generated
only the cases of `verify --generate` run, and only the bugs of validation, credential and status count.
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# name: command, user name, password, key
SERVERS = {
    "python": ([sys.executable, "-u", "python_server.py"], "ada@harbour.example", "tide-table-7", "veeqo-key-1"),
    "node": (["node", "node_server.mjs"], "shop-user", "shop-pass-1", "shop-key-1"),
    "php": (["php", "php_server.php"], "shop-user", "shop-pass-1", "none"),
    "products": ([sys.executable, "-u", "only_products.py"], "nobody", "nothing", "shop-key-9"),
    "orders": ([sys.executable, "-u", "only_orders.py"], "orders@quay.example", "lantern 55", "none"),
}
PARTIAL = ("products", "orders")  # servers of one vendor's operations only
# Bugs that show only with an option of the server: the client setting that it switches on, as a target file declares it.
SETTINGS = {"--require-site-cost": "require_site_cost_and_purchaser", "--multi-discount": "enable_multi_discount"}
SHORT_TOKENS = ["--token-lifetime", "2"]
# How the client settings are set at each server, if it knows them.
DECLARED = {
    "python": {"enable_bill_to_address": False, "require_site_cost_and_purchaser": False, "enable_multi_discount": False},
    "node": {"enable_bill_to_address": False, "require_site_cost_and_purchaser": False, "enable_multi_discount": False},
    "php": {"enable_bill_to_address": True, "require_site_cost_and_purchaser": False, "enable_multi_discount": False},
}


def command(name):
    words = SERVERS[name][0]
    return words[:-1] + [str(HERE / words[-1])]


def options_for(bug):
    """The options of the server without which the bug cannot be seen."""
    flags = [flag for flag in SETTINGS if flag in bug[-1]]
    return flags + (SHORT_TOKENS if "expired" in bug[0] else [])


GENERATED = ["--generate", "--run", "generated-*", "--seed", "1"]
TOLERATED = "tolerated"  # the class of what a correct server may do: it is judged as correct
GENERATED_CLASSES = ("condition", "required", "credential", "status")  # how their names begin


def verify(program, name, arguments=(), options=()):
    """Starts the server, judges it, returns exit code and output lines."""
    _, user, password, key = SERVERS[name]
    server = subprocess.Popen(command(name) + ["--port", "0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        port = server.stdout.readline().split()[-1]
        settings = DECLARED.get(name, {}) | {SETTINGS[one]: True for one in arguments if one in SETTINGS}
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as target:
            declared = ", ".join(f"{one}: {str(value).lower()}" for one, value in settings.items())
            target.write(f"understudy: 1\nurl: http://127.0.0.1:{port}\napis: {{ sellercloud: {{ settings: {{ {declared} }} }} }}\n")
            target.flush()
            run = subprocess.run([program, "verify", "-q", "--target", target.name, "--username", user, "--password", password, "--api-key", key,
                                  "--max-wait", "5s", *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=100)
        return run.returncode, run.stdout.splitlines()
    except subprocess.TimeoutExpired:
        return None, ["not done after 100 seconds"]
    finally:
        server.terminate()
        server.wait()


def bugs_of(name):
    listed = subprocess.run(command(name) + ["--list-bugs"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [line.split("\t") for line in listed.splitlines() if line]


def is_found(code, lines):
    """The run failed, and the first 20 lines have a cause."""
    return code == 1 and any(re.match(r"\d+\. ", line) for line in lines[:20])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--all", action="store_true", help="every bug, not some of each server")
    parser.add_argument("--generated", action="store_true", help="only with the cases of verify --generate")
    parser.add_argument("--least", type=float, help="the part of the bugs that must be found (0.95; 0.6 with --generated)")
    parser.add_argument("--server", action="append", choices=sorted(SERVERS))
    options = parser.parse_args()
    names = options.server or list(SERVERS)
    least = options.least or (0.6 if options.generated else 0.95)
    extra = GENERATED if options.generated else []
    wrong = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, (code, lines) in zip(names, pool.map(lambda one: verify(options.program, one, options=extra), names)):
            print(f"{name}: exit {code}, {len(lines)} lines, {lines[-1] if lines else 'nothing printed'}")
            if code != 0:
                wrong.append(f"{name} is correct by the documents, but:\n  " + "\n  ".join(lines[:40]))
            if name in PARTIAL and len(lines) > 60:
                wrong.append(f"{name}: {len(lines)} lines, expected at most 60")
        trials = []
        for name in names:
            bugs = [bug for bug in bugs_of(name) if not options.generated or bug[2].startswith((*GENERATED_CLASSES, TOLERATED))]
            trials += [(name, bug) for bug in (bugs if options.all else bugs[::18])]
        results = list(pool.map(lambda one: verify(options.program, one[0], ["--bug", one[1][0], *options_for(one[1])], extra), trials))
    for (name, bug), (code, lines) in zip(trials, results):
        if bug[2] == TOLERATED and code != 0:
            wrong.append(f"{name} with {bug[0]} is correct by the documents, but:\n  " + "\n  ".join(lines[:20]))
    judged = [(trial, result) for trial, result in zip(trials, results) if trial[1][2] != TOLERATED]
    trials, results = [trial for trial, _ in judged], [result for _, result in judged]
    missed = [f"{name}: {bug[0]} ({bug[2]}, {bug[3]}): {bug[-1]}" for (name, bug), (code, lines) in zip(trials, results) if not is_found(code, lines)]
    print(f"{len(trials) - len(missed)} of {len(trials)} bugs found")
    for line in missed:
        print("  not found: " + line)
    if len(trials) - len(missed) < least * len(trials):
        wrong.append(f"{len(missed)} of {len(trials)} bugs were not found, expected at most {1 - least:.0%}")
    for line in wrong:
        print("wrong: " + line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
