"""``persy show``: the last run, and what the next one does."""

from __future__ import annotations

import json
import time
import typing as t
from contextlib import nullcontext
from dataclasses import asdict, astuple
from pathlib import Path

import click

from tap_compleetpersy.cli import options
from tap_compleetpersy.cli.output import page, ruled, table, text, write
from tap_compleetpersy.settings import read_settings
from tap_compleetpersy.warehouse.database import open_database
from tap_compleetpersy.warehouse.last_run import last_run

if t.TYPE_CHECKING:
    from tap_compleetpersy.warehouse.last_run import LastRun

_HEADINGS = (  # in the order of StreamRun
    "stream", "live", "deleted", "last run", "changed", "erased", "position", "complete pass",
    "next run",
)  # fmt: skip


@click.command(name="show", cls=options.Command)
@options.config
@options.warehouse
@options.schema
@options.state
@options.form("table", "json", "html", told="html is one page to open in a browser.")
@options.output
def command(  # noqa: PLR0913 - one for each option
    *,
    config: tuple[Path, ...],
    warehouse: str | None,
    schema: str,
    state: Path | None,
    form: str,
    output: Path | None,
) -> None:
    """Show the last run, from the state and the warehouse, and what the next run does.

    Counts and times only. Give --state, --warehouse or both; Persy is not asked.
    """
    settings = read_settings(options.read_config(config))
    if not warehouse and state is None:
        message = "--state, --warehouse: give at least one, or set PERSY_WAREHOUSE"
        raise click.ClickException(message)
    bookmarks = None if state is None else options.read_state(state, settings)
    with open_database(warehouse, schema) if warehouse else nullcontext() as database:
        found = last_run(settings, bookmarks, database, time.time_ns() // 1_000_000)
        write(written(found, form), output)


def written(found: LastRun, form: str) -> str:
    """Return a run as `table`, `json` or `html`."""
    if form == "json":
        return json.dumps(asdict(found), ensure_ascii=False, indent=1)
    rows = [
        (name, *(f"{one:,}" if isinstance(one, int) else one or "-" for one in astuple(stream)))
        for name, stream in found.streams.items()
    ]
    if form == "html":
        return _page(found, rows)
    return "\n".join([ruled(_HEADINGS, rows), *(f"warning: {told}" for told in found.warnings)])


def _page(found: LastRun, rows: list[tuple[str, ...]]) -> str:
    counts = [(one.live or 0, one.deleted or 0) for one in found.streams.values()]
    most = max(map(sum, counts), default=0) or 1
    bars = [_bar(100 * live / most, 100 * deleted / most) for live, deleted in counts]
    cells = [[*map(text, row), bar] for row, bar in zip(rows, bars, strict=True)]
    warnings = (f"<p><strong>Warning:</strong> {text(told)}</p>" for told in found.warnings)
    return page("Last run", *warnings, table((*_HEADINGS, "rows"), cells))


def _bar(live: float, deleted: float) -> str:
    return (
        '<svg width="200" height="12" role="img" aria-label="live and deleted">'
        f'<rect class="live" width="{live:.1f}%" height="12"/>'
        f'<rect class="deleted" x="{live:.1f}%" width="{deleted:.1f}%" height="12"/></svg>'
    )
