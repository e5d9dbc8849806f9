#!/usr/bin/env python3
"""Makes claims by real runs and manipulates them: `understudy claim check` and the independent checker must find each manipulation.

claims_test.py PROGRAM SOURCE [CHECKER]: exit code 1 if something was not found, or was found in a claim that holds.
"""
import concurrent.futures
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROGRAM, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
CHECKER = sys.argv[3] if len(sys.argv) > 3 else None
TRANSCRIPT = "claim.json.transcript.ndjson"
SCENARIOS = {
    "books.yaml": """understudy: 1
scenario: A book is added
api: shelf
labels: [books, rows]
each:
  - { name: a novel, genre: Novel }
  - { name: "0", genre: Poetry }
steps:
  - { send: addBook, with: { body: { Title: A, Genre: "{{genre}}" } }, expect: { answer: book_added } }
""",
    "deeper/refused.yml": """understudy: 1
scenario: A book without a title is refused
api: shelf
labels: [rules]
steps:
  - { send: addBook, with: { body: { Genre: Novel } }, expect: { answer: not_read } }
""",
    "wrong.yaml": """understudy: 1
scenario: This expectation is wrong, so that the claim has a failed test
api: shelf
steps:
  - { send: addBook, with: { body_file: body.json }, expect: { answer: not_here } }
""",
    "pinned.yaml": """understudy: 1
scenario: A scenario with a profile of its own
api: shelf
given: { profile: observed }
steps:
  - { send: addBook, with: { body: { Title: A, Genre: Novel } }, expect: { answer: book_added } }
""",
}


class Claim:
    """A claim in a folder, with its transcript."""

    def __init__(self, folder):
        self.folder = folder
        self.path, self.transcript_path = folder / "out" / "claim.json", folder / "out" / TRANSCRIPT
        self.document = json.loads(self.path.read_text())
        self.lines = [json.loads(line) for line in self.transcript_path.read_text().splitlines()]
        self.predicate = self.document["predicate"]

    def used(self, kind, source=None):
        return [one for one in self.predicate["configuration"] if one["annotations"]["understudy_kind"] == kind
                and source in (None, one["annotations"].get("understudy_source"))]

    def save(self, transcript=False):
        """Writes the claim with right digests, as somebody would who knows the page."""
        if transcript:
            self.transcript_path.write_text("".join(json.dumps(line) + "\n" for line in self.lines))
            digest = hashlib.sha256(self.transcript_path.read_bytes()).hexdigest()
            self.document["subject"][0]["digest"]["sha256"] = digest
        self.predicate["understudy_sha256"] = "0" * 64
        text = json.dumps(self.document, indent=2, sort_keys=True) + "\n"
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.path.write_text(text.replace('"understudy_sha256": "' + "0" * 64, '"understudy_sha256": "' + digest))

    def recount(self):
        lists = {"passed": "passedTests", "warned": "warnedTests", "failed": "failedTests", "skipped": "understudy_skipped"}
        counts = {count: len(self.predicate[name]) for count, name in lists.items()}
        counts["exchanges"] = sum(line["type"] == "exchange" for line in self.lines)
        self.predicate["understudy_counts"] = counts
        ran = counts["passed"] + counts["warned"]
        self.predicate["result"] = "FAILED" if counts["failed"] or not ran else "WARNED" if counts["warned"] else "PASSED"

    def drop_from_lists(self, tests):
        for name in ("passedTests", "warnedTests", "failedTests"):
            self.predicate[name] = [test for test in self.predicate[name] if test not in tests]
        self.predicate["understudy_skipped"] = [one for one in self.predicate["understudy_skipped"] if one["name"] not in tests]

    def drop_from_transcript(self, tests):
        self.lines = [line for line in self.lines if line["test"] not in tests]

    def drop_from_files(self, tests):
        for one in self.used("scenario"):
            one["annotations"]["understudy_tests"] = [test for test in one["annotations"]["understudy_tests"] if test not in tests]

    def some_scenario(self):
        """A scenario file with tests, and those."""
        return max(self.used("scenario"), key=lambda one: len(one["annotations"]["understudy_tests"]))

    def replace_digest(self, one):
        one["digest"]["sha256"] = hashlib.sha256(b"another").hexdigest()
        self.save()


def omit(lists, transcript, files, configuration=False, last_only=False):
    def change(claim):
        scenario = claim.some_scenario()
        tests = scenario["annotations"]["understudy_tests"][-1 if last_only else 0:]
        if last_only and scenario["annotations"]["understudy_tests"] == tests:
            return False
        if lists:
            claim.drop_from_lists(tests)
        if transcript:
            claim.drop_from_transcript(tests)
        if files:
            claim.drop_from_files(tests)
        if configuration:
            claim.predicate["configuration"].remove(scenario)
        claim.recount()
        claim.save(transcript=True)
    return change


def edit(path, text=None):
    """Changes (appends a comment), removes or makes a file."""
    def change(claim):
        file = claim.folder / path
        if not (claim.folder / path.split("/")[0]).is_dir():
            return False
        if text == "":
            file.unlink()
        else:
            file.write_text(text or file.read_text() + "# changed\n")
    return change


def set_member(*path, value):
    def change(claim):
        part = claim.document
        for name in path[:-1]:
            part = part[name]
        if part[path[-1]] == value:
            return False
        part[path[-1]] = value
        claim.save()
    return change


def other_digest(kind, source=None):
    def change(claim):
        files = claim.used(kind, source)
        if not files:
            return False
        claim.replace_digest(files[0])
    return change


def forge_verdict(claim):
    failed = next((line for line in claim.lines if line.get("verdict") == "failed"), None)
    if failed is None:
        return False
    failed["verdict"] = "passed"
    claim.predicate["failedTests"].remove(failed["test"])
    verdicts = [line["test"] for line in claim.lines if line.get("verdict") == "passed"]
    claim.predicate["passedTests"] = verdicts
    claim.recount()
    claim.save(transcript=True)


def drop_exchange(claim):
    claim.lines.remove(next(line for line in claim.lines if line["type"] == "exchange"))
    claim.recount()
    claim.save(transcript=True)


def repeat_verdict(claim):
    verdict = dict(next(line for line in claim.lines if line.get("verdict") == "passed"), exchanges=0)
    claim.lines.append(verdict)
    claim.predicate["passedTests"].append(verdict["test"])
    claim.recount()
    claim.save(transcript=True)


def invent_test(claim):
    name = claim.some_scenario()["annotations"]["understudy_scenario"]
    test = f"{name} [invented] [documented]"
    claim.lines.append({"type": "verdict", "test": test, "scenario": f"{name} [invented]", "profile": "documented", "verdict": "passed",
                        "exchanges": 0, "errors": 0, "notes": 0})
    claim.predicate["passedTests"].append(test)
    claim.some_scenario()["annotations"]["understudy_tests"].append(test)
    claim.recount()
    claim.save(transcript=True)


def reorder(claim):
    if len(claim.predicate["passedTests"]) < 2:
        return False
    claim.predicate["passedTests"].reverse()
    claim.save()


def other_reason(claim):
    if not claim.predicate["understudy_skipped"]:
        return False
    claim.predicate["understudy_skipped"][0]["reason"] += "!"
    claim.save()


def cut_transcript(size):
    def change(claim):
        data = claim.transcript_path.read_bytes()[:size]
        claim.transcript_path.write_bytes(data)
        claim.document["subject"][0]["digest"]["sha256"] = hashlib.sha256(data).hexdigest()
        claim.save()
    return change


def drop_folder(claim):
    claim.predicate["understudy_folders"].pop()
    claim.save()


def replace_claim(text):
    def change(claim):
        claim.path.write_text(text if text is not None else claim.path.read_text()[:-20])
    return change


def flip(name, place):
    """`place`: from 0, the first byte, to 1, the last."""
    def change(claim):
        file = claim.folder / "out" / name
        data = bytearray(file.read_bytes())
        data[round(place * (len(data) - 1))] ^= 1
        file.write_bytes(data)
    return change


DIFFERS, UNREADABLE, EITHER = (1,), (3,), (1, 3)
FLIPS = 6
MANIPULATIONS = [(f"a flipped byte of {name} at {place / FLIPS:.2f}", flip(name, place / FLIPS), DIFFERS if name == TRANSCRIPT else EITHER)
                 for name in ("claim.json", TRANSCRIPT) for place in range(FLIPS + 1)] + [
    ("a scenario left out of the lists", omit(True, False, False), DIFFERS),
    ("a scenario left out of the transcript", omit(False, True, False), DIFFERS),
    ("a scenario left out of lists and transcript", omit(True, True, False), DIFFERS),
    ("a scenario left out everywhere but in the files", omit(True, True, True), DIFFERS),
    ("a scenario left out everywhere, its file too", omit(True, True, True, configuration=True), DIFFERS),
    ("a row or profile left out of lists and transcript", omit(True, True, False, last_only=True), DIFFERS),
    ("a row or profile left out everywhere", omit(True, True, True, last_only=True), DIFFERS),
    ("a changed contract", edit("contracts/shelf/rules.yaml"), DIFFERS),
    ("a missing contract file", edit("contracts/shelf/answers.yaml", ""), DIFFERS),
    ("a further contract file", edit("contracts/shelf/more.yaml", "{}\n"), DIFFERS),
    ("a changed scenario", edit("scenarios/books.yaml"), DIFFERS),
    ("a missing scenario", edit("scenarios/deeper/refused.yml", ""), DIFFERS),
    ("a further scenario", edit("scenarios/deeper/more.yaml", SCENARIOS["books.yaml"]), DIFFERS),
    ("a changed body file", edit("scenarios/body.json", '{"Title":"C","Genre":"Novel"}'), DIFFERS),
    ("a missing body file", edit("scenarios/body.json", ""), DIFFERS),
    ("another binary", other_digest("binary"), DIFFERS),
    ("another bundled contract", other_digest("contract", "bundled"), DIFFERS),
    ("another bundled scenario", other_digest("scenario", "bundled"), DIFFERS),
    ("a failed test that is said to pass", forge_verdict, DIFFERS),
    ("an exchange left out", drop_exchange, DIFFERS),
    ("a second verdict", repeat_verdict, DIFFERS),
    ("an invented test", invent_test, DIFFERS),
    ("another order", reorder, DIFFERS),
    ("another reason of a skipped test", other_reason, DIFFERS),
    ("another result", set_member("predicate", "result", value="PASSED"), DIFFERS),
    ("other counts", set_member("predicate", "understudy_counts", "exchanges", value=0), DIFFERS),
    ("a transcript without its last bytes", cut_transcript(-7), DIFFERS),
    ("an empty transcript", cut_transcript(0), DIFFERS),
    ("no transcript", lambda claim: claim.transcript_path.unlink(), DIFFERS),
    ("another name of the transcript", set_member("subject", 0, "name", value="../out/" + TRANSCRIPT), DIFFERS),
    ("a folder less", drop_folder, DIFFERS),
    ("no claim", lambda claim: claim.path.unlink(), UNREADABLE),
    ("an empty claim", replace_claim(""), UNREADABLE),
    ("a claim that is cut", replace_claim(None), UNREADABLE),
    ("no JSON", replace_claim("claim: yes\n"), UNREADABLE),
    ("a list", replace_claim("[]\n"), UNREADABLE),
    ("another type of statement", set_member("_type", value="https://in-toto.io/Statement/v0.1"), UNREADABLE),
    ("another type of predicate", set_member("predicateType", value="https://in-toto.io/attestation/link/v0.3"), UNREADABLE),
    ("a list that is none", set_member("predicate", "passedTests", value="all"), EITHER),
]


def verify(folder, *arguments, codes=(0,)):
    """A run with a claim in folder/out, from another current folder."""
    (folder / "out").mkdir(parents=True)
    run = subprocess.run([PROGRAM, "verify", *map(str, arguments), "--report-claim", str(folder / "out" / "claim.json")],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    assert run.returncode in codes, run.stdout


def make_bundled(folder):
    verify(folder, "--run", "veeqo/veeqo-b*", "--label", "products", "--profile", "all", "--repeat", "2")


def make_target(folder):
    server = subprocess.Popen([sys.executable, "-u", str(SOURCE / "tests/strangers/only_products.py"), "--port", "0"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        port = server.stdout.readline().split()[-1]
        verify(folder, "--target", f"http://127.0.0.1:{port}", "--api-key", "shop-key-9", "--run", "veeqo/*")
    finally:
        server.terminate()
        server.wait()


def make_own(folder):
    shutil.copytree(SOURCE / "tests/data/toy/contracts", folder / "contracts")
    for name, text in SCENARIOS.items():
        (folder / "scenarios" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "scenarios" / name).write_text(text)
    (folder / "scenarios/body.json").write_text('{"Title":"B","Genre":"Novel"}')
    verify(folder, folder / "scenarios", "--contracts", folder / "contracts", codes=(1,))


def make_elsewhere(folder, place, scenarios, contracts):
    """A claim in the current folder, with relative paths and a link to the folder of a contract; out is a link to it."""
    make_own(folder)
    shutil.rmtree(folder / "out")
    (folder / "contracts/shelf").rename(folder / "real")
    (folder / "contracts/shelf").symlink_to("../real")
    subprocess.run([PROGRAM, "verify", scenarios, "--contracts", contracts, "--report-claim", "claim.json"], cwd=folder / place,
                   stdout=subprocess.DEVNULL, timeout=120)
    (folder / "out").symlink_to(place)


PLACES = [("scenarios", ".", "../contracts"), ("scenarios/deeper", "..", "../../contracts/"),
          (".", "scenarios", "contracts"), ("contracts", "../scenarios/", ".")]


def checks(folder):
    """Each checker's name, exit code and output."""
    claim = str((folder / "out").resolve() / "claim.json")
    checkers = [("understudy", [PROGRAM, "claim", "check", claim])]
    if CHECKER:
        checkers.append(("checker", [sys.executable, CHECKER, claim, "--source", str(SOURCE), "--binary", PROGRAM]))
    for name, command in checkers:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120)
        yield name, run.returncode, run.stdout + run.stderr


def try_manipulation(original, why, change, codes):
    """What went wrong; None: it cannot be done to this claim."""
    with tempfile.TemporaryDirectory() as work:
        copy = pathlib.Path(work) / "copy"
        shutil.copytree(original, copy)
        if change(Claim(copy)) is False:
            return None
        return [f"{why}: {name} exits {code}, expected one of {codes}:\n{text[:2000]}" for name, code, text in checks(copy)
                if code not in codes or "Traceback" in text or not text.strip()]


def main():
    wrong, done = [], 0
    with tempfile.TemporaryDirectory() as work:
        for case, make in (("bundled", make_bundled), ("target", make_target), ("own", make_own)):
            original = pathlib.Path(work) / case
            make(original)
            for name, code, text in checks(original):
                if code != 0:
                    wrong.append(f"{case}: {name} refuses a claim that holds (exit {code}):\n{text}")
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                wanted = [one for one in MANIPULATIONS if case == "own" or not one[0].startswith("a flipped byte")]
                results = [one for one in pool.map(lambda one: try_manipulation(original, *one), wanted) if one is not None]
            done += len(results)
            wrong += [f"{case}, {text}" for one in results for text in one]
        for number, place in enumerate(PLACES):
            make_elsewhere(pathlib.Path(work) / str(number), *place)
            wrong += [f"{place}: {name} exits {code}:\n{text[:2000]}" for name, code, text in checks(pathlib.Path(work) / str(number)) if code != 0]
    print("\n".join(wrong))
    print(f"{done} manipulations, {len(wrong)} wrong{'' if CHECKER else '; without the independent checker'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
