#!/usr/bin/env python3
"""Manual pages and completions: texts_test.py PROGRAM. They name every command and option of --help, and the shells accept them.
A shell or groff that is not installed is left out, with a message."""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROGRAM = str(Path(sys.argv[1]).resolve())


def run(*command, **options):
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, **options)
    if ended.returncode != 0 or ended.stderr:
        sys.exit(f"{command} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def expect(condition, what):
    if not condition:
        sys.exit(f"failed: {what}")


def commands(*path):
    """All commands as lists of words: [], [serve], [contracts, list]."""
    found = [list(path)]
    _, _, part = run(PROGRAM, *path, "--help").partition("\nSubcommands:\n")
    for name in re.findall(r"^  (\S+)  ", part.split("\n\n")[0], re.MULTILINE):
        found += commands(*path, name)
    return found


def options(path):
    """The long options of a command; those of `contracts` belong to `contracts list`, too."""
    text = "".join(run(PROGRAM, *path[:n], "--help") for n in range(1 if path else 0, len(path) + 1))
    return set(re.findall(r"^  (?:-\w,)?(--[a-z][a-z-]+)", text, re.MULTILINE))


ALL = commands()
expect(["contracts", "list"] in ALL and len(ALL) > 12, f"the list of commands: {ALL}")

VERSION = run(PROGRAM, "version")
expect(re.fullmatch(r"understudy \d+\.\d+\.\d+( \(commit [0-9a-f]{7,12}(\+changes)?\))?\n", VERSION), f"the version: {VERSION}")
expect(run(PROGRAM, "--version") == VERSION, "--version is version")
for path in ALL:
    shown = run(PROGRAM, *path, "--help")
    expect("\nExit codes: 0 " in shown and ("\nExamples:\n" in shown or "Subcommands:" in shown), f"the help of {path} has examples and exit codes")
    expect(run(PROGRAM, "help", *path) == shown, f"help {path}")

# --- manual pages -------------------------------------------------------------------------------------------------------
with tempfile.TemporaryDirectory() as folder:
    run(PROGRAM, "manual", "--into", folder)
    pages = {page.name: page.read_text() for page in Path(folder).iterdir()}
    expect(set(pages) == {"understudy.1"} | {f"understudy-{path[0]}.1" for path in ALL if path}, f"a page for each command: {sorted(pages)}")
    for path in ALL:
        page = pages["-".join(["understudy", *path[:1]]) + ".1"].replace("\\-", "-")
        for option in options(path) - {"--help", "--version"}:
            expect(f"\\fB{option}\\fR" in page, f"the page of {path} has {option}")
    if shutil.which("groff"):
        for page in sorted(pages):
            expect(run("groff", "-man", "-ww", "-Tutf8", str(Path(folder) / page)).strip() != "", f"groff prints {page}")
        shown = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", run("groff", "-man", "-Tutf8", str(Path(folder) / "understudy-serve.1")))
        expect("--port N" in shown.replace("\u2010", "-") and "Default: 8080." in shown, "what groff prints of serve\n" + shown)
    else:
        print("groff is not installed: the pages were not printed")
expect(subprocess.run([PROGRAM, "manual", "sevre"], capture_output=True, text=True).stderr.find("did you mean 'serve'") > 0, "a misspelt command")

# --- completions --------------------------------------------------------------------------------------------------------
with tempfile.TemporaryDirectory() as folder:
    script = {shell: str(Path(folder) / f"_{shell}") for shell in ("bash", "zsh", "fish")}
    for shell, path in script.items():
        Path(path).write_text(run(PROGRAM, "completion", shell))
    (Path(folder) / "a b.yaml").write_text("")

    def complete_bash(*words):
        """The completions of the last word."""
        line = " ".join(f"'{word}'" for word in words)
        return run("bash", "--norc", "-c", f"compopt() {{ :; }}; source {script['bash']}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; "
                   '_understudy; printf "%s\\n" "${COMPREPLY[@]}"', cwd=folder).split("\n")[:-1]

    def complete_fish(*words):
        line = " ".join(words)
        out = run("fish", "--no-config", "-c", f"source {script['fish']}; complete -C '{line}'", cwd=folder, env={"HOME": folder, "PATH": "/usr/bin:/bin"})
        return [row.split("\t")[0].replace("\\ ", " ") for row in out.splitlines()]

    shells = {"bash": complete_bash}
    if shutil.which("fish"):
        shells["fish"] = complete_fish
    else:
        print("fish is not installed: its completions were not tried")
    for name, complete in shells.items():
        expect(complete("understudy", "ser") == ["serve"], f"{name}: a command: {complete('understudy', 'ser')}")
        expect(set(complete("understudy", "contracts", "")) >= {"list", "show", "diff"}, f"{name}: commands below a command")
        expect(complete("understudy", "serve", "--log-f") == ["--log-format"], f"{name}: an option")
        expect(set(complete("understudy", "serve", "--log-format", "")) == {"text", "json"}, f"{name}: the values of an option")
        expect(complete("understudy", "serve", "--log", "a") == ["a b.yaml"], f"{name}: the file of an option")
        expect("a b.yaml" in complete("understudy", "lint", "a"), f"{name}: a file: {complete('understudy', 'lint', 'a')}")
        expect(set(complete("understudy", "completion", "")) == {"bash", "zsh", "fish"}, f"{name}: the values of an argument")
        expect(complete("understudy", "contracts", "list", "--contr") == ["--contracts"], f"{name}: an option of the command above")
        for path in ALL:
            found = set(complete("understudy", *path, "--"))
            expect(found >= options(path), f"{name}: the options of {path}: {options(path) - found} are missing")
    if shutil.which("zsh"):
        run("zsh", "-n", script["zsh"])
        text = Path(script["zsh"]).read_text()
        for path in ALL:
            body = re.search(r"^_understudy%s\(\) \{$(.*?)^\}$" % "".join("_" + word for word in path), text, re.MULTILINE | re.DOTALL)[1]
            for option in options(path) - {"--help", "--version"}:
                expect(f"{option}[" in body, f"zsh: the options of {path}: {option}")
        run("zsh", "-f", "-c", f"autoload -U compinit; compinit -D -u; source {script['zsh']}; (( $+functions[_understudy_serve] ))", cwd=folder)
    else:
        print("zsh is not installed: its completions were not tried")
print("ok")
