"""One thread ends requests that take too long."""

from __future__ import annotations

import threading

from tap_compleetpersy.api.retry import Deadline

PATIENCE = 60


def test_what_takes_too_long_is_interrupted() -> None:
    interrupted = threading.Event()
    deadline = Deadline(0.01, interrupted.set)
    deadline.begin()
    assert interrupted.wait(PATIENCE)
    assert deadline.is_late
    deadline.end()
    assert deadline.is_late, "whoever was interrupted asks afterwards"
    deadline.close()


def test_it_watches_one_request_after_the_other() -> None:
    interrupted = threading.Semaphore(0)
    deadline = Deadline(0.01, interrupted.release)
    for _ in range(3):
        deadline.begin()
        assert interrupted.acquire(timeout=PATIENCE)
        deadline.end()
    deadline.close()


def test_one_thread_is_enough_and_ends() -> None:
    before = threading.active_count()
    deadline = Deadline(3600, lambda: None)
    for _ in range(100):
        deadline.begin()
        deadline.end()
        assert threading.active_count() == before + 1
    deadline.close()
    assert threading.active_count() == before
    deadline.begin()
    assert threading.active_count() == before, "who has closed it asks for nothing more"
