from __future__ import annotations

import json
import typing as t

import pytest

from tap_compleetpersy.model.address import LOCATION_PARTS
from tap_compleetpersy.model.candidate import Rules, compile_reader
from tap_compleetpersy.model.listing import compile_integration_fields

Json = dict[str, t.Any]

PERSON = "CandidateProfile.PersonalData.PersonName"
KEYS = {"id", "remote_id", "changed_at", "remote_deleted_at"}


def listed(record: Json, rules: Rules | None = None, selected: set[str] | None = None) -> Json:
    fields = compile_integration_fields(rules or Rules(), selected)(record)
    assert all(list(f) == ["id", "key", "type", "value", "label"] for f in fields)
    assert all(f["id"] == f["key"] for f in fields)
    return {f"{f['type']} {f['key']}": (f["value"], f["label"]) for f in fields}


def test_every_field_of_the_default_candidate(default_record: Json) -> None:
    def text(*path: str) -> str:
        value: t.Any = default_record
        for name in path:
            value = value[name]
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    contacts = text("CandidateProfile", "PersonalData", "ContactMethod")
    employers = text("CandidateProfile", "EmploymentHistory", "EmployerOrg")
    assert listed(default_record) == {
        "DEFAULT CandidateRecordInfo.Id.IdValue": ("4711", "IdValue"),
        "DEFAULT CandidateRecordInfo.Status": ("active", "Status"),
        "DEFAULT CandidateRecordInfo.Confidential": ("0", "Confidential"),
        "DEFAULT CandidateRecordInfo.CreatedDate": ("2026-03-28 14:05:11", "CreatedDate"),
        "DEFAULT CandidateRecordInfo.LastModificationDate": (
            "2026-11-02 09:13:54",
            "LastModificationDate",
        ),
        "DEFAULT CandidateSupplier.EntityName": ("StepStone", "EntityName"),
        f"DEFAULT {PERSON}.GivenName": ("Jürgen", "GivenName"),
        f"DEFAULT {PERSON}.FamilyName": ("Müller-Lüdenscheidt", "FamilyName"),
        f"DEFAULT {PERSON}.FormattedName": ("Jürgen Müller-Lüdenscheidt", "FormattedName"),
        "DEFAULT CandidateProfile.PersonalData.ContactMethod": (contacts, "ContactMethod"),
        "DEFAULT CandidateProfile.EmploymentHistory.EmployerOrg": (employers, "EmployerOrg"),
        "DEFAULT PositionOpening": (text("PositionOpening"), "PositionOpening"),
        "CUSTOM Gehaltswunsch": ("42.000", "Gehaltswunsch"),
        "CUSTOM Fuehrerschein": ("B", "Fuehrerschein"),
        "CUSTOM Eintrittsdatum": ("01.02.2027", "Eintrittsdatum"),
        "CUSTOM Schichtbereit": ("1", "Schichtbereit"),
        "CUSTOM Sprachen": ('["Deutsch","Polnisch"]', "Sprachen"),
    }


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"Vorname": " J&uuml;rgen "}, {"DEFAULT Vorname": (" J&uuml;rgen ", "Vorname")}),
        ({"Vorname": None}, {"DEFAULT Vorname": (None, "Vorname")}),
        ({"Vorname": "J\ud800\x00"}, {"DEFAULT Vorname": ("J", "Vorname")}),
        (
            {"Hund": True, "Alter": 3.0},
            {"CUSTOM Hund": ("true", "Hund"), "CUSTOM Alter": ("3.0", "Alter")},
        ),
        ({"Hund": {"Name": "Rex"}}, {"CUSTOM Hund": ('{"Name":"Rex"}', "Hund")}),
        ({"Zahl": float("inf")}, {"CUSTOM Zahl": (None, "Zahl")}),
        (
            {"Ort": {"#text": "Ulm", "@lang": "de"}},
            {"DEFAULT Ort": ("Ulm", "Ort"), "DEFAULT Ort.@lang": ("de", "@lang")},
        ),
        (
            {"PositionOpening": {"Id": 5}},
            {"DEFAULT PositionOpening": ('{"Id":5}', "PositionOpening")},
        ),
        ({"Email": ["a", "b"]}, {"DEFAULT Email": ('["a","b"]', "Email")}),
        (
            {
                "UserArea": [
                    {"Key": "A", "Label": "Ein A", "Value": "1"},
                    {"@name": "B", "#text": 2},
                ]
            },
            {"CUSTOM A": ("1", "Ein A"), "CUSTOM B": ("2", "B")},
        ),
        ({"UserArea": [{"A": 1}, {"A": 2}]}, {"CUSTOM A": ("[1,2]", "A")}),
        ({"UserArea": {"A.b": {"#text": "x"}}}, {"CUSTOM A.b": ("x", "A.b")}),
        ({"hr:UserArea": {"hr:A": ""}}, {"CUSTOM hr:A": ("", "hr:A")}),
    ],
    ids=repr,
)
def test_values_are_raw_text(record: Json, expected: Json) -> None:
    assert listed(record) == expected


def test_excluded_keys_never_appear(default_record: Json) -> None:
    default_record["UserArea"] = [
        {"@name": "Gehalt", "#text": "1"},
        {"@name": "Ort [alt]", "#text": "2"},
        {"@name": "A.b", "#text": "3"},
    ]
    exclude = frozenset({"Gehalt", "A.b", "FormattedName", "CandidateRecordInfo.Status", "Use"})
    fields = listed(default_record, Rules(exclude_fields=exclude))
    assert "CUSTOM Ort [alt]" in fields
    assert "DEFAULT CandidateProfile.PersonalData.ContactMethod" in fields
    shown = json.dumps(fields)
    assert not any(key in shown for key in ("Gehalt", "A.b", "FormattedName", "RecordInfo.Status"))
    assert '"Use' not in shown


def test_only_what_selected_fields_claim_remains(default_record: Json) -> None:
    selected = KEYS | {"last_name", "email_addresses", "custom_fields", "custom_fields.Sprachen"}
    fields = listed(default_record, selected=selected)
    contacts = '[{"Use":"personal"},{"Use":"personal","InternetEmailAddress":"j.mueller@example.org"},{"Use":"personal"}]'  # noqa: E501
    assert fields == {
        "DEFAULT CandidateRecordInfo.Id.IdValue": ("4711", "IdValue"),
        f"DEFAULT {PERSON}.FamilyName": ("Müller-Lüdenscheidt", "FamilyName"),
        "DEFAULT CandidateProfile.PersonalData.ContactMethod": (contacts, "ContactMethod"),
        "CUSTOM Sprachen": ('["Deutsch","Polnisch"]', "Sprachen"),
    }


def test_a_claimed_custom_field_goes_with_its_model_field() -> None:
    rules = Rules(field_paths={"source": ["UserArea.Kanal"]})
    record = {"Id": "1", "UserArea": {"Kanal": "Messe", "Hund": "Rex"}}
    assert "DEFAULT UserArea.Kanal" in listed(record, rules)
    assert list(listed(record, rules, {*KEYS, "source"})) == [
        "DEFAULT Id",
        "DEFAULT UserArea.Kanal",
    ]
    assert list(listed(record, rules, {*KEYS, "custom_fields.Hund"})) == [
        "DEFAULT Id",
        "CUSTOM Hund",
    ]


def test_what_stands_under_a_lone_number_is_no_custom_field_here_either() -> None:
    record: Json = {"Id": 1, "0": {"UserArea": {"Schuhe": "43"}}}
    assert compile_reader(Rules())(record).custom == {}
    assert listed(record) == {
        "DEFAULT Id": ("1", "Id"),
        "DEFAULT 0.UserArea.Schuhe": ("43", "Schuhe"),
    }


@pytest.mark.parametrize(
    "record",
    [
        {"Id": 1, "#cdata": {"A": 1}, "Value": {"UserArea": {"B": "x"}}},
        {"Id": 1, "PersonalData": {"#cdata": {"A": 1}, "Value": {"UserArea": {"B": "x"}}}},
        {"Label": "x", "Value": {"Id": 1, "UserArea": {"B": "x"}}},
    ],
)
def test_a_value_beside_other_things_is_around_no_custom_fields(record: Json) -> None:
    custom = {name.partition(" ")[2] for name in listed(record) if name.startswith("CUSTOM ")}
    assert custom == set(compile_reader(Rules())(record).custom)


@pytest.mark.parametrize(
    "around", [lambda section: [section], lambda section: {"4": section}], ids=["list", "numbered"]
)
def test_a_section_that_comes_in_a_list_is_listed_as_the_section(
    around: t.Callable[[Json], t.Any],
) -> None:
    section = {"PersonalData": {"PersonName": {"GivenName": "J"}}, "Freifelder": {"A": "1"}}
    record: Json = {"Id": 1, "CandidateProfile": around(section)}
    assert listed(record) == {
        "DEFAULT Id": ("1", "Id"),
        f"DEFAULT {PERSON}.GivenName": ("J", "GivenName"),
        "CUSTOM A": ("1", "A"),
    }
    assert compile_reader(Rules())(record).custom == {"A": "1"}


def test_the_custom_fields_of_every_section_in_a_list_are_listed() -> None:
    record = {"Id": 1, "CandidateProfile": [{"Freifelder": {"A": "1"}}, {"UserArea": {"B": "2"}}]}
    custom = {"CUSTOM A": ("1", "A"), "CUSTOM B": ("2", "B")}
    assert listed(record) == {"DEFAULT Id": ("1", "Id")} | custom


def test_sections_are_listed_beside_elements_that_are_none() -> None:
    record = {"Id": 1, "CandidateProfile": [{"Freifelder": {"A": "1"}}, []]}
    assert listed(record) == {
        "DEFAULT Id": ("1", "Id"),
        "CUSTOM A": ("1", "A"),
        "DEFAULT CandidateProfile": ("[]", "CandidateProfile"),
    }


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ("street_1", "AddressLine"),
        ("street_2", "AddressLine"),
        ("country", "Land"),
        ("state", "Land"),
        ("zip_code", "Adresse"),
        ("city", "Adresse"),
    ],
)
def test_what_may_tell_several_parts_of_the_location_is_kept_where_all_are_selected(
    part: str, key: str
) -> None:
    every = {*KEYS, "location", *(f"location.{each}" for each in LOCATION_PARTS)}
    record: Json = {"Id": 1, key: "Am Tor 1", "Municipality": "Ulm"}
    assert f"DEFAULT {key}" in listed(record, Rules(), every)
    for selected in (every - {f"location.{part}"}, {*KEYS, "location", f"location.{part}"}):
        assert f"DEFAULT {key}" not in listed(record, Rules(), selected)


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ("city", "Municipality"),
        ("country", "CountryCode"),
        ("state", "Region"),
        ("street_1", "StreetName"),
        ("zip_code", "PostalCode"),
    ],
)
def test_a_deselected_part_of_the_location_is_not_kept_for_the_line_of_all(
    part: str, key: str
) -> None:
    address = dict.fromkeys(
        ("CountryCode", "PostalCode", "Region", "Municipality", "StreetName"), "x"
    )
    selected = {*KEYS, "location", *(f"location.{each}" for each in LOCATION_PARTS if each != part)}
    kept = listed({"Id": 1, **address}, Rules(), selected)
    assert list(kept) == ["DEFAULT Id", *(f"DEFAULT {each}" for each in address if each != key)]
