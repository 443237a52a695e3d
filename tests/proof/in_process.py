"""The whole tap, run inside the test's process: thousands of runs are wanted.

Its output is what it writes to stdout, its input what it reads from the socket,
its clock that of the model.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import signal
import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import time_machine

from tap_compleetpersy.sync import reading, records
from tap_compleetpersy.tap import TapCompleetpersy
from tests import catalog as catalog_of
from tests.compiling import compiled_once
from tests.proof.serving import Tenant
from tests.proof.warehouse import Message, State


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the tap.

    Attributes:
        messages: What it wrote.
        error: How it ended, if not well.
    """

    messages: tuple[Message, ...]
    error: Exception | None


def run_tap(
    tenant: Tenant,
    config: Mapping[str, t.Any],
    catalog: Mapping[str, t.Any] | None,
    state: State | None,
    skew: int = 0,
) -> Run:
    """Run the tap to its end.

    Args:
        tenant: Whose clock is the tap's, too.
        config: Settings.
        catalog: With the selection; None: the tap samples first.
        state: What was kept; None for a first run or ``--full-refresh``.
        skew: Milliseconds by which the tap's clock is ahead of the server's.
    """
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    error: Exception | None = None
    with time_machine.travel(0, tick=False) as clock, contextlib.redirect_stdout(stdout):

        def follow() -> None:
            clock.move_to(datetime.fromtimestamp((tenant.remote.now + skew) / 1000, tz=UTC))

        follow()
        tenant.clock_moved = follow
        try:
            chosen = None if catalog is None else json.loads(json.dumps(catalog))
            tap = TapCompleetpersy(config=dict(config), catalog=chosen, state=state)
            tap.sync_all()
        except Exception as raised:  # noqa: BLE001 - the caller judges
            error = raised
    lines = stdout.buffer.getvalue().splitlines(keepends=True)
    assert all(line.endswith(b"\n") for line in lines)
    return Run(tuple(map(json.loads, lines)), error)


def discover(config: Mapping[str, t.Any]) -> Message:
    """Return the catalog that ``--discover`` prints."""
    return TapCompleetpersy(config=dict(config)).catalog_dict


def select(
    catalog: Message, streams: t.Collection[str], deselected: t.Collection[str] = ()
) -> Message:
    """Select streams, without some columns of candidates, and deselect the others."""
    chosen = catalog_of.select(catalog, *streams)
    return catalog_of.deselect(chosen, "candidates", *deselected) if deselected else chosen


@contextlib.contextmanager
def in_process() -> Iterator[None]:
    """Make thousands of runs in one process possible, and undo what they leave.

    The tap compiles how it reads a record once a run, in pure functions of its
    settings; here it is once for each different settings, which takes three quarters
    off the time of a run.
    """
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            compiled_once(reading, "compile_reader", "compile_quick_reader"),
            compiled_once(records, "compile_integration_fields", "compile_typed"),
        ):
            yield
    finally:
        logging.disable(disabled)
        for number, handler in handlers.items():
            signal.signal(number, handler)
