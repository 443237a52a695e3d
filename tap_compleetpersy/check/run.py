"""A check from beginning to end: what is asked in which order, and what it means.

A step of `STEPS` adds to the evidence what one question brought, and does nothing where
earlier ones left nothing to ask. The settings that a step finds to work are those that the
next one asks with. Judgements look at the evidence alone.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tap_compleetpersy.check import access, other_paging, paging, records, updates
from tap_compleetpersy.check.budgeted_client import BudgetedClient, NoRequestLeft
from tap_compleetpersy.check.evidence import Evidence, Finding, Say
from tap_compleetpersy.settings import Settings

Step = Callable[[BudgetedClient, Evidence], Evidence]

FIRST_STEPS: t.Final[tuple[Step, ...]] = (access.find_list, records.read_records)
STEPS: t.Final[tuple[Step, ...]] = (
    *FIRST_STEPS,
    paging.ask_start,
    paging.find_page_size,
    paging.find_start,
    paging.ask_second_page,
    other_paging.find_other_paging,
    paging.ask_past_end,
    updates.ask_since_middle,
    updates.find_date_format,
    updates.find_filter,
    updates.ask_since_newest,
    updates.ask_until,
    access.ask_attachments,
    paging.advise_speed,
)

Assumption = Callable[[Evidence, Say], None]

ACCESS: t.Final[Mapping[str, Assumption]] = {
    "authentication": access.authentication,
    "candidates_path": access.candidates_path,
}
"""Judged even when no list was found."""

OF_LIST: t.Final[Mapping[str, Assumption]] = {
    "records_path": records.records_path,
    "pagination": paging.pagination,
    "parameters": paging.parameters,
    "first_page": paging.first_page,
    "page_size_param": paging.page_size_param,
    "page_size": paging.page_size,
    "past_end_statuses": paging.past_end,
    "total": paging.total,
    "speed": paging.speed,
    "order": paging.order,
    "modified_since_param": updates.modified_since_param,
    "inclusive": updates.inclusive,
    "date_format": updates.date_format,
    "modified_until_param": updates.modified_until_param,
    "attachments_path": access.attachments_path,
}
"""Judged when there is a list."""

OF_RECORDS: t.Final[Mapping[str, Assumption]] = {
    "ids": records.ids,
    "times": records.times,
    "time_zone": records.time_zone,
    "openings": records.openings,
    "outcomes": records.outcomes,
    "values": records.values,
    "fields": records.model_fields,
    "custom fields": records.custom_fields,
    "unclaimed keys": records.unclaimed_keys,
}
"""Judged when it has records."""

_LOOKBACK = "lookback_seconds"


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found.

    Attributes:
        evidence: What was asked and what came.
        findings: In the order of the report.
    """

    evidence: Evidence
    findings: tuple[Finding, ...]

    @property
    def changes(self) -> dict[str, t.Any]:
        """Setting to the value that fits better; empty when all fits."""
        late = {each.setting: each.value for each in self.findings if each.setting == _LOOKBACK}
        return self.evidence.changes | late

    @property
    def failure(self) -> str | None:
        """Why no list was found, in one line; None when there is one."""
        if self.evidence.has_list:
            return None
        tried = self.evidence.attempts
        return str(tried[0].reply.error) if tried else "nothing was asked"

    @property
    def loses_data(self) -> bool:
        """Whether a sync under the settings given would lose data, or read nothing."""
        failing = any(f.verdict == "fails" and f.loses_data for f in self.findings)
        return failing or self.failure is not None


def gather(settings: Settings, steps: Sequence[Step] = STEPS) -> Evidence:
    """Return what the server answers, asked within the budget.

    Raises:
        SettingsError: When there is no key.
    """
    ask = BudgetedClient(0, settings.requests_per_second)
    evidence = Evidence(settings, settings)
    for step in steps:
        try:
            evidence = step(ask, evidence)
        except NoRequestLeft:
            evidence = replace(evidence, exhausted=True)
        if not evidence.has_list:
            break
    return replace(evidence, requests=ask.requests_made)


def judge(evidence: Evidence) -> tuple[Finding, ...]:
    """Return what the evidence means for each assumption."""
    known = {**ACCESS}
    if evidence.has_list:
        known |= OF_LIST
    if evidence.examination.records:
        known |= OF_RECORDS
    findings: list[Finding] = []
    for name, judged in known.items():
        judged(evidence, Say(name, evidence, findings))
    return tuple(findings)


def check(settings: Settings) -> Check:
    """Return which assumptions hold, as the server answers.

    Raises:
        SettingsError: When there is no key.
    """
    evidence = gather(settings)
    return Check(evidence, judge(evidence))
