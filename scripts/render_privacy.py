"""Write the table of fields into `docs/privacy.md`, from the model's own declaration.

Run by `make docs` as `python -m scripts.render_privacy`; `--check`, of `make lint`, only compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.render_settings import rewrite
from tap_compleetpersy.model.fields import FIELDS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "privacy.md"
START, END = "<!-- fields -->", "<!-- /fields -->"


def rows() -> Iterator[str]:
    """Yield the table's lines, a row for each field of each stream."""
    yield from ("| stream | field | what it is | personal |", "|---|---|---|---|")
    for stream, fields in FIELDS.items():
        for field in fields:
            personal = "yes" if field.personal else "–"
            yield f"| {stream} | `{field.name}` | {field.description} | {personal} |"


def main(arguments: list[str]) -> int:
    """Write the page when it is outdated; with `--check` only say so and answer 1."""
    return rewrite(PAGE, START, END, "\n".join(["", *rows(), "", ""]), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
