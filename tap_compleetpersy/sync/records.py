"""Candidates become records: pure functions from a candidate to rows.

Every record has every field of its stream, in the order of the schema; what is
not known is null.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tap_compleetpersy.model.fields import (
    APPLICATION_FIELDS,
    CANDIDATE_FIELDS,
    JOB_FIELDS,
)
from tap_compleetpersy.model.ids import application_remote_id, generated_id
from tap_compleetpersy.model.times import format_time

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.candidate import Candidate, Opening
    from tap_compleetpersy.sync.selection import Record

FIELDS = {
    "candidates": CANDIDATE_FIELDS,
    "jobs": JOB_FIELDS,
    "applications": APPLICATION_FIELDS,
}
"""Fields of each stream, in the order of its records."""

_NOTHING: Mapping[str, t.Mapping[str, None]] = {
    stream: {field.name: None for field in fields} for stream, fields in FIELDS.items()
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What the records of one run have in common.

    Attributes:
        account: Label of the tenant, part of every generated id.
        changed_at: The run's ``changed_at``, as text.
        typed: Raw custom fields to emitted ones.
        location: Keeps the selected parts of a location; None: all are.
        integration_fields: Raw record to its ``integration_fields``.
        candidate_data: Raw record to ``remote_data``; None: not included.
        opening_data: Raw opening to the ``remote_data`` of job and application; None:
            not included.
    """

    account: str
    changed_at: str
    typed: Callable[[Mapping[str, t.Any]], dict[str, t.Any]]
    location: Callable[[t.Any], t.Any] | None
    integration_fields: Callable[[Mapping[str, t.Any]], list[dict[str, t.Any]]] | None
    candidate_data: Callable[[Mapping[str, t.Any]], t.Any] | None
    opening_data: Callable[[Mapping[str, t.Any]], t.Any] | None

    def candidate(self, candidate: Candidate, raw: Mapping[str, t.Any]) -> Record:
        """Answer the record of a candidate, who was read from ``raw``."""
        return {
            **_NOTHING["candidates"],
            "id": generated_id(self.account, "candidates", candidate.remote_id),
            "remote_id": candidate.remote_id,
            "changed_at": self.changed_at,
            **self._values(candidate),
            "custom_fields": self.typed(candidate.custom),
            "integration_fields": _apply(self.integration_fields, raw),
            "remote_data": _apply(self.candidate_data, raw),
        }

    def _values(self, candidate: Candidate) -> dict[str, t.Any]:
        if self.location is None:
            return candidate.values
        return candidate.values | {"location": self.location(candidate.values["location"])}

    def job(self, opening: Opening) -> Record:
        """Answer the record of the job that an opening names."""
        return {
            **_NOTHING["jobs"],
            "id": generated_id(self.account, "jobs", opening.remote_id),
            "remote_id": opening.remote_id,
            "changed_at": self.changed_at,
            "name": opening.name,
            "remote_data": _apply(self.opening_data, opening.raw),
        }

    def application(self, candidate: Candidate, opening: Opening) -> Record:
        """Answer the record of a candidate's application to an opening."""
        remote_id = application_remote_id(candidate.remote_id, opening.remote_id)
        return {
            **_NOTHING["applications"],
            "id": generated_id(self.account, "applications", remote_id),
            "remote_id": remote_id,
            "changed_at": self.changed_at,
            "outcome": opening.outcome,
            "job_id": generated_id(self.account, "jobs", opening.remote_id),
            "candidate_id": generated_id(self.account, "candidates", candidate.remote_id),
            "remote_created_at": None
            if opening.created_at is None
            else format_time(opening.created_at),
            "remote_data": _apply(self.opening_data, opening.raw),
        }

    def tombstone(self, stream: str, remote_id: str) -> Record:
        """Answer the record of a deletion: keys and times, every other field null."""
        return {
            **_NOTHING[stream],
            "id": generated_id(self.account, stream, remote_id),
            "remote_id": remote_id,
            "changed_at": self.changed_at,
            "remote_deleted_at": self.changed_at,
        }


def _apply(
    function: Callable[[Mapping[str, t.Any]], t.Any] | None, raw: Mapping[str, t.Any]
) -> t.Any:  # noqa: ANN401 - a list of fields or the record as received
    return None if function is None else function(raw)
