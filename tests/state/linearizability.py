#!/usr/bin/env python3
"""Checks whether a history of concurrent operations is linearizable.

A history is a list of operations. Each has a client, a kind, a key, an argument, a result, the time of its call and the time of its
return. It is linearizable if every operation can be given one moment between its call and its return so that, in the order of these
moments, a single process could have given the same results.

An operation that never returned (`returned` is None) has an unknown outcome: it may have happened at any time after its call, or never.

The algorithm is that of Wing and Gong with the memory of Lowe: a search over all orders that never visits the same set of operations with
the same state twice. Keys are independent, so each key is checked alone.

    python3 linearizability.py FILE...      checks files with one history each, one operation as JSON on each line

The exit code is 1 if a history is not linearizable. linearizability_test.py tests this file.
"""

import json
import sys
from typing import Any, NamedTuple, Optional

ABSENT = None
LIMIT = 20_000_000


class Operation(NamedTuple):
    """One call of one client. `returned` is None while the outcome is unknown."""

    client: int
    kind: str
    key: str
    argument: Any
    result: Any
    called: float
    returned: Optional[float]

    def known(self):
        """Says whether the client got an answer."""
        return self.returned is not None

    def as_json(self):
        """Returns the operation as one line of JSON."""
        return json.dumps(self._asdict())

    @staticmethod
    def from_json(line):
        """Reads what as_json() wrote."""
        return Operation(**json.loads(line))

    def __str__(self):
        end = f"{self.returned:.6f}" if self.known() else "no answer"
        argument = "" if self.argument is None else repr(self.argument)
        result = repr(self.result) if self.known() else "?"
        call = f"{self.kind}({self.key}{', ' if argument else ''}{argument})"
        return f"{self.called:.6f} .. {end:>10}  client {self.client}: {call} -> {result}"


class Register:
    """A value for each key: `write` an argument, `read` gives the last one. The first value is `initial`."""

    kinds = ("write", "read")

    def __init__(self, initial=ABSENT):
        self.initial = initial

    def step(self, state, operation):
        """Returns (possible, next state)."""
        if operation.kind == "write":
            return True, operation.argument
        return operation.result == state, state

    def changes(self, operation):
        """Says whether the operation can change the state."""
        return operation.kind == "write"


class UniqueCreate:
    """A key that only one `create` gets.

    `create` gives "created" once and "duplicate" afterwards. `find` gives "found" after a create, "absent" before.
    """

    kinds = ("create", "find")
    initial = False

    def step(self, state, operation):
        """Returns (possible, next state)."""
        if operation.kind == "find":
            return operation.result == ("found" if state else "absent"), state
        if not operation.known():
            return True, True
        return operation.result == ("duplicate" if state else "created"), True

    def changes(self, operation):
        """Says whether the operation can change the state."""
        return operation.kind == "create"


MODELS = (Register(), UniqueCreate())


class TooHard(Exception):
    """The search has visited more sets of operations than allowed."""


class Verdict(NamedTuple):
    """What a check found. `order` is the order that explains the history, or the longest part of one."""

    linearizable: bool
    order: list
    history: list
    key: Optional[str] = None

    def explain(self):
        """Returns text for a person: the history, the longest order that works, and what does not fit after it."""
        lines = [f"key {self.key}: " + ("linearizable" if self.linearizable else "not linearizable"), "  all operations by their calls:"]
        lines += [f"    {operation}" for operation in sorted(self.history, key=lambda o: o.called)]
        lines += ["  the longest order that explains a part of them:"]
        lines += [f"    {operation}" for operation in self.order]
        if not self.linearizable:
            left = [o for o in self.history if o.known() and o not in self.order]
            lines += ["  none of these can be next:"] + [f"    {operation}" for operation in left]
        return "\n".join(lines)


class _Event:
    """A call or a return in a linked list that is sorted by time. A call knows its return."""

    __slots__ = ("number", "match", "before", "after")

    def __init__(self, number):
        self.number = number
        self.match = None
        self.before = None
        self.after = None


def _useful(history, model):
    """Returns the history without the operations that say nothing: those without an answer that change nothing."""
    return [operation for operation in history if operation.known() or model.changes(operation)]


def _events(history):
    """Makes the linked list of calls and returns. Returns its head, which is no event itself.

    At the same time a call comes before a return, so that the two operations overlap.
    """
    times = []
    for number, operation in enumerate(history):
        call = _Event(number)
        times.append((operation.called, 0, number, call))
        if operation.known():
            if operation.returned < operation.called:
                raise ValueError(f"an operation returns before its call: {operation}")
            call.match = _Event(number)
            times.append((operation.returned, 1, number, call.match))
    times.sort(key=lambda entry: entry[:3])
    head = _Event(-1)
    last = head
    for _, _, _, event in times:
        last.after = event
        event.before = last
        last = event
    return head


def _remove(event):
    """Takes an event out of the list; it keeps its neighbours for _restore()."""
    event.before.after = event.after
    if event.after is not None:
        event.after.before = event.before


def _restore(event):
    """Puts an event back. Events are put back in the reverse order of their removal."""
    event.before.after = event
    if event.after is not None:
        event.after.before = event


def _take(call):
    """Takes a call and its return out of the list."""
    _remove(call)
    if call.match is not None:
        _remove(call.match)


def _give_back(call):
    """Undoes _take()."""
    if call.match is not None:
        _restore(call.match)
    _restore(call)


class _Search:
    """A search for an order of one key's operations. `stack` holds the calls that were chosen, each with the state before it."""

    def __init__(self, history, model):
        self.history = history
        self.model = model
        self.head = _events(history)
        self.needed = sum(1 for operation in history if operation.known())
        self.state = model.initial
        self.done = 0
        self.seen = set()
        self.stack = []
        self.best = []

    def is_call(self, event):
        """Says whether the event begins an operation. The call of an unknown operation has no return."""
        return event.match is not None or not self.history[event.number].known()

    def next_after(self, event):
        """Returns (state, set of done operations) after the call, or None if it cannot be next or was tried before."""
        possible, state = self.model.step(self.state, self.history[event.number])
        done = self.done | (1 << event.number)
        if not possible or (done, state) in self.seen:
            return None
        self.seen.add((done, state))
        return state, done

    def choose(self, event, after):
        """Puts the call behind those that were chosen."""
        self.stack.append((event, self.state, self.done))
        self.state, self.done = after
        self.needed -= event.match is not None
        _take(event)
        if len(self.stack) > len(self.best):
            self.best = [entry[0].number for entry in self.stack]

    def undo(self):
        """Takes the last choice back. Returns its call."""
        event, self.state, self.done = self.stack.pop()
        self.needed += event.match is not None
        _give_back(event)
        return event

    def run(self, limit):
        """Searches. Returns whether an order was found."""
        event = self.head.after
        for _ in range(limit):
            if self.needed == 0:
                return True
            if event is not None and self.is_call(event):
                after = self.next_after(event)
                if after is None:
                    event = event.after
                else:
                    self.choose(event, after)
                    event = self.head.after
            elif self.stack:
                event = self.undo().after
            else:
                return False
        raise TooHard(f"more than {limit} steps")


def check(history, model, limit=LIMIT):
    """Checks a history of one key. Returns a Verdict; raises TooHard after `limit` steps."""
    history = _useful(history, model)
    search = _Search(history, model)
    if search.run(limit):
        return Verdict(True, [history[entry[0].number] for entry in search.stack], history)
    return Verdict(False, [history[number] for number in search.best], history)


def by_key(history):
    """Returns the operations of each key."""
    parts = {}
    for operation in history:
        parts.setdefault(operation.key, []).append(operation)
    return parts


def model_of(part, models=MODELS):
    """Returns the model that knows every kind of the operations."""
    kinds = {operation.kind for operation in part}
    for model in models:
        if kinds <= set(model.kinds):
            return model
    raise ValueError(f"no model has the kinds {sorted(kinds)}")


def check_all(history, models=MODELS, limit=LIMIT):
    """Checks each key of a history alone. Returns the verdicts of the keys that are not linearizable."""
    bad = []
    for key, part in by_key(history).items():
        verdict = check(part, model_of(part, models), limit)
        if not verdict.linearizable:
            bad.append(verdict._replace(key=key))
    return bad


def main(paths):
    """Checks files. Returns the exit code."""
    if not paths or paths[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if paths else 2
    code = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            history = [Operation.from_json(line) for line in file if line.strip()]
        bad = check_all(history)
        print(f"{path}: {len(history)} operations, " + ("not linearizable" if bad else "linearizable"))
        for verdict in bad:
            print(verdict.explain())
        code = 1 if bad else code
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
