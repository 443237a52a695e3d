from __future__ import annotations

import typing as t

import pytest

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
    values = read({"Id": 1, "EmploymentHistory": {"EmployerOrg": employers}}).values
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
        ({"CountryCode": "Narnia"}, {"country": "Narnia", "raw": "Narnia"}),
        ({"DeliveryAddress": {"BuildingNumber": "1"}}, None),
        ({"Municipality": " "}, None),
        ("Am Tor 1, 80331 München", {"raw": "Am Tor 1, 80331 München"}),
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
            {"Telefon": "1", "Mobil": "2", "Telefax": 3},
            [("1", None), ("2", "MOBILE"), ("3", "FAX")],
        ),
        ({"Telefon": ["1", "1", "2"]}, [("1", None), ("2", None)]),
        ({"ContactMethod": {"Use": "office", "Telephone": "1"}}, [("1", "WORK")]),
        ({"ContactMethod": {"Use": "business", "Fax": {"FormattedNumber": "1"}}}, [("1", "FAX")]),
        ({"ContactMethod": {"@Use": "business", "Mobile": "1"}}, [("1", "MOBILE")]),
        ({"ContactMethod": {"Use": "emergency", "Telephone": "1"}}, [("1", None)]),
    ],
    ids=repr,
)
def test_telephone_numbers(read: Read, record: Json, phones: list[tuple[str, str | None]]) -> None:
    values = read({"Id": 1, **record}).values
    assert [(p["phone_number"], p["type"]) for p in values["phone_numbers"]] == phones


def test_invalid_mail_addresses_are_left_out(read: Read) -> None:
    candidate = read({"Id": 1, "Email": ["a@example.org", "b@", "keine", "a@example.org"]})
    assert candidate.values["email_addresses"] == [{"email_address": "a@example.org", "type": None}]
    assert candidate.doubts == ("email_addresses: invalid",) * 2


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
