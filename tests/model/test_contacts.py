from __future__ import annotations

import typing as t

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model.contacts import (
    email_type,
    is_email,
    is_usual_email,
    phone_type,
    use_of,
    use_of_path,
)

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from tap_compleetpersy.model.candidate import Candidate

LOCAL = st.text("abcABC019.!#$%&'*+/=?^_`{|}~-äß \"(),:;<>[]\\", max_size=70)
DOMAIN = st.text("abcABC019.-äß[]:", max_size=20) | st.sampled_from(
    (
        "example.org",
        "firma.local",
        "b.test",
        "localhost",
        "münchen.de",
        "x.invalid",
        "[127.0.0.1]",
        "a-.de",
        "-a.de",
        "a..de",
        "xn--mnchen-3ya.de",
        "example",
        "a.b.c.de",
        "x" * 64 + ".de",
        ".".join(["abcdefgh"] * 28) + ".de",
        "de",
        "1.2.3.4",
        "a.d-e",
        "host.in-addr.arpa",
    )
)


def valid(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


ASCII = st.text(st.characters(min_codepoint=0, max_codepoint=127), max_size=30)


@given(
    st.builds("{}@{}".format, LOCAL, DOMAIN)
    | st.builds("{}@{}".format, ASCII, DOMAIN | ASCII)
    | st.emails()
    | st.text(max_size=20)
)
def test_the_fast_way_judges_as_the_validator(address: str) -> None:
    assert is_email(address) == valid(address)


USUAL = st.from_regex(r"([a-c0-9-]{1,5}\.){1,4}(de|com|test|local|arpa|onion|d3|d)", fullmatch=True)


@given(USUAL)
def test_the_pattern_of_usual_domains_judges_as_the_validator(domain: str) -> None:
    assert is_email(f"a@{domain}") == valid(f"a@{domain}")


@pytest.mark.parametrize("length", range(55, 70))
@pytest.mark.parametrize("end", [".de", ".org", ".a.de"])
def test_long_labels(length: int, end: str) -> None:
    address = f"a@{'b' * length}{end}"
    assert is_email(address) == valid(address)


@pytest.mark.parametrize("length", range(225, 260))
@pytest.mark.parametrize("local", ["a" * 10, "a" * 64, "a" * 65])
def test_long_addresses(length: int, local: str) -> None:
    labels = "a." * ((length - len(local)) // 2)
    address = f"{local}@{labels}de"
    assert is_email(address) == valid(address)
    assert valid(address) or not is_usual_email(address)


@given(st.builds("{}@{}".format, LOCAL, DOMAIN) | st.emails())
def test_what_is_valid_at_one_look_is_valid(address: str) -> None:
    assert valid(address) or not is_usual_email(address)


@pytest.mark.parametrize(
    ("use", "phone", "email"),
    [
        ("personal", "HOME", "PRIVATE"),
        ("private", "HOME", "PRIVATE"),
        ("Privat", "HOME", "PRIVATE"),
        ("business", "WORK", "WORK"),
        ("office", "WORK", "WORK"),
        ("geschäftlich", "WORK", "WORK"),
        ("mobile", "MOBILE", None),
        ("emergency", None, None),
        ("", None, None),
    ],
)
def test_the_use_decides_the_type(use: str, phone: str | None, email: str | None) -> None:
    assert phone_type(None, use_of(use)) == phone
    assert email_type(None, use_of(use)) == email


@pytest.mark.parametrize(
    ("path", "use"),
    [
        ("Mobile.FormattedNumber", "MOBILE"),
        ("Handynummer", "MOBILE"),
        ("Telefax", "FAX"),
        ("FaxNumber", "FAX"),
        ("TelefonPrivat", "HOME"),
        ("PhoneWork", "WORK"),
        ("TelefonGeschäftlich", "WORK"),
        ("CandidateProfile.PersonalData.Telephone", None),
        ("InternetEmailAddress", None),
    ],
)
def test_a_key_may_say_the_use(path: str, use: str | None) -> None:
    assert use_of_path(path.split(".")) == use


@pytest.mark.parametrize(
    ("record", "phones", "mails"),
    [
        ({"Dienstliche Telefonnummer": "0911 55501"}, {"0911 55501": "WORK"}, {}),
        ({"Telefon_Arbeit": "0911 55501"}, {"0911 55501": "WORK"}, {}),
        ({"Diensttelefon": "0911 55501"}, {"0911 55501": "WORK"}, {}),
        ({"Mobilfunknummer": "0151 5550"}, {"0151 5550": "MOBILE"}, {}),
        ({"WhatsApp": "0151 5550"}, {"0151 5550": "MOBILE"}, {}),
        ({"Telefon 3": "0911 55501"}, {"0911 55501": None}, {}),
        (
            {"Phones": {"office": "0911 55501", "mobil": "0151 5550"}},
            {"0911 55501": "WORK", "0151 5550": "MOBILE"},
            {},
        ),
        (
            {"Emails": {"privat": "ida@example.org", "work": "ik@example.org"}},
            {},
            {"ida@example.org": "PRIVATE", "ik@example.org": "WORK"},
        ),
        ({"E-Mail 2": "ida@example.org"}, {}, {"ida@example.org": None}),
    ],
)
def test_keys_of_german_forms(
    read: Callable[[object], Candidate],
    record: dict[str, t.Any],
    phones: dict[str, str | None],
    mails: dict[str, str | None],
) -> None:
    values = read({"Id": 1} | record).values
    assert {one["phone_number"]: one["type"] for one in values["phone_numbers"]} == phones
    assert {one["email_address"]: one["type"] for one in values["email_addresses"]} == mails


def test_a_mobile_number_is_one_whatever_its_use() -> None:
    assert phone_type("MOBILE", "WORK") == "MOBILE"
    assert phone_type("FAX", "HOME") == "FAX"
