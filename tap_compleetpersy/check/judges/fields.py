"""Which path fed each field of the model, and what nothing claimed."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from tap_compleetpersy.check.evidence import Evidence
from tap_compleetpersy.check.findings import Finding, fails, holds, unclear
from tap_compleetpersy.check.judges.records import guessed
from tap_compleetpersy.model.fields import CANDIDATE, OPENING

FIELDS: t.Final = (*CANDIDATE.extensible, *OPENING.extensible)
_DERIVED: t.Final = frozenset({"location.raw", "location.street_2"})
"""Mostly composed of the other parts."""
_MOST_SHOWN = 12


def model_fields(evidence: Evidence) -> Iterator[Finding]:
    """Each model field has a path that feeds it."""
    seen = evidence.examination
    if not seen.records:
        return
    unfed = [field for field in FIELDS if field not in seen.fed and field not in _DERIVED]
    if unfed:
        told = f"{', '.join(unfed)}: nothing in {seen.records} records"
        yield unclear("unfed fields", told, "field_paths")
    for field in FIELDS:
        name, paths = f"field {field}", seen.fed.get(field)
        guess = guessed(evidence, field)
        if paths:
            ordered = sorted(paths.items(), key=lambda item: -item[1])
            told = "; ".join(f"{path}: {count} of {seen.records}" for path, count in ordered)
            if guess is None:
                yield holds(name, told)
            else:
                yield fails(name, f"{told}; only found by guessing", "field_paths", guess)


def custom_fields(evidence: Evidence) -> Iterator[Finding]:
    """What the tenant defined itself becomes custom fields."""
    seen = evidence.examination
    if seen.records:
        yield holds("custom fields", _names(seen.custom) or "none")


def unclaimed_keys(evidence: Evidence) -> Iterator[Finding]:
    """No key is left that a model field should take."""
    seen = evidence.examination
    if not seen.records:
        return
    hidden = f"; {seen.hidden} rare names of keys are not shown" if seen.hidden else ""
    if seen.unclaimed:
        told = f"{_names(seen.unclaimed)} (in integration_fields only){hidden}"
        yield unclear("unclaimed keys", told, "field_paths")
    else:
        yield holds("unclaimed keys", f"none{hidden}")


def _names(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_MOST_SHOWN])
    return f"{shown} and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else shown
