"""What a run says of itself: page by page how far it is, at the end what it did not understand."""

from __future__ import annotations

import logging
import sys
import time
import typing as t
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from typing_extensions import override

logger = logging.getLogger("tap-compleetpersy")

_POSITIONS_SHOWN = 20
_FIELDS_SHOWN = 20
REFRESH = "Refresh the catalog: run --discover again, or `meltano run --refresh-catalog`"


@dataclass(kw_only=True)
class _Findings:
    """What one run does not understand. Kinds and names of fields only, never a value.

    Attributes:
        is_allowlist: Some field is deselected, hence those that the catalog does not know are not
            emitted.
        misfits: Values that do not fit the type in the catalog, by field.
        unknown: Values of fields that the catalog does not know, by field.
    """

    noun: t.ClassVar[str]
    """What a field is called."""
    most: t.ClassVar[int | None]
    """So many fields are named, of either kind; None for all."""

    is_allowlist: bool = False
    misfits: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)

    def count(self, findings: Iterable[tuple[str, str]]) -> None:
        """Count what typing a record found."""
        for kind, key in findings:
            (self.misfits if kind == "misfit" else self.unknown)[key] += 1

    def lines(self) -> Iterator[str]:
        """Yield a line for each field that is not as the catalog says."""
        for key, count in sorted(self.misfits.items())[: self.most]:
            yield (
                f"{self.noun} {key!r}: {count} values do not fit the type in the catalog and were "
                f"left null. {REFRESH}"
            )
        unknown = {} if self.is_allowlist else self.unknown
        if self.unknown and self.is_allowlist:
            yield (
                f"{len(self.unknown)} new {self.noun.lower()}s were left out, because others are "
                f"deselected. {REFRESH}"
            )
        for key, count in sorted(unknown.items())[: self.most]:
            yield (
                f"{self.noun} {key!r} is not in the catalog; its {count} values were emitted "
                f"untyped. {REFRESH}"
            )
        if self.most is not None:
            hidden = sum(max(len(those) - self.most, 0) for those in (self.misfits, unknown))
            if hidden:
                yield f"the same of {hidden} other fields"

    def log(self) -> None:
        """Log the lines as warnings."""
        for line in self.lines():
            logger.warning(line)


@dataclass(kw_only=True)
class Report(_Findings):
    """Counts of one run.

    Attributes:
        catalog: Selected custom fields of the catalog.
        doubts: Values that were not understood, by kind.
        unreadable: Page and position of records that could not be read at all.
        undated: Candidates without an update time, which a cutoff keeps back.
        custom: Custom fields that candidates had, with or without a value.
        candidates: Candidates that were emitted.
        is_whole: The run has read every candidate there is.
    """

    noun = "Custom field"
    most = None

    catalog: Collection[str] = ()
    doubts: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[int, int]] = field(default_factory=list)
    undated: int = 0
    custom: set[str] = field(default_factory=set)
    candidates: int = 0
    is_whole: bool = False

    def drift(
        self, custom: Iterable[str], findings: Iterable[tuple[str, str]], candidates: int = 1
    ) -> None:
        """Count the custom fields of candidates, and what typing them found."""
        self.candidates += candidates
        self.custom.update(custom)
        self.count(findings)

    @override
    def lines(self) -> Iterator[str]:
        """Yield a line for each thing that a user can act on."""
        if self.doubts:
            kinds = ", ".join(f"{k} ({n})" for k, n in sorted(self.doubts.items()))
            yield f"Not understood and left null: {kinds}"
        yield from super().lines()
        if self.is_whole and self.candidates:
            for key in sorted({*self.catalog} - self.custom):
                yield (
                    f"Custom field {key!r} is gone: none of {self.candidates} candidates has "
                    f"it. {REFRESH}"
                )
        if self.undated:
            yield (
                f"{self.undated} candidates have no update time that can be read and were left "
                "out, since there is a cutoff. See the setting field_paths (remote_updated_at)"
            )
        if self.unreadable:
            shown = ", ".join(
                f"page {page} record {position}"
                for page, position in self.unreadable[:_POSITIONS_SHOWN]
            )
            more = " …" if len(self.unreadable) > _POSITIONS_SHOWN else ""
            yield (
                f"{len(self.unreadable)} records were not understood and left out, since they have "
                f"no id (a float is none) or are no objects: {shown}{more}. See the setting "
                "field_paths"
            )


class Progress:
    """Counts pages and candidates of a run and says so on stderr, never who."""

    def __init__(
        self, stream: t.TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start the clock, of seconds; the live line goes to the stream or stderr."""
        self._stream = stream or sys.stderr
        self._clock = clock
        self._is_live = self._stream.isatty()
        self.begin()
        self._started = self._walk_started

    def begin(self, walk: str = "") -> None:
        """Count from nothing again, for another walk over the list."""
        self.pages = self.read = 0
        self._walk_started = self._clock()
        self._walk = f"{walk}, page" if walk else "Page"

    def page(self, read: int, records: int, total: int | None) -> None:
        """Say that a page was emitted.

        Args:
            read: Candidates in the page.
            records: Of all streams, emitted so far.
            total: Candidates in all, where the API tells.
        """
        self.pages += 1
        self.read += read
        line = self._line(records, total)
        if self._is_live:
            self._stream.write(f"\r\x1b[K{line}")
            self._stream.flush()
        else:
            logger.info(line)

    def finish(self) -> None:
        """Leave the live line, so that what follows starts on a line of its own."""
        if self._is_live and self.pages:
            self._stream.write("\n")
            self._stream.flush()

    def _line(self, records: int, total: int | None) -> str:
        now = self._clock()
        seconds = max(now - self._started, 0.001)
        of_total = "" if total is None else f" of {total:,}"
        remaining = (total or 0) - self.read
        eta = ""
        if self.read and remaining > 0:
            seconds_left = remaining * (now - self._walk_started) / self.read
            eta = f", about {seconds_left:,.0f} s left"
        return (
            f"{self._walk} {self.pages:,}: {self.read:,}{of_total} candidates read, "
            f"{records:,} records, {records / seconds:,.0f} records/s{eta}"
        )


_PAGES_A_LINE = 100


class ExtraProgress(Progress):
    """Counts pages and records of an extra stream, and says so in a log line every 100 pages."""

    def __init__(self, name: str) -> None:
        """Begin with nothing read, of the stream of that name."""
        super().__init__()
        self._name, self._emitted = name, 0

    def page(self, read: int, records: int, _total: int | None) -> None:
        """Take note of a page; arguments as of `Progress.page`."""
        self.pages, self.read, self._emitted = self.pages + 1, self.read + read, records
        if self.pages % _PAGES_A_LINE == 0:
            self.log()

    def log(self) -> None:
        """Log how much it was so far."""
        counts = self.pages, self.read, self._emitted
        logger.info("%s: %d pages, %d records read, %d emitted", self._name, *counts)


_LEFT_OUT: t.Final = {
    "no_objects": "{no_objects} records are no objects and were left out",
    "keyless": "{keyless} records without their key were left out. See primary_keys, whose names "
    "are exact",
    "undated": "{undated} records have no value for replication_key; they were emitted, and are in "
    "every run",
    "shadowed": "{shadowed} records have a field of their own where the id of the candidate "
    f"stands; it was left out. {REFRESH}",
}
_NOT_READ: t.Final = {
    "absent": "there is nothing (status 404 or 410) for {absent} of {asked} candidates",
    "refused": "the records of {refused} of {asked} candidates are refused (status 403); the "
    "position stays, and the next run asks again from there",
    "unasked": "{unasked} records in the list of candidates have no id that a path can hold; "
    "nothing was asked for them. See the setting field_paths",
}


@dataclass(kw_only=True)
class ExtraReport(_Findings):
    """Counts of one run of one extra stream: those that have a line above, and `asked`.

    Attributes:
        stream: Its name.
        asked: Candidates whose records were asked for.
    """

    noun = "field"
    most = _FIELDS_SHOWN

    stream: str
    no_objects: int = 0
    keyless: int = 0
    undated: int = 0
    shadowed: int = 0
    asked: int = 0
    absent: int = 0
    refused: int = 0
    unasked: int = 0

    @override
    def lines(self) -> Iterator[str]:
        """Yield a line for each thing that a user can act on."""
        yield from self._counted(_LEFT_OUT)
        yield from (f"{self.stream}: {line}" for line in super().lines())
        yield from self._counted(_NOT_READ)

    def _counted(self, lines: Mapping[str, str]) -> Iterator[str]:
        counts = vars(self)
        for name, line in lines.items():
            if counts[name]:
                yield f"{self.stream}: {line.format_map(counts)}"
