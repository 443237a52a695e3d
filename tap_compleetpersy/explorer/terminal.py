"""What a terminal shows: fields as a table, and Meltano's `select` block."""

from __future__ import annotations

import fnmatch
import typing as t

from tap_compleetpersy.model.fields import FIELDS
from tap_compleetpersy.sync.selection import AUTOMATIC

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from tap_compleetpersy.explorer.field import RemoteField


def _length(field: RemoteField) -> str:
    if field.shortest is None or field.shortest == field.longest:
        return "" if field.shortest is None else str(field.shortest)
    return f"{field.shortest}-{field.longest}"


_COLUMNS: t.Final[tuple[tuple[str, int, Callable[[RemoteField], str]], ...]] = (
    ("key", 48, lambda field: field.key),
    ("label", 24, lambda field: "" if field.key.endswith(field.label) else field.label),
    ("model", 10, lambda field: field.model),
    ("kind", 7, lambda field: field.kind),
    ("type", 16, lambda field: field.type),
    ("filled", 6, lambda field: f"{field.fill_rate:.0%}"),
    ("distinct", 8, lambda field: str(field.distinct)),
    ("length", 9, _length),
    ("examples", 44, lambda field: " | ".join(field.examples)),
    ("feeds", 32, lambda field: ", ".join(field.feeds)),
    ("selected", 8, lambda field: {None: "", True: "yes", False: "no"}[field.selected]),
    ("change", 24, lambda field: field.change or ""),
)
_GAP: t.Final = "  "


def as_table(fields: Sequence[RemoteField]) -> str:
    """Return fields as aligned columns; a column without content is left out."""
    columns = []
    for heading, width, text in _COLUMNS:
        cells = [_plain(text(field), width) for field in fields]
        if any(cells):
            broad = max(len(heading), *map(len, cells))
            columns.append([cell.ljust(broad) for cell in (heading, "-" * broad, *cells)])
    return "\n".join(_GAP.join(row).rstrip() for row in zip(*columns, strict=True))


def _plain(text: str, width: int) -> str:
    """Return a remote text that cannot steer the terminal, cut to its column."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown if len(shown) <= width else f"{shown[: width - 1]}…"


_FIXED: t.Final = tuple(
    field.name
    for field in FIELDS["candidates"]
    if field.name not in AUTOMATIC | {"custom_fields", "integration_fields", "remote_data"}
)
_IN_PATTERNS: t.Final = frozenset(".*?[]!\\")


class UnknownFieldError(ValueError):
    """A field is wanted that neither the tap nor the tenant has."""


def split_names(given: Sequence[str], custom: Collection[str]) -> list[str]:
    """Return names given one by one or separated by commas; a custom key may hold a comma."""
    return [
        name
        for text in given
        for name in ([text] if text in custom else [part.strip() for part in text.split(",")])
        if name
    ]


def select_lines(wanted: Sequence[str], custom: Collection[str]) -> list[str]:
    """Return the `select` block that lets only the wanted custom fields leave.

    Args:
        wanted: Remote keys of custom fields, and names of fixed fields. Without any fixed
            field, all of them stay.
        custom: Every custom field that is known.

    Returns:
        Lines of YAML.

    Raises:
        UnknownFieldError: Naming what is unknown.
    """
    unknown = [name for name in wanted if name not in custom and name not in _FIXED]
    if unknown:
        message = f"no field of candidates is named {', '.join(map(repr, unknown))}"
        raise UnknownFieldError(message)
    fixed = [name for name in _FIXED if name in wanted] or list(_FIXED)
    keys = [name for name in custom if name in wanted]
    lines = ["select:", "- jobs.*", "- applications.*"]
    lines += [f"- candidates.{name}" for name in sorted(AUTOMATIC) if name != "id"]
    lines += [f"- candidates.{name}" for name in fixed]
    if "location" in fixed:
        lines.append("- candidates.location.*")
    return [*lines, "- candidates.integration_fields", *_custom_lines(keys, custom)]


def _custom_lines(keys: Sequence[str], custom: Collection[str]) -> Iterator[str]:
    for key in keys:
        # No pattern can quote these characters; a question mark stands for any one.
        pattern = "".join("?" if c in _IN_PATTERNS or not c.isprintable() else c for c in f"{key}")
        yield f"- {_quoted(f'candidates.custom_fields.{pattern}')}"
        yield f"- {_quoted(f'candidates.custom_fields.{pattern}.*')}"
        for other in custom:
            if other not in keys and fnmatch.fnmatchcase(other, pattern):
                yield f"# This matches {other!r} too: name it in exclude_fields."


def _quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
