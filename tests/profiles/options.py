"""The options of a profile, and cases in which all pairs of them appear."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from tests.profiles.pairs import Case, covering_cases

OPTIONS: Mapping[str, Sequence[t.Any]] = {
    "shape": ("hrxml", "flat", "german", "php"),
    "pagination": ("page", "offset", "cursor", "link", "none"),
    "auth": ("bearer", "header", "basic", "query"),
    "envelope": ("data", "candidates", "items", "results", "list", "payload.items"),
    "modified_since_param": ("modified_since", "geaendert_ab", None),
    "modified_until_param": (None, "geaendert_bis"),
    "order": ("id", "newest", "oldest", "random"),
    "encoding": ("utf-8", "utf-8-bom", "iso-8859-1"),
    "total": (True, False),
}


def is_possible(case: Case) -> bool:
    """Return whether some options can be together: a list has no place for a cursor."""
    return (case.get("envelope"), case.get("pagination")) != ("list", "cursor")


CASES = covering_cases(OPTIONS, is_possible)


def name_of(case: Case) -> str:
    """Name a case by its values."""
    return "-".join(str(value) for value in case.values())
