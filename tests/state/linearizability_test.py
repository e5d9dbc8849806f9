#!/usr/bin/env python3
"""Tests the checker of histories: known good and bad histories, random ones, and a comparison with brute force.

    python3 linearizability_test.py

UNDERSTUDY_TEST_SEED repeats the random histories of a run.
"""

import itertools
import os
import random
import time
import unittest

from linearizability import ABSENT, Operation, Register, TooHard, UniqueCreate, check, check_all

SEED = int(os.environ.get("UNDERSTUDY_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
NEVER = None


def write(value, called, returned, client=0, key="k"):
    """Returns a write."""
    return Operation(client, "write", key, value, None, called, returned)


def read(value, called, returned, client=1, key="k"):
    """Returns a read."""
    return Operation(client, "read", key, None, value, called, returned)


def create(result, called, returned, client=0, key="k"):
    """Returns a create."""
    return Operation(client, "create", key, None, result, called, returned)


def find(result, called, returned, client=1, key="k"):
    """Returns a find."""
    return Operation(client, "find", key, None, result, called, returned)


class Histories(unittest.TestCase):
    """Base: asserts about one history."""

    def good(self, *history):
        """Asserts that the history is linearizable."""
        bad = check_all(list(history))
        self.assertEqual([], bad, "\n".join(verdict.explain() for verdict in bad))

    def bad(self, *history):
        """Asserts that the history is not linearizable, and that the explanation can be written."""
        bad = check_all(list(history))
        self.assertNotEqual([], bad)
        self.assertIn("not linearizable", bad[0].explain())


class RegisterTest(Histories):
    """Known histories of a register."""

    def test_nothing_happened(self):
        self.good()

    def test_one_after_the_other(self):
        self.good(read(ABSENT, 0, 1), write(1, 2, 3), read(1, 4, 5), write(2, 6, 7), read(2, 8, 9))

    def test_a_read_during_a_write_may_see_both(self):
        self.good(write(1, 0, 1), write(2, 2, 9), read(1, 3, 4), read(2, 5, 6))
        self.good(write(1, 0, 1), write(2, 2, 9), read(2, 3, 4), read(2, 5, 6))
        self.good(write(1, 0, 1), write(2, 2, 9), read(1, 3, 4), read(1, 5, 6))

    def test_a_write_is_not_undone_by_a_later_read(self):
        self.bad(write(1, 0, 1), write(2, 2, 9), read(2, 3, 4), read(1, 5, 6))

    def test_stale_read(self):
        self.bad(write(1, 0, 1), write(2, 2, 3), read(1, 4, 5))

    def test_lost_write(self):
        self.bad(write(1, 0, 1), read(ABSENT, 2, 3))
        self.bad(write(1, 0, 1), write(2, 2, 3), read(1, 4, 5), read(1, 6, 7))

    def test_read_from_the_future(self):
        self.bad(read(1, 0, 1), write(1, 2, 3))

    def test_read_of_a_value_that_nobody_wrote(self):
        self.bad(write(1, 0, 1), read(7, 2, 3))

    def test_two_readers_see_two_orders(self):
        self.bad(write(1, 0, 9), write(2, 0, 9, client=2), read(1, 1, 2), read(2, 3, 4), read(1, 5, 6))
        self.good(write(1, 0, 9), write(2, 0, 9, client=2), read(1, 1, 2), read(2, 3, 4), read(2, 5, 6))

    def test_a_value_may_be_written_twice(self):
        self.good(write(1, 0, 1), write(2, 2, 9), write(1, 2, 9, client=2), read(2, 3, 4), read(1, 5, 6))
        self.bad(write(1, 0, 1), write(2, 2, 9), write(1, 2, 9, client=2), read(2, 3, 4), read(1, 5, 6), read(2, 7, 8))

    def test_touching_intervals_overlap(self):
        self.good(write(1, 0, 1), read(ABSENT, 1, 2))

    def test_unknown_write_may_happen(self):
        self.good(write(1, 0, NEVER), read(1, 1, 2))

    def test_unknown_write_may_never_happen(self):
        self.good(write(1, 0, NEVER), read(ABSENT, 1, 2), read(ABSENT, 3, 4))

    def test_unknown_write_may_happen_late(self):
        self.good(write(1, 0, NEVER), read(ABSENT, 1, 2), write(2, 3, 4), read(2, 5, 6), read(1, 7, 8))

    def test_unknown_write_happens_once(self):
        self.bad(write(1, 0, NEVER), read(1, 1, 2), write(2, 3, 4), read(2, 5, 6), read(1, 7, 8))

    def test_unknown_write_is_not_seen_before_its_call(self):
        self.bad(read(1, 0, 1), write(1, 2, NEVER))

    def test_unknown_write_is_not_undone(self):
        self.bad(write(1, 0, 1), write(2, 2, NEVER), read(2, 3, 4), read(1, 5, 6))

    def test_unknown_read_says_nothing(self):
        self.good(write(1, 0, 1), read(99, 2, NEVER))

    def test_two_unknown_writes(self):
        self.good(write(1, 0, NEVER), write(2, 0, NEVER), read(2, 1, 2), read(1, 3, 4))
        self.bad(write(1, 0, NEVER), write(2, 0, NEVER), read(2, 1, 2), read(1, 3, 4), read(2, 5, 6))

    def test_keys_are_independent(self):
        self.good(write(1, 0, 1, key="a"), read(ABSENT, 2, 3, key="b"), read(1, 4, 5, key="a"))
        self.bad(write(1, 0, 1, key="a"), read(1, 2, 3, key="b"))

    def test_the_bad_key_is_named(self):
        bad = check_all([write(1, 0, 1, key="fine"), write(1, 0, 1, key="lost"), read(ABSENT, 2, 3, key="lost")])
        self.assertEqual(["lost"], [verdict.key for verdict in bad])

    def test_first_value(self):
        verdict = check([read(5, 0, 1)], Register(initial=5))
        self.assertTrue(verdict.linearizable)


class UniqueCreateTest(Histories):
    """Known histories of a create that only one client may win."""

    def test_one_wins(self):
        self.good(create("created", 0, 5), create("duplicate", 0, 5, client=1), create("duplicate", 6, 7, client=2))

    def test_a_loser_may_return_first(self):
        self.good(create("created", 0, 9), create("duplicate", 1, 2, client=1))

    def test_two_win(self):
        self.bad(create("created", 0, 5), create("created", 0, 5, client=1))
        self.bad(create("created", 0, 1), create("created", 2, 3, client=1))

    def test_nobody_wins(self):
        self.bad(create("duplicate", 0, 5), create("duplicate", 0, 5, client=1))

    def test_refused_before_the_create(self):
        self.bad(create("duplicate", 0, 1), create("created", 2, 3, client=1))

    def test_unknown_create_may_have_won(self):
        self.good(create(None, 0, NEVER), create("duplicate", 1, 2, client=1))

    def test_unknown_create_may_have_lost(self):
        self.good(create(None, 0, NEVER), create("created", 1, 2, client=1), create("duplicate", 3, 4, client=2))

    def test_unknown_create_allows_one_success(self):
        self.bad(create(None, 0, NEVER), create("created", 1, 2, client=1), create("created", 3, 4, client=2))

    def test_unknown_create_after_the_loser(self):
        self.bad(create("duplicate", 0, 1), create(None, 2, NEVER, client=1))

    def test_find_sees_the_create(self):
        self.good(find("absent", 0, 1), create("created", 2, 3), find("found", 4, 5))
        self.bad(create("created", 0, 1), find("absent", 2, 3))
        self.bad(find("found", 0, 1), create("created", 2, 3))

    def test_a_created_key_stays(self):
        self.good(create("created", 0, 9), find("absent", 1, 2), find("found", 3, 4))
        self.bad(create("created", 0, 9), find("found", 1, 2), find("absent", 3, 4))

    def test_unknown_create_that_was_found_is_there(self):
        self.good(create(None, 0, NEVER), find("found", 1, 2), create("duplicate", 3, 4, client=2))
        self.bad(create(None, 0, NEVER), find("found", 1, 2), create("created", 3, 4, client=2))


class FormTest(unittest.TestCase):
    """Reading, writing and wrong input."""

    def test_json(self):
        operation = write("v", 0.25, NEVER)
        self.assertEqual(operation, Operation.from_json(operation.as_json()))

    def test_return_before_call(self):
        with self.assertRaises(ValueError):
            check([write(1, 2, 1)], Register())

    def test_unknown_kind(self):
        with self.assertRaises(ValueError):
            check_all([Operation(0, "swap", "k", None, None, 0, 1)])

    def test_limit(self):
        history = [write(n, 0, 100) for n in range(12)] + [read("nothing", 0, 100)]
        with self.assertRaises(TooHard):
            check(history, Register(), limit=100)


def sequential(chance, length, values, unknown):
    """Makes a history from a real execution one after the other: each operation gets a random interval around its moment.

    Some writes have no answer: they happened at their moment, or never.
    """
    state = {"register": ABSENT, "unique": False}
    history = []
    for moment in range(length):
        called = moment - chance.random() * 4
        returned = NEVER if chance.random() < unknown else moment + chance.random() * 4
        never = returned is NEVER and chance.random() < 0.5
        history.append(_operation(chance, state, moment, called, returned, never, values))
    chance.shuffle(history)
    return history


def _operation(chance, state, moment, called, returned, never, values):
    """Makes one operation of sequential() and changes the state as it does."""
    kind = chance.choice(("write", "read", "create", "find"))
    if kind == "write":
        value = chance.randrange(values)
        state["register"] = state["register"] if never else value
        return Operation(moment, kind, "register", value, None, called, returned)
    if kind == "read":
        return Operation(moment, kind, "register", None, state["register"], called, returned)
    if kind == "find":
        return Operation(moment, kind, "unique", None, "found" if state["unique"] else "absent", called, returned)
    result = "duplicate" if state["unique"] else "created"
    state["unique"] = state["unique"] or not never
    return Operation(moment, kind, "unique", None, result, called, returned)


def mutated(chance, history, values):
    """Changes one answer or one interval of a history."""
    history = list(history)
    at = chance.randrange(len(history))
    old = history[at]
    if old.kind == "read" and chance.random() < 0.7:
        history[at] = old._replace(result=chance.choice([ABSENT, *range(values)]))
    elif old.kind == "find":
        history[at] = old._replace(result="absent" if old.result == "found" else "found")
    elif old.kind == "create":
        history[at] = old._replace(result="duplicate" if old.result == "created" else "created")
    elif old.known():
        shift = chance.choice((-6, 6))
        history[at] = old._replace(called=old.called + shift, returned=old.returned + shift)
    return history


def legal(order, model):
    """Says whether a single process could give these results in this order."""
    state = model.initial
    for operation in order:
        possible, state = model.step(state, operation)
        if not possible:
            return False
    return True


def in_time(order):
    """Says whether no operation returns before the call of an earlier one in the order."""
    return not any(later.known() and later.returned < earlier.called for earlier, later in itertools.combinations(order, 2))


def brute_force(history, model):
    """Tries every order of every choice of the operations without an answer."""
    known = [operation for operation in history if operation.known()]
    unknown = [operation for operation in history if not operation.known()]
    for count in range(len(unknown) + 1):
        for chosen in itertools.combinations(unknown, count):
            for order in itertools.permutations(known + list(chosen)):
                if in_time(order) and legal(order, model):
                    return True
    return False


class RandomTest(unittest.TestCase):
    """Random histories."""

    def setUp(self):
        self.chance = random.Random(SEED)

    def test_real_executions_are_accepted(self):
        for number in range(400):
            history = sequential(self.chance, self.chance.randrange(1, 60), values=3, unknown=self.chance.choice((0, 0.1, 0.3)))
            bad = check_all(history)
            self.assertEqual([], bad, f"seed {SEED}, history {number}: " + "\n".join(verdict.explain() for verdict in bad))

    def test_mutated_executions_are_often_rejected(self):
        rejected = 0
        for _ in range(400):
            history = sequential(self.chance, 40, values=20, unknown=0.02)
            rejected += bool(check_all(mutated(self.chance, history, values=20)))
        self.assertGreater(rejected, 100, f"seed {SEED}")

    def test_brute_force_agrees(self):
        accepted = rejected = 0
        for number in range(1500):
            history = sequential(self.chance, self.chance.randrange(1, 7), values=2, unknown=self.chance.choice((0, 0.3)))
            for _ in range(self.chance.randrange(3)):
                history = mutated(self.chance, history, values=2)
            for key, model in (("register", Register()), ("unique", UniqueCreate())):
                part = [operation for operation in history if operation.key == key]
                expected = brute_force(part, model)
                self.assertEqual(expected, check(part, model).linearizable, f"seed {SEED}, history {number}: {part}")
                accepted += expected
                rejected += not expected
        self.assertGreater(accepted, 100, f"seed {SEED}")
        self.assertGreater(rejected, 100, f"seed {SEED}")

    def test_brute_force_agrees_on_small_domains(self):
        answers = {True: 0, False: 0}
        for number in range(1500):
            part = [self.any_operation() for _ in range(self.chance.randrange(2, 7))]
            expected = brute_force(part, Register())
            self.assertEqual(expected, check(part, Register()).linearizable, f"seed {SEED}, history {number}: {part}")
            answers[expected] += 1
        self.assertGreater(min(answers.values()), 100, f"seed {SEED}")

    def any_operation(self):
        """Returns a write or a read with any value and any interval on a small grid."""
        called = self.chance.randrange(8)
        returned = NEVER if self.chance.random() < 0.15 else called + self.chance.randrange(6)
        if self.chance.random() < 0.5:
            return write(self.chance.randrange(3), called, returned)
        return read(self.chance.choice((ABSENT, 0, 1, 2)), called, returned)

    def test_the_order_of_a_verdict_explains_the_history(self):
        for _ in range(200):
            history = [o for o in sequential(self.chance, 30, values=3, unknown=0.2) if o.key == "register"]
            verdict = check(history, Register())
            self.assertTrue(legal(verdict.order, Register()) and in_time(verdict.order))
            self.assertTrue({o for o in verdict.history if o.known()} <= set(verdict.order))

    def test_speed(self):
        """500 histories of 40 operations of 8 clients take 6 s at most: 10,000 then take 2 minutes."""
        histories = [self.of_clients(8, 5) for _ in range(500)]
        begin = time.process_time()
        for history in histories:
            check_all(history)
        self.assertLess(time.process_time() - begin, 6)

    def of_clients(self, clients, each):
        """Returns a history of clients that each call one operation after the other, on two keys; some answers are missing."""
        state = {"register": ABSENT, "unique": False}
        moments = sorted((round(n + self.chance.random(), 3), client) for client in range(clients) for n in range(each))
        free = [0.0] * clients
        history = []
        for moment, client in moments:
            called = max(free[client], moment - self.chance.random())
            returned = moment + self.chance.random() * 0.9
            unknown = self.chance.random() < 0.05
            operation = _operation(self.chance, state, client, min(called, moment), NEVER if unknown else returned, False, 40)
            free[client] = returned
            history.append(operation)
        return history


if __name__ == "__main__":
    print(f"seed {SEED}", flush=True)
    unittest.main()
