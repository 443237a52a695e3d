"""The funnel of the dbt models as a chart: in the terminal, and as a page of its own."""

from __future__ import annotations

import html
import typing as t
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from demo.warehouse import cell

if t.TYPE_CHECKING:
    import duckdb

QUERY = """
SELECT opening, strftime(month, '%Y-%m'), source, outcome, applications
FROM persy_models.persy__funnel"""

# Outcome to what it is called and what its bar is drawn with; in the order of the bars.
OUTCOMES = {
    "HIRED": ("hired", "█"),
    "PENDING": ("pending", "▓"),
    "DECLINED": ("declined", "░"),
    "UNKNOWN": ("unknown", "·"),
}
MOST = 8
LABEL, BAR = 38, 36

Row: t.TypeAlias = "tuple[str | None, str | None, str | None, str, int]"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        label: What it is of.
        counts: Applications by outcome, in the order of `OUTCOMES`.
    """

    label: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All applications of the bar."""
        return sum(self.counts)

    @property
    def parts(self) -> Iterator[tuple[str, str, int]]:
        """What each outcome is called and drawn with, and its count, in the order of the bar."""
        for (name, character), count in zip(OUTCOMES.values(), self.counts, strict=True):
            yield name, character, count


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars that share a scale."""

    title: str
    bars: tuple[Bar, ...]

    @property
    def most(self) -> int:
        """The total of the longest bar."""
        return max((bar.total for bar in self.bars), default=1)


def read_rows(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Read the mart."""
    return t.cast("list[Row]", connection.execute(QUERY).fetchall())


def draw(rows: Sequence[Row]) -> tuple[Chart, ...]:
    """Make charts of the mart's rows: by opening, by month and by source."""
    return (
        Chart(f"The {MOST} openings with most applications", _largest(rows, lambda row: row[0])),
        Chart("By month of the application, the last twelve", _latest(rows)),
        Chart("By source", _largest(rows, lambda row: row[2])),
    )


def _bars(rows: Iterable[Row], key: Callable[[Row], str | None]) -> Iterator[Bar]:
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        counts = found.setdefault(key(row) or "not said", dict.fromkeys(OUTCOMES, 0))
        counts[row[3]] += row[4]
    return (Bar(label, tuple(counts.values())) for label, counts in found.items())


def _largest(rows: Iterable[Row], key: Callable[[Row], str | None]) -> tuple[Bar, ...]:
    return tuple(sorted(_bars(rows, key), key=lambda bar: (-bar.total, bar.label))[:MOST])


def _latest(rows: Iterable[Row]) -> tuple[Bar, ...]:
    dated = [row for row in rows if row[1]]
    return tuple(sorted(_bars(dated, lambda row: row[1]), key=lambda bar: bar.label)[-12:])


def lines(chart: Chart) -> Iterator[str]:
    """Draw a chart with characters, within 99 columns."""
    yield chart.title
    yield "  " + "   ".join(f"{character} {name}" for name, character in OUTCOMES.values())
    for bar in chart.bars:
        drawn = _drawn(bar, chart.most)
        yield f"  {cell(bar.label, LABEL):{LABEL}} {drawn:{BAR}} {bar.total:>5}".rstrip()


def _drawn(bar: Bar, most: int) -> str:
    """Place parts one after the other, so that rounding never changes a bar's length."""
    drawn, total = "", 0
    for _, character, count in bar.parts:
        total += count
        drawn += character * (round(BAR * total / most) - len(drawn))
    return drawn


def page(charts: Iterable[Chart], total: int) -> str:
    """Write a page that needs nothing else, in light and in dark."""
    legend = "".join(f'<li class="{name}">{name}</li>' for name, _ in OUTCOMES.values())
    sections = "".join(map(_section, charts))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>The funnel</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<main><h1>The funnel</h1><p>{total:,} applications, as the dbt model "
        f"<code>persy__funnel</code> counts them. Nobody's name is in it.</p>"
        f"<ul>{legend}</ul>{sections}</main></html>\n"
    )


def _section(chart: Chart) -> str:
    rows = "".join(_row(bar, chart.most) for bar in chart.bars)
    return f"<section><h2>{html.escape(chart.title)}</h2><table>{rows}</table></section>"


def _row(bar: Bar, most: int) -> str:
    parts = [(name, count) for name, _, count in bar.parts if count]
    drawn = "".join(
        f'<i class="{name}" style="width:{100 * count / most:.2f}%" title="{count} {name}"></i>'
        for name, count in parts
    )
    said = ", ".join(f"{count} {name}" for name, count in parts)
    return (
        f'<tr><th scope="row">{html.escape(bar.label)}</th>'
        f'<td class="bar" role="img" aria-label="{said}">{drawn}</td><td>{bar.total:,}</td></tr>'
    )


STYLE = """
:root{color-scheme:light dark;--ink:#1d2330;--soft:#5b6475;--back:#fff;--line:#e6e9ef;
--hired:#1f8a5b;--pending:#4c7edb;--declined:#c3cad6;--unknown:#e7d9b8}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebf2;--soft:#9aa4b5;--back:#14181f;--line:#272d38;
--hired:#39b57f;--pending:#5d8df0;--declined:#4a5364;--unknown:#6d6140}}
body{margin:0;background:var(--back);color:var(--ink);font:15px/1.45 system-ui,sans-serif}
main{max-width:860px;margin:0 auto;padding:28px 24px}h1{font-size:26px;margin:0}
h2{font-size:15px;margin:26px 0 8px}p{color:var(--soft);margin:4px 0 14px}
ul{display:flex;flex-wrap:wrap;gap:18px;list-style:none;margin:0;padding:0}
li::before{content:"";display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:7px;
background:var(--of)}
table{width:100%;border-collapse:collapse}tr+tr{border-top:1px solid var(--line)}
th{width:40%;text-align:left;font-weight:400;padding:4px 12px 4px 0}
td:last-child{width:3.5em;text-align:right;font-variant-numeric:tabular-nums}
.bar{font-size:0;white-space:nowrap}.bar i{display:inline-block;height:15px;background:var(--of)}
.bar i:first-child{border-radius:3px 0 0 3px}.bar i:last-child{border-radius:0 3px 3px 0}
.hired{--of:var(--hired)}.pending{--of:var(--pending)}.declined{--of:var(--declined)}.unknown{--of:var(--unknown)}
@media(max-width:520px){th{width:34%}}
"""
