"""Records that have their fields in one member, and values that have their label beside them."""

from __future__ import annotations

import typing as t

import pytest

from tap_compleetpersy.model.candidate import Rules, compile_reader
from tap_compleetpersy.model.listing import compile_integration_fields
from tap_compleetpersy.model.remote_data import compile_remote_data, compile_strip

Json = dict[str, t.Any]

FIELDS: Json = {
    "Vorname": "Ida", "UpdatedAt": "2026-11-02T08:13:54Z",
    "CustomFields": [{"label": "Klasse", "val": "C1"}, {"label": "Schicht", "val": "Nacht"}],
}  # fmt: skip
WHOLE: dict[str, Json] = {
    "JSON:API": {"type": "person", "id": "7", "attributes": FIELDS},
    "attributes with the id among them": {"type": "Person", "attributes": {"id": 7, **FIELDS}},
    "a search engine": {"_index": "people", "_id": "7", "_score": 1.0, "_source": FIELDS},
    "Relay": {"cursor": "bmV4dA==", "node": {"id": "7", **FIELDS}},
    "CakePHP": {"Candidate": {"id": "7", **FIELDS}},
    "a table of Bewerber": {"bewerber": {"Id": 7, **FIELDS}},
    "MongoDB": {"_id": {"$oid": "7"}, **FIELDS},
    "labels": {
        "id": {"label": "ID", "value": 7, "type": "standard"},
        "Vorname": {"label": "Vorname", "value": "Ida", "type": "standard"},
        "UpdatedAt": {"label": "Geändert", "value": "2026-11-02T08:13:54Z"},
        "CustomFields": FIELDS["CustomFields"],
    },
}


@pytest.mark.parametrize("record", WHOLE.values(), ids=WHOLE)
def test_a_record_is_read_wherever_its_fields_are(record: Json) -> None:
    candidate = compile_reader(Rules())(record)
    assert candidate.remote_id == "7"
    assert candidate.values["first_name"] == "Ida"
    assert candidate.values["remote_updated_at"] == "2026-11-02T08:13:54.000Z"
    assert candidate.custom == {"Klasse": "C1", "Schicht": "Nacht"}
    assert candidate.doubts == ()


@pytest.mark.parametrize("record", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("name", ["Klasse", "CustomFields.Klasse"])
def test_an_entry_that_has_only_a_label_is_excluded_by_it(record: Json, name: str) -> None:
    rules = Rules(exclude_fields=frozenset({name}))
    assert compile_reader(rules)(record).custom == {"Schicht": "Nacht"}
    for copied in (
        compile_remote_data(rules)(record),
        compile_integration_fields(rules)(record),
        compile_remote_data(Rules(), {"id", "remote_id", "custom_fields.Schicht"})(record),
    ):
        assert "C1" not in str(copied)
        assert "Nacht" in str(copied)


@pytest.mark.parametrize("member", ["attributes", "_source", "node"])
def test_a_field_is_excluded_by_its_path_with_or_without_the_member(member: str) -> None:
    record = {"type": "p", "id": "7", "attributes": {"Profil": {"Hobby": "Rudern"}}}
    if member != "attributes":
        record = {member: {"id": "7", "Profil": {"Hobby": "Rudern"}}}
    for name in ("Hobby", "Profil.Hobby", f"{member}.Profil.Hobby"):
        rules = Rules(exclude_fields=frozenset({name}))
        assert "Rudern" not in str(compile_remote_data(rules)(record))
        assert "Rudern" not in str(compile_reader(rules)(record).custom)


def test_what_other_tables_have_of_a_row_stands_beside_its_columns() -> None:
    record = {
        "Candidate": {"id": "7", "Vorname": "Ida", "Hobby": "Rudern"},
        "Adresse": {"Ort": "Hof"},
        "PositionOpening": [{"id": "88", "status": "neu"}],
    }
    candidate = compile_reader(Rules())(record)
    assert candidate.remote_id == "7"
    assert candidate.values["location"]["city"] == "Hof"
    assert [opening.remote_id for opening in candidate.openings] == ["88"]
    assert candidate.custom == {"Hobby": "Rudern"}
    whole = compile_remote_data(Rules())(record)
    assert whole == record
    narrow = compile_remote_data(Rules(), {"remote_id", "first_name"})(record)
    assert narrow == {"Candidate": {"id": "7", "Vorname": "Ida"}}


@pytest.mark.parametrize(
    ("record", "path"),
    [
        ({"Candidate": {"Id": 7, "Ruf": "Ida"}}, "Ruf"),
        ({"id": 7, "attributes": {"Ruf": "Ida"}}, "attributes.Ruf"),
        ({"id": 7, "attributes": {"Ruf": "Ida"}}, "Ruf"),
    ],
)
def test_a_path_leads_into_the_member_and_attributes_may_be_named(record: Json, path: str) -> None:
    candidate = compile_reader(Rules(field_paths={"first_name": path}))(record)
    assert (candidate.remote_id, candidate.values["first_name"]) == ("7", "Ida")


def test_a_path_into_a_member_reads_nothing_beside_it() -> None:
    record = {"Id": 1, "Name": "Anna Berg", "Candidate": {"Name": "Messe"}}
    rules = Rules(field_paths={"source": ["Bewerber.Name"]})
    assert compile_reader(rules)(record).values["source"] is None
    assert "Name" not in compile_remote_data(rules, {"remote_id", "source"})(record)


@pytest.mark.parametrize(
    ("excluded", "record", "left"),
    [
        ("Bewerber.Name", {"id": 1, "Name": "x"}, {"id": 1, "Name": "x"}),
        ("UserArea.Bewerber", {"UserArea": {"Gehalt": "5"}}, {"UserArea": {"Gehalt": "5"}}),
        ("Stellen.Candidate", {"Stellen": [{"Candidate": 1, "b": 2}]}, {"Stellen": [{"b": 2}]}),
        ("Candidate.Ruf", {"Candidate": {"Ruf": "x", "b": 2}}, {"Candidate": {"b": 2}}),
        ("Ruf", {"Candidate": {"Ruf": "x", "b": 2}}, {"Candidate": {"b": 2}}),
        ("Profil.Ruf", {"Candidate": {"Profil": {"Ruf": "x"}}}, {"Candidate": {"Profil": {}}}),
    ],
)
def test_what_is_excluded_of_a_member_is_named_with_it_or_without(
    excluded: str, record: Json, left: Json
) -> None:
    assert compile_strip(frozenset({excluded}))(record) == left


def test_a_member_beside_others_is_no_record() -> None:
    candidate = compile_reader(Rules())({"Id": 7, "Candidate": {"Id": 8}, "Vorname": "Ida"})
    assert (candidate.remote_id, candidate.custom) == ("7", {"Candidate": {"Id": 8}})
    candidate = compile_reader(Rules())({"id": 7, "node": {"id": 8}, "Vorname": "Ida"})
    assert (candidate.remote_id, candidate.custom) == ("7", {"node": {"id": 8}})


def test_a_value_without_a_label_is_a_field_of_its_own() -> None:
    candidate = compile_reader(Rules())({"id": 7, "Vorname": {"value": "Ida", "sure": True}})
    assert candidate.values["first_name"] is None


@pytest.mark.parametrize(
    "written",
    ["/Date(1793607234000)/", "/Date(1793607234000+0100)/", {"$date": "2026-11-02T08:13:54Z"},
     {"$date": {"$numberLong": "1793607234000"}}],
)  # fmt: skip
def test_times_of_other_frameworks(written: object) -> None:
    candidate = compile_reader(Rules())({"id": 7, "UpdatedAt": written})
    assert candidate.values["remote_updated_at"] == "2026-11-02T08:13:54.000Z"


@pytest.mark.parametrize(
    ("element", "number"),
    [
        ({"countryCode": "+49", "number": "089 1234567"}, "+49 89 1234567"),
        ({"countryCode": "49", "areaCode": "089", "number": "1234567"}, "+49 89 1234567"),
        ({"countryCode": "DE", "number": "089 1234567"}, "089 1234567"),
        ({"countryCode": "", "number": "0171 1234567"}, "0171 1234567"),
        ({"countryCode": "+49", "number": "+43 1 2345678"}, "+43 1 2345678"),
    ],
)
def test_a_number_beside_the_code_of_its_country(element: Json, number: str) -> None:
    candidate = compile_reader(Rules())({"id": 7, "phoneNumbers": [element]})
    assert [each["phone_number"] for each in candidate.values["phone_numbers"]] == [number]


def test_openings_in_labels_and_in_members() -> None:
    opening = {"type": "Application", "attributes": {"job_id": {"label": "Stelle", "value": 88}}}
    record = {"id": 7, "applications": {"label": "Bewerbungen", "value": [opening], "type": "list"}}
    assert [each.remote_id for each in compile_reader(Rules())(record).openings] == ["88"]
