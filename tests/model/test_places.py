from __future__ import annotations

import pytest

from tap_compleetpersy.model.places import country, one_line


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"),
        ("de", "DE"),
        ("DEU", "DE"),
        ("Deutschland", "DE"),
        ("Germany", "DE"),
        ("ÖSTERREICH", "AT"),
        ("Austria", "AT"),
        ("AUT", "AT"),
        ("Schweiz", "CH"),
        ("Türkei", "TR"),
        ("Turkey", "TR"),
        ("USA", "US"),
        ("United States", "US"),
        ("UK", "GB"),
        ("Polen", "PL"),
        ("Tschechische Republik", "CZ"),
        ("D", "DE"),
        ("Preußen", "Preußen"),
        ("XX", "XX"),
        ("Europäische Union", "Europäische Union"),
    ],
)
def test_countries(text: str, code: str) -> None:
    assert country(text) == code


@pytest.mark.parametrize(
    ("parts", "lines", "expected"),
    [
        (("80331", "München", "DE"), ["Am Tor 1"], "Am Tor 1, 80331 München"),
        (
            ("80331", "München", None),
            ["Am Tor 1", "c/o Huber"],
            "Am Tor 1, c/o Huber, 80331 München",
        ),
        (("1010", "Wien", "AT"), [], "1010 Wien, Österreich"),
        ((None, None, "DE"), [], "Deutschland"),
        ((None, "Gotham", "Utopia"), [], "Gotham, Utopia"),
        ((None, None, None), [], "Bayern"),
    ],
)
def test_an_address_in_one_line(
    parts: tuple[str | None, ...], lines: list[str], expected: str
) -> None:
    zip_code, city, land = parts
    named = {"zip_code": zip_code, "city": city, "country": land, "state": "Bayern"}
    assert one_line(named, lines) == expected
