"""``persy map``: the first records beside the model."""

from __future__ import annotations

import html
import json
import typing as t
from pathlib import Path

import click

from tap_compleetpersy.cli.configuration import (
    config_option,
    one_line_errors,
    output_option,
    read_config,
)
from tap_compleetpersy.cli.fields import write
from tap_compleetpersy.cli.page import page, table, text
from tap_compleetpersy.explorer import record_map
from tap_compleetpersy.settings import read_settings
from tap_compleetpersy.sync.reading import rules_of

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tap_compleetpersy.explorer.record_map import Column, RecordMap, RemoteKey

_GAP = "  "
_WIDEST = 56
_KEY_HEADINGS = ("remote key", "filled", "type", "example", "feeds")
_COLUMN_HEADINGS = ("column", "filled", "example", "fed by")
_MOST_KEYS = 4


@click.command(name="map")
@config_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "html", "meltano"]),
    default="table",
    show_default=True,
    help="json is an object of keys, columns and settings; html is one page to open in a browser; "
    "meltano is the config block alone.",
)
@output_option
@click.option("--show-values", is_flag=True, help="Show values as they are: they are personal.")
def command(config: tuple[Path, ...], form: str, output: Path | None, *, show_values: bool) -> None:
    """Show what feeds each column, what nothing claims, and the settings to try.

    Reads the first page of the list. Values are masked (Xxxxx, 99.999) unless asked for, and
    keys that only one record has are not shown, since PHP makes keys of names.
    """
    with one_line_errors():
        settings = read_settings(read_config(config))
        rules_of(settings)
        settings.require_api_key()
        found = record_map.first_records(settings)
        mapped = record_map.map_evidence(found, show_values=show_values)
        write(written(mapped, record_map.settings_found(found), form), output)
        click.echo(summary(mapped, found.requests), err=True)


def written(mapped: RecordMap, settings: Mapping[str, t.Any], form: str) -> str:
    """Write a map and the settings to try: `table`, `json`, `html` or `meltano`."""
    if form == "json":
        return json.dumps({**mapped.as_json(), "settings": settings}, ensure_ascii=False, indent=1)
    if form == "meltano":
        return "\n".join(["config:", *_meltano_lines(settings)])
    keys = [_key_cells(key, mapped.records) for key in mapped.keys]
    columns = [_column_cells(column, mapped.records) for column in mapped.columns]
    block = json.dumps(settings, ensure_ascii=False, indent=2)
    if form == "html":
        sides = (table(_KEY_HEADINGS, _marked(keys)), table(_COLUMN_HEADINGS, _marked(columns)))
        found = f"<h2>Settings to try</h2><pre>{html.escape(block)}</pre>" if settings else ""
        return page("Records beside the model", f"<main>{''.join(sides)}</main>", found)
    parts = [_aligned([_KEY_HEADINGS, *keys]), _aligned([_COLUMN_HEADINGS, *columns])]
    if settings:
        parts.append(f"Settings to try:\n{block}")
    return "\n\n".join(parts)


def _marked(rows: Iterable[tuple[str, ...]]) -> list[list[str]]:
    return [[*map(text, row)] for row in rows]


def summary(mapped: RecordMap, requests: int) -> str:
    """Return what was read, and what is not shown, in one line."""
    told = f"Records: {mapped.records}. Requests: {requests}."
    if mapped.hidden:
        told += f" Rare names of keys that are not shown: {mapped.hidden}."
    if mapped.records and not mapped.columns[0].filled:
        told += " No record has an id that can be read: nothing of them would arrive."
    return told


def _key_cells(key: RemoteKey, records: int) -> tuple[str, ...]:
    feeds = [*key.feeds, *(f"({name})" for name in key.passed)]
    if key.guess is not None:
        feeds.append(f"looks like {key.guess}")
    return (key.key, _share(key.filled, records), key.type, key.example, ", ".join(feeds) or "-")


def _column_cells(column: Column, records: int) -> tuple[str, ...]:
    more = len(column.keys) - _MOST_KEYS
    fed = ", ".join(column.keys[:_MOST_KEYS]) or "nothing"
    if more > 0:
        fed += f" and {more} more"
    if column.guess is not None:
        fed = f"nothing; {column.guess} looks like it"
    return (column.name, _share(column.filled, records), column.example, fed)


def _share(filled: int, records: int) -> str:
    return f"{filled} of {records}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    """Align cells; what is too wide is cut, but for the last column."""
    cells = [[*(_plain(cell, _WIDEST) for cell in row[:-1]), _plain(row[-1])] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [cells[0], ["-" * width for width in widths], *cells[1:]]
    return "\n".join(_GAP.join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _plain(text: str, width: int = 0) -> str:
    """Keep a remote text from steering the terminal, and within its column."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return f"{shown[: width - 1]}…" if width and len(shown) > width else shown


def _meltano_lines(settings: Mapping[str, t.Any]) -> Iterable[str]:
    """Write settings as YAML, of which JSON is a part."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield f"  {name}:"
            yield from (f"    {_yaml(key)}: {_yaml(item)}" for key, item in value.items())
        else:
            yield f"  {name}: {_yaml(value)}"


def _yaml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
