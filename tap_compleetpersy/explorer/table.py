"""Fields as plain text for a terminal."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    ("selected", 8, lambda field: {None: "", True: "yes", False: "no"}[field.selected]),
    ("change", 24, lambda field: field.change or ""),
)
_GAP: t.Final = "  "


def as_table(fields: Sequence[RemoteField]) -> str:
    """Write fields as aligned columns; a column without content is left out."""
    columns = []
    for heading, width, text in _COLUMNS:
        cells = [_plain(text(field), width) for field in fields]
        if any(cells):
            broad = max(len(heading), *map(len, cells))
            columns.append([cell.ljust(broad) for cell in (heading, "-" * broad, *cells)])
    return "\n".join(_GAP.join(row).rstrip() for row in zip(*columns, strict=True))


def _plain(text: str, width: int) -> str:
    """Keep a remote text from steering the terminal, and within its column."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown if len(shown) <= width else f"{shown[: width - 1]}…"
