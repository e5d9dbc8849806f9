"""Runs wrk with one thread on one core, and reads what it measured."""
import dataclasses
import json
import os
import pathlib
import subprocess

# Printed by wrk at the end, as one line of JSON.
REPORT = """
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"seconds":%f,"p99":%f,"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(99) / 1e3, errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
"""


@dataclasses.dataclass
class Measured:
    requests: int
    rate: float     # requests a second
    p99: float      # ms
    cpu: float      # us of the server for each request
    errors: dict    # kind: count


def lua(text):
    return "[==[" + text + "]==]"


def script(load):
    """What wrk sends."""
    lines = [f"wrk.method = '{load.method}'"]
    lines += [f"wrk.headers[ {lua(name)} ] = {lua(value)}" for name, value in load.headers.items()]
    if "@@" in load.body:
        before, after = load.body.split("@@")
        lines += ["local count = 0", "function request()", "  count = count + 1",
                  f"  return wrk.format(nil, nil, nil, {lua(before)} .. count .. {lua(after)})", "end"]
    elif load.body:
        lines.append(f"wrk.body = {lua(load.body)}")
    return "\n".join(lines) + REPORT


def run(server, load, connections, seconds, folder):
    core = max(os.sched_getaffinity(0))
    file = pathlib.Path(folder) / "load.lua"
    file.write_text(script(load))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s", "-s", str(file), server.url + load.path]
    before = server.cpu_seconds()
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    cpu = server.cpu_seconds() - before
    if done.returncode != 0 or not done.stdout.rstrip().endswith("}"):
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    report = json.loads(done.stdout.rstrip().splitlines()[-1])
    requests = report["requests"]
    return Measured(requests, requests / report["seconds"], report["p99"], cpu * 1e6 / max(requests, 1),
                    {kind: count for kind, count in report["errors"].items() if count})


def run_requests(server, load, requests, folder):
    """At least so many requests over 16 connections. Returns how many, and the errors."""
    done, errors = 0, {}
    while done < requests and not errors:
        measured = run(server, load, 16, 1, folder)
        done, errors = done + measured.requests, measured.errors
    return done, errors
