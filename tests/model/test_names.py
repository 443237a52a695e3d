"""One text that holds given and family name."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model.names import compose_names, split_name

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from tap_compleetpersy.model.candidate import Candidate


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Kranz, Ida", ("Ida", "Kranz")),
        ("KRANZ,IDA", ("IDA", "KRANZ")),
        ("Kranz, H.-Otto", ("H.-Otto", "Kranz")),
        ("Kranz, Ida Maria", ("Ida Maria", "Kranz")),
        ("Dipl.-Betriebsw. (FH) Ida Kranz", ("Ida", "Kranz")),
        ("Ida Kranz geb. von Wolf", ("Ida", "Kranz")),
        ("Kranz (geb. Wolf), Ida", ("Ida", "Kranz")),
        ("Ida Kranz, geborene Wolf", ("Ida", "Kranz")),
        ('Otto "Ott" Kranz (m)', ("Otto", "Kranz")),
        ("IDA VAN DER AU", ("IDA", "VAN DER AU")),
        ("Ida Von Der Au", ("Ida", "Von Der Au")),
        ("Nadia El Fassi", ("Nadia", "El Fassi")),
        ("Thi Van Nguyen", None),
        ("Au, Otto Freiherr von der", ("Otto", "Freiherr von der Au")),
        ("Kranz-Wolf, Ida-Maria", ("Ida-Maria", "Kranz-Wolf")),
        ("Kranz, Dr. Ida", ("Ida", "Kranz")),
        ("Dr. med. Kranz, Ida", ("Ida", "Kranz")),
        ("Kranz, Ida, Dr.", ("Ida", "Kranz")),
        ("Kranz jun., Otto", ("Otto", "Kranz")),
        ("von der Au, Ida", ("Ida", "von der Au")),
        ("Au, Ida von der", ("Ida", "von der Au")),
        ("Ida Kranz", ("Ida", "Kranz")),
        ("'t Muster, Otto", ("Otto", "'t Muster")),
        ("Otto van 't Muster", ("Otto", "van 't Muster")),
        ("Muster, Ida, Mag.a", ("Ida", "Muster")),
        ("KRANZ Ida", ("Ida", "KRANZ")),
        ("Ida KRANZ", ("Ida", "KRANZ")),
        ("IDA KRANZ", ("IDA", "KRANZ")),
        ("JP Kranz", ("JP", "Kranz")),
        ("Prof. Dr.-Ing. Ida Kranz", ("Ida", "Kranz")),
        ("Frau Ida Kranz", ("Ida", "Kranz")),
        ("Ida Kranz, M.Sc.", ("Ida", "Kranz")),
        ("Otto Kranz jr.", ("Otto", "Kranz")),
        ("Ida Maria von der Au", ("Ida Maria", "von der Au")),
        ("Otto Graf von Au", ("Otto", "Graf von Au")),
        ("Sean O'Brien", ("Sean", "O'Brien")),
        ("Ida Maria Kranz", None),
        ("Kranz", None),
        ("Frau Kranz", None),
        ("von Au", None),
        ("Bewerber 12", None),
        ("Ida Kranz (extern)", None),
        ("ida@example.org", None),
        (", ", None),
        ("Kranz, Ida, Otto", None),
    ],
)
def test_a_name_is_split_where_it_says_how(text: str, names: tuple[str, str] | None) -> None:
    assert split_name(text) == names


@pytest.mark.parametrize(
    ("given_name", "whole", "family_name"),
    [
        ("Ida", "Kranz", "Kranz"),
        ("Ida", "Ida Kranz", "Kranz"),
        ("Ida Maria", "Dr. Ida Maria Kranz", "Kranz"),
        ("Ida", "Kranz, Ida", "Kranz"),
        ("Ida", "Maria Ida Kranz", None),
    ],
)
def test_the_given_name_tells_the_other(
    given_name: str, whole: str, family_name: str | None
) -> None:
    names, is_clear = compose_names(given_name, None, whole, None)
    assert names == (given_name, family_name)
    assert is_clear == (family_name is not None)


@pytest.mark.parametrize(
    ("last", "prefix", "composed"),
    [
        ("Au", "von der", "von der Au"),
        ("von der Au", "von der", "von der Au"),
        ("Au", "Freiherr von", "Freiherr von Au"),
        (None, "von", None),
    ],
)
def test_only_a_prefix_of_the_family_name_is_one(
    last: str | None, prefix: str, composed: str | None
) -> None:
    assert compose_names("Ida", last, None, prefix) == (("Ida", composed), True)


@pytest.mark.parametrize(
    ("parts", "family_name"),
    [
        ({"FamilyName": "Kranz", "Namenszusatz": "jun."}, "Kranz"),
        ({"FamilyName": "Kranz", "Affix": {"@type": "academicGrade", "#": "Dr."}}, "Kranz"),
        ({"FamilyName": {"@prefix": "van", "#": "Kranz"}}, "van Kranz"),
        ({"FamilyName": {"@attributes": {"prefix": "zu"}, "0": "Kranz"}}, "zu Kranz"),
        ({"FamilyName": "Kranz", "Affix": ["Prof.", "Gräfin", {"0": "von"}]}, "Gräfin von Kranz"),
    ],
)
def test_affixes_of_a_name_are_read_if_they_are_prefixes(
    read: Callable[[object], Candidate], parts: dict[str, t.Any], family_name: str
) -> None:
    assert read({"Id": 1, "PersonName": parts}).values["last_name"] == family_name


def test_names_of_two_places_are_not_joined(read: Callable[[object], Candidate]) -> None:
    resume = {"StructuredXMLResume": {"ContactInfo": {"PersonName": {"GivenName": "Idamaria"}}}}
    profile = {"PersonalData": {"PersonName": {"GivenName": {"0": "Ida", "2": "Maria"}}}}
    both = {"Id": 1, "CandidateProfile": profile, "Resume": resume}
    assert read(both).values["first_name"] == "Ida Maria"


@given(st.text(max_size=60))
def test_no_word_is_invented(text: str) -> None:
    first, last = split_name(text) or ("", "")
    assert not {*first.split(), *last.split()} - {*text.replace(",", " ").split()}


NAMES = st.sampled_from(("Ida", "Otto", "Jürgen", "Anne-Kathrin", "José"))


@given(NAMES, NAMES, st.sampled_from(("", "Dr. ", "Prof. Dr. ", "Herr ")))
def test_both_orders_say_the_same(first: str, last: str, title: str) -> None:
    assert split_name(f"{title}{first} {last}") == split_name(f"{last}, {title}{first}")
