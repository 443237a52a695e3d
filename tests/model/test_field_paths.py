from __future__ import annotations

import typing as t

import pytest

from tap_compleetpersy.model.candidate import Rules, compile_reader

Json = dict[str, t.Any]


EXTRA: dict[str, t.Any] = {
    "first_name": "Wer.Rufname",
    "source": ["UserArea.Kanal", "Woher"],
    "title": ["Beruflich.Heute"],
    "location.city": ["Wo.Stadt"],
    "location": {"country": "Wo.Staat"},
    "phone_numbers": ["Draht.Nummer"],
    "candidates.confidential": "Geheim",
    "jobs.name": ["Was.Wort"],
    "jobs": {"remote_id": "Was.Zahl"},
    "applications.outcome": "PositionOpening.Ende",
    "applications": {"remote_created_at": ["Wann"]},
    "remote_updated_at": "Meta.Zuletzt",
}


def test_field_paths_go_first() -> None:
    read = compile_reader(Rules(field_paths=EXTRA))
    candidate = read(
        {
            "Id": 1,
            "Vorname": "Falsch",
            "Wer": {"Rufname": "Jo", "Spitzname": "Jojo"},
            "UserArea": {"Kanal": "Messe", "Kleid": "rot"},
            "Beruflich": {"Heute": "Koch"},
            "EmploymentHistory": {
                "EmployerOrg": {"EmployerOrgName": "A", "PositionHistory": {"Title": "a"}}
            },
            "Wo": [{"Stadt": "Ulm", "Staat": "Schweiz"}],
            "PLZ": "89073",
            "Telefon": "111",
            "Draht": [{"Nummer": "112", "Typ": "Handy"}, {"Nummer": "113", "Typ": "privat"}],
            "Geheim": "ja",
            "Meta": {"Zuletzt": 1793607234},
            "PositionOpening": {
                "Id": "alt",
                "Was": {"Wort": "Kellner", "Zahl": 5},
                "Ende": "Absage",
                "Wann": "2026-01-01",
            },
        }
    )
    assert candidate.values["first_name"] == "Jo"
    assert candidate.values["source"] == "Messe"
    assert (candidate.values["company"], candidate.values["title"]) == ("A", "Koch")
    assert candidate.values["location"]["city"] == "Ulm"
    assert candidate.values["location"]["country"] == "CH"
    assert candidate.values["location"]["zip_code"] == "89073"
    assert candidate.values["confidential"] is True
    assert candidate.values["remote_updated_at"] == "2026-11-02T08:13:54.000Z"
    assert candidate.values["phone_numbers"] == [
        {"phone_number": "112", "type": "MOBILE"},
        {"phone_number": "113", "type": "HOME"},
    ]
    assert candidate.custom == {"Kleid": "rot", "Wer": {"Spitzname": "Jojo"}}
    (one,) = candidate.openings
    assert (one.remote_id, one.name, one.outcome) == ("5", "Kellner", "DECLINED")
    assert one.created_at == 1767222000000


def test_built_in_paths_remain_behind_field_paths(
    default_record: Json, default_values: Json
) -> None:
    assert compile_reader(Rules(field_paths=EXTRA))(default_record).values == default_values


@pytest.mark.parametrize(
    "record",
    [
        {"UserArea": {"A.b": "Messe", "C": 1}},
        {"UserArea": {"A": {"b": "Messe"}, "C": 1}},
        {"UserArea": [{"@name": "A.b", "#text": "Messe"}, {"@name": "C", "#text": 1}]},
        {"userarea": {"a.B": "Messe", "C": 1}},
    ],
    ids=repr,
)
def test_a_path_may_lead_to_a_key_with_dots(record: Json) -> None:
    candidate = compile_reader(Rules(field_paths={"source": "UserArea.A.b"}))({"Id": 1, **record})
    assert candidate.values["source"] == "Messe"
    assert candidate.custom == {"C": 1}


def test_openings_may_stand_anywhere() -> None:
    read = compile_reader(Rules(field_paths={"openings": ["Verfahren.Liste"]}))
    candidate = read({"Id": 1, "Verfahren": {"Liste": {"Id": 5}}, "Stellen": [{"Id": 6}]})
    assert [opening.remote_id for opening in candidate.openings] == ["5", "6"]
    assert candidate.custom == {}


@pytest.mark.parametrize(
    ("field_paths", "named"),
    [
        ({"vorname": ["x"]}, "vorname"),
        ({"location": ["x"]}, "location"),
        ({"location.town": "x"}, "location.town"),
        ({"jobs": {"title": "x"}}, "jobs.title"),
        ({"first_name": [1]}, "first_name"),
        ({"first_name": ""}, "first_name"),
        ({"first_name": None}, "first_name"),
    ],
    ids=repr,
)
def test_bad_field_paths_are_named(field_paths: Json, named: str) -> None:
    with pytest.raises(ValueError, match=f"field_paths: .*'{named}'"):
        compile_reader(Rules(field_paths=field_paths))


def test_a_name_beside_a_mail_address_in_an_element_of_its_own_is_read() -> None:
    paths = {"first_name": "Wer.Rufname", "email_addresses": "Wer.Post", "location.city": "Wer.Ort"}
    read = compile_reader(Rules(field_paths=paths))
    candidate = read({"Id": 1, "Wer": {"Rufname": "Jo", "Post": "jo@example.org", "Ort": "Ulm"}})
    assert candidate.values["first_name"] == "Jo"
    assert candidate.values["email_addresses"] == [
        {"email_address": "jo@example.org", "type": None}
    ]
    assert candidate.values["location"]["city"] == "Ulm"


def test_parts_of_an_address_are_those_of_one_element() -> None:
    paths = {"location.street_1": "Wer.Orte.Weg", "location.city": "Wer.Orte.Dorf"}
    read = compile_reader(Rules(field_paths=paths))
    places = [{"Dorf": "Ulm"}, {"Weg": "Gasse 1", "Dorf": "Bonn"}]
    location = read({"Id": 1, "Wer": {"Orte": places}, "PLZ": "89073"}).values["location"]
    assert (location["street_1"], location["city"]) == (None, "Ulm")
    assert (location["zip_code"], location["raw"]) == ("89073", "89073 Ulm")


def test_a_path_into_a_known_address_is_followed() -> None:
    read = compile_reader(Rules(field_paths={"location.street_1": "Anschrift.Gasse"}))
    location = read({"Id": 1, "Anschrift": {"Gasse": "Am Tor 5", "Ort": "Ulm"}}).values["location"]
    assert (location["street_1"], location["raw"]) == ("Am Tor 5", "Am Tor 5, Ulm")


def test_a_list_of_numbers_and_mails_may_feed_both() -> None:
    both = {"phone_numbers": "Draht.Eintrag", "email_addresses": "Draht.Eintrag"}
    read = compile_reader(Rules(field_paths=both))
    entries = [
        {"Art": "privat", "Eintrag": "089 123456"},
        {"Art": "Mail", "Eintrag": "jo@example.org"},
        {"Art": "Mail", "Eintrag": "jo@"},
        {"Art": "Funk", "Eintrag": "Kanal 4"},
    ]
    candidate = read({"Id": 1, "Draht": entries})
    assert candidate.values["phone_numbers"] == [{"phone_number": "089 123456", "type": "HOME"}]
    assert [one["email_address"] for one in candidate.values["email_addresses"]] == [
        "jo@example.org"
    ]
    assert sorted(candidate.doubts) == ["email_addresses: invalid", "phone_numbers: invalid"]
