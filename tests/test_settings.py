"""Settings: one declaration, clear errors, no value ever in a message."""

from __future__ import annotations

import dataclasses
import typing as t
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tap_compleetpersy.settings import Settings, SettingsError, read_settings
from tap_compleetpersy.settings.declaration import json_type, read_environment
from tap_compleetpersy.settings.table import config_jsonschema
from tap_compleetpersy.sync.reading import rules_of

KEY = {"api_key": "secret-value-4711"}


def problems(config: dict[str, t.Any]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as raised:
        read_settings(config)
    return raised.value.problems


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = read_settings(KEY)
    assert settings.api_url == "https://www.germanpersonnel.de/persy/api/v1"
    assert (settings.auth_method, settings.auth_header) == ("bearer", "X-API-Key")
    assert (settings.pagination, settings.page_param) == ("page", "page")
    assert (settings.page_size_param, settings.first_page) == ("per_page", 1)
    assert (settings.page_size, settings.time_zone) == (100, "Europe/Berlin")
    assert settings.next_cursor_path == "meta.next_cursor"
    assert settings.modified_since_param == "modified_since"
    assert settings.date_format == "YYYY-MM-DDTHH:mm:ss[Z]"
    assert (settings.lookback_seconds, settings.full_sync_hours) == (3600, 24)
    assert (settings.deletion_limit_percent, settings.attachment_max_mb) == (20, 50)
    assert settings.discovery_sample_size == 1000
    assert settings.include_remote_data is False
    assert (settings.request_timeout, settings.max_retries) == (60, 6)
    assert (settings.prefetch_pages, settings.requests_per_second) == (1, None)


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        pytest.param(
            {"api_ky": "x"},
            "api_ky: unknown setting, did you mean api_key?",
            id="unknown",
        ),
        pytest.param(
            {"api_url": "http://persy.example.org"},
            "api_url: must be https; plain http is for a loopback host only",
            id="plain-http",
        ),
        pytest.param(
            {"api_url": "https://user:word@persy.example.org"},
            "api_url: must not hold credentials, use api_key",
            id="credentials-in-url",
        ),
        pytest.param(
            {"cutoff_date": "2026-01-01", "cutoff_days": 30},
            "cutoff_date and cutoff_days: contradictory, set only one of them",
            id="two-cutoffs",
        ),
        pytest.param(
            {"window_days": 7},
            "window_days: needs modified_until_param, an upper bound on the server",
            id="window-without-upper-bound",
        ),
        pytest.param(
            {"start_date": "2026-02-01", "end_date": "2026-01-01"},
            "start_date and end_date: contradictory, the start must lie before the end",
            id="empty-range",
        ),
        pytest.param(
            {"auth_method": "basic"},
            "username: required with auth_method basic",
            id="basic-without-user",
        ),
        pytest.param(
            {"pagination": "pages"},
            "pagination: must be one of page, offset, cursor, link, none",
            id="choice",
        ),
        pytest.param({"page_size": 0}, "page_size: must be at least 1", id="minimum"),
        pytest.param(
            {"past_end_statuses": [404, 200]},
            "past_end_statuses: must be a list of HTTP statuses from 400 to 599, such as [404]",
            id="statuses",
        ),
        pytest.param({"cutoff_days": 800_000}, "cutoff_days: must be at most 40,000", id="maximum"),
        pytest.param(
            {"cutoff_date": "0001-01-01"},
            "cutoff_date: must be after 1900 and before 2200",
            id="before-all-times",
        ),
        pytest.param(
            {"outcomes": {"z": {" B": "MAYBE"}}},
            "outcomes: every value must be one of PENDING, HIRED, DECLINED",
            id="nested-outcome",
        ),
        pytest.param({"page_size": "many"}, "page_size: must be a whole number", id="integer"),
        pytest.param({"full_sync_hours": "nan"}, "full_sync_hours: must be a number", id="nan"),
        pytest.param(
            {"include_remote_data": "perhaps"},
            "include_remote_data: must be true or false",
            id="boolean",
        ),
        pytest.param(
            {"start_date": "gestern"},
            "start_date: must be an ISO date or time, such as 2026-01-31 or 2026-01-31T08:00:00Z",
            id="date",
        ),
        pytest.param(
            {"encoding": "latin-eins"},
            "encoding: is not the name of an encoding, such as iso-8859-15",
            id="encoding",
        ),
        pytest.param(
            {"encoding": "base64"},
            "encoding: is not the name of an encoding, such as iso-8859-15",
            id="no encoding of text",
        ),
        pytest.param(
            {"custom_fields_paths": ["Profil", "."]},
            "custom_fields_paths: must be a list of dotted paths, such as Profil.Merkmale",
            id="custom fields",
        ),
        pytest.param(
            {"auth_method": "query", "auth_param": " "},
            "auth_param: is not the name of a query parameter",
            id="parameter of the key",
        ),
        pytest.param(
            {"time_zone": "Europe/Muenchen"},
            "time_zone: is not the name of a time zone, such as Europe/Berlin",
            id="zone",
        ),
        pytest.param(
            {"outcomes": {"Eingestellt": "MAYBE"}},
            "outcomes: every value must be one of PENDING, HIRED, DECLINED",
            id="outcome",
        ),
        pytest.param(
            {"field_paths": "company"},
            "field_paths: must be a JSON object",
            id="object",
        ),
        pytest.param(
            {"exclude_fields": [{}], "custom_fields_paths": ["zz[x=y]"]},
            "exclude_fields: must be a list of texts",
            id="no-text-beside-brackets",
        ),
        pytest.param(
            {"auth_header": "X Key"},
            "auth_header: is not the name of a header",
            id="header-name",
        ),
        pytest.param(
            {"user_agent": "a\r\nX-Evil: 1"},
            "user_agent: must not hold control characters",
            id="control-characters",
        ),
        pytest.param(
            {"attachments_path": "/candidates/attachments"},
            "attachments_path: must contain {candidate_id}",
            id="attachments-path",
        ),
        pytest.param(
            {"candidates_path": "//elsewhere.example.org"},
            "candidates_path: must be a path below api_url that starts with one slash",
            id="path-to-another-host",
        ),
        pytest.param(
            {"api_key_file": "key.txt"},
            "api_key and api_key_file: contradictory, set only one of them",
            id="two-keys",
        ),
        pytest.param(
            {"attachments_dir": "ftp://user:secret@host/x"},
            "attachments_dir: must not hold credentials, give them in attachments_options",
            id="credentials-in-a-url",
        ),
    ],
)
def test_a_bad_setting_is_one_line_that_names_it(config: dict[str, t.Any], problem: str) -> None:
    assert problem in problems(KEY | config)


@pytest.mark.parametrize("path", [None, 5, {"a": "b"}])
def test_a_path_that_is_none_is_told_where_fields_are_known(path: object) -> None:
    settings = read_settings(KEY | {"field_paths": {"openings": path}})
    with pytest.raises(SettingsError, match="field_paths: "):
        rules_of(settings)


def test_every_problem_is_told_at_once() -> None:
    assert len(problems(KEY | {"page_size": 0, "pagination": "x", "nonsense": 1})) == 3


@pytest.mark.parametrize("name", [f.name for f in dataclasses.fields(Settings)])
def test_no_message_holds_a_value(name: str) -> None:
    marked = "Zq7-marked-\x07-value"
    try:
        text = repr(read_settings({name: marked}))
    except SettingsError as error:
        text = str(error)
    assert "Zq7" not in text


TEXTS = [f.name for f in dataclasses.fields(Settings) if json_type(f) == "string"]


@pytest.mark.parametrize("character", ["\0", "\n", "\r", "\t", "\x1b", "\x7f", "\x85", "\u2028"])
@pytest.mark.parametrize("name", TEXTS)
def test_no_text_may_hold_a_control_character(name: str, character: str) -> None:
    assert f"{name}: must not hold control characters" in problems({name: f"a{character}b"})


def test_no_setting_switches_verification_off() -> None:
    for name in ("verify", "verify_ssl", "ssl_verify", "tls_verify", "insecure"):
        assert problems(KEY | {name: False})[0].startswith(f"{name}: unknown setting")
    for nothing in ("false", "0", "no"):
        assert problems(KEY | {"ca_bundle": nothing}) == ("ca_bundle: there is no such file",)


def test_the_key_is_in_no_representation() -> None:
    assert "4711" not in repr(read_settings(KEY))


@pytest.mark.parametrize(
    ("given", "read"),
    [
        pytest.param({"page_size": "50"}, 50, id="integer"),
        pytest.param({"full_sync_hours": "0.5"}, 0.5, id="number"),
        pytest.param({"include_remote_data": "true"}, True, id="boolean"),
        pytest.param({"field_paths": '{"company": "a.b"}'}, {"company": "a.b"}, id="object"),
        pytest.param({"exclude_fields": '["IBAN"]'}, ["IBAN"], id="array"),
        pytest.param({"account": ""}, None, id="empty-is-unset"),
        pytest.param({"modified_since_param": ""}, "", id="empty-means-no-filter"),
        pytest.param({"page_size": None}, 100, id="null-is-unset"),
        pytest.param({"account": 4711}, "4711", id="a-number-as-text"),
        pytest.param(
            {"outcomes": {"abgel": {" intern": "DECLINED"}}},
            {"abgel": {" intern": "DECLINED"}},
            id="dotted-status-that-meltano-nested",
        ),
    ],
)
def test_values_may_be_text_as_the_environment_gives_them(
    given: dict[str, t.Any], read: object
) -> None:
    (name,) = given
    assert getattr(read_settings(KEY | given), name) == read


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8765/x", "http://127.0.0.1/x", "http://[::1]:80/x", "https://a.de"],
)
def test_plain_http_is_for_loopback_hosts(url: str) -> None:
    assert read_settings(KEY | {"api_url": url}).api_url == url


def test_a_missing_key_is_named_with_its_ways() -> None:
    with pytest.raises(SettingsError, match="TAP_COMPLEETPERSY_API_KEY"):
        read_settings({}).require_api_key()


def test_the_key_may_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("from-a-file\n", encoding="utf-8")
    assert read_settings({"api_key_file": str(path)}).require_api_key() == "from-a-file"


def test_naive_times_are_in_the_zone() -> None:
    settings = read_settings(KEY | {"start_date": "2026-01-31"})
    start = settings.instant("start_date")
    assert start is not None
    assert start.astimezone(UTC) == datetime(2026, 1, 30, 23, tzinfo=UTC)


def test_the_environment_wins_over_a_dotenv_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        "TAP_COMPLEETPERSY_ACCOUNT=file\nTAP_COMPLEETPERSY_USERNAME=file\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAP_COMPLEETPERSY_ACCOUNT", "environment")
    found = read_environment(["account", "username", "api_url"])
    assert found == {"account": "environment", "username": "file"}


def test_the_schema_marks_the_secret() -> None:
    key = config_jsonschema()["properties"]["api_key"]
    assert key["secret"] is True
    assert key["type"] == ["string", "null"]


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("404", [404]),
        ("404, 410", [404, 410]),
        ("[404, 410]", [404, 410]),
        ("404,410,", [404, 410]),
    ],
)
def test_a_list_of_numbers_is_json_or_written_with_commas(text: str, statuses: list[int]) -> None:
    assert read_settings({"past_end_statuses": text}).past_end_statuses == statuses


def test_a_list_of_texts_is_json_or_written_with_commas() -> None:
    settings = read_settings(
        {
            "exclude_fields": "Notizen, Bewertung intern",
            "custom_fields_paths": '["Profil.Merkmale"]',
        }
    )
    assert settings.exclude_fields == ["Notizen", "Bewertung intern"]
    assert settings.custom_fields_paths == ["Profil.Merkmale"]


def test_what_is_no_status_in_such_a_list_is_named_by_its_setting() -> None:
    with pytest.raises(SettingsError, match="past_end_statuses: must be a list of HTTP statuses"):
        read_settings({"past_end_statuses": "404,gone"})


@pytest.mark.parametrize("text", ["null", " null ", ""])
@pytest.mark.parametrize(
    "name", ["extra_streams", "field_paths", "outcomes", "exclude_fields", "attachments_options"]
)
def test_null_as_json_means_not_given(name: str, text: str) -> None:
    assert read_settings({name: text}) == read_settings({})


def test_null_is_a_text_where_text_is_wanted() -> None:
    assert read_settings({"account": "null"}).account == "null"
