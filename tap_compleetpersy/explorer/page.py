"""Fields as one page for a browser: nothing is loaded, and nothing in the data can run."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import typing as t
from dataclasses import dataclass
from importlib import resources
from string import Template

from tap_compleetpersy.explorer.survey import EXACT

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tap_compleetpersy.explorer.survey import Model, RemoteField

_MASKED: t.Final = (
    "Examples show only the form of values: each letter is an x or X, each digit a 9."
)
_SHOWN: t.Final = (
    "Examples are real values, of people: keep this file as private as the records themselves."
)
# Control characters, lone surrogates, and what reverses or breaks the lines around it.
_INVISIBLE: t.Final = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Attributes:
        name: Class of its cells and of its heading.
        text: What a cell says.
        markup: The same as HTML; None for the text alone.
        number: What a numeric column is sorted by.
        searched: Whether the search looks into it.
        filtered: Whether one of its texts can be chosen.
        optional: Whether it is left out when no cell says anything.
    """

    name: str
    text: Callable[[RemoteField], str]
    markup: Callable[[RemoteField], str] | None = None
    number: Callable[[RemoteField], float | None] | None = None
    searched: bool = False
    filtered: bool = False
    optional: bool = False

    @property
    def heading(self) -> str:
        """What stands above it."""
        return self.name.capitalize()


def escaped(text: str) -> str:
    """Return a remote text that is safe in HTML, in attributes too, and visible."""
    return html.escape(_INVISIBLE.sub("\N{REPLACEMENT CHARACTER}", text), quote=True)


def _isolated(text: str) -> str:
    """Return a remote text whose direction changes nothing beside it."""
    return f"<bdi>{escaped(text)}</bdi>" if text else ""


def _key(field: RemoteField) -> str:
    """Return the key: the path of a vendor's field or of a part is quiet, and breaks at dots."""
    path, dot, name = field.key.rpartition(".")
    if field.is_own or not dot:
        return _isolated(field.key)
    parts = "".join(f"{escaped(part)}.<wbr>" for part in path.split("."))
    return f'<bdi><span class="path">{parts}</span>{escaped(name)}</bdi>'


def _percent(field: RemoteField) -> str:
    """Return the fill rate: only an empty field has 0 %, and only a full one 100 %."""
    percent = round(100 * field.fill_rate)
    if percent == 0 and field.filled:
        return "<1%"
    return ">99%" if percent == 100 and field.filled < field.records else f"{percent}%"  # noqa: PLR2004


def _bar(field: RemoteField) -> str:
    return (
        f'<div class="fill" title="{field.filled:,} of {field.records:,}">'
        f'<span>{escaped(_percent(field))}</span><svg aria-hidden="true">'
        '<rect width="100%" height="100%" rx="3"/>'
        f'<rect width="{100 * field.fill_rate:.1f}%" height="100%" rx="3"/></svg></div>'
    )


def _examples(field: RemoteField) -> str:
    items = "\n".join(f"<li>{_isolated(example)}</li>" for example in field.examples)
    return f"<ul>{items}</ul>" if items else ""


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


_COLUMNS: t.Final = (
    Column("key", lambda field: field.key, _key, searched=True),
    Column(
        "label",
        # Often the key over again, or its last part.
        lambda field: "" if field.key.endswith(field.label) else field.label,
        searched=True,
        optional=True,
    ),
    Column("model", lambda field: field.model, filtered=True),
    Column("kind", lambda field: field.kind, filtered=True),
    Column("type", lambda field: field.type, filtered=True),
    Column("filled", _percent, _bar, lambda field: field.fill_rate),
    Column(
        "distinct",
        lambda field: f"{'≈ ' if field.distinct >= EXACT else ''}{field.distinct:,}",
        number=lambda field: field.distinct,
    ),
    Column("shortest", lambda field: _count(field.shortest), number=lambda field: field.shortest),
    Column("longest", lambda field: _count(field.longest), number=lambda field: field.longest),
    Column("examples", lambda field: "\n".join(field.examples), _examples, searched=True),
    Column("feeds", lambda field: ", ".join(field.feeds), searched=True, optional=True),
    Column(
        "selected",
        lambda field: {None: "", True: "yes", False: "no"}[field.selected],
        filtered=True,
        optional=True,
    ),
    Column("change", lambda field: field.change or "", filtered=True, optional=True),
)


def render_page(
    fields: Sequence[RemoteField], notes: Sequence[str] = (), *, title: str, masked: bool
) -> str:
    """Return fields, in their order, and notes as one HTML document that needs no other file.

    Its policy lets a browser load nothing and run only the script that is part of this
    package, so that a value could do nothing even if it were not escaped.
    """
    columns = [
        column for column in _COLUMNS if not column.optional or any(map(column.text, fields))
    ]
    style, script = _file("page.css"), _file("page.js")
    return Template(_file("page.html")).substitute(
        policy=_policy(style, script),
        title=escaped(title),
        style=style,
        script=script,
        summary=_summary(fields),
        examples="masked" if masked else "shown",
        privacy=_MASKED if masked else _SHOWN,
        notes=_notes(notes),
        filters="\n".join(_filter(column, fields) for column in columns if column.filtered),
        count=_many(len(fields), "field"),
        headings="\n".join(map(_heading, columns)),
        rows="\n".join(_row(columns, field) for field in fields),
        empty="hidden" if fields else "",
    )


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _summary(fields: Sequence[RemoteField]) -> str:
    records: dict[Model, int] = {"candidates": 0, "opening": 0}
    for field in fields:
        records[field.model] = max(records[field.model], field.records)
    custom = sum(field.kind == "CUSTOM" and field.part_of is None for field in fields)
    return (
        f"{_many(len(fields), 'field')}, {custom:,} of them custom, in "
        f"{_many(records['candidates'], 'candidate')} with {_many(records['opening'], 'opening')}"
    )


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _notes(notes: Iterable[str]) -> str:
    items = "".join(f"<li>{_isolated(note)}</li>" for note in notes)
    summary = '<details class="notes" open><summary>Notes</summary>'
    return f"{summary}<ul>{items}</ul></details>" if items else ""


def _filter(column: Column, fields: Iterable[RemoteField]) -> str:
    texts = sorted({column.text(field) for field in fields} - {""})
    options = "".join(f'<option value="{escaped(text)}">{escaped(text)}</option>' for text in texts)
    return (
        f'<label><span>{column.heading}</span><select name="{column.name}">'
        f'<option value="">All</option>{options}</select></label>'
    )


def _heading(column: Column) -> str:
    marks = " data-numeric" if column.number else ""
    marks += " data-searched" if column.searched else ""
    return (
        f'<th role="columnheader" scope="col" class="{column.name}"{marks}>'
        f'<button type="button" disabled>{column.heading}</button></th>'
    )


def _row(columns: Iterable[Column], field: RemoteField) -> str:
    cells = "".join(_cell(column, field) for column in columns)
    return f'<tr role="row" class="{field.kind.lower()}">{cells}</tr>'


def _cell(column: Column, field: RemoteField) -> str:
    content = column.markup(field) if column.markup else _isolated(column.text(field))
    if column.name == "key":
        return f'<th role="rowheader" scope="row" class="key">{content}</th>'
    number = column.number and column.number(field)
    sort = f' data-sort="{"" if number is None else number}"' if column.number else ""
    head = f'<td role="cell" class="{column.name}" data-heading="{column.heading}"{sort}>'
    return f"{head}{content}</td>"
