"""Which path fed which field, for reports: the same reading, told instead of done."""

from __future__ import annotations

import copy
import typing as t
from collections import Counter

import pytest

from tap_compleetpersy.model.candidate import Rules
from tap_compleetpersy.model.provenance import compile_provenance
from tests.documented import DEFAULT


def fed(record: dict[str, t.Any], **rules: t.Any) -> dict[str, dict[str, object]]:
    """Model field to path to value."""
    told: dict[str, dict[str, object]] = {}
    for source in compile_provenance(Rules(**rules))(record).sources:
        told.setdefault(source.field, {})[source.path] = source.value
    return told


def test_each_field_names_the_path_and_the_value_as_received() -> None:
    told = fed(DEFAULT)
    assert told["remote_id"] == {"CandidateRecordInfo.Id.IdValue": "4711"}
    assert told["remote_updated_at"] == {
        "CandidateRecordInfo.LastModificationDate": "2026-11-02 09:13:54"
    }
    assert [*told["company"]] == ["CandidateProfile.EmploymentHistory.EmployerOrg.EmployerOrgName"]
    assert {path.rpartition(".")[2] for path in told["location.street_1"]} == {
        "StreetName",
        "BuildingNumber",
    }
    assert told["jobs.remote_id"] == {"PositionRecordInfo.Id.IdValue": "88"}
    assert told["applications.outcome"] == {
        "CandidateRecordInfo.Status": "active",
        "Status": "interview",
    }


@pytest.mark.parametrize(
    ("rules", "record", "field", "path"),
    [
        ({"company": "Profil.Firma"}, {"Profil": {"Firma": "A"}}, "company", "Profil.Firma"),
        ({"company": ["X", "Y"]}, {"Y": "A", "Firma": "B"}, "company", "Y"),
        ({"location": {"city": "Heimat"}}, {"Heimat": "Ulm"}, "location.city", "Heimat"),
        (
            {"jobs.name": "PositionOpening.Rolle"},
            {"PositionOpening": {"Id": 1, "Rolle": "Koch"}},
            "jobs.name",
            "PositionOpening.Rolle",
        ),
    ],
    ids=["one", "second of two", "part of the location", "of an opening"],
)
def test_paths_of_the_user_are_named_as_given(
    rules: dict[str, t.Any], record: dict[str, t.Any], field: str, path: str
) -> None:
    assert [*fed(record, field_paths=rules)[field]] == [path]


def test_a_path_to_openings_is_followed_and_is_no_field() -> None:
    told = fed({"Id": 1, "Mappe": [{"Id": 88}]}, field_paths={"openings": "Mappe"})
    assert told["jobs.remote_id"] == {"Id": 88}
    assert "openings" not in told


def test_an_empty_value_feeds_nothing_and_the_next_path_does() -> None:
    assert fed({"Id": "1", "FirstName": " ", "Vorname": "A"})["first_name"] == {"Vorname": "A"}


def test_an_excluded_key_feeds_nothing() -> None:
    told = fed({"Id": "1", "Vorname": "A"}, exclude_fields=frozenset({"Vorname"}))
    assert "first_name" not in told


def test_times_that_are_none_are_kept_apart() -> None:
    trace = compile_provenance(Rules())
    assert trace({"Id": 1, "Modified": "gestern"}).misread_times == ["gestern"]
    assert trace({"Id": 1, "Modified": "0000-00-00 00:00:00"}).misread_times == []


def test_nested_keys_that_no_path_leads_to_are_unclaimed() -> None:
    record = copy.deepcopy(DEFAULT)
    record["CandidateProfile"]["PersonalData"]["BirthDate"] = {"#text": "1990-01-01"}
    record["PositionOpening"][0]["@attributes"] = {"lang": "de"}
    record["PositionOpening"][0]["Branch"] = "Ulm"
    record["Own"] = {"deep": 1}  # a custom field, as the content of UserArea is
    told = compile_provenance(Rules())(record)
    assert Counter(told.unclaimed) == {
        "CandidateProfile.PersonalData.BirthDate": 1,
        "PositionOpening.Branch": 1,
    }


def test_a_value_beside_other_things_is_unclaimed() -> None:
    told = compile_provenance(Rules())({"Id": 1, "Vorname": {"Value": "J", "Notiz": "x"}})
    assert told.unclaimed == ["Vorname.Value", "Vorname.Notiz"]


def test_names_in_a_list_are_traced_though_they_are_joined() -> None:
    record: dict[str, object] = {"Id": "1", "Vorname": ["Anna", "Maria"]}
    sources = compile_provenance(Rules())(record).sources
    assert [one.value for one in sources if one.field == "first_name"] == ["Anna"]
