"""Fewer cases in `make test`, all of them in `make test-full`."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

import pytest


def thinned(cases: Iterable[t.Any], every: int | None = None) -> list[t.Any]:
    """Return the cases as parameters of a test, most of them marked `full`.

    Args:
        cases: A tuple is a case of several arguments.
        every: `make test` keeps the first case and each one so many after it; without it, the
            first alone.
    """
    listed = list(cases)
    return [
        case if number % (every or len(listed)) == 0 else full(case)
        for number, case in enumerate(listed)
    ]


def full(case: t.Any) -> t.Any:
    """Return a case as parameters that only `make test-full` takes."""
    if hasattr(case, "marks"):
        return case._replace(marks=(*case.marks, pytest.mark.full))
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.full)
