"""Candidates become records: pure functions from a candidate to rows.

Every record has every field of its stream, in the order of the schema; what is
not known is null.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from tap_compleetpersy.model.composition import compile_location
from tap_compleetpersy.model.custom_fields import compile_typed
from tap_compleetpersy.model.ids import application_remote_id, compile_ids
from tap_compleetpersy.model.listing import compile_integration_fields
from tap_compleetpersy.model.remote_data import (
    compile_opening_data,
    compile_remote_data,
    excludes_openings,
)
from tap_compleetpersy.model.times import format_time
from tap_compleetpersy.sync.reading import custom_properties, rules_of
from tap_compleetpersy.sync.selection import NAMES

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.candidate import Opening, ReadCandidate
    from tap_compleetpersy.model.children import Child
    from tap_compleetpersy.model.custom_fields import Drift
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import Settings
    from tap_compleetpersy.sync.selection import Record, SelectedPaths

_NULLS: Mapping[str, Mapping[str, None]] = {
    stream: dict.fromkeys(names) for stream, names in NAMES.items()
}

_IDS_KEPT: t.Final = 4096
"""Most jobs come again and again, and a candidate with each application."""


@dataclass(frozen=True, slots=True)
class RecordBuilder:
    """What the records of one run have in common.

    Attributes:
        ids: Remote id to generated id, for each stream.
        changed_at: The run's ``changed_at``, as text.
        typed: Custom fields to emitted ones, and what was found.
        location: Keeps the selected parts of a location; None: all are.
        integration_fields: Raw record to its ``integration_fields``, if it is not plain.
        candidate_data: Raw record to ``remote_data``; None: not included.
        opening_data: Raw opening to the ``remote_data`` of job and application; None:
            not included.
        part: What a record holds of a part that is JSON already: `msgspec.Raw`, or what it says,
            where somebody looks into it.
    """

    ids: Mapping[str, Callable[[str], str]]
    changed_at: str
    typed: Callable[[Mapping[str, t.Any]], tuple[object, tuple[Drift, ...]]]
    location: Callable[[t.Any], t.Any] | None
    integration_fields: Callable[[Mapping[str, t.Any]], object]
    candidate_data: Callable[[Mapping[str, t.Any]], t.Any] | None
    opening_data: Callable[[Mapping[str, t.Any]], t.Any] | None
    part: Callable[[bytes], object] = msgspec.Raw

    def candidate(self, seen: ReadCandidate) -> tuple[Record, tuple[Drift, ...]]:
        """Return the record of a candidate, and what typing the custom fields found."""
        candidate, plain = seen.candidate, seen.plain
        if plain is None:
            custom_fields, drift = self.typed(candidate.custom)
            integration_fields = self.integration_fields(seen.raw)
        else:
            custom_fields, drift = self.part(plain.custom_fields), plain.drift
            integration_fields = self.part(plain.listed)
        record = self._record("candidates", candidate.remote_id)
        record |= candidate.values
        if self.location is not None:
            record["location"] = self.location(record["location"])
        record["custom_fields"] = custom_fields
        record["integration_fields"] = integration_fields
        record["remote_data"] = _apply(self.candidate_data, seen.raw)
        return record, drift

    def job(self, opening: Opening) -> Record:
        """Return the record of the job that an opening names."""
        record = self._record("jobs", opening.remote_id)
        record |= opening.job
        record["remote_data"] = _apply(self.opening_data, opening.raw)
        return record

    def application(self, candidate_id: str, opening: Opening) -> Record:
        """Return the record of an application to an opening, by remote id of the candidate."""
        remote_id = application_remote_id(candidate_id, opening.remote_id)
        record = self._record("applications", remote_id)
        record |= opening.application
        record["job_id"] = self.ids["jobs"](opening.remote_id)
        record["candidate_id"] = self.ids["candidates"](candidate_id)
        record["remote_data"] = _apply(self.opening_data, opening.raw)
        return record

    def child(
        self, stream: str, candidate_id: str, child: Child, openings: Collection[str]
    ) -> Record:
        """Return a record of a child stream, by remote ids of the candidate and the openings.

        An ``application_id``, which is the remote id of an opening, joins only one of theirs.
        """
        record = self._record(stream, child.remote_id)
        record["candidate_id"] = self.ids["candidates"](candidate_id)
        record |= child.values
        opening_id = record.get("application_id")
        if opening_id is not None:
            application = application_remote_id(candidate_id, opening_id)
            known = opening_id in openings
            record["application_id"] = self.ids["applications"](application) if known else None
        return record

    def tombstone(self, stream: str, remote_id: str) -> Record:
        """Return the record of a deletion: keys and times, every other field null."""
        return self._record(stream, remote_id) | {"remote_deleted_at": self.changed_at}

    def _record(self, stream: str, remote_id: str) -> Record:
        """Return a record of a stream with its keys, and every other field null."""
        return {
            **_NULLS[stream],
            "id": self.ids[stream](remote_id),
            "remote_id": remote_id,
            "changed_at": self.changed_at,
        }


def _apply(
    function: Callable[[Mapping[str, t.Any]], t.Any] | None, raw: Mapping[str, t.Any]
) -> t.Any:  # noqa: ANN401 - a list of fields or the record as received
    return None if function is None else function(raw)


def make_builder(
    settings: Settings,
    changed_at: Instant,
    schema: Mapping[str, t.Any],
    paths: SelectedPaths,
    *,
    is_direct: bool = False,
) -> RecordBuilder:
    """Compile what the records of a run have in common.

    The schema is that of candidates, with the types of custom fields. `is_direct` says that the
    parts of a candidate's record are only written.
    """
    rules, included = rules_of(settings), settings.include_remote_data
    has_openings = included and not excludes_openings(rules)
    return RecordBuilder(
        ids={name: lru_cache(_IDS_KEPT)(compile_ids(rules.account, name)) for name in NAMES},
        changed_at=format_time(changed_at),
        typed=compile_typed(custom_properties(schema), settings.zone),
        location=compile_location(paths.candidates),
        integration_fields=compile_integration_fields(rules, paths.candidates),
        candidate_data=compile_remote_data(rules, paths.candidates) if included else None,
        opening_data=compile_opening_data(rules, paths.openings) if has_openings else None,
        part=msgspec.Raw if is_direct else msgspec.json.decode,
    )
