"""usage: linear_test.py DRIVER [SIZE [NAME...]]: checks with callgrind that the instructions of long work grow like its input.

DRIVER is bench/long_work.cpp. Each work is done for SIZE (2) and for twice that: at most 2.2 times the instructions.
Exit code 77: valgrind is not installed.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

MOST_GROWTH = 2.2


def count(driver, size, names):
    """name -> instructions of the work."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/out", driver, str(size), *names]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        counts = {}
        for file in pathlib.Path(folder).iterdir():
            text = file.read_text()
            name = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.M)
            if name:
                counts[name[1]] = int(re.search(r"^(?:totals|summary): (\d+)", text, re.M)[1])
    if set(counts) != set(names) or min(counts.values()) < 1000:
        sys.exit(f"the driver was built without valgrind/callgrind.h: {counts}")
    return counts


def main():
    driver = os.path.abspath(sys.argv[1])
    if not shutil.which("valgrind"):
        print("valgrind is not installed")
        sys.exit(77)
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    names = sys.argv[3:] or subprocess.run([driver], check=True, capture_output=True, text=True).stdout.splitlines()
    with concurrent.futures.ThreadPoolExecutor(2) as workers:
        small, large = workers.map(lambda factor: count(driver, factor * size, names), (1, 2))
    good = True
    for name in names:
        growth = large[name] / small[name]
        good &= growth <= MOST_GROWTH
        print(f"{name:40} {small[name]:13,} instructions, {large[name]:13,} for twice the input: {growth:.2f}"
              f"{'' if growth <= MOST_GROWTH else ': TOO MANY'}")
    sys.exit(not good)


main()
