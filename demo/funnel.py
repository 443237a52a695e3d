"""The marts of the dbt models as charts: in the terminal, and as a page of its own."""

from __future__ import annotations

import html
import typing as t
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from demo.warehouse import cell

if t.TYPE_CHECKING:
    import duckdb

LABEL, BAR = 38, 36

# Outcome to what it is called and what its bar is drawn with; in the order of the bars.
OUTCOMES = {"hired": "█", "pending": "▓", "declined": "░", "unknown": "·"}

QUERIES = {
    "The 8 openings with most applications": """
        SELECT opening, hired, pending, declined, unknown,
        strftime(last_application_at, 'last %Y-%m-%d')
        FROM persy__openings ORDER BY applications DESC, opening LIMIT 8""",
    "By month of the application, the last twelve": """
        SELECT * FROM (
            SELECT strftime(month, '%Y-%m') AS label, hired, pending, declined, unknown,
            CASE WHEN hires_seen > 0 THEN format('{} hired in it', hires_seen) END
            FROM persy__months WHERE month IS NOT NULL ORDER BY month DESC LIMIT 12
        ) ORDER BY label""",
    "By source, with the share and the time of who was hired": """
        SELECT coalesce(source, 'not said'), hired, pending, declined, unknown,
        format('{:.0f} %', 100 * hire_rate)
        || coalesce(format(', {:.0f} days', median_days_to_hire), '')
        FROM persy__sources ORDER BY applications DESC, 1 LIMIT 8""",
    "How long who is pending has waited": """
        SELECT age, 0, sum(applications)::integer, 0, 0,
        format('up to {:,} days', max(oldest_days))
        FROM persy__pending GROUP BY age ORDER BY age""",
    "The 8 openings that have been open longest": """
        SELECT opening, hired, pending, declined, unknown,
        strftime(open_since, 'since %Y-%m-%d')
        FROM persy__openings WHERE open_since IS NOT NULL
        ORDER BY open_since, opening LIMIT 8""",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        label: What it is of.
        counts: Applications by outcome, in the order of `OUTCOMES`.
        note: What else there is to say of it.
    """

    label: str
    counts: tuple[int, ...]
    note: str

    @property
    def total(self) -> int:
        """All applications of the bar."""
        return sum(self.counts)

    @property
    def parts(self) -> Iterator[tuple[str, str, int]]:
        """What each outcome is called and drawn with, and its count, in the order of the bar."""
        for (name, character), count in zip(OUTCOMES.items(), self.counts, strict=True):
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


def read(connection: duckdb.DuckDBPyConnection) -> tuple[Chart, ...]:
    """Make a chart of each query on the marts."""
    connection.execute("USE persy_models")
    return tuple(
        Chart(
            title,
            tuple(
                Bar(label or "not said", tuple(counts), note or "")
                for label, *counts, note in connection.execute(query).fetchall()
            ),
        )
        for title, query in QUERIES.items()
    )


def lines(chart: Chart) -> Iterator[str]:
    """Draw a chart with characters, within 99 columns."""
    yield chart.title
    yield "  " + "   ".join(f"{character} {name}" for name, character in OUTCOMES.items())
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


def page(charts: Iterable[Chart]) -> str:
    """Write a page that needs nothing else, in light and in dark."""
    legend = "".join(f'<li class="{name}">{name}</li>' for name in OUTCOMES)
    sections = "".join(map(_section, charts))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>The funnel</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<main><h1>The funnel</h1><p>Applications, as the marts of the dbt models count them. "
        f"Nobody's name is in them.</p><ul>{legend}</ul>{sections}</main></html>\n"
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
        f'<td class="bar" role="img" aria-label="{said}">{drawn}</td><td>{bar.total:,}</td>'
        f"<td>{html.escape(bar.note).replace('-', '&#8209;')}</td></tr>"
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
table{table-layout:fixed}th{width:36%;text-align:left;font-weight:400;padding:4px 12px 4px 0}
td+td{width:3em;text-align:right;font-variant-numeric:tabular-nums}
td+td+td{width:9em;color:var(--soft);font-size:13px}
.bar{font-size:0;white-space:nowrap}.bar i{display:inline-block;height:15px;background:var(--of)}
.bar i:first-child{border-radius:3px 0 0 3px}.bar i:last-child{border-radius:0 3px 3px 0}
.hired{--of:var(--hired)}.pending{--of:var(--pending)}.declined{--of:var(--declined)}.unknown{--of:var(--unknown)}
@media(max-width:520px){th{width:31%;padding-right:8px;overflow-wrap:anywhere}td+td{width:2em}
td+td+td{width:6.5em;font-size:12px}main{padding:20px 14px}}
"""
