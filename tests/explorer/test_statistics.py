from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.explorer.survey import EXACT, Distinct, Statistics, mask
from tap_compleetpersy.model.custom_types import type_name


def counted(*values: object) -> Statistics:
    statistics = Statistics()
    for value in values:
        statistics.add(value, "Label")
    return statistics


def test_what_is_known_of_a_field() -> None:
    found = counted("B", None, "BE", "keiner", "B")
    assert (found.filled, found.distinct) == (4, 3)
    assert (found.shortest, found.longest) == (1, 6)
    assert (found.type, found.label) == ("string", "Label")


def test_a_field_without_values() -> None:
    found = counted(None, None)
    assert (found.filled, found.distinct, found.shortest, found.longest) == (0, 0, None, None)
    assert (found.type, found.examples(show_values=True)) == ("string", ())


def test_the_shortest_and_the_longest_are_among_the_examples() -> None:
    found = counted("bb", "ccc", "a", "dddd", "bb")
    examples = found.examples(show_values=True)
    assert {"a", "dddd"} <= set(examples)
    assert len(examples) == len(set(examples)) <= 3


def test_examples_are_short() -> None:
    assert [len(example) for example in counted("x" * 10_000).examples(show_values=True)] == [60]


@given(st.sets(st.text(), max_size=200))
def test_few_different_values_are_counted_exactly(texts: set[str]) -> None:
    distinct = Distinct()
    for text in [*texts, *texts]:
        distinct.add(text)
    assert distinct.count() == len(texts)


@pytest.mark.parametrize("number", [EXACT, 5_000, 100_000])
def test_many_different_values_are_estimated(number: int) -> None:
    distinct = Distinct()
    for value in range(number):
        distinct.add(str(value))
        distinct.add(str(value))
    assert distinct.count() == pytest.approx(number, rel=0.1)


@given(st.text())
def test_a_mask_has_the_length_of_the_value_and_nothing_of_it(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert not {c for c in masked if c.isalnum()} - {"X", "x", "9"}
    assert masked.isascii()
    assert masked.isprintable()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jürgen Müller-Lüdenscheidt", "Xxxxxx Xxxxxx-Xxxxxxxxxxxx"),
        ("42.000", "99.999"),
        ("j.mueller@example.org", "x.xxxxxxx@xxxxxxx.xxx"),
        ("\x1b[31m李", " [99xx"),
    ],
)
def test_masks(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ({"type": ["integer", "null"]}, "integer"),
        ({"type": "string"}, "string"),
        ({"type": ["string", "null"], "format": "date"}, "date"),
        ({"type": ["string", "null"], "format": "date-time"}, "date-time"),
        ({"type": ["array", "null"], "items": {"type": ["string", "null"]}}, "array of string"),
        ({"type": ["object", "null"], "properties": {}}, "object"),
        ({"type": ["integer", "boolean", "null"]}, "integer or boolean"),
        ({}, "any"),
    ],
)
def test_names_of_types(schema: dict[str, t.Any], name: str) -> None:
    assert type_name(schema) == name
