"""``persy fields``: the Custom Field Explorer."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

import click

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.cli.configuration import (
    config_option,
    one_line_errors,
    output_option,
    read_config,
)
from tap_compleetpersy.explorer import terminal
from tap_compleetpersy.explorer.comparison import chosen_by, compare
from tap_compleetpersy.explorer.page import render_page
from tap_compleetpersy.explorer.survey import survey
from tap_compleetpersy.explorer.terminal import as_table
from tap_compleetpersy.given_catalog import checked_catalog
from tap_compleetpersy.settings import SettingsError, read_settings
from tap_compleetpersy.sync.catalog import collision_notes, read_sample, shown
from tap_compleetpersy.sync.reading import rules_of

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_compleetpersy.explorer.field import RemoteField, Survey


@click.command(name="fields")
@config_option
@click.option(
    "--catalog",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Say what this catalog selects, and what changed since it was made.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=0),
    metavar="N",
    help="Candidates to read; 0: all of them. The default is discovery_sample_size.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "html"]),
    default="table",
    show_default=True,
    help="json is a list with an object for each field; html is one page to open in a browser.",
)
@output_option
@click.option("--show-values", is_flag=True, help="Show examples as they are: they are personal.")
@click.option(
    "--select-lines",
    "wanted",
    multiple=True,
    metavar="FIELD",
    help="Print Meltano's select lines that let only these fields leave: custom fields by remote "
    "key and fixed ones by name, without any of which all fixed fields stay. May be repeated.",
)
@click.argument("more", nargs=-1, metavar="[FIELD]...")
def command(  # noqa: PLR0913 - one for each option
    *,
    config: tuple[Path, ...],
    catalog: Path | None,
    sample: int | None,
    form: str,
    output: Path | None,
    wanted: tuple[str, ...],
    more: tuple[str, ...],
    show_values: bool,
) -> None:
    """Show every field of the remote records: type, fill rate, examples.

    Examples are masked (Xxxxx, 99.999) unless asked for. Nobody older than the cutoff is read.
    FIELD goes with --select-lines.
    """
    if more and not wanted:
        message = "FIELD goes with --select-lines"
        raise click.UsageError(message)
    with one_line_errors():
        found, notes = _explore(read_config(config), catalog, sample, show_values=show_values)
        if wanted:
            text = _select_lines((*wanted, *more), found)
        elif form == "html":
            text = _page(found, notes, show_values=show_values)
        else:
            text = as_json(found.fields) if form == "json" else _table(found)
            for note in notes:
                click.echo(note, err=True)
        write(text, output)
        click.echo(f"Read {found.candidates} candidates with {found.openings} openings.", err=True)


def _explore(
    config: dict[str, t.Any], catalog: Path | None, sample: int | None, *, show_values: bool
) -> tuple[Survey, list[str]]:
    settings = read_settings(config)
    rules = rules_of(settings)
    settings.require_api_key()
    chosen = None if catalog is None else chosen_by(read_catalog(catalog), rules)
    wanted = settings.discovery_sample_size if sample is None else sample or None
    with (
        Client(settings) as client,
        shown(read_sample(client, settings, wanted), wanted) as sample_read,
    ):
        found = survey(sample_read, rules, chosen, show_values=show_values)
    return (found if chosen is None else compare(found, chosen)), _notes(found)


def _notes(found: Survey) -> list[str]:
    return collision_notes(
        {
            field.key: field.type
            for field in found.fields
            if field.kind == "CUSTOM" and field.model == "candidates"
        }
    )


def _select_lines(given: Sequence[str], found: Survey) -> str:
    custom = [f.key for f in found.fields if f.kind == "CUSTOM" and f.model == "candidates"]
    try:
        return "\n".join(terminal.select_lines(terminal.split_names(given, custom), custom))
    except terminal.UnknownFieldError as error:
        message = f"--select-lines: {error}. `persy fields` lists them"
        raise click.ClickException(message) from None


def _table(found: Survey) -> str:
    return as_table(found.fields)


def _page(found: Survey, notes: Sequence[str], *, show_values: bool) -> str:
    title = "Fields of Compleet Persy"
    return render_page(found.fields, notes, title=title, masked=not show_values)


def as_json(fields: Sequence[RemoteField]) -> str:
    """Write fields as a JSON list, one object a line."""
    lines = [json.dumps(field.as_json(), ensure_ascii=False) for field in fields]
    return "[\n" + ",\n".join(lines) + "\n]"


def read_catalog(path: Path) -> dict[str, t.Any]:
    """Read a catalog.

    Raises:
        SettingsError: When the file is no catalog.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            return t.cast("dict[str, t.Any]", json.load(t.cast("t.IO[str]", checked_catalog(file))))
    except OSError as error:
        message = f"--catalog: {click.format_filename(path)} cannot be read: {error.strerror}"
        raise SettingsError([message]) from None


def write(text: str, path: Path | None) -> None:
    """Write to stdout, or to a file that only its owner reads.

    Raises:
        click.ClickException: When the file cannot be written.
    """
    if path is None:
        click.echo(text)
        return
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            os.fchmod(number, 0o600)
            file.write(f"{text}\n")
    except OSError as error:
        message = f"--output: {click.format_filename(path)}: {error.strerror}"
        raise click.ClickException(message) from None
