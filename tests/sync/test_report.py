"""What was not understood is told once, by kind, and never with a value."""

from __future__ import annotations

from tap_compleetpersy.sync.report import Report

REFRESH = "Refresh the catalog: run --discover again, or `meltano run --refresh-catalog`"


def test_nothing_to_tell() -> None:
    assert list(Report().lines(allowlist=False)) == []


def test_doubts_are_counted_by_kind() -> None:
    report = Report()
    report.doubts.update(["outcome: unknown", "email_addresses: invalid", "outcome: unknown"])
    assert list(report.lines(allowlist=False)) == [
        "Not understood and left null: email_addresses: invalid (1), outcome: unknown (2)"
    ]


def test_drift_is_one_line_for_each_field() -> None:
    report = Report()
    report.drift((), [("misfit", "Eintritt"), ("unknown", "Neu")])
    report.drift((), [("misfit", "Eintritt"), ("unknown", "Auch neu")])
    assert list(report.lines(allowlist=False)) == [
        (
            "Custom field 'Eintritt': 2 values do not fit the type in the catalog and were "
            f"left null. {REFRESH}"
        ),
        (
            f"Custom field 'Auch neu' is not in the catalog; its 1 values were emitted untyped. "
            f"{REFRESH}"
        ),
        f"Custom field 'Neu' is not in the catalog; its 1 values were emitted untyped. {REFRESH}",
    ]


def test_new_fields_are_only_counted_where_the_catalog_is_an_allowlist() -> None:
    report = Report()
    report.drift((), [("unknown", "Neu"), ("unknown", "Auch neu")])
    assert list(report.lines(allowlist=True)) == [
        f"2 new custom fields were left out, because others are deselected. {REFRESH}"
    ]


def test_fields_that_nobody_has_any_more_are_told_by_a_complete_pass_only() -> None:
    report = Report()
    report.drift(["Eintritt"], [])
    report.drift(["Leer"], [])
    known = ["Gehalt", "Eintritt", "Leer"]
    assert list(report.lines(known, allowlist=False)) == []
    report.is_whole = True
    assert list(report.lines(known, allowlist=False)) == [
        f"Custom field 'Gehalt' is gone: none of 2 candidates has it. {REFRESH}"
    ]


def test_an_empty_list_tells_nothing_about_fields() -> None:
    assert list(Report(is_whole=True).lines(["Gehalt"], allowlist=False)) == []


def test_unreadable_records_are_told_by_position() -> None:
    report = Report(unreadable=[(1, number) for number in range(1, 24)])
    (line,) = report.lines(allowlist=False)
    assert line.startswith("23 records were not understood and left out")
    assert "page 1 record 20 …" in line
    assert "record 21" not in line
