from __future__ import annotations

import re
import typing as t
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.sandbox.facts import BERLIN, Candidate
from tap_compleetpersy.sandbox.people import People, Pools
from tap_compleetpersy.sandbox.shapes import renderer

if t.TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

NUMBERS = range(1, 3001)


@pytest.fixture(scope="module")
def crowd(people: People) -> list[Candidate]:
    return [people.candidate(number) for number in NUMBERS]


def test_the_same_seed_gives_the_same_bytes(people: People) -> None:
    again = People(seed=1, now=people.now, pools=Pools.drawn(1))
    render = renderer("hrxml")
    assert [render(again.candidate(number)) for number in NUMBERS[:200]] == [
        render(people.candidate(number)) for number in NUMBERS[:200]
    ]


def test_another_seed_gives_other_people(people: People) -> None:
    others = replace(people, seed=2)
    assert all(people.candidate(number) != others.candidate(number) for number in NUMBERS[:50])


@pytest.mark.parametrize("shape", ["hrxml", "flat", "german", "php"])
def test_two_candidates_look_like_this(
    people: People, shape: str, snapshot: SnapshotAssertion
) -> None:
    render = renderer(shape)
    assert [render(people.candidate(number)).decode() for number in (7, 8)] == snapshot


@given(number=st.integers(1, 10**9))
def test_every_number_is_somebody_whose_times_are_in_order(people: People, number: int) -> None:
    candidate = people.candidate(number)
    assert candidate.remote_id == str(1000 + number)
    assert candidate.updated_at == people.updated_at(number)
    assert candidate.created_at <= candidate.updated_at <= people.now
    for moment in (candidate.created_at, candidate.updated_at):
        assert not moment.microsecond
        local = moment.astimezone(BERLIN)
        assert local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset()


def share(crowd: list[Candidate], matching: list[Candidate]) -> float:
    return len(matching) / len(crowd)


def test_people_apply_for_none_one_or_several_openings(crowd: list[Candidate]) -> None:
    counts = [len(candidate.openings) for candidate in crowd]
    assert {0, 1, 2, 3} <= set(counts)
    for candidate in crowd:
        ids = [opening.remote_id for opening in candidate.openings]
        assert len(ids) == len(set(ids))


def test_the_tenant_has_sixty_openings_each_with_one_title(crowd: list[Candidate]) -> None:
    openings = {
        (opening.remote_id, opening.title) for candidate in crowd for opening in candidate.openings
    }
    assert len(openings) == 60
    assert ("81", "Mechatroniker (m/w/d)") in openings


def test_names_have_umlauts_and_are_double_and_some_are_missing(crowd: list[Candidate]) -> None:
    names = [candidate.last_name or "" for candidate in crowd]
    assert any("ü" in name for name in names)
    assert any("-" in name for name in names)
    assert any(candidate.first_name is None for candidate in crowd)


def test_nobody_can_be_reached(crowd: list[Candidate]) -> None:
    """Mails are under example domains, numbers are those kept free for film and television."""
    for candidate in crowd:
        for email in candidate.emails:
            domain = email.address.rpartition("@")[2]
            assert domain in {"", "keine", "n/a"} or re.search(
                r"(^|\.)example\.(org|com|de)$", domain
            )
        for phone in candidate.phones:
            digits = re.sub(r"\D", "", phone.number).removeprefix("49").removeprefix("0")
            assert digits.startswith(
                ("8999998", "3023125", "4066969", "6990009", "2214710", "17139200", "176040690")
            )


def test_a_few_mail_addresses_are_invalid(crowd: list[Candidate]) -> None:
    invalid = [
        candidate
        for candidate in crowd
        if any(
            not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", email.address)
            for email in candidate.emails
        )
    ]
    assert 0.005 < share(crowd, invalid) < 0.06


@pytest.mark.parametrize(
    ("key", "pattern"),
    [
        ("Personalnummer", r"0\d\d"),
        ("Gehaltswunsch", r"\d\d\.\d00"),
        ("Schichtbereit", r"[01]"),
        ("Staplerschein", r"ja|nein"),
        ("Eintrittsdatum", r"\d\d\.\d\d\.\d{4}"),
        ("Berufsjahre", r"0|[1-9]\d?"),
        ("Letzter Kontakt", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"),
    ],
)
def test_custom_fields_of_text_look_like(crowd: list[Candidate], key: str, pattern: str) -> None:
    values = [candidate.custom_fields.get(key) for candidate in crowd]
    present = [value for value in values if value is not None]
    assert present
    assert all(isinstance(value, str) and re.fullmatch(pattern, value) for value in present)


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("Newsletter", bool),
        ("Entfernung_km", int),
        ("Stundenlohn", float),
        ("Sprachen", list),
        ("Kuendigungsfrist", dict),
    ],
)
def test_custom_fields_have_json_types(crowd: list[Candidate], key: str, kind: type) -> None:
    present = [c.custom_fields[key] for c in crowd if key in c.custom_fields]
    assert present
    assert {type(value) for value in present} == {kind}


def test_one_custom_field_is_rare(crowd: list[Candidate]) -> None:
    having = [candidate for candidate in crowd if "Werksausweis-Nr." in candidate.custom_fields]
    assert 0.01 < share(crowd, having) < 0.05


def test_confidential_is_yes_no_or_unknown(crowd: list[Candidate]) -> None:
    assert {candidate.confidential for candidate in crowd} == {True, False, None}
