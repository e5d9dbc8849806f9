"""Runs the steps of action.yml as GitHub's runner does: action_test.py TREE ARCHIVE. ARCHIVE is the tarball of ./dev package tar."""
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

try:
    import yaml
except ImportError:
    print("python3-yaml is not installed")
    sys.exit(77)

TREE, ARCHIVE = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
ACTION = yaml.safe_load((TREE / "action.yml").read_text())


def run_action(folder, inputs):
    """(exit code, output, outputs of the action). Supports the expressions that the action uses, and no others."""
    values = {name: inputs.get(name, declared["default"]) for name, declared in ACTION["inputs"].items()}
    assert not set(inputs) - set(values), f"no such input: {inputs}"
    outputs, path, log = {}, [], ""

    def evaluate(text):
        return re.sub(r"\$\{\{ (inputs|steps\.(\w+)\.outputs)\.(\w+) \}\}",
                      lambda match: outputs.get((match[2], match[3]), "") if match[2] else values[match[3]], text)

    for step in ACTION["runs"]["steps"]:
        condition = re.fullmatch(r"inputs\.(\w+) != ''", step.get("if", "inputs.archive != ''"))
        if "if" in step and values[condition[1]] == "":
            continue
        files = {name: folder / name.lower() for name in ("GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
        for name in ("GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_ENV"):
            files[name].write_text("")
        environment = {"PATH": os.pathsep.join([*reversed(path), "/usr/bin", "/bin"]), "RUNNER_TEMP": str(folder), "LC_ALL": "C.UTF-8",
                       "GITHUB_ACTION_PATH": str(TREE), "GITHUB_ACTION_REPOSITORY": "owner/understudy", "GITHUB_ACTIONS": "true",
                       **{name: str(file) for name, file in files.items()}, **{name: evaluate(text) for name, text in step["env"].items()}}
        ended = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", evaluate(step["run"])], env=environment, cwd=folder,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        log += ended.stdout
        path += files["GITHUB_PATH"].read_text().split()
        for line in files["GITHUB_OUTPUT"].read_text().splitlines():
            name, _, value = line.partition("=")
            outputs[step["id"], name] = value
        if ended.returncode != 0:
            return ended.returncode, log, {}
    return 0, log, {name: evaluate(output["value"]) for name, output in ACTION["outputs"].items()}


def expect(condition, what, log):
    if not condition:
        print(f"{what}\n{log}")
        sys.exit(1)
    print(f"ok: {what}")


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    scenario = TREE / "packages/examples/product-retry.yaml"
    code, log, outputs = run_action(folder, {"archive": str(ARCHIVE), "serve": f"'{scenario}' --api veeqo", "verify": f'"{scenario}" -v'})
    expect(code == 0 and "passed: veeqo/product-retry" in log, "installs, serves and verifies", log)
    request = urllib.request.Request(outputs["url"] + "/products", headers={"x-api-key": "product-retry"})
    with urllib.request.urlopen(request, timeout=10) as response:
        expect(response.status == 200, "the mock answers at the output url", log)
    summary = (folder / "github_step_summary").read_text()
    expect("1" in summary and "passed" in summary, "the step has a summary", summary)
    for program in Path("/proc").glob("[0-9]*/exe"):  # the mock lives until the job ends
        try:
            if program.readlink().is_relative_to(folder):
                os.kill(int(program.parent.name), signal.SIGTERM)
        except OSError:
            pass
    code, log, _ = run_action(folder, {"archive": str(ARCHIVE), "sha256": "0" * 64})
    expect(code != 0, "an archive with another digest is refused", log)
    code, log, _ = run_action(folder, {"archive": str(ARCHIVE), "verify": "--run nothing-of-this-name"})
    expect(code == 2, "the exit code of verify is that of the step", log)
    code, log, _ = run_action(folder, {"archive": str(ARCHIVE), "serve": "/nowhere"})
    expect(code == 1 and "/nowhere" in log, "a mock that does not start says why", log)
