from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.api.date_filter import (
    DEFAULT_FORMAT,
    filters,
    has_zone,
    lower_bound,
    upper_bound,
)
from tap_compleetpersy.settings import read_settings

BERLIN = ZoneInfo("Europe/Berlin")
MOMENT = datetime(2026, 1, 31, 23, 0, 0, 1, tzinfo=UTC)
SECONDS, MINUTES, DAYS = "YYYY-MM-DD HH:mm:ss", "DD.MM.YYYY HH:mm", "YYYY-MM-DD"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "date_format", "lower", "upper"),
    [
        pytest.param(
            "2026-01-31T23:00:00.25",
            DEFAULT_FORMAT,
            "2026-01-31T23:00:00Z",
            "2026-01-31T23:00:01Z",
            id="the default",
        ),
        pytest.param(
            "2026-01-31T23:00:00",
            DEFAULT_FORMAT,
            "2026-01-31T23:00:00Z",
            "2026-01-31T23:00:00Z",
            id="exactly expressible",
        ),
        pytest.param(
            "2026-01-31T23:00:00.25",
            "YYYY-MM-DDTHH:mm:ss.SSSZ",
            "2026-01-31T23:00:00.250+00:00",
            "2026-01-31T23:00:00.250+00:00",
            id="a token for the zone is UTC",
        ),
        pytest.param(
            "2026-01-31T23:00:00.25",
            SECONDS,
            "2026-02-01 00:00:00",
            "2026-02-01 00:00:01",
            id="no zone is the setting's",
        ),
        pytest.param(
            "2026-07-31T23:59:59",
            MINUTES,
            "01.08.2026 01:59",
            "01.08.2026 02:00",
            id="minutes, in summer",
        ),
        pytest.param("2026-01-31T22:59:59", DAYS, "2026-01-31", "2026-02-01", id="days"),
        pytest.param("2026-01-31T23:00:00", DAYS, "2026-02-01", "2026-02-01", id="midnight"),
        pytest.param("2026-12-15T00:00:00", "YYYY-MM", "2026-12", "2027-01", id="months"),
        pytest.param("2026-12-15T00:00:00", "YYYY", "2026", "2027", id="years"),
        pytest.param(
            "2026-01-31T22:30:00", "YYYY-MM-DD HH", "2026-01-31 23", "2026-02-01 00", id="h"
        ),
        pytest.param("2026-01-31T23:00:00.5", "X", "1769900400", "1769900401", id="Unix seconds"),
        pytest.param(
            "2026-01-31T23:00:00.0005", "x", "1769900400000", "1769900400001", id="and ms"
        ),
        pytest.param(
            "2026-02-28T12:00:00", "[Datum] D.M.YY", "Datum 28.2.26", "Datum 1.3.26", id="any"
        ),
    ],
)
def test_bounds_are_rounded_outwards_to_what_the_format_says(
    moment: str, date_format: str, lower: str, upper: str
) -> None:
    assert lower_bound(utc(moment), date_format, BERLIN) == lower
    assert upper_bound(utc(moment), date_format, BERLIN) == upper


@pytest.mark.parametrize(
    ("moment", "lower", "upper"),
    [
        pytest.param(
            "2026-10-25T00:30:00", "2026-10-25 01:30:00", "2026-10-25 02:30:00", id="first"
        ),
        pytest.param(
            "2026-10-25T01:30:00", "2026-10-25 02:30:00", "2026-10-25 03:30:00", id="second"
        ),
        pytest.param(
            "2026-10-24T23:59:59", "2026-10-25 01:59:59", "2026-10-25 01:59:59", id="before"
        ),
        pytest.param(
            "2026-10-25T02:00:00", "2026-10-25 03:00:00", "2026-10-25 03:00:00", id="after"
        ),
        pytest.param(
            "2026-03-29T00:59:59", "2026-03-29 01:59:59", "2026-03-29 01:59:59", id="march"
        ),
        pytest.param("2026-03-29T01:00:00", "2026-03-29 03:00:00", "2026-03-29 03:00:00", id="gap"),
    ],
)
def test_the_doubled_hour_loses_nothing(moment: str, lower: str, upper: str) -> None:
    assert lower_bound(utc(moment), SECONDS, BERLIN) == lower
    assert upper_bound(utc(moment), SECONDS, BERLIN) == upper


def test_the_default_format_is_written_as_pendulum_writes_it() -> None:
    moment = utc("2026-01-31T23:00:00.25")
    by_pendulum = pendulum.instance(moment).format(DEFAULT_FORMAT)
    assert lower_bound(moment, DEFAULT_FORMAT, BERLIN) == by_pendulum


@pytest.mark.parametrize(
    ("date_format", "expected"),
    [
        ("YYYY-MM-DDTHH:mm:ss[Z]", True),
        ("YYYY-MM-DDTHH:mm:ssZ", True),
        ("YYYY-MM-DDTHH:mm:ssZZ", True),
        ("YYYY-MM-DD HH:mm z", True),
        ("YYYY-MM-DD HH:mm zz", True),
        ("YYYY-MM-DD HH:mm [UTC]", True),
        ("YYYY-MM-DD[T00:00:00Z]", True),
        ("YYYY-MM-DDTHH:mm:ss[+00:00]", True),
        (r"YYYY-MM-DDTHH:mm:ss\Z", True),
        ("X", True),
        ("YYYY-MM-DD HH:mm:ss", False),
        ("YYYY-MM-DD[T]HH:mm:ss", False),
        ("[Zeit] HH:mm", False),
        ("DD.MM.YYYY", False),
    ],
)
def test_a_zone_in_the_format_is_noticed(date_format: str, *, expected: bool) -> None:
    assert has_zone(date_format) is expected


MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)) | (  # noqa: DTZ001 - the zone is given beside it
    st.datetimes(
        datetime(2026, 10, 24, 22),  # noqa: DTZ001 - as above
        datetime(2026, 10, 25, 4),  # noqa: DTZ001 - as above
        timezones=st.just(UTC),
    )
)
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata"]
)
FORMATS = {SECONDS: "%Y-%m-%d %H:%M:%S", MINUTES: "%d.%m.%Y %H:%M", DAYS: "%Y-%m-%d"}


@given(MOMENTS, ZONES.map(ZoneInfo), st.sampled_from([*FORMATS]), st.sampled_from([0, 1]))
def test_no_reading_of_a_sent_bound_is_narrower_than_asked(
    moment: datetime, zone: ZoneInfo, date_format: str, fold: int
) -> None:
    def as_the_server_reads(text: str) -> datetime:
        naive = datetime.strptime(text, FORMATS[date_format])  # noqa: DTZ007 - given below
        return naive.replace(tzinfo=zone, fold=fold).astimezone(UTC)

    assert as_the_server_reads(lower_bound(moment, date_format, zone)) <= moment
    assert as_the_server_reads(upper_bound(moment, date_format, zone)) >= moment


@given(
    MOMENTS,
    st.timedeltas(timedelta(), timedelta(hours=5)),
    ZONES.map(ZoneInfo),
    st.sampled_from([SECONDS, DAYS]),
)
def test_a_server_that_compares_wall_clocks_loses_nothing(
    moment: datetime, later_by: timedelta, zone: ZoneInfo, date_format: str
) -> None:
    def stored(changed: datetime) -> str:
        return changed.astimezone(zone).strftime(FORMATS[date_format])

    assert lower_bound(moment, date_format, zone) <= stored(moment + later_by)
    assert upper_bound(moment, date_format, zone) >= stored(moment - later_by)


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        pytest.param(
            {}, {"modified_since": "2026-01-31T23:00:00Z"}, id="no upper bound by default"
        ),
        pytest.param({"modified_since_param": ""}, {}, id="the server has no filter"),
        pytest.param(
            {"modified_until_param": "to", "modified_since_param": "from"},
            {"from": "2026-01-31T23:00:00Z", "to": "2026-01-31T23:00:01Z"},
            id="both",
        ),
        pytest.param(
            {"date_format": "DD.MM.YYYY", "modified_until_param": "to"},
            {"modified_since": "01.02.2026", "to": "02.02.2026"},
            id="in the time zone",
        ),
    ],
)
def test_a_window_is_sent_as_the_settings_say(
    settings: dict[str, str], sent: dict[str, str]
) -> None:
    read = read_settings(settings)

    assert filters(read, MOMENT, MOMENT) == sent
    assert filters(read, None, None) == {}
