"""One text that holds given and family name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model.names import compose_names, split_name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Kranz, Ida", ("Ida", "Kranz")),
        ("KRANZ,IDA", ("IDA", "KRANZ")),
        ("Kranz, Ida Maria", ("Ida Maria", "Kranz")),
        ("Kranz-Wolf, Ida-Maria", ("Ida-Maria", "Kranz-Wolf")),
        ("Kranz, Dr. Ida", ("Ida", "Kranz")),
        ("Dr. med. Kranz, Ida", ("Ida", "Kranz")),
        ("Kranz, Ida, Dr.", ("Ida", "Kranz")),
        ("Kranz jun., Otto", ("Otto", "Kranz")),
        ("von der Au, Ida", ("Ida", "von der Au")),
        ("Au, Ida von der", ("Ida", "von der Au")),
        ("Ida Kranz", ("Ida", "Kranz")),
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
        ("Kranz", "jun.", "Kranz"),
        ("Kranz", "MBA", "Kranz"),
        (None, "von", None),
    ],
)
def test_only_a_prefix_of_the_family_name_is_one(
    last: str | None, prefix: str, composed: str | None
) -> None:
    assert compose_names("Ida", last, None, prefix) == (("Ida", composed), True)


@given(st.text(max_size=60))
def test_no_word_is_invented(text: str) -> None:
    first, last = split_name(text) or ("", "")
    assert not {*first.split(), *last.split()} - {*text.replace(",", " ").split()}


NAMES = st.sampled_from(("Ida", "Otto", "Jürgen", "Anne-Kathrin", "José"))


@given(NAMES, NAMES, st.sampled_from(("", "Dr. ", "Prof. Dr. ", "Herr ")))
def test_both_orders_say_the_same(first: str, last: str, title: str) -> None:
    assert split_name(f"{title}{first} {last}") == split_name(f"{last}, {title}{first}")
