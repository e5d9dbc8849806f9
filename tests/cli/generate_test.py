"""generate_test.py PROGRAM: `verify --generate` over real sockets: our mock passes, saved cases are scenarios, wrong options are refused."""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
OPERATIONS = ["--operation", "sellercloud.createProduct", "--operation", "sellercenter.createProducts", "--operation", "veeqo.createProduct"]


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=200)


def check(condition, done, what):
    if not condition:
        sys.exit(f"{what}\nexit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


with tempfile.TemporaryDirectory() as folder:
    report = pathlib.Path(folder) / "report.json"
    done = run("verify", "--generate", "--generate-limit", "3", "--run", "generated-*", "--profile", "all", "--report-json", str(report))
    counts = done.stdout.splitlines()[-1]
    check(done.returncode == 0 and " 0 failed" in counts, done, "our mock fails generated cases")
    made = collections.Counter(case["profile"] for case in json.loads(report.read_text())["scenarios"] if case["verdict"] == "passed")
    check(set(made) == {"documented", "observed"} and min(made.values()) > 300, done, f"each profile should have its cases: {made}")
    report.unlink()

    done = run("verify", *OPERATIONS, "--run", "generated-*", "--generate-to", folder)
    check(done.returncode == 0, done, "cases that are saved should pass")
    first = {file.name: file.read_bytes() for file in pathlib.Path(folder).rglob("*.yaml")}
    check(len(first) > 20, done, f"{len(first)} files were saved")
    done = run("verify", *OPERATIONS, "--run", "generated-*", "--generate-to", folder)
    again = {file.name: file.read_bytes() for file in pathlib.Path(folder).rglob("*.yaml")}
    check(first == again, done, "the same seed should give the same files")
    done = run("lint", folder)
    check(done.returncode == 0, done, "saved cases should be valid scenarios")
    done = run("verify", folder)
    check(done.returncode == 0, done, "saved cases should pass as scenarios")

    nowhere = pathlib.Path(folder) / "file"
    nowhere.write_text("")
    done = run("verify", *OPERATIONS, "--run", "generated-*", "--generate-to", str(nowhere))
    check(done.returncode == 2 and "output-unwritable" in done.stderr, done, "a folder that cannot be made is an error")
    done = run("verify", "--generate", "--report-claim", str(pathlib.Path(folder) / "claim.json"))
    check(done.returncode == 2 and "contradiction" in done.stderr, done, "a claim names files")
    done = run("verify", "--generate", "--generate-limit", "0")
    check(done.returncode == 2, done, "a limit of 0 is refused")
print("passed")
