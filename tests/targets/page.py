"""Write the table of docs/targets.md from the declarations: ``python -m tests.targets.page``."""

from __future__ import annotations

from dataclasses import astuple

from tests.meltano import ROOT
from tests.targets.declared import TARGETS
from tests.targets.singer_target import Target
from tests.targets.story import Outcome

PATH = ROOT / "docs" / "targets.md"
BEGIN, END = "<!-- targets -->", "<!-- /targets -->"
COLUMNS = ("target", "version", *Outcome.__slots__, "settings and what to expect")
HEAD = f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|\n"


def written() -> str:
    """Return the page with the table as it is declared."""
    text = PATH.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    table = HEAD + "".join(map(_row, TARGETS))
    return f"{before}{BEGIN}\n{table}{END}{after}"


def _row(target: Target) -> str:
    words = " | ".join(astuple(target.outcome))
    return f"| {target.title} | {target.version} | {words} | {target.notes} |\n"


if __name__ == "__main__":
    PATH.write_text(written(), encoding="utf-8")
