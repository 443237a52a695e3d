"""The page of faults has exactly the rows that are tested, and names tests that exist."""

from __future__ import annotations

import re

from scripts.render_faults import HEAD, PAGE, main, rows
from tests.faults.cases import CASES, GROUPS
from tests.meltano import ROOT

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_has_exactly_the_rows_that_are_tested() -> None:
    assert main(["--check"]) == 0
    assert len([*rows()]) == len(HEAD) + len(GROUPS) + len(CASES)


def test_every_row_has_a_name_of_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES) > 50


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)
    assert len(named) > 10
    for path, test in named:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert f"def {test}(" in source or not test, (path, test)
