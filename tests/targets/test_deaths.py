"""A target that dies, closes its input or stalls: the tap ends with 1 and one line, or waits."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.singer import SCRIPTS, bare_environment
from tests.targets.declared import TARGETS
from tests.targets.environments import environment
from tests.targets.singer_target import Spot, Target
from tests.targets.stand_ins import PROGRAMS

pytestmark = pytest.mark.full

SECONDS = 120.0
CANDIDATES, PAGE = 400, 20
START, MIDDLE = 1, 12
"""Requests of 20. A pipe holds about a page: at the twelfth, the target has read eight."""

targets = pytest.mark.parametrize("target", TARGETS, ids=lambda each: each.title)
loading = pytest.mark.parametrize(
    "target", [each for each in TARGETS if not each.error], ids=lambda each: each.title
)


@dataclass(frozen=True, slots=True)
class Load:
    """The tap, and a target that is sent a signal.

    Attributes:
        spot: Where the target works.
        persy: What the tap reads.
        loader: The target.
        tap: The tap.
        pipe: The end that the tap writes to.
        sent: That the signal was sent.
    """

    spot: Spot
    persy: Sandbox
    loader: subprocess.Popen[bytes]
    tap: subprocess.Popen[bytes]
    pipe: int
    sent: threading.Event

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the target and its children."""
        os.killpg(self.loader.pid, number)

    def wait_until_full(self) -> None:
        """Wait until the tap cannot write any more; it lives."""
        assert self.sent.wait(SECONDS)
        with open(os.pidfd_open(self.tap.pid), "rb") as end:  # noqa: PTH123 - a descriptor
            while select.select([], [self.pipe], [], 0)[1]:
                assert not select.select([end], [], [], 0.02)[0]

    def ended(self) -> tuple[int, list[str]]:
        """Return the tap's exit code and its errors, when it has ended."""
        os.close(self.pipe)
        _, log = self.tap.communicate(timeout=SECONDS)
        assert b"Traceback" not in log
        lines = log.decode().splitlines()
        return self.tap.returncode, [e for e in lines if "ERROR" in e or "CRITICAL" in e]


@contextlib.contextmanager
def load(target: Target, folder: Path, number: signal.Signals, moment: int) -> Iterator[Load]:
    """Yield a load whose target was sent a signal at a request of the tap."""
    (folder / "server").mkdir()
    config = folder / "tap.json"
    with (
        running(Options(candidates=CANDIDATES, seed=5)) as persy,
        target.server(folder / "server") as server,
    ):
        spot = Spot(folder, environment(target.name, target.python), server)
        given = {"api_url": persy.url, "api_key": persy.api_key, "page_size": PAGE, **target.tap}
        config.write_text(json.dumps(given), encoding="utf-8")
        program = target.command(spot)[1 if target.script else 0 :]
        read, written = os.pipe()
        sent = threading.Event()
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])  # until the program is ready
        loader = subprocess.Popen(
            [str(spot.python), str(PROGRAMS / "closing.py"), *program],
            stdin=read,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=bare_environment() | dict(target.environment(spot)),
            cwd=folder,
            start_new_session=True,  # a target may have children
        )
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
        os.close(read)

        def interrupt(_: object) -> None:
            if len(persy.requests) == moment:
                with contextlib.suppress(ProcessLookupError):  # one target dies by itself
                    os.killpg(loader.pid, number)
                sent.set()

        persy.before_answer.append(interrupt)
        tap = subprocess.Popen(
            [str(SCRIPTS / "tap-compleetpersy"), "--config", str(config)],
            stdout=written,
            stderr=subprocess.PIPE,
            env=bare_environment(),
        )
        try:
            yield Load(spot, persy, loader, tap, written, sent)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(loader.pid, signal.SIGKILL)
            loader.wait()
            tap.kill()
            tap.communicate()


def expect_one_line(load: Load) -> None:
    """The tap has told that nobody reads any more."""
    code, (error,) = load.ended()
    assert code == 1
    assert "The target has closed its input" in error


@pytest.mark.parametrize("moment", [START, MIDDLE], ids=["at its start", "in the middle"])
@targets
def test_a_target_that_dies(target: Target, moment: int, tmp_path: Path) -> None:
    with load(target, tmp_path, signal.SIGKILL, moment) as running_load:
        expect_one_line(running_load)


@loading
def test_a_target_that_closes_its_input_and_lives(target: Target, tmp_path: Path) -> None:
    with load(target, tmp_path, signal.SIGUSR1, MIDDLE) as running_load:
        expect_one_line(running_load)
        assert running_load.loader.poll() is None


@loading
def test_a_target_that_stalls_and_is_killed(target: Target, tmp_path: Path) -> None:
    with load(target, tmp_path, signal.SIGSTOP, MIDDLE) as running_load:
        running_load.wait_until_full()
        running_load.send(signal.SIGKILL)
        expect_one_line(running_load)


@loading
def test_a_target_that_stalls_and_goes_on_loses_nobody(target: Target, tmp_path: Path) -> None:
    with load(target, tmp_path, signal.SIGSTOP, MIDDLE) as stalled:
        stalled.wait_until_full()
        stalled.send(signal.SIGCONT)
        assert stalled.ended() == (0, [])
        assert stalled.loader.wait(SECONDS) == 0
        rows = target.read(stalled.spot)["candidates"]
        assert {row["remote_id"] for row in rows} == {*stalled.persy.store.select()}
