"""``persy person``: what is held on one person, and its erasure."""

from __future__ import annotations

import json
import time
import typing as t
from dataclasses import asdict
from pathlib import Path

import click

from tap_compleetpersy.cli import options
from tap_compleetpersy.cli.output import write as write_text
from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.index import prune
from tap_compleetpersy.settings import read_settings
from tap_compleetpersy.warehouse import person
from tap_compleetpersy.warehouse.database import open_database
from tap_compleetpersy.warehouse.person import keeping_out

if t.TYPE_CHECKING:
    from tap_compleetpersy.files.store import Store
    from tap_compleetpersy.settings import Settings
    from tap_compleetpersy.warehouse.person import Certificate, Held


@click.command(name="person", cls=options.Command)
@options.config
@options.warehouse
@options.schema
@options.state
@options.form(
    "table",
    "json",
    told="table has counts only; json has every value, as an answer under Art. 15 GDPR needs it.",
)
@options.output
@click.option("--erase", is_flag=True, help="Say what an erasure would change; see --write.")
@click.option("--write", is_flag=True, help="With --erase: do it, and print the certificate.")
@click.argument("remote_id", metavar="ID")
def command(  # noqa: PLR0913 - one for each option
    *,
    config: tuple[Path, ...],
    warehouse: str | None,
    schema: str,
    state: Path | None,
    form: str,
    output: Path | None,
    erase: bool,
    write: bool,
    remote_id: str,
) -> None:
    """Show what is held on the candidate with this remote id, or erase it.

    Looks into the warehouse, into attachments_dir, and into a state that is given. Names are never
    asked for. Nothing changes without --erase --write.
    """
    if write and not erase:
        message = "--write goes with --erase"
        raise click.UsageError(message)
    settings = read_settings(options.read_config(config))
    if not warehouse:
        message = "--warehouse: name a DuckDB file or a PostgreSQL URL, or set PERSY_WAREHOUSE"
        raise click.ClickException(message)
    store = _store(settings)
    with open_database(warehouse, schema, write=write) as database:
        held = person.held_on(database, settings, remote_id, store)
        if not erase:
            bookmarks = None if state is None else options.read_state(state, settings)
            known = None if bookmarks is None else person.known_of(bookmarks, remote_id)
            write_text(_shown(held, known, form), output)
            return
        pruning = person.pruning_of(store, settings, held)
        now = time.time_ns() // 1_000_000
        certificate = person.erase(database, held, pruning, now, write=write)
        if write and store is not None:
            prune(store, pruning)
    write_text(_certified(certificate, form), output)
    if write:
        _advise(certificate)


def _store(settings: Settings) -> Store | None:
    """Return where files are stored; None for nowhere, or a folder that is not there yet."""
    where = settings.attachments_dir
    if not where or ("://" not in where and "::" not in where and not Path(where).is_dir()):
        return None
    return open_store(where, settings.attachments_options, settings.request_timeout)


def _shown(held: Held, known: dict[str, t.Any] | None, form: str) -> str:
    if form == "json":
        told = held.as_json() | {"state": known}
        return json.dumps(told, ensure_ascii=False, indent=1)
    lines = [f"{table}: {_many(len(rows), 'row')}" for table, rows in held.rows.items()]
    lines.append(f"attachments_dir: {_many(len(held.files), 'file')}")
    if known is not None:
        lines.append("state: " + ", ".join(f"{name} {told}" for name, told in known.items()))
    return "\n".join(lines)


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _certified(certificate: Certificate, form: str) -> str:
    if form == "json":
        return json.dumps(asdict(certificate), ensure_ascii=False, indent=1)
    done = "erased" if certificate.written else "to erase (nothing was changed: add --write)"
    lines = [f"{table}: {_many(rows, 'row')} {done}" for table, rows in certificate.rows.items()]
    lines.append(f"attachments_dir: {_many(certificate.files, 'file')} {done}")
    return "\n".join([*lines, certificate.remains])


def _advise(certificate: Certificate) -> None:
    """Say what else has to be done, and how the person is kept out."""
    maps = keeping_out(certificate.remote_id, certificate.erased_at)
    told = json.dumps({"stream_maps": maps}, ensure_ascii=False)
    click.echo(
        "Until Persy deletes this person too, a complete pass would load them again. These "
        f"settings keep them out until Persy updates the record:\n{told}\n"
        "Models of dbt are made anew by: meltano invoke dbt-duckdb:build",
        err=True,
    )
