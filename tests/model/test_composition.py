from __future__ import annotations

import typing as t

import pytest

from tap_compleetpersy.model.candidate import Rules, compile_reader
from tap_compleetpersy.model.composition import compile_location

Json = dict[str, t.Any]
Read = t.Any

PARTS = ("city", "country", "raw", "state", "street_1", "street_2", "zip_code")


def employer(name: str | None, *positions: tuple[str, str]) -> Json:
    history = [{"Title": title, "CurrentEmployer": current} for title, current in positions]
    return {"EmployerOrgName": name, "PositionHistory": history}


@pytest.mark.parametrize(
    ("employers", "company", "title"),
    [
        ([employer("A", ("a", "false")), employer("B", ("b", "true"))], "B", "b"),
        ([employer("A", ("a", "0")), employer("B", ("x", ""), ("b", "ja"))], "B", "b"),
        ([employer("A", ("a", "")), employer("B", ("b", ""))], "A", "a"),
        ([employer("A"), employer("B", ("b", ""))], "A", None),
        ({**employer("A"), "PositionHistory": {"Title": "a"}}, "A", "a"),
        ([{"EmployerOrgName": "A"}, {"EmployerOrgName": "B", "CurrentEmployer": "1"}], "B", None),
        ([None, {}, employer("B", ("b", ""))], "B", "b"),
        (None, None, None),
    ],
)
def test_company_and_title_are_of_one_employer(
    read: Read, employers: object, company: str | None, title: str | None
) -> None:
    for history in ({"EmployerOrg": employers}, employers):
        values = read({"Id": 1, "EmploymentHistory": history}).values
        assert (values["company"], values["title"]) == (company, title)


@pytest.mark.parametrize(
    ("postal", "expected"),
    [
        (
            {"DeliveryAddress": {"AddressLine": ["Am Tor 1", "Hinterhaus", "3. Stock"]}},
            {
                "street_1": "Am Tor 1",
                "street_2": "Hinterhaus",
                "raw": "Am Tor 1, Hinterhaus, 3. Stock",
            },
        ),
        ({"DeliveryAddress": {"AddressLine": "Am Tor 1"}}, {"street_1": "Am Tor 1"}),
        (
            {"DeliveryAddress": {"StreetName": "Am Tor", "AddressLine": "c/o Huber"}},
            {"street_1": "Am Tor", "street_2": "c/o Huber", "raw": "Am Tor, c/o Huber"},
        ),
        (
            {"CountryCode": "Österreich", "Municipality": "Wien", "PostalCode": 1010},
            {"country": "AT", "city": "Wien", "zip_code": "1010", "raw": "1010 Wien, Österreich"},
        ),
        (
            {"PostOfficeBox": "10 20", "PostalCode": "89073", "Municipality": "Ulm"},
            {
                "street_1": "Postfach 10 20",
                "zip_code": "89073",
                "city": "Ulm",
                "raw": "Postfach 10 20, 89073 Ulm",
            },
        ),
        (
            {"Street": "Am Tor 1", "CareOf": "Huber", "Postfach": "Postfach 7"},
            {
                "street_1": "Am Tor 1",
                "street_2": "c/o Huber",
                "raw": "Am Tor 1, c/o Huber, Postfach 7",
            },
        ),
        (
            {"Ort": "Ulm", "Zusatz": "bei Huber"},
            {"city": "Ulm", "street_1": "bei Huber", "raw": "bei Huber, Ulm"},
        ),
        ({"Ort": "Ulm", "Land": "Hessen"}, {"city": "Ulm", "state": "Hessen", "raw": "Ulm"}),
        (
            {"Ort": "Ulm", "Country": "Österreich", "Land": "Tirol"},
            {"city": "Ulm", "country": "AT", "state": "Tirol", "raw": "Ulm, Österreich"},
        ),
        ({"Ort": "Ulm", "Country": "Hessen"}, {"city": "Ulm", "state": "Hessen", "raw": "Ulm"}),
        ({"Ort": "Hof", "Land": "by"}, {"city": "Hof", "state": "by", "raw": "Hof"}),
        (
            {"Ort": "Gent", "PLZ": "9000", "Land": "BE"},
            {"city": "Gent", "zip_code": "9000", "country": "BE", "raw": "9000 Gent, Belgien"},
        ),
        (
            {"Ort": "Spandau", "PLZ": "13581", "Land": "BE"},
            {"city": "Spandau", "zip_code": "13581", "state": "BE", "raw": "13581 Spandau"},
        ),
        ({"CountryCode": "Narnia"}, {"country": "Narnia", "raw": "Narnia"}),
        ({"DeliveryAddress": {"BuildingNumber": "1"}}, None),
        ({"Municipality": " "}, None),
        (
            "Am Tor 1, 80331 München",
            {
                "street_1": "Am Tor 1",
                "zip_code": "80331",
                "city": "München",
                "raw": "Am Tor 1, 80331 München",
            },
        ),
        (
            "Plac Nowy 2/5\r\n30-001 Muster,\nPolen",
            {
                "street_1": "Plac Nowy 2/5",
                "zip_code": "30-001",
                "city": "Muster",
                "country": "PL",
                "raw": "Plac Nowy 2/5, 30-001 Muster, Polen",
            },
        ),
        ("Frau Kranz, Am Tor 1, 80331 Ulm", {"raw": "Frau Kranz, Am Tor 1, 80331 Ulm"}),
        (
            {"DeliveryAddress": {"AddressLine": "Am Tor 1\n\nAufgang 3 "}, "Municipality": "Ulm"},
            {
                "street_1": "Am Tor 1",
                "street_2": "Aufgang 3",
                "city": "Ulm",
                "raw": "Am Tor 1, Aufgang 3, Ulm",
            },
        ),
        (
            {"PostalCode": "CH-9999", "Municipality": "Muster"},
            {
                "zip_code": "CH-9999",
                "city": "Muster",
                "country": "CH",
                "raw": "CH-9999 Muster, Schweiz",
            },
        ),
        ([{}, {"Municipality": "Ulm"}, {"Municipality": "Köln"}], {"city": "Ulm", "raw": "Ulm"}),
    ],
    ids=repr,
)
def test_the_first_postal_address(read: Read, postal: object, expected: Json | None) -> None:
    record = {"Id": 1, "ContactMethod": [{"Use": "business"}, {"PostalAddress": postal}]}
    location = read(record).values["location"]
    if expected is not None:
        empty = dict.fromkeys(PARTS)
        expected = {**empty, "raw": expected.get("street_1"), **expected}
    assert location == expected


def test_a_flat_address_beside_its_town_is_a_street(read: Read) -> None:
    location = read({"Id": 1, "Adresse": "Am Tor 1", "PLZ": "80331", "Ort": "München"})
    assert location.values["location"] == dict.fromkeys(PARTS) | {
        "street_1": "Am Tor 1",
        "zip_code": "80331",
        "city": "München",
        "raw": "Am Tor 1, 80331 München",
    }


@pytest.mark.parametrize(
    ("record", "phones"),
    [
        (
            {"phones": ["0171 1", {"number": "089 2", "type": "work"}]},
            [("0171 1", None), ("089 2", "WORK")],
        ),
        (
            {"Telefon": "111", "Mobil": "112", "Telefax": 113},
            [("111", None), ("112", "MOBILE"), ("113", "FAX")],
        ),
        ({"Telefon": ["111", "111", "112"]}, [("111", None), ("112", None)]),
        ({"ContactMethod": {"Use": "office", "Telephone": "111"}}, [("111", "WORK")]),
        (
            {"ContactMethod": {"Use": "business", "Fax": {"FormattedNumber": "111"}}},
            [("111", "FAX")],
        ),
        ({"ContactMethod": {"@Use": "business", "Mobile": "111"}}, [("111", "MOBILE")]),
        ({"ContactMethod": {"Use": "emergency", "Telephone": "111"}}, [("111", None)]),
        ({"BüroTelefon": "0911 5550"}, [("0911 5550", "WORK")]),
        ({"Handy 2": "0151 55501"}, [("0151 55501", "MOBILE")]),
        ({"Handy_dienstlich": "0151 55501"}, [("0151 55501", "MOBILE")]),
        ({"Firmentelefon": "0911 5550"}, [("0911 5550", "WORK")]),
        (
            {"Telefon": {"privat": "0911 5550", "mobil": "0151 55501"}},
            [("0911 5550", "HOME"), ("0151 55501", "MOBILE")],
        ),
        ({"Phone": {"number": "0911 5550"}}, [("0911 5550", None)]),
        (
            {"ContactMethod": {"Use": "office", "Telephone": "0911 5550 / privat 0151 55501"}},
            [("0911 5550", "WORK"), ("0151 55501", "HOME")],
        ),
        ({"Mobil": "dienstlich 0151 55501"}, [("0151 55501", "MOBILE")]),
    ],
    ids=repr,
)
def test_telephone_numbers(read: Read, record: Json, phones: list[tuple[str, str | None]]) -> None:
    values = read({"Id": 1, **record}).values
    assert [(p["phone_number"], p["type"]) for p in values["phone_numbers"]] == phones


def test_mail_addresses_by_their_use(read: Read) -> None:
    candidate = read({"Id": 1, "Email": {"privat": "a@example.org", "dienstlich": "b@example.org"}})
    assert [
        (each["email_address"], each["type"]) for each in candidate.values["email_addresses"]
    ] == [
        ("a@example.org", "PRIVATE"),
        ("b@example.org", "WORK"),
    ]


def test_invalid_mail_addresses_are_left_out(read: Read) -> None:
    candidate = read({"Id": 1, "Email": ["a@example.org", "b@", "keine", "a@example.org"]})
    assert candidate.values["email_addresses"] == [{"email_address": "a@example.org", "type": None}]
    assert candidate.doubts == ("email_addresses: invalid",) * 2


def test_a_land_that_may_be_either_is_counted(read: Read) -> None:
    candidate = read({"Id": 1, "Ort": "Ulm", "Land": "TH"})
    assert candidate.values["location"] == dict.fromkeys(PARTS) | {"city": "Ulm", "raw": "Ulm"}
    assert candidate.doubts == ("location.country: unclear",)


@pytest.mark.parametrize(
    ("record", "names", "doubts"),
    [
        ({"FormattedName": "Kranz, Ida"}, ("Ida", "Kranz"), ()),
        ({"PersonName": {"FormattedName": "Dr. Ida Kranz"}}, ("Ida", "Kranz"), ()),
        ({"Vorname": "Ida", "Name": "Kranz"}, ("Ida", "Kranz"), ()),
        ({"Vorname": "Ida", "Nachname": "Kranz", "Name": "Otto Wolf"}, ("Ida", "Kranz"), ()),
        ({"Nachname": "Kranz", "FormattedName": "Ida Kranz"}, (None, "Kranz"), ()),
        (
            {"Vorname": "Ida", "Nachname": "Au", "Namenszusatz": "von der"},
            ("Ida", "von der Au"),
            (),
        ),
        ({"Name": "Ida Maria Kranz"}, (None, None), ("whole name: not split",)),
        (
            {"PersonName": {"GivenName": ["Ida", "Ute"], "FamilyName": ["Kranz", "Wolf"]}},
            ("Ida Ute", "Kranz Wolf"),
            (),
        ),
    ],
    ids=repr,
)
def test_names(
    read: Read, record: Json, names: tuple[str | None, str | None], doubts: tuple[str, ...]
) -> None:
    candidate = read({"Id": 1, **record})
    assert (candidate.values["first_name"], candidate.values["last_name"]) == names
    assert candidate.doubts == doubts


def test_a_whole_name_does_not_give_away_an_excluded_one() -> None:
    read = compile_reader(Rules(exclude_fields=frozenset({"Nachname"})))
    values = read({"Id": 1, "Nachname": "Kranz", "FullName": "Ida Kranz"}).values
    assert (values["first_name"], values["last_name"]) == (None, None)


def test_a_narrower_location_has_the_line_of_what_is_left() -> None:
    whole = dict.fromkeys(PARTS) | {
        "city": "Ulm",
        "raw": "Am Tor 1, Hinterhaus, 89073 Ulm",
        "street_1": "Am Tor 1",
        "street_2": "Hinterhaus",
        "zip_code": "89073",
    }
    narrow = compile_location({"location.street_1", "location.city"})
    assert narrow is not None
    assert narrow(whole) == dict.fromkeys(PARTS) | {
        "city": "Ulm",
        "raw": "Am Tor 1, Ulm",
        "street_1": "Am Tor 1",
    }
    assert narrow(dict.fromkeys(PARTS) | {"zip_code": "89073", "raw": "89073"}) is None
    assert narrow(None) is None
