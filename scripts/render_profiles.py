"""Write `docs/profiles.md` by running the tap against every shape and profile.

Run by `make docs` as `python -m scripts.render_profiles`, for it uses what the tests expect;
`--check` only compares. Takes half a minute.
"""

from __future__ import annotations

import sys
import tempfile
import typing as t
from collections.abc import Mapping
from pathlib import Path

from scripts.render_settings import rewrite
from tap_compleetpersy.sandbox.options import SHAPES, Options
from tap_compleetpersy.sandbox.server import running
from tests.profiles.comparison import Score, expected_rows, score, written_rows
from tests.profiles.people import FICTIONAL, NOW, PAGE_SIZE, add_hard_people
from tests.singer import run_tap

PAGE = Path(__file__).resolve().parents[1] / "docs" / "profiles.md"
START, END = "<!-- profiles -->", "<!-- /profiles -->"
# Each way of paging, and each other option at least once. Shapes are the columns.
PROFILES: t.Sequence[Mapping[str, t.Any]] = (
    {"pagination": "page", "auth": "bearer", "envelope": "data", "order": "id"},
    {
        "pagination": "offset",
        "auth": "header",
        "envelope": "list",
        "order": "newest",
        "encoding": "iso-8859-1",
    },
    {
        "pagination": "cursor",
        "auth": "basic",
        "envelope": "payload.items",
        "order": "random",
        "total": False,
    },
    {
        "pagination": "link",
        "auth": "bearer",
        "envelope": "candidates",
        "order": "oldest",
        "encoding": "utf-8-bom",
    },
    {
        "pagination": "none",
        "auth": "header",
        "envelope": "results",
        "order": "id",
        "modified_since_param": None,
    },
)


def measure(profile: Mapping[str, t.Any], shape: str, folder: Path) -> Score:
    """Run a first sync of one profile and count the fields that are as the facts want them.

    Raises:
        RuntimeError: When the run fails, with what it said.
    """
    options = Options(candidates=FICTIONAL, seed=3, now=NOW, shape=shape, **profile)
    with running(options) as sandbox:
        add_hard_people(sandbox.store)
        environment = options.environment(sandbox.url)
        settings = {"page_size": PAGE_SIZE}
        run = run_tap(settings, folder, "--config=ENV", environment=environment)
        if run.exit_code:
            raise RuntimeError(run.log)
        return score(written_rows(run, shape), expected_rows(sandbox.store.candidates(), shape))


def table() -> str:
    """Render the table, a row for each profile and a column for each shape."""
    rows = [
        f"| paging | key | envelope | order | other | {' | '.join(SHAPES)} |",
        "|---|---|---|---|---|" + "---:|" * len(SHAPES),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for profile in PROFILES:
            cells = [str(measure(profile, shape, Path(folder))) for shape in SHAPES]
            named = [str(profile[name]) for name in ("pagination", "auth", "envelope", "order")]
            rows.append(f"| {' | '.join([*named, _other(profile), *cells])} |")
    return "\n".join(["", *rows, "", ""])


def _other(profile: Mapping[str, t.Any]) -> str:
    said = {
        "iso-8859-1": "ISO-8859-1",
        "utf-8-bom": "BOM",
    }
    words = [said[profile["encoding"]]] if "encoding" in profile else []
    words += ["no total"] if not profile.get("total", True) else []
    words += ["no filter"] if profile.get("modified_since_param", "") is None else []
    return ", ".join(words) or "–"


if __name__ == "__main__":
    sys.exit(rewrite(PAGE, START, END, table(), sys.argv[1:]))
