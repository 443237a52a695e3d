"""What the evidence says: one pure function for each assumption of `docs/wire.md`."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterable

from tap_compleetpersy.check.evidence import Evidence
from tap_compleetpersy.check.findings import Finding
from tap_compleetpersy.check.judges import access, fields, pages, records, updates

Judge = Callable[[Evidence], Iterable[Finding]]

ACCESS: t.Final[tuple[Judge, ...]] = (access.authentication, access.candidates_path)
"""Judged even when no list was found."""

ASSUMPTIONS: t.Final[tuple[Judge, ...]] = (
    access.records_path,
    records.ids,
    pages.pagination,
    pages.parameters,
    pages.first_page,
    pages.page_size_param,
    pages.page_size,
    pages.total,
    pages.order,
    updates.modified_since_param,
    updates.inclusive,
    updates.date_format,
    updates.modified_until_param,
    records.times,
    records.time_zone,
    access.attachments_path,
    records.outcomes,
    records.values,
    fields.model_fields,
    fields.custom_fields,
    fields.unclaimed_keys,
)
"""In the order of the report."""


def judge(evidence: Evidence) -> tuple[Finding, ...]:
    """Say what the evidence means for each assumption."""
    judges = ACCESS if evidence.first is None else (*ACCESS, *ASSUMPTIONS)
    return tuple(finding for one in judges for finding in one(evidence))
