from __future__ import annotations

import typing as t

import pytest
from babel.core import Locale, get_global
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model.address import (
    COMMON,
    GERMAN_NAMES,
    OTHER_NAMES,
    PAIRS,
    PLATES,
    SPORTS,
    _countries,
    _folded,
    country,
    one_line,
    read_land,
)

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from tap_compleetpersy.model.candidate import Candidate

NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "IC", "TA", "UN", "XA", "XB", "XK", "ZZ"}
COUNTRIES = sorted(
    targets[0]
    for alias, targets in get_global("territory_aliases").items()
    if len(alias) == 3
    and alias.isalpha()
    and len(targets) == 1
    and targets[0] in Locale("de").territories
    and targets[0] not in NO_COUNTRIES
)
"""ISO 3166, by its codes of three letters."""


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
        ("276", "DE"),
        ("040", "AT"),
        ("40", "40"),
        ("001", "001"),
        ("Oesterreich", "AT"),
        ("Osterreich", "AT"),
        ("Daenemark", "DK"),
        ("Grossbritannien", "GB"),
        ("Republik Slowenien", "SI"),
        ("Koenigreich Norwegen", "NO"),
        ("Ungarische Volksrepublik", "Ungarische Volksrepublik"),
        ("Kongo, Demokratische Republik", "CD"),
        ("Republik Kongo", "CG"),
        ("Korea, Republik", "KR"),
        ("Demokratische Volksrepublik Korea", "KP"),
        ("Korea", "Korea"),
        ("Republic of Malta", "MT"),
        ("Weißrußland", "BY"),
        ("Birma", "MM"),
        ("Holland", "NL"),
        ("Belgien (BE)", "BE"),
        ("Česká republika", "CZ"),
        ("MAGYARORSZAG", "HU"),
        ("Kgr. Norwegen", "NO"),
        ("CH - Schweiz", "CH"),
        ("D-Deutschland", "DE"),
        ("Schweiz/Suisse", "CH"),
        ("Schweiz/Polen", "Schweiz/Polen"),
        ("Polen (DE)", "Polen (DE)"),
        ("F", "FR"),
        ("FL", "LI"),
        ("RUS", "RU"),
        ("SLO", "SI"),
        ("GER", "DE"),
        ("SUI", "CH"),
        ("AND", "AD"),
        ("BY", "BY"),
        ("Republik", "Republik"),
        ("Jugoslawien", "Jugoslawien"),
        ("Deutsche Demokratische Republik", "Deutsche Demokratische Republik"),
        ("XX", "XX"),
        ("Europäische Union", "Europäische Union"),
    ],
)
def test_countries(text: str, code: str) -> None:
    assert country(text) == code


@pytest.mark.parametrize(
    ("text", "zip_code", "read"),
    [
        ("Deutschland", None, ("DE", None, True)),
        ("DE", "80331", ("DE", None, True)),
        ("Bayern", None, (None, "Bayern", True)),
        ("Baden-Wuerttemberg", None, (None, "Baden-Wuerttemberg", True)),
        ("Kärnten", "9020", (None, "Kärnten", True)),
        ("BY", None, (None, "BY", True)),
        ("by", "220030", (None, "by", True)),
        ("NRW", None, (None, "NRW", True)),
        ("DE-BY", None, (None, "DE-BY", True)),
        ("DE-SL", None, (None, "DE-SL", True)),
        ("SL", "66111", (None, "SL", True)),
        ("SL", "1234", ("SL", None, True)),
        ("SL", None, (None, None, False)),
        ("AT", "1010", ("AT", None, True)),
    ],
)
def test_land_is_a_country_or_a_state(
    text: str, zip_code: str | None, read: tuple[str | None, str | None, bool]
) -> None:
    assert read_land(text, zip_code) == read


CODES = sorted({pair.split("=")[1] for pair in f"{PLATES} {SPORTS}".split()})


def test_common_names_are_those_of_the_tables() -> None:
    tables = _countries()
    assert {name: tables[_folded(name)] for name in COMMON} == COMMON
    german = Locale("de").territories
    assert {code: german[code] for code in GERMAN_NAMES} == GERMAN_NAMES


def test_every_code_of_the_tables_is_a_country() -> None:
    known = dict(Locale("de").territories)
    assert not [code for code in (*CODES, *PAIRS.values(), *OTHER_NAMES) if code not in known]


@pytest.mark.parametrize("code", OTHER_NAMES)
def test_every_other_name_means_its_country_alone(code: str) -> None:
    assert {country(name) for name in OTHER_NAMES[code]} == {code}


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_name_of_a_country_is_read(language: str) -> None:
    names = dict(Locale(language).territories)
    for code in COUNTRIES:
        assert country(str(names[code])) == code
        assert country(str(names[code]).upper().replace("Ü", "UE")) == code


@given(st.text(max_size=120) | st.sampled_from(sorted(OTHER_NAMES["GB"])))
def test_a_country_is_read_once(text: str) -> None:
    assert country(country(text)) == country(text)
    read_land(text, None)


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


@pytest.mark.parametrize(
    ("record", "raw"),
    [
        ({"Straße und Hausnummer": "Am Tor 1", "PLZ/Ort": "80331 Ulm"}, "Am Tor 1, 80331 Ulm"),
        ({"Strasse": "Am Tor 1", "Strassenzusatz": "Hof", "Ort": "Ulm"}, "Am Tor 1, Hof, Ulm"),
        ({"Ort": "A-1010 Wien", "Land": {"Name": "Österreich"}}, "A-1010 Wien, Österreich"),
        ({"PLZ": "80331", "Ort": "80331 Ulm"}, "80331 80331 Ulm"),
        ({"Kanton": "Zug"}, "Zug"),
        (
            {"PostalAddress": {"CityName": "Ulm", "DeliveryAddress": {"Unit": "Top 3"}}},
            "Top 3, Ulm",
        ),
    ],
)
def test_further_keys_of_an_address(
    read: Callable[[object], Candidate], record: dict[str, t.Any], raw: str
) -> None:
    assert read({"Id": 1} | record).values["location"]["raw"] == raw


@pytest.mark.parametrize("zip_code", ["01067", "A-1099", "1099 AB", "30-001", "350 99"])
def test_a_town_with_its_postal_code_is_both(
    read: Callable[[object], Candidate], zip_code: str
) -> None:
    location = read({"Id": 1, "PLZ_Ort": f"{zip_code} Bad Muster"}).values["location"]
    assert (location["zip_code"], location["city"]) == (zip_code, "Bad Muster")
