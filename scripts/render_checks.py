"""Write what `persy check` says of each broken assumption into `docs/profiles.md`.

Run by `make docs` as `python -m scripts.render_checks`; `--check` only compares.
"""

from __future__ import annotations

import json
import sys
import typing as t
from collections.abc import Iterable
from datetime import UTC, datetime

from scripts.render_profiles import PAGE
from scripts.render_settings import rewrite
from tap_compleetpersy.check.run import check
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.settings import read_settings
from tests.check.scenarios import BROKEN

START, END = "<!-- check -->", "<!-- /check -->"
NOW = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
HEAD = (
    "| what is different | the check says | evidence | setting to change | loses data |",
    "|---|---|---|---|---|",
)


def rows(name: str, options: dict[str, t.Any], given: dict[str, t.Any]) -> Iterable[str]:
    """Check one local Persy that differs, and answer a row for each assumption that fails."""
    with running(Options(**{"candidates": 45, "seed": 7, "now": NOW, **options})) as sandbox:
        settings = {"api_url": sandbox.url, "api_key": sandbox.api_key, "page_size": 20, **given}
        findings = check(read_settings(settings)).findings
    for finding in findings:
        if finding.verdict == "fails":
            change = f"`{finding.setting}: {json.dumps(finding.value)}`"
            loses = "yes" if finding.loses_data else "no"
            evidence = finding.evidence.replace("|", "\\|")
            yield f"| {name} | {finding.assumption} fails | {evidence} | {change} | {loses} |"


def table() -> str:
    """Render the table, in the order of the scenarios."""
    lines = [
        row for name, (options, given, *_) in BROKEN.items() for row in rows(name, options, given)
    ]
    return "\n".join(["", *HEAD, *lines, "", ""])


if __name__ == "__main__":
    sys.exit(rewrite(PAGE, START, END, table(), sys.argv[1:]))
