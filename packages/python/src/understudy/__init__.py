"""Starts `understudy serve`, a stateful mock server for commerce APIs, and controls it through its admin API.

    with understudy.start(scenarios="scenarios") as mock:
        tenant = mock.stage_tenant("t1", {"api": "veeqo"})
        tenant.arm_fault({"on": "createProduct", "kind": "reset"})
"""
import atexit
import datetime
import json
import os
import re
import subprocess
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union
from urllib.parse import quote

__all__ = ["Mock", "Tenant", "UnderstudyError", "bundled_program", "find_program", "start"]

Json = Any
Paths = Union[str, "os.PathLike[str]"]


class UnderstudyError(Exception):
    """A mock could not be started, or a call of its admin API failed. `code` is stable: start-failed, unknown-operation, no-such-tenant."""

    def __init__(self, message: str, code: Optional[str] = None, status: Optional[int] = None, pointer: Optional[str] = None):
        super().__init__(message)
        self.code, self.status, self.pointer = code, status, pointer


def bundled_program() -> Optional[str]:
    """The program inside this package; a package without one has None."""
    program = Path(__file__).parent / "program/bin/understudy"
    return str(program) if program.exists() else None


def find_program() -> str:
    """$UNDERSTUDY_PROGRAM, the program of this package, or `understudy` on the path."""
    return os.environ.get("UNDERSTUDY_PROGRAM") or bundled_program() or "understudy"


def start(scenarios: Union[None, Paths, Sequence[Paths]] = None, contracts: Optional[Paths] = None, profile: Optional[str] = None,
          api: Optional[str] = None, args: Sequence[str] = (), program: Optional[str] = None, env: Optional[Mapping[str, str]] = None,
          cwd: Optional[Paths] = None, timeout: float = 30) -> "Mock":
    """Starts a mock on a free port of this machine. Each scenario file becomes a tenant with the file's name.

    args: more options of `understudy serve`. timeout: seconds until the mock must accept connections."""
    command = [program or find_program(), "serve", "--port", "0", "--print-url"]
    for option, value in (("--contracts", contracts), ("--profile", profile), ("--api", api)):
        if value is not None:
            command += [option, os.fspath(value)]
    command += list(args)
    if scenarios is not None:
        command += [os.fspath(scenarios)] if isinstance(scenarios, (str, os.PathLike)) else [os.fspath(path) for path in scenarios]
    environment = {**os.environ, **(env or {})}
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   encoding="utf-8", errors="replace", env=environment, cwd=cwd)
    except OSError as error:
        raise UnderstudyError(f"'{command[0]}' cannot be started: {error}", "no-program") from error
    errors: List[str] = []
    reader = threading.Thread(target=_keep_end, args=(process.stderr, errors), daemon=True)
    reader.start()
    timer = threading.Timer(timeout, process.kill)
    timer.start()
    url = process.stdout.readline().strip()
    timer.cancel()
    if not url:
        process.wait()
        reader.join(1)
        process.stdout.close()
        message = "".join(errors).strip() or f"understudy ended with {process.returncode} within {timeout} s"
        raise UnderstudyError(message, "start-failed")
    return Mock(process, url, environment.get("UNDERSTUDY_ADMIN_TOKEN"))


def _keep_end(stream, lines: List[str]) -> None:
    """Reads all, so that the mock never waits for a reader, and keeps the last 1000 lines."""
    with stream:
        for line in stream:
            lines.append(line)
            del lines[:-1000]


class Mock:
    """A served mock. It ends at stop(), at the end of a `with` block, or with this process."""

    def __init__(self, process: subprocess.Popen, url: str, token: Optional[str] = None):
        self._process, self._token = process, token
        self.url = url
        atexit.register(self.stop)

    def __enter__(self) -> "Mock":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def api_url(self, api: str) -> str:
        """The base URL of an API: http://127.0.0.1:PORT/veeqo"""
        return f"{self.url}/{api}"

    def admin(self, method: str, path: str, body: Json = None) -> Json:
        """Any call of the admin API: admin("GET", "/tenants")."""
        request = urllib.request.Request(f"{self.url}/__admin{path}", None if body is None else json.dumps(body).encode(), method=method)
        request.add_header("Content-Type", "application/json")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            with _open_url(request, timeout=30) as response:
                return json.loads(response.read() or "null")
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode("utf-8", "replace")
            problem = _parse_object(text)
            code = problem.get("code")
            message = f"{method} {path}: {problem.get('message', text)} [{code or error.code}]"
            raise UnderstudyError(message, code, error.code, problem.get("pointer")) from None

    def tenant(self, name: str) -> "Tenant":
        """A tenant that exists: demo, or the name of a scenario file."""
        return Tenant(self, name)

    def stage_tenant(self, name: str, given: Optional[Mapping[str, Json]] = None) -> "Tenant":
        """Creates a tenant, or replaces it. `given`: the members of a scenario's given, and credentials: {username, password, key}."""
        self.admin("PUT", f"/tenants/{quote(name, safe='')}", given or {})
        return Tenant(self, name, **(given or {}).get("credentials", {}))

    def tenants(self) -> List["Tenant"]:
        return [Tenant(self, tenant["name"]) for tenant in self.admin("GET", "/tenants")["tenants"]]

    def count(self, operation: str, answer: Optional[str] = None) -> int:
        """Requests of all tenants for this operation (sellercloud.createOrder), or those with this answer."""
        return _count(self, operation=operation, answer=answer)

    def clear_requests(self) -> None:
        self.admin("DELETE", "/requests")

    def reset(self) -> None:
        """Resets every tenant."""
        self.admin("POST", "/reset")

    def findings(self) -> List[Json]:
        """Mistakes that the mock found in its own responses: empty, or a bug of Understudy."""
        return self.admin("GET", "/findings")["findings"]

    def stop(self) -> None:
        """Ends the mock. A second call does nothing."""
        atexit.unregister(self.stop)
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process.stdout.close()


class Tenant:
    """One tenant of a mock: its own records, clock, faults and journal. `username`, `password` and `key` lead a client to it."""

    def __init__(self, mock: Mock, name: str, username: Optional[str] = None, password: str = "demo", key: Optional[str] = None):
        self._mock, self.name = mock, name
        self.username, self.password, self.key = username or name, password, key or name

    @property
    def url(self) -> str:
        return self._mock.url

    def api_url(self, api: str) -> str:
        return self._mock.api_url(api)

    def admin(self, method: str, path: str = "", body: Json = None) -> Json:
        """Any call below /__admin/tenants/{name}."""
        return self._mock.admin(method, f"/tenants/{quote(self.name, safe='')}{path}", body)

    def requests(self) -> List[Dict[str, Json]]:
        """The journal, oldest first: requests, responses, and the decisions with the rule and its file and line."""
        return self.admin("GET", "/requests")["requests"]

    def count(self, operation: str, answer: Optional[str] = None) -> int:
        """Requests for this operation (sellercloud.createOrder), or those with this answer. An unknown name is an error."""
        return _count(self._mock, operation=operation, answer=answer, tenant=self.name)

    def clear_requests(self) -> None:
        self.admin("DELETE", "/requests")

    def records(self, collection: str) -> List[Dict[str, Json]]:
        """The records of sellercloud.orders, oldest first."""
        return self.admin("GET", f"/records/{_collection_path(collection)}")["records"]

    def seed(self, collection: str, records: Union[Mapping[str, Json], Sequence[Mapping[str, Json]]]) -> Json:
        """Adds a record or a list, with the collection's defaults and ids."""
        return self.admin("POST", f"/records/{_collection_path(collection)}", records)

    def now(self) -> datetime.datetime:
        text = self.admin("GET", "/clock")["now"]
        return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)

    def set_clock(self, time: Union[str, datetime.datetime]) -> None:
        """Sets the clock, which then moves only by advance(). A datetime has a time zone."""
        if isinstance(time, datetime.datetime):
            time = time.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        self.admin("PUT", "/clock", {"now": time})

    def advance(self, by: Union[str, datetime.timedelta]) -> None:
        """A duration ("61m", "1d") or a timedelta."""
        if isinstance(by, datetime.timedelta):
            by = f"{by // datetime.timedelta(milliseconds=1)}ms"
        self.admin("POST", "/clock/advance", {"by": by})

    def expire_tokens(self) -> None:
        self.admin("POST", "/tokens/expire")

    def arm_fault(self, fault: Union[Mapping[str, Json], Sequence[Mapping[str, Json]]]) -> List[int]:
        """Adds one fault or several, and returns their ids. The words are those of a scenario's faults."""
        return [armed["id"] for armed in self.admin("POST", "/faults", fault)["armed"]]

    def faults(self) -> List[Dict[str, Json]]:
        return self.admin("GET", "/faults")["faults"]

    def clear_faults(self) -> None:
        self.admin("DELETE", "/faults")

    def set_limits(self, limits: Json) -> None:
        self.admin("PUT", "/limits", limits)

    def snapshot(self, name: str) -> None:
        self.admin("POST", f"/snapshots/{quote(name, safe='')}")

    def restore(self, name: str) -> None:
        self.admin("POST", f"/snapshots/{quote(name, safe='')}/restore")

    def commits(self, limit: int = 100) -> List[Dict[str, Json]]:
        """The last commits, newest first. The mock must be started with "--history", "1000"."""
        return self.admin("GET", f"/commits?limit={limit}")["commits"]

    def restore_commit(self, number: int) -> None:
        """Returns to the state after this commit."""
        self.admin("POST", f"/commits/{number}/restore")

    def fork(self, number: int, name: str) -> "Tenant":
        """A new tenant with the state after this commit."""
        self.admin("POST", f"/commits/{number}/fork", {"name": name})
        return Tenant(self._mock, name)

    def reset(self) -> None:
        """Restores the state that the tenant started with."""
        self.admin("POST", "/reset")

    def remove(self) -> None:
        self.admin("DELETE")


# The mock is on this machine: proxies of the environment are not used.
_open_url = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def _parse_object(text: str) -> Dict[str, Json]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _collection_path(collection: str) -> str:
    return "/".join(quote(part, safe="") for part in re.split("[./]", collection))


def _count(mock: Mock, **criteria: Optional[str]) -> int:
    pattern = {name: value for name, value in criteria.items() if value is not None}
    return mock.admin("POST", "/requests/count", {"understudy": pattern})["count"]
