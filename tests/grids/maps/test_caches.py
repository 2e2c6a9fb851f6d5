"""What maps keep in memory: made once, within a budget, and forgotten in the order of use."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import DatabaseUnavailableError
from grids.maps.caches import Recent, Refreshed


def text(size: int) -> bytearray:
    return bytearray(size)


def test_what_was_used_longest_ago_makes_room() -> None:
    kept: Recent[bytearray] = Recent(100, len)
    for name in "abc":
        kept.get(name, lambda: text(40))
    kept.peek("b")
    kept.get("d", lambda: text(40))
    assert [name for name in "abcd" if kept.peek(name) is not None] == ["b", "d"]
    assert kept.held == 80


def test_a_value_that_grew_is_weighed_anew_and_others_make_room_for_it() -> None:
    kept: Recent[bytearray] = Recent(100, len)
    kept.get("old", lambda: text(50))
    young = kept.get("young", lambda: text(10))
    young += text(80)
    kept.weigh("young")
    assert kept.peek("old") is None
    assert kept.held == 90
    kept.weigh("gone")
    assert kept.held == 90


def test_one_value_larger_than_the_budget_is_kept_alone() -> None:
    kept: Recent[bytearray] = Recent(100, len)
    kept.get("small", lambda: text(10))
    kept.get("large", lambda: text(1000))
    assert (kept.peek("small"), kept.held) == (None, 1000)


def test_many_who_ask_at_once_get_the_one_that_is_made() -> None:
    kept: Recent[object] = Recent(100)
    made = []

    def make() -> object:
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: kept.get("one", make), range(8)))
    assert found == set(made)
    assert len(made) == 1


def test_a_failure_leaves_nothing_behind_and_the_next_may_try() -> None:
    kept: Recent[int] = Recent(100)
    for number in range(50):
        with pytest.raises(ZeroDivisionError):
            kept.get(number, lambda: 1 // 0)
    assert not kept._making  # noqa: SLF001 (a lock a wrong question would fill the memory)
    assert kept.get(3, lambda: 7) == 7


def test_the_last_known_goes_on_while_the_database_is_away() -> None:
    answers = iter([1, DatabaseUnavailableError(), 2])

    def read() -> int:
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    kept = Refreshed(0.0, read)
    found = []
    for _ in range(3):
        found.append(kept.get())
        time.sleep(0.02)  # twenty times what the reading took
    assert found == [1, 1, 2]


def test_while_one_reads_the_others_get_the_old_value() -> None:
    reading, go_on = threading.Event(), threading.Event()
    numbers = iter(range(10))

    def read() -> int:
        number = next(numbers)
        if number:
            reading.set()
            go_on.wait(10)
        return number

    kept = Refreshed(0.0, read)
    assert kept.get() == 0
    time.sleep(0.02)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(kept.get)
        assert reading.wait(10)
        assert kept.get() == 0
        go_on.set()
        assert slow.result() == 1
