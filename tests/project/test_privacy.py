"""The page for data-protection officers names every field, and tests that exist."""

from __future__ import annotations

import re

from scripts.render_privacy import PAGE, main, rows
from tap_compleetpersy.model.fields import FIELDS
from tests.meltano import ROOT

TEXT = PAGE.read_text(encoding="utf-8")
GUARANTEES = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")


def test_the_page_lists_every_field() -> None:
    assert main(["--check"]) == 0
    assert len([*rows()]) == 2 + sum(len(fields) for fields in FIELDS.values())


def test_every_line_names_a_test_that_exists() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)(?:::Test\w+)?::(\w+)`", TEXT))
    assert len(named) > 30
    for path, test in named:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert f"def {test}(" in source, (path, test)
    claims = TEXT.split("<!-- fields -->")[0] + TEXT.split("<!-- /fields -->")[1]
    lines = re.findall(r"^\| (?!\||never).+$", claims, re.MULTILINE)
    assert len(lines) > 20
    assert [line for line in lines if "::test_" not in line] == []


def test_links_lead_somewhere() -> None:
    headings = {
        heading.lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", GUARANTEES, re.MULTILINE)
    }
    targets = re.findall(r"\(guarantees\.md#([^)]+)\)", TEXT)
    assert targets
    assert set(targets) <= headings
