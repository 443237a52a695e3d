from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tap_compleetpersy.api.ahead import read_ahead


def running() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "ahead" in thread.name]


def nothing() -> None:
    pass


@pytest.mark.parametrize("depth", [1, 3, 50])
def test_values_come_in_order(depth: int) -> None:
    assert list(read_ahead(iter(range(20)), depth, nothing)) == list(range(20))
    assert running() == []


@pytest.mark.parametrize("depth", [1, 3])
def test_no_more_is_read_ahead_than_wanted(depth: int) -> None:
    consumed = 0
    ahead: list[int] = []

    def source() -> Iterator[int]:
        for number in range(1, 50):
            ahead.append(number - consumed)
            yield number

    for value in read_ahead(source(), depth, nothing):
        consumed = value

    assert max(ahead) <= depth + 1  # the one that is processed, and those ahead


def test_an_error_comes_after_the_values_before_it() -> None:
    def source() -> Iterator[int]:
        yield 1
        yield 2
        message = "broken"
        raise LookupError(message)

    values = read_ahead(source(), 5, nothing)
    assert [next(values), next(values)] == [1, 2]
    with pytest.raises(LookupError, match="broken"):
        next(values)
    assert running() == []


def test_closing_early_cancels_the_source_and_ends_the_thread() -> None:
    blocked, cancelled = threading.Event(), threading.Event()

    def source() -> Iterator[int]:
        yield 1
        blocked.set()
        cancelled.wait()
        message = "ended by cancel"
        raise LookupError(message)

    values = read_ahead(source(), 1, cancelled.set)
    assert next(values) == 1
    blocked.wait()
    values.close()  # type: ignore[attr-defined] # a generator

    assert cancelled.is_set()
    assert running() == []


def test_closing_early_ends_a_thread_that_waits_for_a_slot() -> None:
    values = read_ahead(iter(range(100)), 1, nothing)
    assert next(values) == 0
    values.close()  # type: ignore[attr-defined] # a generator

    assert running() == []


def test_an_exception_in_the_consumer_ends_the_thread() -> None:
    def consume() -> None:
        for value in read_ahead(iter(range(100)), 2, nothing):
            if value == 3:
                raise KeyError(value)

    with pytest.raises(KeyError):
        consume()
    assert running() == []
