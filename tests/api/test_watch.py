"""One thread ends requests that take too long."""

from __future__ import annotations

import threading

from tap_compleetpersy.api.watch import Watch

PATIENCE = 60


def test_what_takes_too_long_is_interrupted() -> None:
    interrupted = threading.Event()
    watch = Watch(0.01, interrupted.set)
    watch.begin()
    assert interrupted.wait(PATIENCE)
    assert watch.is_late
    watch.end()
    assert watch.is_late, "whoever was interrupted asks afterwards"
    watch.close()


def test_it_watches_one_request_after_the_other() -> None:
    interrupted = threading.Semaphore(0)
    watch = Watch(0.01, interrupted.release)
    for _ in range(3):
        watch.begin()
        assert interrupted.acquire(timeout=PATIENCE)
        watch.end()
    watch.close()


def test_one_thread_is_enough_and_ends() -> None:
    before = threading.active_count()
    watch = Watch(3600, lambda: None)
    for _ in range(100):
        watch.begin()
        watch.end()
        assert threading.active_count() == before + 1
    watch.close()
    assert threading.active_count() == before
    watch.begin()
    assert threading.active_count() == before, "who has closed it asks for nothing more"
