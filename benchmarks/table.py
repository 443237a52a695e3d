"""Tables as Markdown, which reads well in a terminal too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_MEGABYTE = 1 << 20


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table with aligned columns; all but the first are numbers."""
    body = [list(head), *(list(row) for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*body, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    body.insert(1, rule)
    return "\n".join(_line(row, widths) for row in body)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return f"| {' | '.join(cells)} |"


def megabytes(size: int) -> str:
    """Write a number of bytes."""
    return f"{size / _MEGABYTE:,.0f}"


def verdict(*, holds: bool) -> str:
    """Return whether a number was reached."""
    return "reached" if holds else "missed"
