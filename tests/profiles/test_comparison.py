"""The comparison itself notices what is wrong, and the page shows what was measured."""

from __future__ import annotations

import copy
import re
import types
from collections.abc import Callable

import pytest

from scripts import render_checks, render_profiles
from scripts.render_settings import rewrite
from tap_compleetpersy.sandbox.options import SHAPES
from tests.profiles.comparison import Rows, differences, expected_rows, score
from tests.profiles.people import hard_people

ALL = expected_rows(tuple(hard_people()), "hrxml")
FIELDS = sum(len(record) for rows in ALL.values() for record in rows.values())


def wrong_name(rows: dict[str, Rows]) -> None:
    next(iter(rows["jobs"].values()))["name"] = "Falsch"


def missing_field(rows: dict[str, Rows]) -> None:
    del next(iter(rows["applications"].values()))["outcome"]


def missing_record(rows: dict[str, Rows]) -> None:
    rows["candidates"].popitem()


def too_much(rows: dict[str, Rows]) -> None:
    rows["jobs"]["x"] = {"id": "x", "remote_id": "1"}


@pytest.mark.parametrize(
    ("mistake", "expected"),
    [
        (wrong_name, (FIELDS - 1, FIELDS)),
        (missing_field, (FIELDS - 1, FIELDS)),
        (missing_record, (FIELDS - 16, FIELDS)),
        (too_much, (FIELDS, FIELDS + 2)),
    ],
)
def test_a_mistake_is_counted(
    mistake: Callable[[dict[str, Rows]], None], expected: tuple[int, int]
) -> None:
    found = copy.deepcopy(ALL)
    assert differences(found, ALL) == []
    mistake(found)
    assert score(found, ALL) == expected
    assert len(differences(found, ALL)) == expected[1] - expected[0]


def test_the_page_shows_every_field_right_in_every_shape_and_paging() -> None:
    page = render_profiles.PAGE.read_text(encoding="utf-8")
    table = page.partition(render_profiles.START)[2].partition(render_profiles.END)[0]
    cells = re.findall(r"([\d,]+) of ([\d,]+)", table)
    assert len(cells) == len(SHAPES) * len(render_profiles.PROFILES)
    assert all(right == fields for right, fields in cells)


@pytest.mark.full
@pytest.mark.parametrize("part", [render_profiles, render_checks], ids=["profiles", "checks"])
def test_the_page_is_as_measured_now(
    part: types.ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    status = rewrite(render_profiles.PAGE, part.START, part.END, part.table(), ["--check"])
    assert (status, capsys.readouterr().out) == (0, "")
