"""The recipes of docs/engines.md."""

from __future__ import annotations

import re

from tests.meltano import ROOT

PAGE = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")


def recipe(heading: str) -> str:
    """Return the code below a heading of the page."""
    section = PAGE.partition(f"\n## {heading}\n")[2]
    return re.split(r"```(?:\w+\n)?", section)[1]
