"""Write the table of `docs/faults.md` from the cases that `tests/faults` plays.

Run by `make docs` as `python -m scripts.render_faults`; `--check`, of `make lint`, only compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.render_settings import rewrite
from tests.faults.cases import ENDS, GROUPS, RETRIES, TIMEOUT, Case

PAGE = Path(__file__).resolve().parents[1] / "docs" / "faults.md"
START, END = "<!-- faults -->", "<!-- /faults -->"
HEAD = ("| fault | what happens | after | last line of the log | exit |", "|---|---|---|---|---:|")


def rows() -> Iterator[str]:
    """Yield the table's lines, a row for each case."""
    yield from HEAD
    for group, cases in GROUPS.items():
        yield f"| **{group}** | | | | |"
        for case in cases:
            cells = (case.name, happening(case), case.after, said(case), str(case.exit_code))
            yield f"| {' | '.join(cells)} |"


def happening(case: Case) -> str:
    """Return in words what the tap does."""
    if not case.exit_code:
        return "read; nothing is lost"
    if case in ENDS:
        return "whole lines, a correct STATE"
    return "retried, then an error" if is_tried_again(case) else "an error"


def is_tried_again(case: Case) -> bool:
    """Return whether the log counts tries."""
    return case.tried_again or f" after {RETRIES + 1} tries" in case.log


def said(case: Case) -> str:
    """Quote the line, if there is one of its own."""
    return f"`{case.log}`" if case.log not in {"", "…"} else "–"


def table() -> str:
    """Render all that stands between the markers."""
    note = f"In these lines, `request_timeout` is {TIMEOUT:g} and `max_retries` is {RETRIES}."
    return "\n".join(["", note, "", *rows(), "", ""])


def main(arguments: list[str]) -> int:
    """Write the page when it is outdated; with `--check` only say so and answer 1."""
    return rewrite(PAGE, START, END, table(), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
