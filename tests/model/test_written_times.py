"""Times as people write them."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model.times import format_time, has_clock, read_date, read_time

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("5.3.26", "2026-03-04T23:00:00.000Z"),
        ("05.03.26 7:08", "2026-03-05T06:08:00.000Z"),
        ("05.03.69", "2069-03-04T23:00:00.000Z"),
        ("05.03.70", "1970-03-04T23:00:00.000Z"),
        ("05.03.2026 um 7:08 Uhr", "2026-03-05T06:08:00.000Z"),
        ("05.03.2026, 7:08:09 Uhr", "2026-03-05T06:08:09.000Z"),
        ("05.03.2026 7.08 Uhr", "2026-03-05T06:08:00.000Z"),
        ("05.03.2026 7 Uhr", "2026-03-05T06:00:00.000Z"),
        ("2026-03-05 7:08", "2026-03-05T06:08:00.000Z"),
        ("2026/03/05 07:08:09", "2026-03-05T06:08:09.000Z"),
        ("2026/3/5", "2026-03-04T23:00:00.000Z"),
        ("25/03/2026", "2026-03-24T23:00:00.000Z"),
        ("03/25/2026 07:08", "2026-03-25T06:08:00.000Z"),
        ("03/03/2026", "2026-03-02T23:00:00.000Z"),
        ("5. März 2026", "2026-03-04T23:00:00.000Z"),
        ("5. Dez. 26, 7:08 Uhr", "2026-12-05T06:08:00.000Z"),
        ("Do, 05.03.2026", "2026-03-04T23:00:00.000Z"),
        ("Donnerstag, 5. März 2026", "2026-03-04T23:00:00.000Z"),
        ("am 5. 3. 2026", "2026-03-04T23:00:00.000Z"),
        ("05.03.2026 - 07:08", "2026-03-05T06:08:00.000Z"),
        ("20260305T070809", "2026-03-05T06:08:09.000Z"),
        ("20260305070809", "2026-03-05T06:08:09.000Z"),
        ("20260305T070809Z", "2026-03-05T07:08:09.000Z"),
        ("5 March 2026", "2026-03-04T23:00:00.000Z"),
        ("Thursday, March 5th, 2026", "2026-03-04T23:00:00.000Z"),
        ("05-MAR-2026 07:08:09", "2026-03-05T06:08:09.000Z"),
        ("2026-07-05 07:08:09 CEST", "2026-07-05T05:08:09.000Z"),
        ("25.10.2026 02:08:09 MESZ", "2026-10-25T00:08:09.000Z"),
        ("25.10.2026 um 2:08 Uhr MEZ", "2026-10-25T01:08:00.000Z"),
        ("05.03.2026 07:08 PM", "2026-03-05T18:08:00.000Z"),
        ("2026-03-05 12:00 am", "2026-03-04T23:00:00.000Z"),
        ("2026-03-05 12:30:09 p.m.", "2026-03-05T11:30:09.000Z"),
        ("Mar 5, 2026, 7:08:09\u202fAM", "2026-03-05T06:08:09.000Z"),
        ("March 5, 2026 7 pm", "2026-03-05T18:00:00.000Z"),
        ("3/25/2026 7:08:09 PM", "2026-03-25T18:08:09.000Z"),
        ("2026-03-05T24:00:00", "2026-03-05T23:00:00.000Z"),
        ("05.03.2026 24:00", "2026-03-05T23:00:00.000Z"),
        ("2026-03-05 24:00:00Z", "2026-03-06T00:00:00.000Z"),
        ("2026-07-05 07:08:09 Europe/London", "2026-07-05T06:08:09.000Z"),
        ("2026-07-05T07:08:09+02:00[Europe/Berlin]", "2026-07-05T05:08:09.000Z"),
        ("Thursday, 05-Mar-26 07:08:09 UTC", "2026-03-05T07:08:09.000Z"),
        ("Thu, 05 Mar 26 07:08:09 +0100", "2026-03-05T06:08:09.000Z"),
        ("Thu Mar  5 07:08:09 2026", "2026-03-05T06:08:09.000Z"),
        ("Thu Mar 05 07:08:09 UTC 2026", "2026-03-05T07:08:09.000Z"),
        ("Thu Mar 05 2026 07:08:09 GMT+0100 (CET)", "2026-03-05T06:08:09.000Z"),
    ],
)
def test_a_time_that_says_what_it_is(text: str, time: str) -> None:
    instant = read_time(text, BERLIN)
    assert instant is not None
    assert format_time(instant) == time


@pytest.mark.parametrize(
    "text",
    [
        "05/03/2026",
        "05-03-26",
        "05-MAR-26",
        "20261305T070809",
        "2026-07-05 07:08:09 XYZ",
        "31.02.26",
        "05.03.2026 7",
        "05.03.2026 25 Uhr",
        "5. Monat 2026",
        "März 2026",
        "3 Monate",
        "1.2.3",
        "05.03.126",
        "05.03.2026 13:00 PM",
        "05.03.2026 0:30 AM",
        "05.03.2026 24:01",
        "03/05/2026 7:08 AM",
        "9999-12-31 24:00:00",
        "2026-07-05 07:08:09 Europe/Nirgendwo",
        "Thu Mar 05 07:08:09 XYZ 2026",
        "Thu Mar 05 2026 07:08:09 2026",
        "0001-01-01T00:00:00Z",
    ],
)
def test_what_may_be_another_time_is_none(text: str) -> None:
    assert read_time(text, BERLIN) is None


@pytest.mark.parametrize("text", ["5.3.26", "1.2.34", "2026/03/05", "5. März 2026"])
def test_where_anything_may_stand_it_is_text(text: str) -> None:
    assert read_date(text) is None
    assert not has_clock(text)


def test_a_time_of_a_named_zone_is_no_day() -> None:
    assert read_date("2026-03-05 07:08:09 CET") is None
    assert has_clock("2026-03-05 07:08:09 CET")


@given(st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31)))
def test_every_spelling_of_a_day_is_that_day(day: dt.date) -> None:
    iso = read_time(day.isoformat(), BERLIN)
    assert iso is not None
    for form in ("{0:%d.%m.%y}", "{0.day}.{0.month}.{0.year}", "{0:%Y/%m/%d}", "am {0:%d.%m.%Y}"):
        assert read_time(form.format(day), BERLIN) == iso


@pytest.mark.parametrize("text", ["x " + "Europe/Berlin " * 1200, "Ab" * 10_000])
def test_a_long_text_is_no_time_and_takes_none(text: str) -> None:
    assert read_time(text, BERLIN) is None


@given(st.text("0123456789./-: UhrumMaiDez", max_size=70))
def test_nothing_crashes(text: str) -> None:
    instant = read_time(text, BERLIN)
    assert instant is None or read_time(format_time(instant), BERLIN) == instant
