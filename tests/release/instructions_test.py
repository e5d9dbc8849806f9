"""usage: instructions_test.py record DRIVER | flat DRIVER [RECORDS [TENANTS]]

Counts the instructions of one exchange with callgrind, from a driver of one thread with the allocator of the C library
(bench/exchanges.cpp), after a warm-up, and those of the start: reading the bundled contracts and making the mock.
record: compares with instructions.json. More than 5 % above it is a failure where compiler, C library and processor are those of the
        record, a warning elsewhere. UPDATE=1 writes the record anew.
flat:   compares a mock with one record and one with RECORDS (100000), a mock with one tenant and one with TENANTS (1000): at most 10 % more.
Exit code 77: valgrind is not installed.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

RECORD = pathlib.Path(__file__).with_name("instructions.json")
MOST_ABOVE_RECORD = 1.05
MOST_GROWTH = 1.10
START = "start of the mock"
OPERATIONS = [START, "sellercloud.createProduct", "sellercloud.createOrder", "sellercloud.getOrder", "veeqo.createProduct", "sellercenter.createProducts",
              "a refused credential"]
FLAT_OPERATIONS = ["sellercloud.createProduct", "sellercloud.createOrder", "sellercloud.getOrder", "a page of sellercloud.listOrders"]


def count(driver, names, exchanges=200, records=0, tenants=0):
    """name -> instructions of one exchange."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/out", driver, "--exchanges", exchanges,
                   "--records", records, "--tenants", tenants, *names]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
        counts = {}
        for file in pathlib.Path(folder).iterdir():
            text = file.read_text()
            name = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.M)
            if name:
                total = int(re.search(r"^(?:totals|summary): (\d+)", text, re.M)[1])
                counts[name[1]] = total if name[1] == START else round(total / exchanges)
    if set(counts) != set(names) or min(counts.values()) < 1000:
        sys.exit(f"the driver was built without valgrind/callgrind.h: {counts}")
    return counts


def environment(driver):
    about = json.loads(subprocess.run([driver, "--about"], check=True, capture_output=True, text=True).stdout)
    model = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return {**about, "cpu": model[1] if model else os.uname().machine}


def check_record(driver):
    here, counts = environment(driver), count(driver, OPERATIONS)
    if os.environ.get("UPDATE"):
        RECORD.write_text(json.dumps({**here, "instructions": counts}, indent=2) + "\n")
        print(f"wrote {RECORD}")
        return True
    record = json.loads(RECORD.read_text())
    differences = [f"{name} '{here[name]}', not '{record[name]}'" for name in here if here[name] != record[name]]
    good = True
    for name, instructions in counts.items():
        ratio = instructions / record["instructions"][name]
        note = "" if ratio <= MOST_ABOVE_RECORD else ": WARNING" if differences else ": TOO MANY"
        good &= ratio <= MOST_ABOVE_RECORD
        print(f"{name:40} {instructions:10,} instructions, {(ratio - 1) * 100:+.1f} % of the record{note}")
    if differences:
        print(f"only warnings, because this environment is another one: {'; '.join(differences)}")
    return good or bool(differences)


def check_flat(driver, records=100_000, tenants=1000):
    few = count(driver, FLAT_OPERATIONS)
    good = True
    for what, many in ((f"{records:,} records", count(driver, FLAT_OPERATIONS, records=records)),
                       (f"{tenants:,} tenants", count(driver, FLAT_OPERATIONS, tenants=tenants))):
        for name, instructions in few.items():
            ratio = many[name] / instructions
            good &= ratio <= MOST_GROWTH
            print(f"{name:40} {instructions:9,} instructions with one, {many[name]:9,} with {what}: {ratio:.2f}"
                  f"{'' if ratio <= MOST_GROWTH else ': TOO MANY'}")
    return good


def main():
    what, driver, *numbers = sys.argv[1:]
    if not shutil.which("valgrind"):
        print("valgrind is not installed")
        sys.exit(77)
    check = {"record": check_record, "flat": check_flat}[what]
    sys.exit(not check(os.path.abspath(driver), *map(int, numbers)))


main()
