from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from tap_compleetpersy.api.profile import Profile, filters, joined, profile_of, shown
from tap_compleetpersy.settings import read_settings

MOMENT = datetime(2026, 1, 31, 23, 0, 0, 1, tzinfo=UTC)


def test_a_profile_holds_what_the_settings_say() -> None:
    settings = read_settings({"api_key": "s3cret", "api_url": "https://persy.example/v1/"})
    profile = profile_of(settings)

    assert profile.api_url == "https://persy.example/v1"
    for field in dataclasses.fields(Profile):
        if field.name != "api_url":
            assert getattr(profile, field.name) == getattr(settings, field.name)


def test_the_key_is_no_part_of_a_profile() -> None:
    profile = profile_of(read_settings({"api_key": "s3cret"}))

    assert "s3cret" not in str(dataclasses.asdict(profile))


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
    profile = profile_of(read_settings(settings))

    assert filters(profile, MOMENT, MOMENT) == sent
    assert filters(profile, None, None) == {}


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://persy.example/v1/candidates?name=x#y", "/v1/candidates"),
        ("https://persy.example", "/"),
        ("https://persy.example/a;PHPSESSID=1/b", "/a"),
        ("https://persy.example/a\x1b[31m\u2028", "/a?[31m?"),
        ("https://persy.example/" + "a" * 999, "/" + "a" * 199),
    ],
)
def test_only_a_path_is_shown(url: str, path: str) -> None:
    assert shown(url) == path


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("?page=2", "https://persy.example/v1/candidates?page=2"),
        ("/x#part", "https://persy.example/x"),
        ("https://PERSY.example:443/x", "https://PERSY.example:443/x"),
        ("https://persy.example:8443/x", None),
        ("http://persy.example/x", None),
        ("https://persy.example.evil/x", None),
        ("https://persy.example@evil.example/x", None),
        ("//evil.example/x", None),
        ("javascript:x", None),
        ("https://[", None),
        ("https://persy.example:port/", None),
    ],
)
def test_links_are_joined_on_the_same_server_only(target: str, url: str | None) -> None:
    assert joined("https://persy.example/v1/candidates?page=1", target) == url
