"""What a check says: one value for each assumption."""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass

Verdict = t.Literal["holds", "fails", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One assumption, and what the server's answers say about it.

    Attributes:
        assumption: Its name, stable: mostly the setting's.
        verdict: Whether it holds.
        evidence: Statuses, counts, forms, and names of keys and headers.
        setting: The setting that says otherwise, if the verdict calls for a change.
        value: What that setting should be, as JSON; None when nobody can know.
        loses_data: Whether records would not arrive, or arrive incompletely, if the
            setting stayed as it is.
    """

    assumption: str
    verdict: Verdict
    evidence: str
    setting: str | None = None
    value: t.Any = None
    loses_data: bool = False

    def as_json(self) -> dict[str, t.Any]:
        """Answer the finding as an object with exactly these keys."""
        return asdict(self)


def holds(assumption: str, evidence: str) -> Finding:
    """Say that the answers agree with an assumption."""
    return Finding(assumption, "holds", evidence)


def unclear(
    assumption: str, evidence: str, setting: str | None = None, value: object = None
) -> Finding:
    """Say that the answers neither agree nor disagree."""
    return Finding(assumption, "cannot tell", evidence, setting, value)


def fails(
    assumption: str, evidence: str, setting: str, value: object = None, *, loses_data: bool = False
) -> Finding:
    """Say that the answers disagree, and what would fit."""
    return Finding(assumption, "fails", evidence, setting, value, loses_data)
