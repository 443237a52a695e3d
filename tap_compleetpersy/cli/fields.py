"""``persy fields``: the Custom Field Explorer."""

from __future__ import annotations

import typing as t
from pathlib import Path

import click

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.cli import options
from tap_compleetpersy.cli.output import as_json, plain, ruled, write
from tap_compleetpersy.explorer.catalog import chosen_by, compare, select_lines, split_names
from tap_compleetpersy.explorer.page import render_page
from tap_compleetpersy.explorer.survey import survey
from tap_compleetpersy.given_catalog import completed_catalog
from tap_compleetpersy.sync.catalog import collision_notes, read_sample, shown
from tap_compleetpersy.sync.reading import rules_of

if t.TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tap_compleetpersy.explorer.survey import RemoteField, Survey
    from tap_compleetpersy.settings import Settings


def _length(field: RemoteField) -> str:
    if field.shortest is None or field.shortest == field.longest:
        return "" if field.shortest is None else str(field.shortest)
    return f"{field.shortest}-{field.longest}"


_COLUMNS: t.Final[tuple[tuple[str, int, Callable[[RemoteField], str]], ...]] = (
    ("key", 48, lambda field: field.key),
    ("label", 24, lambda field: "" if field.key.endswith(field.label) else field.label),
    ("model", 10, lambda field: field.model),
    ("kind", 7, lambda field: field.kind),
    ("type", 16, lambda field: field.type),
    ("filled", 6, lambda field: f"{field.fill_rate:.0%}"),
    ("distinct", 8, lambda field: str(field.distinct)),
    ("length", 9, _length),
    ("examples", 44, lambda field: " | ".join(field.examples)),
    ("feeds", 32, lambda field: ", ".join(field.feeds)),
    ("selected", 8, lambda field: {None: "", True: "yes", False: "no"}[field.selected]),
    ("change", 24, lambda field: field.change or ""),
)


@click.command(name="fields", cls=options.Command)
@options.config
@options.file(
    "--catalog", told="Say what this catalog selects, and what changed since it was made."
)
@click.option(
    "--sample",
    type=click.IntRange(min=0),
    metavar="N",
    help="Candidates to read; 0: all of them. The default is discovery_sample_size.",
)
@options.form(
    "table",
    "json",
    "html",
    told="json is a list with an object for each field; html is one page to open in a browser.",
)
@options.output
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
    settings = options.settings_to_ask(options.read_config(config))
    found, notes = _explore(settings, catalog, sample, show_values=show_values)
    if wanted:
        custom = [field.key for field in found.fields if field.is_own]
        text = "\n".join(select_lines(split_names((*wanted, *more), custom), custom))
    elif form == "html":
        title = "Fields of Compleet Persy"
        text = render_page(found.fields, notes, title=title, masked=not show_values)
    else:
        json_list = [field.as_json() for field in found.fields]
        text = as_json(json_list) if form == "json" else as_table(found.fields)
        for note in notes:
            click.echo(note, err=True)
    write(text, output)
    click.echo(f"Read {found.candidates} candidates with {found.openings} openings.", err=True)


def _explore(
    settings: Settings, catalog: Path | None, sample: int | None, *, show_values: bool
) -> tuple[Survey, list[str]]:
    rules = rules_of(settings)
    chosen = None
    if catalog is not None:
        chosen = chosen_by(completed_catalog(options.read_object("--catalog", catalog)), rules)
    wanted = settings.discovery_sample_size if sample is None else sample or None
    with (
        Client(settings) as client,
        shown(read_sample(client, settings, wanted), wanted) as sample_read,
    ):
        found = survey(sample_read, rules, chosen, show_values=show_values)
    types = {field.key: field.type for field in found.fields if field.is_own}
    return (found if chosen is None else compare(found, chosen)), collision_notes(types)


def as_table(fields: Sequence[RemoteField]) -> str:
    """Return fields as aligned columns; a column without content is left out."""
    if not fields:
        return ""
    columns = []
    for heading, width, text in _COLUMNS:
        cells = [plain(text(field), width) for field in fields]
        if any(cells):
            columns.append((heading, *cells))
    headings, *rows = zip(*columns, strict=True)
    return ruled(headings, rows)
