"""The fuzz target itself: a small run in each test run, and what it shows when something breaks."""

from __future__ import annotations

import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

from tap_compleetpersy.model.times import read_time
from tests.fuzz.checks import BERLIN, RULES, compile_checks
from tests.fuzz.fuzzing import check_laws, payload_of, smallest_payload, start_records
from tests.fuzz.payloads import NASTY, Payload
from tests.fuzz.shrinking import fewest, smallest
from tests.thinning import thinned

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("payloads", [30, pytest.param(600, marks=pytest.mark.full)])
def test_payloads_break_nothing(payloads: int) -> None:
    read, findings = check_laws(1, range(payloads))
    assert findings == []
    assert read > payloads


def test_a_payload_depends_on_its_number_and_nothing_before() -> None:
    def shown(seed: int) -> str:
        return repr((payload_of(seed, 7).record, NASTY, start_records()))

    before = shown(1)
    for number in range(500):
        payload_of(1, number)
    assert shown(1) == before
    assert shown(2) != before


def test_a_finding_is_shown_by_its_smallest_payload() -> None:
    def breaks_at_a_bee(payload: Payload) -> int:
        if "\U0001f41d" in repr(payload.record):
            raise LookupError
        return 1

    _, findings = check_laws(1, range(300), breaks_at_a_bee)
    shown = [
        smallest_payload(payload_of(1, finding.number), finding.error, breaks_at_a_bee)
        for finding in findings
    ]
    assert "\U0001f41d" in shown
    assert all(len(repr(record)) < 30 for record in shown)
    assert all("LookupError in breaks_at_a_bee" in finding.error for finding in findings)


def test_a_lost_opening_is_noticed() -> None:
    record = {"Id": 1, "PositionOpening": [{"Id": "88"}, {"Titel": "ohne"}]}
    check = compile_checks()
    assert check(Payload(record, frozenset({"88"}), 1)) == len(RULES)
    for wrong in (Payload(record, frozenset({"89"})), Payload(record, without_id=2)):
        with pytest.raises(AssertionError):
            check(wrong)


@pytest.mark.parametrize(
    ("record", "smaller"),
    [
        ({"a": [1, {"b": "xyz"}], "c": 2}, "z"),
        ([[["z"]]], "z"),
        ("abcz", "z"),
    ],
    ids=["nested", "lists", "text"],
)
def test_shrinking_keeps_what_matters(record: t.Any, smaller: t.Any) -> None:
    assert smallest(record, lambda value: "z" in repr(value)) == smaller


def test_what_is_not_needed_is_left_out() -> None:
    assert fewest(range(100), lambda some: {7, 68} <= {*some}) == [7, 68]
    assert fewest("z", lambda some: "z" in some) == ["z"]


def test_an_integer_that_no_float_can_be_is_no_time() -> None:
    assert read_time(10**400, BERLIN) is None
    assert read_time(-(10**400), BERLIN) is None


@pytest.mark.parametrize("proof", thinned([[], ["--ways"]]), ids=["everything", "ways"])
def test_the_command_tells_how_many_and_ends_with_success(proof: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--payloads", "5", "--workers", "1", *proof],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("5 payloads in ")
    assert ("readings gave a candidate" in done.stdout) == (proof == [])
    assert done.stdout.endswith(" records were read alike in both ways, 0 broke something\n")
