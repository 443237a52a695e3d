"""Write the table of converters and frameworks in `docs/profiles.md`: `make wire`.

Each maker stands behind one framework, in turns, and each framework before the first maker; with
`--all` each before each. Exits with 1 when a field is wrong, or a setting by hand is needed.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import typing as t
from collections.abc import Iterable, Iterator

from scripts.render_profiles import PAGE
from scripts.render_settings import rewrite
from tests.wire.makers import FRAMEWORKS, MAKERS, OTHERS, Maker
from tests.wire.run import Cell, everybody, measure

START, END = "<!-- wire -->", "<!-- /wire -->"


def pairs(*, every: bool) -> Iterator[tuple[Maker, str]]:
    """Yield which maker stands behind which framework."""
    if every:
        yield from itertools.product(MAKERS, (*FRAMEWORKS, *OTHERS))
        return
    yield from zip(MAKERS, itertools.cycle(FRAMEWORKS))
    yield from ((MAKERS[1], framework) for framework in FRAMEWORKS)
    yield from ((MAKERS[-1], framework) for framework in OTHERS)


def table(cells: Iterable[tuple[Maker, str, Cell]]) -> str:
    """Render one row for each pair."""
    rows = [
        "| made by | served by | fields right | found by check | by hand | lost before the tap |",
        "|---|---|---:|---|---|---|",
    ]
    for maker, framework, cell in cells:
        found = ", ".join(f"`{name}`" for name in cell.found) or "–"
        row = (
            maker.name,
            {**FRAMEWORKS, **OTHERS}[framework],
            str(cell.score),
            found,
            "–",
            maker.lost,
        )
        rows.append(f"| {' | '.join(row)} |")
    return "\n".join(["", *rows, "", ""])


def versions() -> str:
    """Return which PHP and which Node ran, in one line."""
    asked = (
        ["php", "-r", "echo 'PHP ', PHP_VERSION;"],
        ["node", "-p", "'Node ' + process.version"],
    )
    told = (subprocess.run(words, capture_output=True, check=True, text=True) for words in asked)
    return ", ".join(one.stdout.strip() for one in told)


def main(arguments: t.Sequence[str]) -> int:
    """Measure, show each pair, and write the table."""
    people = everybody()
    cells = []
    for maker, framework in dict.fromkeys(pairs(every="--all" in arguments)):
        cell = measure(maker, framework, people)
        cells.append((maker, framework, cell))
        print(
            f"{maker.name} | {framework} | {cell.score} | {', '.join(cell.found) or '-'}",
            flush=True,
        )
        for one in cell.wrong[:5]:
            print(f"  {one.stream} {one.field}: {one.found!r:.90}, wanted {one.wanted!r:.90}")
    rewrite(PAGE, START, END, f"\nWith {versions()}:\n{table(cells)}", [])
    return int(any(cell.wrong for *_, cell in cells))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
