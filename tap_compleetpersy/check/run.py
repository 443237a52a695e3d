"""A check from beginning to end, as one value."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from tap_compleetpersy.check.evidence import Evidence
from tap_compleetpersy.check.findings import Finding
from tap_compleetpersy.check.judges import judge
from tap_compleetpersy.check.probes import gather
from tap_compleetpersy.settings import Settings

_LOOKBACK = "lookback_seconds"


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found.

    Attributes:
        findings: In the order of the report.
        changes: Setting to the value that fits better; empty when all fits.
        requests: How many were sent.
        exhausted: Whether more would have been needed.
        failure: Why no list was found, in one line; None when there is one.
    """

    findings: tuple[Finding, ...]
    changes: Mapping[str, t.Any]
    requests: int
    exhausted: bool = False
    failure: str | None = None

    @property
    def loses_data(self) -> bool:
        """Whether a sync under the settings given would lose data, or read nothing."""
        failing = any(f.verdict == "fails" and f.loses_data for f in self.findings)
        return failing or self.failure is not None


def check(settings: Settings) -> Check:
    """Ask the server which assumptions hold.

    Raises:
        SettingsError: When there is no key.
    """
    evidence = gather(settings)
    findings = judge(evidence)
    return Check(
        findings,
        changes(evidence, findings),
        evidence.requests,
        evidence.exhausted,
        _failure(evidence),
    )


def changes(evidence: Evidence, findings: tuple[Finding, ...]) -> dict[str, t.Any]:
    """Collect the settings that differ from those given."""
    names = [field.name for field in dataclasses.fields(Settings) if evidence.differs(field.name)]
    found = {name: getattr(evidence.settings, name) for name in names}
    return found | {f.setting: f.value for f in findings if f.setting == _LOOKBACK}


def _failure(evidence: Evidence) -> str | None:
    if evidence.first is not None:
        return None
    return str(evidence.attempts[0].reply.error) if evidence.attempts else "nothing was asked"
