"""`persy map`: what feeds each column, what nothing claims, and the settings to try."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator
from pathlib import Path

import click.testing
import pytest

from tap_compleetpersy.cli.map import command
from tap_compleetpersy.explorer.record_map import Column, RecordMap, RemoteKey, map_records
from tap_compleetpersy.model.candidate import Rules
from tap_compleetpersy.model.fields import CANDIDATE, OPENING
from tests.documented import DEFAULT
from tests.server import Request, Server, reply
from tests.thinning import thinned

Json = dict[str, t.Any]


def key(mapped: RecordMap, name: str) -> RemoteKey:
    return next(key for key in mapped.keys if key.key == name)


def column(mapped: RecordMap, name: str) -> Column:
    return next(column for column in mapped.columns if column.name == name)


def feeds(*records: Json, **rules: t.Any) -> dict[str, tuple[str, ...]]:
    mapped = map_records(records, Rules(**rules), show_values=True)
    return {key.key: key.feeds for key in mapped.keys}


def foreign(number: int) -> Json:
    """A record of which no default path finds the id, a name or a time."""
    return {
        "Kennung": f"K-{number}",
        "Stammdaten": {"Rufname": "Jürgen", "Mailadresse": f"j{number}@example.org"},
        "Angelegt": {"am": f"2026-10-{number:02} 10:00:00"},
        "Telefon": "089 1234567",
        f"Meier {number}": {"Ort": "Ulm"},
    }


PEOPLE: t.Final = [foreign(number) for number in range(1, 11)]


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


class Ran(t.NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


def run(server: Server, folder: Path, *words: str, **more: object) -> Ran:
    config = folder / "given.json"
    config.write_text(json.dumps({"api_url": server.url, "api_key": "s3cret-key", **more}))
    result = click.testing.CliRunner().invoke(command, ["--config", str(config), *words])
    return Ran(result.exit_code, result.stdout, result.stderr)


def test_each_key_of_the_documented_record_names_the_column_that_it_feeds() -> None:
    found = feeds(DEFAULT)
    contact = "CandidateProfile.PersonalData.ContactMethod"
    assert found["CandidateRecordInfo.Id.IdValue"] == ("remote_id",)
    assert found[f"{contact}.Mobile.FormattedNumber"] == ("phone_numbers",)
    assert found[f"{contact}.PostalAddress.Municipality"] == ("location.city",)
    assert found["PositionOpening.PositionProfile.PositionDetail.PositionTitle"] == ("jobs.name",)
    assert found["UserArea.Sprachen"] == ("custom_fields",)
    assert all(found.values())


def test_each_column_names_the_keys_that_feed_it() -> None:
    mapped = map_records([DEFAULT, {"Id": 2}], Rules())
    assert [c.name for c in mapped.columns] == [
        *CANDIDATE.extensible,
        "custom_fields",
        *OPENING.extensible,
    ]
    assert column(mapped, "location.street_1").keys == tuple(
        f"CandidateProfile.PersonalData.ContactMethod.PostalAddress.DeliveryAddress.{name}"
        for name in ("StreetName", "BuildingNumber")
    )
    assert (column(mapped, "first_name").filled, column(mapped, "remote_id").filled) == (1, 2)


def test_a_value_that_is_passed_over_is_told_from_one_that_is_taken() -> None:
    mapped = map_records(
        [{"Id": 1, "Modified": "gestern", "FirstName": "", "Vorname": "A"}], Rules()
    )
    assert key(mapped, "Modified").feeds == ()
    assert key(mapped, "Modified").passed == ("remote_updated_at",)
    assert key(mapped, "FirstName").passed == key(mapped, "Vorname").feeds == ("first_name",)


def test_containers_and_unknown_objects_are_opened() -> None:
    found = feeds(
        {
            "Id": 1,
            "Zusatzfelder": [{"Key": "Führerschein", "Value": "B"}],
            "Eigenes": {"tief": {"Wert": 1}, "0": {"Art": "x"}},
            "Stand": {"date": "2026-11-02 09:13:54", "timezone_type": 3, "timezone": "UTC"},
            "PositionOpening": {"0": {"Id": 5, "Rolle": "Koch"}, "2": {"Id": 6}},
        }
    )
    assert found == {
        "Id": ("remote_id",),
        "Zusatzfelder.Führerschein": ("custom_fields",),
        "Eigenes.tief.Wert": ("custom_fields",),
        "Eigenes.Art": ("custom_fields",),
        "Stand": ("custom_fields",),
        "PositionOpening.Id": ("jobs.remote_id",),
        "PositionOpening.Rolle": (),
    }


def test_paths_of_the_user_feed_and_excluded_keys_are_not_there() -> None:
    found = feeds(
        {"Nr": 1, "Profil": {"Firma": "A"}, "Geheim": "x"},
        field_paths={"remote_id": "Nr", "company": "Profil.Firma"},
        exclude_fields=frozenset({"Geheim"}),
    )
    assert found == {"Nr": ("remote_id",), "Profil.Firma": ("company",)}


def test_a_key_that_only_one_record_has_is_not_shown_unless_a_path_claims_it() -> None:
    mapped = map_records(
        [{**person, "Fax": "089 1"} if not n else person for n, person in enumerate(PEOPLE)],
        Rules(),
    )
    names = {key.key for key in mapped.keys}
    assert {"Kennung", "Fax"} <= names
    assert mapped.hidden == len(PEOPLE)
    assert not [name for name in names if "Meier" in name]


def test_what_looks_like_a_column_is_a_setting_to_try(server: Server, tmp_path: Path) -> None:
    server.answering = lambda _: reply({"ergebnis": {"treffer": PEOPLE}})
    ran = run(server, tmp_path, "--format", "json")
    told = json.loads(ran.stdout)
    assert told["settings"]["records_path"] == "ergebnis.treffer"
    paths = told["settings"]["field_paths"]
    assert paths["remote_id"] == "Kennung"
    assert paths["email_addresses"] == "Stammdaten.Mailadresse"
    guesses = {key["guess"]: key["key"] for key in told["keys"] if key["guess"]}
    assert guesses == paths
    columns = {column["name"]: column for column in told["columns"]}
    assert columns["remote_id"]["guess"] == "Kennung"
    assert columns["phone_numbers"]["keys"] == ["Telefon"]


def test_the_settings_to_try_make_the_columns_fill(server: Server, tmp_path: Path) -> None:
    server.answering = lambda _: reply({"ergebnis": {"treffer": PEOPLE}})
    settings = json.loads(run(server, tmp_path, "--format", "json").stdout)["settings"]
    told = json.loads(run(server, tmp_path, "--format", "json", **settings).stdout)
    filled = {column["name"] for column in told["columns"] if column["filled"] == len(PEOPLE)}
    assert {"remote_id", "first_name", "email_addresses", "phone_numbers"} <= filled
    assert told["settings"] == {}


def test_a_block_for_meltano(server: Server, tmp_path: Path) -> None:
    server.answering = lambda _: reply({"ergebnis": {"treffer": PEOPLE}})
    lines = run(server, tmp_path, "--format", "meltano").stdout.splitlines()
    assert lines[:2] == ["config:", '  records_path: "ergebnis.treffer"']
    assert '    "remote_id": "Kennung"' in lines


@pytest.mark.parametrize("form", thinned(["table", "json", "html"]))
def test_no_value_of_a_person_is_shown_unless_asked_for(
    server: Server, tmp_path: Path, form: str
) -> None:
    server.answering = lambda _: reply({"data": PEOPLE})
    masked = run(server, tmp_path, "--format", form)
    for value in ("Jürgen", "example.org", "1234567", "Meier", "K-1", "s3cret-key"):
        assert value not in masked.stdout + masked.stderr
    assert "Xxxxxx" in masked.stdout
    shown = run(server, tmp_path, "--format", form, "--show-values")
    assert "Jürgen" in shown.stdout
    assert "Meier 3.Ort" in shown.stdout
    assert "s3cret-key" not in shown.stdout + shown.stderr


def test_the_table_says_when_nothing_would_arrive(server: Server, tmp_path: Path) -> None:
    server.answering = lambda _: reply({"data": PEOPLE})
    ran = run(server, tmp_path)
    assert ran.stderr == (
        "Records: 10. Requests: 1. Rare names of keys that are not shown: 10. No record has an id "
        "that can be read: nothing of them would arrive.\n"
    )
    assert "custom_fields, looks like remote_id" in ran.stdout
    assert "nothing; Kennung looks like it" in ran.stdout


def test_a_list_without_records_has_columns_and_no_keys(server: Server, tmp_path: Path) -> None:
    server.answering = lambda _: reply({"data": []})
    ran = run(server, tmp_path)
    assert ran.exit_code == 0
    assert ran.stdout.startswith("remote key")
    assert "first_name" in ran.stdout


@pytest.mark.parametrize("status", [401, 404, 422, 500])
def test_no_list_is_one_line_and_exit_1(server: Server, tmp_path: Path, status: int) -> None:
    def refuse(_: Request) -> t.Any:
        return reply({"error": "Jürgen"}, status)

    server.answering = refuse
    ran = run(server, tmp_path)
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert str(status) in ran.stderr
    assert "Jürgen" not in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_a_text_of_the_server_cannot_steer_the_terminal(server: Server, tmp_path: Path) -> None:
    people = [{"Id": n, "Vorname": "\x1b[31mA\x07"} for n in range(3)]
    server.answering = lambda _: reply({"data": people})
    for words in ((), ("--show-values",), ("--show-values", "--format", "html")):
        assert "\x1b" not in run(server, tmp_path, *words).stdout


def test_a_page_shows_both_sides_and_runs_nothing(server: Server, tmp_path: Path) -> None:
    people = [{**person, "Kennung": "<script>alert(1)</script>"} for person in PEOPLE]
    server.answering = lambda _: reply({"data": people})
    page = run(server, tmp_path, "--format", "html", "--show-values").stdout
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert "Stammdaten.Rufname" in page
    assert "location.city" in page
