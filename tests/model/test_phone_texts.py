"""What people write into a field for telephone numbers."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tap_compleetpersy.model.contacts import Phone, is_usual_phone, read_phones


def one(number: str, use: str | None = None) -> list[Phone]:
    return [(number, use)]


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("0911 55501", one("0911 55501")),
        ("+49 (0) 911 / 555 01", one("+49 (0) 911 / 555 01")),
        ("0911/55501-22", one("0911/55501-22")),
        ("112", one("112")),
        ("priv. 0911 55501", one("0911 55501", "HOME")),
        ("0911 55501 (zuhause)", one("0911 55501", "HOME")),
        ("Büro: 0911 55501", one("0911 55501", "WORK")),
        ("0911 55501 / Büro", one("0911 55501", "WORK")),
        ("0911 55501 geschäftlich", one("0911 55501", "WORK")),
        ("0911 55501 (geschäftl.)", one("0911 55501", "WORK")),
        ("Handy 0151/5550123", one("0151/5550123", "MOBILE")),
        ("Diensthandy: 0151 5550123", one("0151 5550123", "MOBILE")),
        ("Telefax 0911 55502", one("0911 55502", "FAX")),
        ("Tel.: 0911 55501", one("0911 55501")),
        ("tel:+4991155501", one("+4991155501")),
        ("Nachbarin: 0911 55501", one("0911 55501")),
        ("0911 55501 (ab 17 Uhr)", one("0911 55501")),
        ("0911 55501 bitte erst nach 16:30", one("0911 55501")),
        ("Mo-Fr 9-17 Uhr 0911 55501", one("0911 55501")),
        ("Telefon 2: 0911 55501", one("0911 55501")),
        ("0911 55501 Durchwahl 22", one("0911 55501 Durchwahl 22")),
        ("0911 55501 App. 4022", one("0911 55501 App. 4022")),
        ("(privat 0911 55501)", one("0911 55501", "HOME")),
    ],
)
def test_a_number_with_words_around_it(text: str, phones: list[Phone]) -> None:
    assert read_phones(text) == phones


@pytest.mark.parametrize(
    "between", ["; ", ", ", " / ", "/", " oder ", " und ", " | ", "\n", " - ", "  ", " "]
)
def test_two_numbers_in_one_field(between: str) -> None:
    assert read_phones(f"0151 5550123{between}0911 555012") == [
        ("0151 5550123", None),
        ("0911 555012", None),
    ]


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        (
            "privat 0911 555012, dienstlich 0911 555013",
            [("0911 555012", "HOME"), ("0911 555013", "WORK")],
        ),
        (
            "0911 555012 (p), 0151 5550123 (mobil)",
            [("0911 555012", None), ("0151 5550123", "MOBILE")],
        ),
        ("T 0911 555012 F 0911 555013", [("0911 555012", None), ("0911 555013", "FAX")]),
        ("+49 911 555012 +49 151 5550123", [("+49 911 555012", None), ("+49 151 5550123", None)]),
    ],
)
def test_each_number_has_the_words_beside_it(text: str, phones: list[Phone]) -> None:
    assert read_phones(text) == phones


@pytest.mark.parametrize(
    "text",
    [
        "keine",
        "k. A.",
        "-",
        "0",
        "12",
        "3 Monate",
        "0151 abc 5550123",
        "0800 BLUMEN",
        "ida@example.org",
        "ida19870102@example.org",
        "1" * 30,
        "0151 5550123, 4",
        "²³¹",
    ],
)
def test_what_is_no_number_is_not_understood(text: str) -> None:
    assert read_phones(text) is None


PIECES = st.lists(
    st.sampled_from(("0911 55501", "0151/5550123", "privat", "Fax", "(", ")", "/", ";", "ab 8 Uhr"))
    | st.text(max_size=6),
    max_size=8,
).map(" ".join)


@given(PIECES | st.text(max_size=400))
def test_a_number_was_written_in_the_text_and_is_read_again_as_it_is(text: str) -> None:
    for number, _ in read_phones(text) or ():
        assert number in text
        assert len(re.sub(r"\D", "", number)) >= 3
        assert read_phones(number) == [(number, None)]


@given(st.from_regex(r"\+?\(?[0-9]{2,5}\)?[/ -][0-9 ]{1,8}[0-9]", fullmatch=True))
@example("(00 00")
@example("+469422  099240")
def test_what_is_one_number_at_one_look_is_one_by_all_rules(text: str) -> None:
    assert not is_usual_phone(text) or read_phones(f"Tel. {text}") == one(text)
