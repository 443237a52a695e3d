from __future__ import annotations

import datetime as dt
import zoneinfo

import pendulum
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tap_compleetpersy.model.times import format_time, is_no_time, read_date, read_time

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    ("Europe/Berlin", "UTC", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu")
).map(zoneinfo.ZoneInfo)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-02T09:13:54+01:00", "2026-11-02T08:13:54.000Z"),
        ("2026-11-02T09:13:54+0100", "2026-11-02T08:13:54.000Z"),
        ("2026-11-02T09:13:54-03:30", "2026-11-02T12:43:54.000Z"),
        ("2026-11-02T08:13:54Z", "2026-11-02T08:13:54.000Z"),
        ("2026-11-02T08:13:54.123456Z", "2026-11-02T08:13:54.123Z"),
        ("2026-11-02 09:13:54", "2026-11-02T08:13:54.000Z"),
        ("2026-11-02T09:13:54", "2026-11-02T08:13:54.000Z"),
        ("2026-07-02 09:13:54", "2026-07-02T07:13:54.000Z"),
        ("2026-11-02 09:13", "2026-11-02T08:13:00.000Z"),
        ("2026-11-02", "2026-11-01T23:00:00.000Z"),
        ("02.11.2026", "2026-11-01T23:00:00.000Z"),
        ("2.11.2026", "2026-11-01T23:00:00.000Z"),
        ("02.11.2026 09:13", "2026-11-02T08:13:00.000Z"),
        ("02.11.2026, 09:13 Uhr", "2026-11-02T08:13:00.000Z"),
        ("02-11-2026", "2026-11-01T23:00:00.000Z"),
        ("[02.11.2026", "2026-11-01T23:00:00.000Z"),
        ("  02.11.2026 09:13:54 ", "2026-11-02T08:13:54.000Z"),
        ("2026-11-02+01:00", "2026-11-01T23:00:00.000Z"),
        ("2026-11-02Z", "2026-11-02T00:00:00.000Z"),
        ("Mon, 02 Nov 2026 09:13:54 +0100", "2026-11-02T08:13:54.000Z"),
        ("Mon, 2 Nov 2026 09:13:54 GMT", "2026-11-02T09:13:54.000Z"),
        ("Monday, 02-Nov-2026 09:13:54 CET", "2026-11-02T08:13:54.000Z"),
        (1793607234, "2026-11-02T08:13:54.000Z"),
        ("1793607234", "2026-11-02T08:13:54.000Z"),
        (1793607234000, "2026-11-02T08:13:54.000Z"),
        ("1793607234567", "2026-11-02T08:13:54.567Z"),
        (1793607234.5, "2026-11-02T08:13:54.500Z"),
        ("2026-10-25 01:59:59", "2026-10-24T23:59:59.000Z"),
        ("2026-10-25 02:30:00", "2026-10-25T01:30:00.000Z"),
        ("2026-10-25 02:00:00", "2026-10-25T01:00:00.000Z"),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00.000Z"),
        ("2026-10-25 03:00:00", "2026-10-25T02:00:00.000Z"),
        ("2026-03-29 01:59:59", "2026-03-29T00:59:59.000Z"),
        ("2026-03-29 02:30:00", "2026-03-29T01:30:00.000Z"),
        ("2026-03-29 03:30:00", "2026-03-29T01:30:00.000Z"),
    ],
    ids=repr,
)
def test_every_form_of_the_wire(value: object, expected: str) -> None:
    instant = read_time(value, BERLIN)
    assert instant is not None
    assert format_time(instant) == expected


@pytest.mark.parametrize(
    "value",
    [
        "0000-00-00 00:00:00",
        "0000-00-00",
        "00.00.0000",
        "",
        " ",
        None,
        0,
        "0",
        "-0001-11-30T00:00:00+00:00",
        "-0001-11-30 00:00:00.000000",
        "-0001-11-29T23:06:32.000000Z",
        "-000001-11-30T00:00:00.000Z",
        "30.11.-0001 00:00",
        "Tue, 30 Nov -0001 00:00:00 +0053",
        "0000-00-00T00:00:00.000000Z",
        "00.00.0000 00:00",
        "0000/00/00",
        "00000000000000",
        -62169984000,
        "-62169987208",
        -62169984000000,
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00Z",
        {"timestamp": 0, "timezone": "UTC"},
    ],
    ids=repr,
)
def test_no_time_is_null_and_no_doubt(value: object) -> None:
    assert read_time(value, BERLIN) is None
    assert is_no_time(value)


@pytest.mark.parametrize(
    "value",
    [
        "morgen",
        "2026-13-01",
        "31.02.2026",
        "2026-11-02 25:00:00",
        "2026-11-02T09:61:00",
        "02-11-26",
        "11/02/2026",
        "2026-11-02 09:13:5x",
        "٢026-11-02",
        True,
        -5,
        10**30,
        253402300799999.6,
        float("nan"),
        float("inf"),
        [],
        {},
        ["2026-11-02"],
        "2026-11-02T09:13:54+99:00",
        "9999-12-31T23:59-23:00",
    ],
    ids=repr,
)
def test_nonsense_is_null(value: object) -> None:
    assert read_time(value, BERLIN) is None
    assert not is_no_time(value)


@given(st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 12, 31)), ZONES)  # noqa: DTZ001
@example(dt.datetime(2026, 10, 25, 2, 30), BERLIN)  # noqa: DTZ001  (wall clocks are the subject)
@example(dt.datetime(2026, 3, 29, 2, 30), BERLIN)  # noqa: DTZ001
@example(dt.datetime(2026, 4, 5, 1, 45), zoneinfo.ZoneInfo("Australia/Lord_Howe"))  # noqa: DTZ001
@example(dt.datetime(2026, 10, 4, 2, 15), zoneinfo.ZoneInfo("Australia/Lord_Howe"))  # noqa: DTZ001
def test_a_wall_clock_is_what_zoneinfo_says(local: dt.datetime, zone: zoneinfo.ZoneInfo) -> None:
    local = local.replace(microsecond=0)
    expected = local.replace(tzinfo=zone, fold=0) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    # Of two passes the second; what is missing lies behind the gap, as with fold=0.
    second = local.replace(tzinfo=zone, fold=1) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    expected = max(expected, second)
    for text in (f"{local}", f"{local:%d.%m.}{local.year:04} {local:%H:%M:%S}"):
        assert read_time(text, zone) == expected // dt.timedelta(milliseconds=1)


def php_time(date: str, kind: int, zone: str) -> dict[str, object]:
    return {"date": date, "timezone_type": kind, "timezone": zone}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (php_time("2026-11-02 09:13:54.000000", 3, "Europe/Berlin"), "2026-11-02T08:13:54.000Z"),
        (php_time("2026-11-02 09:13:54.123456", 3, "UTC"), "2026-11-02T09:13:54.123Z"),
        (php_time("2026-11-02 09:13:54", 3, "America/New_York"), "2026-11-02T14:13:54.000Z"),
        (php_time("2026-11-02 09:13:54.000000", 1, "-03:30"), "2026-11-02T12:43:54.000Z"),
        (php_time("2026-11-02 09:13:54.000000", 1, "+00:00"), "2026-11-02T09:13:54.000Z"),
        (php_time("2026-11-02 09:13:54.000000", 2, "Z"), "2026-11-02T09:13:54.000Z"),
        (php_time("2026-07-02 09:13:54.000000", 2, "CEST"), "2026-07-02T07:13:54.000Z"),
        (php_time("2026-07-02 09:13:54.000000", 2, "EST"), "2026-07-02T14:13:54.000Z"),
        (php_time("2026-10-25 02:30:00.000000", 3, "Europe/Berlin"), "2026-10-25T01:30:00.000Z"),
    ],
)  # as DateTime of PHP 8.2 is written by json_encode, and the instant that it has
def test_a_time_of_phps_has_its_own_zone(value: dict[str, object], expected: str) -> None:
    instant = read_time(value, zoneinfo.ZoneInfo("Asia/Kathmandu"))
    assert instant is not None
    assert format_time(instant) == expected


def test_a_zero_date_of_phps_is_no_time() -> None:
    assert is_no_time(php_time("-0001-11-30 00:00:00.000000", 3, "Europe/Berlin"))
    assert is_no_time(php_time("-0001-11-29 23:06:32.000000", 3, "UTC"))


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "Europe", "../etc", "+99:00", "", "XYZ"])
def test_a_time_of_phps_in_no_known_zone_is_not_understood(zone: str) -> None:
    value = php_time("2026-11-02 09:13:54.000000", 3, zone)
    assert read_time(value, BERLIN) is None
    assert not is_no_time(value)


@given(st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2100, 1, 1)), ZONES)  # noqa: DTZ001
def test_times_with_offset_are_what_pendulum_says(
    local: dt.datetime, zone: zoneinfo.ZoneInfo
) -> None:
    aware = local.replace(tzinfo=zone)
    offset = aware.utcoffset()
    assume(offset is not None and not offset.total_seconds() % 60)
    parsed = pendulum.parse(aware.isoformat())
    assert isinstance(parsed, pendulum.DateTime)
    assert read_time(aware.isoformat(), BERLIN) == parsed.int_timestamp * 1000 + (
        parsed.microsecond // 1000
    )


@given(st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=st.just(dt.UTC)))  # noqa: DTZ001
def test_format_and_read_are_inverse(moment: dt.datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    instant = (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)
    text = format_time(instant)
    assert dt.datetime.fromisoformat(text) == moment
    assert read_time(text, BERLIN) == instant


USUAL = st.from_regex(
    r"((19|20)[0-9]{2}-(0[1-9]|1[0-3])-[0-3][0-9]|[0-3][0-9][.-](0[1-9]|1[0-3])[.-](19|20)[0-9]{2})"
    r"([T t][0-2][0-9]:[0-6][0-9](:[0-6][0-9]([.,][0-9]{0,10})?)?"
    r"([Zz. 5]|[+:. -][0-9]{2}:?[0-9 ]{2}[0-9 :]?)?)?",
    fullmatch=True,
)


@given(USUAL, ZONES)
@example("2026-10-25 02:30:00", BERLIN)
@example("2026-03-29 02:30:00", BERLIN)
@example("2026-11-02 09:13:54:12+01", BERLIN)
@example("25.10.2026 02:30:00.5", BERLIN)
@example("2026-11-02T09:13:54.123456Z", BERLIN)
@example("2026-11-02T09:13:54.", BERLIN)
def test_the_usual_form_is_read_as_all_others_are(text: str, zone: zoneinfo.ZoneInfo) -> None:
    # With blanks around it, nothing stands where the usual form is known by.
    assert read_time(text, zone) == read_time(f"   {text}   ", zone)


@given(st.one_of(st.text(), st.from_regex(r"[\[0-9 .:TZ+-]{1,25}"), st.integers(), st.floats()))
def test_reading_never_raises(value: object) -> None:
    instant = read_time(value, BERLIN)
    assert instant is None or format_time(instant).endswith("Z")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01.02.2027", "2027-02-01"),
        ("1.2.2027", "2027-02-01"),
        ("2027-02-01", "2027-02-01"),
        ("01-02-2027", "2027-02-01"),
        ("01.02.2027 10:00", None),
        ("30.02.2027", None),
        ("20270201", None),
    ],
)
def test_calendar_days(text: str, day: str | None) -> None:
    assert read_date(text) == day
