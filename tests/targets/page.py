"""Write the table of docs/targets.md from the declarations.

Run by `make docs` as `python -m tests.targets.page`; `--check`, of `make lint`, only compares.
"""

from __future__ import annotations

import sys
from dataclasses import astuple

from scripts.render_settings import rewrite
from tests.meltano import ROOT
from tests.targets.declared import TARGETS
from tests.targets.singer_target import Target
from tests.targets.story import Outcome

PATH = ROOT / "docs" / "targets.md"
BEGIN, END = "<!-- targets -->", "<!-- /targets -->"
COLUMNS = ("target", "version", *Outcome.__slots__, "settings and what to expect")
HEAD = f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|\n"


def main(arguments: list[str]) -> int:
    """Write the page when it is outdated; with `--check` only say so and answer 1."""
    return rewrite(PATH, BEGIN, END, HEAD + "".join(map(_row, TARGETS)), arguments)


def _row(target: Target) -> str:
    words = " | ".join(astuple(target.outcome))
    return f"| {target.title} | {target.version} | {words} | {target.notes} |\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
