"""What happens to a tenant between six runs, and what a target made of it."""

from __future__ import annotations

import json
import subprocess
import typing as t
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.catalog import deselect
from tests.singer import SCRIPTS, Message, bare_environment, discover
from tests.source import ALWAYS_COMPLETE

Row = Mapping[str, t.Any]
Tables = Mapping[str, Sequence[Row]]
"""Rows by stream, in the order in which they were written."""

STREAMS = ("candidates", "jobs", "applications")
SECONDS = 180.0
EDITED, RETURNED = "Edited-Zwetschge", "Returned-Zwetschge"
NEW_FIELD, NEW_VALUE = "Wunschort", "Sankt-Nirgendwo"
DELETED = "Deleted-Zwetschge"
NARROWED = "company"
EMPTY = (None, "", "null")

Word = t.Literal["yes", "no", "appended"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a target makes of the tap's messages.

    Attributes:
        loads: Whether the first run arrives: each row once, as Persy has it.
        joins: Whether each application finds its candidate and its job.
        edits: Whether the current row has the edit; "appended": beside the former ones.
        drift: Whether the value of a custom field that is new can be read.
        erases: Whether nothing is left of a deleted candidate; "appended": a tombstone
            follows the rows, which stay.
        returns: Whether a candidate who comes back lives again.
        narrows: Whether a column that is deselected is emptied, with `erase_deselected`.
    """

    loads: Word = "yes"
    joins: Word = "yes"
    edits: Word = "yes"
    drift: Word = "yes"
    erases: Word = "yes"
    returns: Word = "yes"
    narrows: Word = "yes"


ALL = Outcome()
"""What a target does that keeps one row for each id."""

NOTHING = Outcome("no", "no", "no", "no", "no", "no", "no")
"""What a target does that stops at the first run."""

APPENDED = Outcome(edits="appended", erases="appended", returns="appended", narrows="appended")
"""What a target does right that only appends."""


class TargetFailedError(Exception):
    """The target ended with an error; the message is its log."""


@dataclass
class Pipe:
    """Runs of the tap into one target, each from where the last one ended.

    Attributes:
        persy: The tenant.
        settings: Of the tap, beside the address and the key.
        command: Of the target.
        environment: Variables of the target.
        folder: For files.
        state: What the target confirmed last.
    """

    persy: Sandbox
    settings: Mapping[str, t.Any]
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    state: Message | None = field(default=None)

    def run(self, *deselected: str, complete: bool = False) -> None:
        """Run the tap into the target.

        Args:
            deselected: Columns of candidates that the catalog leaves out.
            complete: Whether it is a complete pass, which finds deletions.

        Raises:
            TargetFailedError: When the target fails.
        """
        own = {
            "api_url": self.persy.url,
            "api_key": self.persy.api_key,
            "full_sync_hours": ALWAYS_COMPLETE if complete else 24,
        }
        settings = own | dict(self.settings)
        catalog = None
        if deselected:
            catalog = deselect(discover(settings, self.folder), "candidates", *deselected)
            settings["erase_deselected"] = True
        words = [str(SCRIPTS / "tap-compleetpersy")]
        given = (("config", settings), ("state", self.state), ("catalog", catalog))
        for name, content in given:
            if content is not None:
                path = self.folder / f"tap-{name}.json"
                path.write_text(json.dumps(content), encoding="utf-8")
                words += [f"--{name}", str(path)]
        environment = bare_environment()
        source = self._process(words, b"", environment)
        assert source.returncode == 0, source.stderr.decode()
        target = self._process(self.command, source.stdout, environment | dict(self.environment))
        if target.returncode:
            raise TargetFailedError(target.stderr.decode())
        self.state = _last_state(target.stdout) or _last_state(
            json.dumps(json.loads(line)["value"]).encode()
            for line in source.stdout.splitlines()
            if line.startswith(b'{"type":"STATE"')
        )

    def _process(
        self, command: Sequence[str], given: bytes, environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            input=given,
            env=environment,
            cwd=self.folder,
            timeout=SECONDS,
        )


def _last_state(lines: bytes | Iterable[bytes]) -> Message | None:
    parts = lines.splitlines() if isinstance(lines, bytes) else lines
    states = [line for line in parts if line.startswith(b"{") and b"bookmarks" in line]
    return t.cast("Message", json.loads(states[-1])) if states else None


def tell(
    folder: Path,
    command: Sequence[str],
    read: Callable[[], Tables],
    *,
    settings: Mapping[str, t.Any],
    environment: Mapping[str, str],
) -> tuple[Outcome, str]:
    """Return what a target makes of six runs, and what it said where it failed."""
    with running(Options(candidates=40, seed=5, page_size=25)) as persy:
        pipe = Pipe(persy, settings, command, environment, folder)
        outcome, said = NOTHING, ""
        try:
            for name, word in _chapters(persy, pipe, read):
                outcome = replace(outcome, **{name: word})
        except TargetFailedError as error:
            said = str(error)[-6000:]
        return outcome, said


def _chapters(persy: Sandbox, pipe: Pipe, read: Callable[[], Tables]) -> Iterator[tuple[str, Word]]:
    store = persy.store
    edited, drifting, deleted = [person.remote_id for person in store.candidates()[:3]]
    store.edit(deleted, last_name=DELETED)
    pipe.run()
    tables = read()
    yield "loads", _loads(persy, tables)
    yield "joins", _joins(tables)

    store.edit(edited, last_name=EDITED)
    pipe.run()
    tables = read()
    is_whole = {row["remote_id"] for row in tables["candidates"]} == {*store.select()}
    yield "edits", _edits(tables, edited) if is_whole else "no"

    store.set_custom_field(drifting, NEW_FIELD, NEW_VALUE)
    pipe.run()
    yield "drift", "yes" if NEW_VALUE in str(_current(read(), drifting)) else "no"

    store.delete(deleted)
    pipe.run(complete=True)
    yield "erases", _erases(read(), deleted)

    store.add(remote_id=deleted, last_name=RETURNED)
    pipe.run()
    yield "returns", _returns(read(), deleted)

    pipe.run(NARROWED, complete=True)
    yield "narrows", _narrows(read())


def _loads(persy: Sandbox, tables: Tables) -> Word:
    people = persy.store.candidates()
    names = {person.remote_id: person.last_name or None for person in people}
    rows = tables["candidates"]
    found = {row["remote_id"]: row["last_name"] or None for row in rows}
    applications = {
        f"{person.remote_id}/{opening.remote_id}"
        for person in people
        for opening in person.openings
        if opening.remote_id
    }
    return _word(
        found == names
        and len(rows) == len(names)
        and {row["remote_id"] for row in tables["applications"]} == applications
        and {row["remote_id"] for row in tables["jobs"]}
        == {opening.split("/")[1] for opening in applications}
    )


def _joins(tables: Tables) -> Word:
    ids = {stream: {row["id"] for row in tables[stream]} for stream in STREAMS}
    return _word(
        all(
            row["candidate_id"] in ids["candidates"] and row["job_id"] in ids["jobs"]
            for row in tables["applications"]
        )
    )


def _of(tables: Tables, remote_id: str) -> list[Row]:
    return [row for row in tables["candidates"] if row["remote_id"] == remote_id]


def _current(tables: Tables, remote_id: str) -> Row:
    return _of(tables, remote_id)[-1]


def _edits(tables: Tables, remote_id: str) -> Word:
    if _current(tables, remote_id)["last_name"] != EDITED:
        return "no"
    return "yes" if len(_of(tables, remote_id)) == 1 else "appended"


def _erases(tables: Tables, remote_id: str) -> Word:
    rows = _of(tables, remote_id)
    is_tombstone = rows and rows[-1]["remote_deleted_at"] and not rows[-1]["last_name"]
    if rows and not is_tombstone:
        return "no"
    return "appended" if DELETED in str(tables) else "yes"


def _returns(tables: Tables, remote_id: str) -> Word:
    rows = _of(tables, remote_id)
    if not rows or rows[-1]["remote_deleted_at"] or rows[-1]["last_name"] != RETURNED:
        return "no"
    return "yes" if len(rows) == 1 else "appended"


def _narrows(tables: Tables) -> Word:
    rows = tables["candidates"]
    current = {row["remote_id"]: row.get(NARROWED) in EMPTY for row in rows}
    if not all(current.values()):
        return "no"
    return "yes" if all(row.get(NARROWED) in EMPTY for row in rows) else "appended"


def _word(value: bool) -> Word:
    return "yes" if value else "no"
