"""A plain page for a browser that loads nothing and runs nothing."""

from __future__ import annotations

import html
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_STYLE: t.Final = (
    ":root{color-scheme:light dark}"
    "body{font:0.9rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:110rem;padding:0 1rem}"
    "main{display:flex;flex-wrap:wrap;gap:2rem;align-items:start}"
    "table{border-collapse:collapse;display:block;overflow-x:auto;max-width:100%}"
    "th,td{padding:.3rem .8rem;text-align:left;border-bottom:1px solid #8884}"
    "rect.live{fill:#3b82c9}rect.deleted{fill:#c96a3b}pre{overflow-x:auto}"
)
_POLICY: t.Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


def page(title: str, *parts: str) -> str:
    """Return a document.

    Args:
        title: Also its heading.
        parts: HTML, of `table`, `text` and such.
    """
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{text(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{text(title)}</h1>{''.join(parts)}</body></html>"
    )


def table(headings: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the cells are HTML."""
    head = "".join(f"<th>{text(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def text(told: str) -> str:
    """Return a text as HTML, visible and without a direction of its own."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in told)
    return f"<bdi>{html.escape(shown)}</bdi>" if shown != told else html.escape(shown)
