#!/usr/bin/env python3
"""Checks a claim of Understudy, from the page "Claims" alone: check_claim.py CLAIM [--source FOLDER] [--binary FILE]"""
import argparse, collections, fnmatch, hashlib, json, os, re, sys
LIMIT, MARK, COUNTS, differences = 64 * 1024 * 1024, b'"understudy_sha256": "', ("exchanges", "errors", "notes"), []
TYPES = {"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://in-toto.io/attestation/test-result/v0.1"}
LISTS = {"passed": "passedTests", "warned": "warnedTests", "failed": "failedTests", "skipped": "understudy_skipped"}
VERDICTS = {**LISTS, "errored": "failedTests", "not-run": "failedTests"}
# Forms of values: a type, a pattern, a list with the form of its elements, or members (with ? if optional).
HEX, SOURCE = re.compile("[0-9a-f]{64}"), re.compile("bundled|file")
CLAIM = {"subject": [{"name": re.compile(r"[^/\\]+\.transcript\.ndjson"), "digest": {"sha256": HEX}}], "predicate": {
    "result": str, "understudy_level": str, "understudy_target": str, **dict.fromkeys(LISTS.values(), [str]),
    "understudy_skipped": [{"name": str, "reason": str}], "understudy_counts": dict.fromkeys([*LISTS, COUNTS[0]], int),
    "understudy_started": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "understudy_selection": dict.fromkeys(
        ["run", "skip", "labels", "operations", "profiles", "variables"], [str]) | {"repeat": int},
    "understudy_folders": [{"kind": re.compile("contract|scenarios"), "source": SOURCE, "path": str}], "url?": str,
    "understudy_sha256": HEX, "configuration": [{"name": str, "digest": {"sha256": HEX}, "annotations": {
        "understudy_kind": re.compile("binary|contract|scenario|body"), "understudy_version?": str,
        "understudy_source?": SOURCE, "understudy_scenario?": str, "understudy_tests?": [str]}}]}}
LINE = {"type": re.compile("exchange|verdict"), "test": str, "scenario": str, "profile": str}
LINES = {"verdict": {**LINE, "verdict": re.compile("|".join(VERDICTS)), **dict.fromkeys(COUNTS, int), "reason?": str},
         "exchange": {**LINE, "step": str, "operation": str, "answer": str, "outcome": str, "request": dict,
                      "response?": dict, "detail?": str, "findings": [{"severity": re.compile("error|note")}]}}
BLOCK, FLOW = (rf""" *(?:"([^"\n]*)"|'([^'\n]*)'|({rest}))""" for rest in (".*", r"[^,}\n]*"))  # YAML values
load = json.JSONDecoder(parse_constant=int, object_pairs_hook=lambda pairs: dict(pairs) if len(pairs) == len(
    dict(pairs)) else int("a member is there twice")).decode
expect = lambda right, difference: right or differences.append(difference)

def same(place, found, expected):
    has, needs = (collections.Counter(map(repr, side if isinstance(side, list) else [])) for side in (found, expected))
    lines = [f"{name} is missing" for name in needs - has] + [f"{name} is too much" for name in has - needs]
    expect(found == expected or lines, f"{place}: {found!r:.150} instead of {expected!r:.150}")
    differences.extend(f"{place}: {line}" for line in lines)
def fit(value, form, place):  # returns the value without members that the form does not have
    if isinstance(form, dict) and isinstance(value, dict):
        return {key.strip("?"): fit(value.get(key.strip("?")), form[key], f"{place}.{key}") for key in form
                if key[-1] != "?" or key[:-1] in value}
    if isinstance(form, list) and isinstance(value, list):
        return [fit(item, form[0], f"{place}[{number}]") for number, item in enumerate(value)]
    if isinstance(value, str) and form.fullmatch(value) if isinstance(form, re.Pattern) else type(value) is form:
        return value
    raise ValueError(f"{place} is missing, or has the wrong type or form: {value!r:.60}")

def check_transcript(file, predicate):
    lists, total, test, counts = {name: [] for name in LISTS.values()}, 0, None, collections.Counter()
    for number, line in enumerate(iter(lambda: file.readline(LIMIT + 1), b""), 1):
        place = f"transcript, line {number}"
        expect(line.endswith(b"\n"), f"{place}: too long, or without a line feed")
        try:
            entry = fit(loaded := load(line.decode("utf-8")), LINES[fit(loaded, LINE, "line")["type"]], "line")
        except (ValueError, RecursionError) as error:
            expect(False, f"{place}: cannot be read: {error}")
            continue
        expect(test in (None, entry["test"]), f"{place}: before it, the verdict of {test!r} is missing")
        test = entry["test"]
        same(f"{place}: test", test, f"{entry['scenario']} [{entry['profile']}]")
        if entry["type"] == "exchange":
            counts.update(["exchanges", *(finding["severity"] + "s" for finding in entry["findings"])])
            continue
        verdict, reason, errors, notes = entry["verdict"], entry.get("reason"), counts["errors"], counts["notes"]
        same(f"{place}: {COUNTS}", tuple(entry[word] for word in COUNTS), tuple(counts[word] for word in COUNTS))
        expect({"passed": not errors + notes and reason is None, "warned": notes and not errors and reason is None,
                "failed": errors, "not-run": not counts["exchanges"]}.get(verdict, reason is not None),
               f"{place}: {verdict} does not fit {errors} errors, {notes} notes and the reason {reason!r:.60}")
        lists[VERDICTS[verdict]].append({"name": test, "reason": reason} if verdict == "skipped" else test)
        test, total, counts = None, total + counts["exchanges"], collections.Counter()
    expect(test is None, f"transcript: at the end, the verdict of {test!r} is missing")
    numbers = {**{word: len(lists[name]) for word, name in LISTS.items()}, "exchanges": total}
    result = "WARNED" if lists["warnedTests"] else "PASSED" if lists["passedTests"] else "FAILED"
    for member, value in {**lists, "understudy_counts": numbers, "result": result}.items():
        same(member, predicate[member], "FAILED" if member == "result" and lists["failedTests"] else value)

def check_scenario(name, notes, text, wanted, apis):
    text, scenario, tests = text.replace("\r\n", "\n") + "\n", notes["understudy_scenario"], notes["understudy_tests"]
    each, given = ("".join(re.findall(rf"(?m)^{word}:\n((?:[ #].*\n|\n)*)", text)) for word in ("each", "given"))
    api, labels = re.findall("(?m)^api: (.*)", text), re.findall(r"(?m)^labels: \[([^]\n]*)\]", text)
    rows = re.findall(rf"(?m)^  - (?:\{{ name: {FLOW}|name: {BLOCK})", each)
    if len(api) != 1 or len(rows) != max(len(re.findall("(?m)^  -", each)), len(re.findall("(?m)^each:", text))) or (
            re.search(r"(?m)^labels:(?! \[[^]\n]*\])|^each:.", text)):
        raise ValueError("'api', 'labels' or 'each' is missing or in a form that cannot be read")
    same(f"{name!r}: understudy_scenario", scenario, f"{api[0].strip()}/{os.path.splitext(os.path.basename(name))[0]}")
    expect(api[0].strip() in apis, f"{name!r}: no folder has the contract of {api[0]!r}")
    own = re.search(f"(?m)^given:.* profile: {FLOW}", text) or re.search(f"(?m)^  profile: {BLOCK}", given)
    profiles = ["".join(own.groups("")).strip()] if own else wanted["profiles"]
    if own and profiles[0].startswith("{"):  # how such a profile is named is not on the page
        profiles = [test.rpartition(" [")[2][:-1] for test in tests[:1]] or ["..."]
    run, skip = ([pattern for pattern in wanted[member] if fnmatch.fnmatchcase(scenario if "/" in pattern else
                  scenario.split("/")[-1], pattern.replace("[", "[[]"))] for member in ("run", "skip"))
    chosen = not wanted["labels"] or set(wanted["labels"]) & set(", ".join(labels).split(", "))
    same(f"{name!r}: understudy_tests", sorted(tests), sorted(
        f"{scenario}{row and ' [' + ''.join(row).strip() + ']'}{f' #{turn}' if turn > 1 else ''} [{profile}]"
        for row in rows or [""] for turn in range(1, min(wanted["repeat"], 9999) + 1) for profile in profiles
        if chosen and not skip and (run or not wanted["run"])))
def files_of(kind, source, folder):
    ends = r"(?i)\.(ya?ml|json|txt)\Z" if kind == "contract" else r"(?i)\.ya?ml\Z" if source == "file" else "[.]yaml\\Z"
    walk = os.walk(folder, onerror=lambda error: expect(False, f"understudy_folders: {error}"))
    return {(kind, source, folder)} if kind == "scenario" and os.path.isfile(folder) else {
        (kind, source, os.path.join(place, name)) for place, _, all in walk for name in all if re.search(ends, name)
        and (place == folder if kind == "contract" else "schema" not in place[len(folder):].split(os.sep))}

def check_files(predicate, bases, binary):
    listed, entries, tests, apis = set(), [], [], set()
    at = lambda source, name: bases[source] and os.path.normpath(os.path.join(bases[source], name))
    for kind, source, path in (folder.values() for folder in predicate["understudy_folders"]):
        apis |= {os.path.basename(path)} if kind == "contract" else set()
        expect((kind, source) != ("scenarios", "bundled") or path == "scenarios", f"not all bundled files: {path!r}")
        listed |= files_of(kind.rstrip("s"), source, at(source, path)) if bases[source] else set()
    for name, digest, notes in (element.values() for element in predicate["configuration"]):
        try:
            kind, source = notes["understudy_kind"], notes.get("understudy_source")
            path = notes["understudy_version"] and binary if kind == "binary" else at(notes["understudy_source"], name)
            entries.append((kind, source, path if source and path else name))
            tests += notes["understudy_tests"] if kind == "scenario" else []
            content = open(path or os.devnull, "rb").read()
            expect(not path or digest["sha256"] == hashlib.sha256(content).hexdigest(), f"{name!r}: was changed")
            expect(not path or kind in ("binary", "body") or entries[-1] in listed, f"{name!r}: is in no folder")
            if path and kind == "scenario":
                check_scenario(name, notes, content.decode("utf-8"), predicate["understudy_selection"], apis)
        except (OSError, ValueError, KeyError) as error:
            expect(False, f"{name!r}: cannot be read, or is incomplete: {error}")
    differences.extend(f"configuration: {kind} {path!r} is missing" for kind, _, path in sorted(listed - set(entries)))
    same("configuration", [entry[1:] for entry in entries], list(dict.fromkeys(entry[1:] for entry in entries)))
    same("configuration", [entry for entry in entries if entry[0] == "binary"], [("binary", None, "understudy")])
    same("understudy_tests", sorted(tests), sorted(name if isinstance(name, str) else name["name"]
                                                   for member in LISTS.values() for name in predicate[member]))

parser = argparse.ArgumentParser()
[parser.add_argument(option) for option in ("claim", "--source", "--binary")]
args = parser.parse_args()
try:
    data = open(args.claim, "rb").read(LIMIT + 1)
    claim = load(data.decode("utf-8"))
    if len(data) > LIMIT or not isinstance(claim, dict) or [claim.get(member) for member in TYPES] != [*TYPES.values()]:
        raise ValueError("larger than 64 MiB, or no such statement")
except (OSError, ValueError, RecursionError) as error:
    sys.exit(print(f"{args.claim}: cannot be read: {error}", file=sys.stderr) or 3)
for reason in ["binary"] * (not args.binary) + ["source"] * (not args.source and b'"bundled"' in data):
    print(f"not checked: files that need --{reason}", file=sys.stderr)
folder, source = os.path.dirname(os.path.abspath(args.claim)), args.source and os.path.abspath(args.source)
digest = hashlib.sha256(re.sub(b"(?s)(" + MARK + b").{64}", rb"\g<1>" + b"0" * 64, data)).hexdigest()
try:
    [subject], predicate = fit(claim, CLAIM, "claim").values()
    same("understudy_sha256", (predicate["understudy_sha256"], data.count(MARK)), (digest, 1))
    check_files(predicate, {"file": folder, "bundled": source}, args.binary)
    transcript = os.path.join(folder, subject["name"])
    same("subject", subject["digest"]["sha256"], hashlib.file_digest(open(transcript, "rb"), "sha256").hexdigest())
    check_transcript(open(transcript, "rb"), predicate)
except (OSError, ValueError) as error:
    expect(False, str(error))
print("\n".join(differences) or "the claim holds")
sys.exit(1 if differences else 0)
