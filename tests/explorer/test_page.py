"""The page of the Explorer as a document: one file, and all that is remote stays text."""

from __future__ import annotations

import base64
import hashlib
import re
import typing as t
import unicodedata
from collections.abc import Sequence
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tap_compleetpersy.explorer.page import render_page
from tap_compleetpersy.explorer.survey import RemoteField
from tests.explorer.sample_fields import HOSTILE, a_field

Attributes = list[tuple[str, str | None]]
Shape = tuple[str, str | None, tuple[str, ...]]
"""A tag, its class, and the names of its attributes."""

TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
VOID = {"meta", "input", "wbr", "rect"}
HEADINGS = [
    "Key", "Model", "Kind", "Type", "Filled", "Distinct", "Shortest", "Longest", "Examples",
]  # fmt: skip


class Document(HTMLParser):
    """What a page holds."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, Attributes]] = []
        self.rows: list[dict[str, str]] = []
        self.texts: dict[str, str] = {}
        self.options: list[str] = []
        self._open: list[str] = []
        self._column = ""
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        self.tags.append((tag, attrs))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append({})
        if tag in {"th", "td"}:
            self._column = dict(attrs)["class"] or ""
            self.rows[-1][self._column] = ""
        if tag == "option":
            self.options.append(dict(attrs)["value"] or "")

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.tags.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self._open:
            return
        self.texts[self._open[-1]] = self.texts.get(self._open[-1], "") + data
        if {"th", "td"} & set(self._open):
            self.rows[-1][self._column] += data

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment: {data}")

    @property
    def headings(self) -> list[str]:
        return list(self.rows[0].values())

    @property
    def cells(self) -> list[dict[str, str]]:
        return self.rows[1:]


def document(*fields: RemoteField, notes: Sequence[str] = (), masked: bool = True) -> Document:
    return Document(render_page(fields, notes, title="Fields", masked=masked))


def visible(text: str) -> str:
    """Replace what cannot be seen or turns the text around, as the page does."""
    return "".join("\ufffd" if _is_unwanted(character) else character for character in text)


def _is_unwanted(character: str) -> bool:
    if character in "\t\n":
        return False
    return (
        character in "\u061c\u200e\u200f\ufffe\uffff"
        or unicodedata.bidirectional(character) in TURNS
        or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
    )


def shapes(parsed: Document) -> set[Shape]:
    return {
        (tag, dict(attributes).get("class"), tuple(name for name, _ in attributes))
        for tag, attributes in parsed.tags
    }


def policy(parsed: Document) -> dict[str, list[str]]:
    (content,) = (
        dict(attributes)["content"] or ""
        for tag, attributes in parsed.tags
        if tag == "meta" and ("http-equiv", "Content-Security-Policy") in attributes
    )
    directives = (directive.split() for directive in content.split(";"))
    return {name: values for name, *values in directives}


def sha256(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_a_row_says_what_is_known_of_a_field() -> None:
    facts = {"feeds": ("custom_fields",), "selected": False, "change": "new"}
    (cells,) = document(a_field(label="Höchster Abschluss", **facts)).cells
    assert cells == {
        "key": "Abschluss",
        "label": "Höchster Abschluss",
        "model": "candidates",
        "kind": "CUSTOM",
        "type": "string",
        "filled": "50%",
        "distinct": "6",
        "shortest": "6",
        "longest": "14",
        "examples": "Master\nAbitur",
        "feeds": "custom_fields",
        "selected": "no",
        "change": "new",
    }


def test_rows_are_in_the_order_given() -> None:
    keys = ["c", "a", "b"]
    assert [row["key"] for row in document(*(a_field(key=key) for key in keys)).cells] == keys


def test_a_column_that_would_say_nothing_is_left_out() -> None:
    assert document(a_field()).headings == HEADINGS
    assert document().headings == HEADINGS


@pytest.mark.parametrize(
    ("facts", "heading"),
    [
        ({"label": "Grad"}, "Label"),
        ({"feeds": ("custom_fields",)}, "Feeds"),
        ({"selected": False}, "Selected"),
        ({"change": "gone"}, "Change"),
    ],
)
def test_a_column_is_there_when_one_field_needs_it(facts: dict[str, t.Any], heading: str) -> None:
    assert heading in document(a_field(), a_field(**facts)).headings


def test_a_label_that_repeats_the_end_of_the_key_is_not_repeated() -> None:
    first, second = document(
        a_field(key="Person.Vorname", kind="DEFAULT", label="Vorname"), a_field(label="Grad")
    ).cells
    assert (first["key"], first["label"], second["label"]) == ("Person.Vorname", "", "Grad")


@pytest.mark.parametrize(
    ("filled", "records", "said"),
    [
        (0, 100, "0%"),
        (1, 1000, "<1%"),
        (424, 1000, "42%"),
        (999, 1000, ">99%"),
        (1000, 1000, "100%"),
        (0, 0, "0%"),
    ],
)
def test_only_an_empty_field_has_no_share_and_only_a_full_one_all(
    filled: int, records: int, said: str
) -> None:
    (cells,) = document(a_field(filled=filled, records=records)).cells
    assert cells["filled"] == said


def test_an_estimate_is_marked() -> None:
    exact, estimated = document(a_field(distinct=1023), a_field(distinct=12345)).cells
    assert (exact["distinct"], estimated["distinct"]) == ("1,023", "≈ 12,345")


def test_a_field_without_values_has_no_lengths() -> None:
    (cells,) = document(a_field(filled=0, shortest=None, longest=None, examples=())).cells
    assert (cells["shortest"], cells["longest"], cells["examples"]) == ("", "", "")


def test_the_head_counts_what_was_read() -> None:
    opening = a_field(model="opening", kind="DEFAULT", records=1)
    assert "3 fields, 2 of them custom, in 1,250 candidates with 1 opening" in render_page(
        [a_field(), a_field(records=1250), opening], title="Fields", masked=True
    )


def test_it_says_whether_examples_are_masks() -> None:
    assert "each letter is an x or X" in render_page([], title="Fields", masked=True)
    assert "real values" in render_page([], title="Fields", masked=False)


def test_notes_are_shown() -> None:
    assert document(notes=["a < b", "c"]).texts["bdi"] == "a < bc"


def test_every_choice_of_a_filter_is_a_text_of_its_column() -> None:
    parsed = document(a_field(type='a"b'), a_field(type="date"), a_field(model="opening"))
    chosen = ["candidates", "opening", "CUSTOM", 'a"b', "date", "string"]
    assert [option for option in parsed.options if option] == chosen


def test_the_policy_allows_this_style_and_this_script_only() -> None:
    parsed = document(a_field())
    assert policy(parsed) == {
        "default-src": ["'none'"],
        "style-src": [sha256(parsed.texts["style"])],
        "script-src": [sha256(parsed.texts["script"])],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "require-trusted-types-for": ["'script'"],
    }


def test_the_policy_stands_before_what_it_governs() -> None:
    page = render_page([], title="Fields", masked=True)
    assert page.index("Content-Security-Policy") < page.index("<title") < page.index("<style")


def test_it_names_no_other_address() -> None:
    page = render_page([a_field()], title="Fields", masked=True)
    assert not re.search(r"://|url\(|@import|\bimport\b|\bfetch\b|innerHTML", page)


EVERYTHING = document(
    a_field(label="Grad", change="new"),
    a_field(key="Person.Name", kind="DEFAULT"),
    notes=["a note"],
    masked=False,
)
anything = st.one_of(st.text(st.characters()), st.sampled_from(HOSTILE))


@given(
    texts=st.fixed_dictionaries(dict.fromkeys(["key", "label", "type", "change"], anything)),
    kind=st.sampled_from(["DEFAULT", "CUSTOM"]),
    examples=st.lists(anything, max_size=3),
    note=anything,
    title=anything,
)
@example(
    texts={"key": "\ud800.\u202e\x00", "label": "\r\n", "type": "\x85", "change": "\x0c"},
    kind="DEFAULT",
    examples=["\ufffe"],
    note="\x1b[31m",
    title="\u2067",
)
def test_all_that_is_remote_stays_text(
    texts: dict[str, str], kind: str, examples: list[str], note: str, title: str
) -> None:
    field = a_field(**texts, kind=kind, examples=tuple(examples))
    page = render_page([field], [note], title=title, masked=False)
    page.encode()
    parsed = Document(page)
    (cells,) = parsed.cells
    label = "" if field.key.endswith(field.label) else field.label
    assert cells["key"] == visible(field.key)
    assert cells.get("label", "") == visible(label)
    assert cells["type"] == visible(field.type)
    assert cells["examples"] == "\n".join(map(visible, examples))
    assert cells.get("change", "") == visible(texts["change"])
    assert set(parsed.options) == set(
        map(visible, ["", "candidates", kind, field.type, texts["change"]])
    )
    assert parsed.texts.get("title", "") == visible(title)
    assert shapes(parsed) <= shapes(EVERYTHING)
    tags = [tag for tag, _ in parsed.tags]
    assert tags.count("script") == tags.count("style") == tags.count("title") == 1
