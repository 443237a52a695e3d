"""``persy map``: the first records beside the model."""

from __future__ import annotations

import html
import json
import typing as t
from dataclasses import asdict
from pathlib import Path

import click

from tap_compleetpersy.cli import options
from tap_compleetpersy.cli.output import page, plain, ruled, table, text, write
from tap_compleetpersy.explorer import record_map

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tap_compleetpersy.explorer.record_map import Column, RecordMap, RemoteKey

_WIDEST = 56
_KEY_HEADINGS = ("remote key", "filled", "type", "example", "feeds")
_COLUMN_HEADINGS = ("column", "filled", "example", "fed by")
_MOST_KEYS = 4


@click.command(name="map", cls=options.Command)
@options.config
@options.form(
    *("table", "json", "html", "meltano"),
    told="json is an object of keys, columns and settings; html is one page to open in a browser; "
    "meltano is the config block alone.",
)
@options.output
@click.option("--show-values", is_flag=True, help="Show values as they are: they are personal.")
def command(config: tuple[Path, ...], form: str, output: Path | None, *, show_values: bool) -> None:
    """Show what feeds each column, what nothing claims, and the settings to try.

    Reads the first page of the list. Values are masked (Xxxxx, 99.999) unless asked for, and
    keys that only one record has are not shown, since PHP makes keys of names.
    """
    found = record_map.first_records(options.settings_to_ask(options.read_config(config)))
    mapped = record_map.map_evidence(found, show_values=show_values)
    write(written(mapped, found.changes, form), output)
    click.echo(summary(mapped, found.requests), err=True)


def written(mapped: RecordMap, settings: Mapping[str, t.Any], form: str) -> str:
    """Return a map and the settings to try as `table`, `json`, `html` or `meltano`."""
    if form == "json":
        return json.dumps({**asdict(mapped), "settings": settings}, ensure_ascii=False, indent=1)
    if form == "meltano":
        return "\n".join(["config:", *_meltano_lines(settings)])
    keys = [_key_cells(key, mapped.records) for key in mapped.keys]
    columns = [_column_cells(column, mapped.records) for column in mapped.columns]
    block = json.dumps(settings, ensure_ascii=False, indent=2)
    if form == "html":
        sides = (
            table(headings, (map(text, row) for row in rows))
            for headings, rows in ((_KEY_HEADINGS, keys), (_COLUMN_HEADINGS, columns))
        )
        found = f"<h2>Settings to try</h2><pre>{html.escape(block)}</pre>" if settings else ""
        return page("Records beside the model", f"<main>{''.join(sides)}</main>", found)
    parts = [ruled(_KEY_HEADINGS, _cut(keys)), ruled(_COLUMN_HEADINGS, _cut(columns))]
    if settings:
        parts.append(f"Settings to try:\n{block}")
    return "\n\n".join(parts)


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
    return (key.key, f"{key.filled} of {records}", key.type, key.example, ", ".join(feeds) or "-")


def _column_cells(column: Column, records: int) -> tuple[str, ...]:
    more = len(column.keys) - _MOST_KEYS
    fed = ", ".join(column.keys[:_MOST_KEYS]) or "nothing"
    if more > 0:
        fed += f" and {more} more"
    if column.guess is not None:
        fed = f"nothing; {column.guess} looks like it"
    return (column.name, f"{column.filled} of {records}", column.example, fed)


def _cut(rows: Iterable[tuple[str, ...]]) -> Iterable[list[str]]:
    """Return rows in which what is too wide is cut, but for the last column."""
    return ([*(plain(cell, _WIDEST) for cell in row[:-1]), plain(row[-1])] for row in rows)


def _meltano_lines(settings: Mapping[str, t.Any]) -> Iterable[str]:
    """Yield settings as lines of YAML, of which JSON is a part."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield f"  {name}:"
            yield from (f"    {_yaml(key)}: {_yaml(item)}" for key, item in value.items())
        else:
            yield f"  {name}: {_yaml(value)}"


def _yaml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
