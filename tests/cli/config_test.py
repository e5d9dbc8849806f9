"""understudy.yaml: where it is found, what it may say, and that the command line wins."""
import os
import pathlib
import subprocess
import sys
import tempfile

program, source = map(os.path.abspath, sys.argv[1:])
failures = 0
SCENARIO = """understudy: 1
scenario: {title}
api: veeqo
labels: [{label}]
steps: [{{ send: listTags, expect: {{ answer: tag_list }} }}]
"""


def check(holds, what):
    global failures
    if not holds:
        failures += 1
        print("failed:", what)


def run(folder, *words, **variables):
    env = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSTUDY_")}
    env.update({"HOME": str(root / "home"), **variables})
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=60, cwd=folder, env=env)
    return done.returncode, done.stdout, done.stderr


def lists(folder, *words, **variables):
    """The scenarios that `scenarios list` names."""
    code, out, err = run(folder, "scenarios", "list", str(shop), *words, **variables)
    return sorted(line.split()[0].split("/")[1].rstrip(":") for line in out.splitlines() if line.startswith("veeqo/")) if code == 0 else f"{code}: {err}"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


with tempfile.TemporaryDirectory() as name:
    root = pathlib.Path(name).resolve()
    shop = root / "scenarios"
    for title, label in (("one", "red"), ("two", "blue"), ("three", "red")):
        write(shop / f"{title}.yaml", SCENARIO.format(title=title, label=label))
    repository = root / "repository"
    inner = repository / "a" / "b"
    inner.mkdir(parents=True)
    (repository / ".git").mkdir()
    config = repository / "understudy.yaml"

    write(config, "label: red\n")
    check(lists(inner) == ["one", "three"], f"found above, up to the repository's root: {lists(inner)}")
    check(lists(inner, "--no-config") == ["one", "three", "two"], f"--no-config: {lists(inner, '--no-config')}")
    check(lists(inner, "--label", "blue") == ["two"], f"the command line wins: {lists(inner, '--label', 'blue')}")
    check(lists(root) == ["one", "three", "two"], "not found below")
    write(root / "understudy.yaml", "label: blue\n")
    check(lists(inner) == ["one", "three"], "the nearest file counts")
    config.unlink()
    check(lists(inner) == ["one", "three", "two"], "no file above the repository's root counts")
    check(lists(root) == ["two"], "in the working directory itself, a file counts")
    (root / "loose").mkdir()
    check(lists(root / "loose") == ["one", "three", "two"], "without a repository and a home, no file above counts")
    write(root / "home" / "understudy.yaml", "label: blue\n")
    (root / "home" / "work").mkdir()
    check(lists(root / "home" / "work") == ["two"], "found up to the home folder")

    write(config, "label: [red, blue]\nscenarios: { label: blue }\n")
    check(lists(inner) == ["two"], f"the section of the command wins: {lists(inner)}")
    write(config, "label: [red, blue]\n")
    check(lists(inner) == ["one", "three", "two"], "a list gives an option several times")
    write(config, "verify: { label: red, jobs: 2 }\nserve: { port: 0 }\n")
    check(lists(inner) == ["one", "three", "two"], "sections of other commands do not count")
    code, out, err = run(inner, "verify", str(shop))
    check((code, out.splitlines()[-1]) == (0, "2 passed, 0 failed, 0 skipped"), f"a section: {code} {out} {err}")
    write(config, "json: true\n")
    check(run(inner, "scenarios", "list", str(shop))[1].startswith("{"), "a flag")
    check(run(inner, "version")[0] == 0, "a command without options reads no file")
    (repository / "a" / "contracts").symlink_to(source + "/tests/data/toy/contracts")
    write(repository / "a" / "understudy.yaml", "contracts: contracts\n")
    code, out, err = run(inner, "contracts", "list")
    check(code == 0 and "shelf.addBook" in out, f"paths are relative to the file: {code} {err}")
    (repository / "a" / "understudy.yaml").unlink()
    for text, code, message in (
        ("lable: red\n", 3, "understudy.yaml:1:1: error: found 'lable', which is no option here (did you mean 'label'?) [unknown-key]"),
        ("verify: { lable: red }\n", 3, "(did you mean 'label'?)"),
        ("verfy: { label: red }\n", 3, "(did you mean 'verify'?)"),
        ("verify: 5\n", 3, "understudy.yaml:1:9: error: found integer 5, expected options of verify by their long names [wrong-type]"),
        ("- label\n", 3, "expected options by their long names"),
        ("label: [\n", 3, "understudy.yaml:"),
        ("json: 1\n", 3, "found integer 1, expected true or false"),
        ("label: null\n", 3, "expected a value"),
        ("label: [[a]]\n", 3, "expected a value"),
        ("label: { a: b }\n", 3, "expected a value"),
        ("\n\nallow-writes: true\n", 3, "understudy.yaml:3:1: error: found 'allow-writes', which only the command line or the environment may say"),
        ("verify: { allow-host: x }\n", 3, "found 'allow-host'"),
        ("max-writes: 5\n", 3, "found 'max-writes'"),
        ("insecure: true\n", 3, "found 'insecure'"),
        ("password: x\n", 3, "found 'password'"),
        ("serve: { admin-token: x }\n", 3, "found 'admin-token'"),
        ("api-key: x\n", 3, "found 'api-key'"),
        ("header: 'Authorization: x'\n", 3, "found 'header'"),
        ("no-config: true\n", 3, "found 'no-config'"),
        ("", 0, ""),
        ("# nothing\n", 0, ""),
    ):
        write(config, text)
        found = run(inner, "scenarios", "list", str(shop))
        check(found[0] == code and message in found[2], f"{text!r}: {found[0]} {found[2]}")
    write(config, "jobs: many\n")
    code, out, err = run(inner, "verify", str(shop))
    check(code == 2 and str(config) in err and "--no-config" in err, f"a wrong value names the file: {code} {err}")

    write(config, "label: red\n")
    config.chmod(0o666)
    check("is ignored, because every user may write it" in run(inner, "scenarios", "list", str(shop))[2], "writable by all: a warning")
    check(len(lists(inner)) == 3, "writable by all: ignored")
    config.chmod(0o644)
    if os.geteuid() == 0:
        os.chown(config, 12345, 12345)
        check("is ignored, because another user owns it" in run(inner, "scenarios", "list", str(shop))[2], "another owner: a warning")
        check(len(lists(inner)) == 3, "another owner: ignored")

sys.exit(1 if failures else 0)
