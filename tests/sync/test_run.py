"""When a run commits what it has read so far."""

from __future__ import annotations

import io
import typing as t
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace

from singer_sdk import Tap
from typing_extensions import override

from tap_compleetpersy.api.pages import Page
from tap_compleetpersy.sync.output import FLUSH_BYTES, PageWriter
from tap_compleetpersy.sync.report import Progress
from tap_compleetpersy.sync.run import Source, Written, run_source


@dataclass
class Windows(Source[None]):
    """Two windows without a page, whose ends write."""

    writer: PageWriter
    written: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.emitters = []
        self.ceiling = 0

    @override
    def walks(self) -> Iterator[Generator[tuple[Page, None]]]:
        for _ in range(2):
            yield _no_pages()

    @override
    def take(self, page: Page, rows: None, at: datetime) -> None: ...

    @override
    def end_walk(self, at: datetime) -> bool:
        self.writer.add(b" " * FLUSH_BYTES, b"\n")
        return len(self.written) == 0

    @override
    def settle(self, at: datetime) -> None: ...

    @override
    def bookmarks_so_far(self) -> Written:
        self.written.append("so far")
        return {}

    @override
    def bookmarks_at_end(self) -> Written:
        self.written.append("at the end")
        return {}


def _no_pages() -> Generator[tuple[Page, None]]:
    yield from ()


def test_what_the_end_of_a_window_writes_counts_for_its_state() -> None:
    writer, states = PageWriter(), SimpleNamespace(write_state=lambda _: None)
    writer.state_bytes = 1000
    tap = SimpleNamespace(message_writer=writer, state={}, state_writer=states)
    source = Windows(writer)
    run_source(source, t.cast("Tap", tap), Progress(io.StringIO()))
    assert source.written == ["so far", "at the end"]
