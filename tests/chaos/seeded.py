"""One seed: a tenant, what happens to it, and run after run."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import logging
import random
import typing as t
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.sandbox.faults import chaos
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tap_compleetpersy.sync import session
from tap_compleetpersy.tap import TapCompleetpersy
from tests.chaos.target import ATTACHMENTS, Target
from tests.kills.edits import STREAMS, Life
from tests.proof.in_process import discover, in_process, select
from tests.singer import Message

CHAOS = 0.2
RUNS = 4
COMPLETE, DELTA = {"full_sync_hours": 0.0000001}, {"full_sync_hours": 100_000}
NOW = datetime(2025, 6, 1, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, as its user sees it."""

    exit_code: int
    messages: tuple[Message, ...]
    log: str


@dataclass
class Tenant:
    """A tenant by seed: how many people, how they are listed, whether there are attachments.

    Attributes:
        persy: The server.
        draw: Decides.
        folder: For files.
        streams: Those selected.
        settings: Of all runs.
        catalog: As discovered.
        target: Where it all goes.
        counts: What was met.
    """

    persy: Sandbox
    draw: random.Random
    folder: Path
    streams: tuple[str, ...]
    settings: Mapping[str, t.Any]
    catalog: Message
    target: Target = field(default_factory=Target)
    counts: Counter[str] = field(default_factory=Counter)

    def lives_through_chaos(self) -> None:
        """Edit and run in turns; see that each run is right or loud; let a calm one complete it."""
        life = Life(self.persy.store, self.draw)
        ended_well = True
        self.persy.faults.chaos = CHAOS
        for number in range(RUNS):
            # A stream of attachments has a ledger that edits do not ask: see Life.
            is_known = ended_well or ATTACHMENTS not in self.streams
            life.goes_on(self.target.state if is_known else {})
            self._give_and_take_documents()
            is_complete = number == 0 or self.draw.random() < 0.5
            ended = self.sync(COMPLETE if is_complete else DELTA)
            ended_well = ended.exit_code == 0
            self.counts["runs complete" if ended_well else "runs failed loudly"] += 1
            if not ended_well:
                assert ended.exit_code == 1, ended.log
                assert ended.log.count("| ERROR ") == 1, ended.log
                assert "Traceback" not in ended.log, ended.log
                self.target.expect_true_claims(self.persy.store)
            elif is_complete:
                self.target.expect_the_source(self.persy.store, self.streams)
            else:
                self.target.expect_nothing_lost(self.persy.store, life.gone, self.streams)
        self.persy.faults.chaos = 0
        last = self.sync(COMPLETE)
        assert last.exit_code == 0, last.log
        assert not self.target.owed
        self.target.expect_the_source(self.persy.store, self.streams)
        self.counts["runs"] += RUNS

    def sync(self, settings: Mapping[str, t.Any]) -> Ended:
        """Run the command line into the target."""
        files = {
            "config": {**self.settings, **settings},
            "catalog": self.catalog,
            "state": self.target.state,
        }
        words = []
        for name, content in files.items():
            path = self.folder / f"{name}.json"
            path.write_text(json.dumps(content), encoding="utf-8")
            words += [f"--{name}", str(path)]
        before = len(self.persy.requests)
        ended = _run(words)
        options, probability = self.persy.options, self.persy.faults.chaos
        for number in range(before, len(self.persy.requests)):
            self.counts["faults met"] += chaos(probability, options.seed, number) is not None
        self.target.load(ended.messages)
        return ended

    def _give_and_take_documents(self) -> None:
        store = self.persy.store
        someone = self.draw.choice(store.candidates())
        if self.draw.random() < 0.5:
            store.add_attachment(someone.remote_id)
        elif someone.attachments:
            document = self.draw.choice(someone.attachments)
            store.remove_attachment(someone.remote_id, document.remote_id)


@contextlib.contextmanager
def tenant(seed: int, folder: Path) -> Iterator[Tenant]:
    """Start the tenant of a seed."""
    draw = random.Random(seed)
    pagination = draw.choice(["page", "offset", "cursor", "link"])
    options = Options(
        candidates=draw.randrange(60, 151),
        seed=seed,
        now=NOW,
        pagination=pagination,
        order=draw.choice(["id", "newest", "oldest"]),
    )
    with running(options) as persy:
        settings = {
            "api_url": persy.url,
            "api_key": persy.api_key,
            "page_size": 20,
            "pagination": pagination,
            "lookback_seconds": 30,
            "deletion_limit_percent": 100,
            "max_retries": draw.randrange(2, 7),
        }
        streams = (*STREAMS, ATTACHMENTS) if seed % 5 == 0 else STREAMS
        catalog = select(discover(settings), streams)
        persy.requests.clear()
        yield Tenant(persy, draw, folder, streams, settings, catalog)


def _run(words: list[str]) -> Ended:
    """Run the tap's command in this process."""
    written, log, code = io.BytesIO(), io.StringIO(), 0
    stdout = io.TextIOWrapper(written, encoding="utf-8")
    logging.getLogger().handlers.clear()  # the SDK adds one with each start
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(log):
        try:
            TapCompleetpersy.cli(args=words)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    stdout.flush()
    lines = written.getvalue().splitlines()
    return Ended(code, tuple(map(json.loads, lines)), log.getvalue())


@contextlib.contextmanager
def without_waiting() -> Iterator[None]:
    """Run in this process, with a log, and without the waits between two tries."""
    handlers = logging.getLogger().handlers[:]
    with in_process(), pytest.MonkeyPatch.context() as patches:
        logging.disable(logging.NOTSET)
        patches.setattr(session, "Client", functools.partial(Client, wait=lambda _: None))
        try:
            yield
        finally:
            logging.getLogger().handlers[:] = handlers
