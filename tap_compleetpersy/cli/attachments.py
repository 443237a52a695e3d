"""``persy attachments``: the documents of a candidate, and the removal of those left behind."""

from __future__ import annotations

import functools
import json
import typing as t
from pathlib import Path

import click

from tap_compleetpersy.api.belongings import Downloader, NotStoredError
from tap_compleetpersy.api.client import Client
from tap_compleetpersy.cli import options
from tap_compleetpersy.cli.output import aligned, plain
from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.index import plan_pruning, prune
from tap_compleetpersy.files.store import Folder, safe_name
from tap_compleetpersy.settings import read_settings
from tap_compleetpersy.settings.checks import holds_credentials
from tap_compleetpersy.sync.attachments import compile_documents, largest_of
from tap_compleetpersy.sync.content import fetch_content
from tap_compleetpersy.sync.state import tenant_of

if t.TYPE_CHECKING:
    from collections.abc import Sequence

    from tap_compleetpersy.settings import Settings
    from tap_compleetpersy.sync.content import Document


_COLUMNS: t.Final = ("remote_id", "type", "file_name", "content_type", "remote_created_at")


@click.command(name="attachments", cls=options.Command)
@options.config
@click.option(
    "--download",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Store the files in DIR/CANDIDATE_ID, under their own names.",
)
@options.form("table", "json", told="json is a list with an object for each attachment.")
@click.option(
    "--prune",
    metavar="DIR",
    help="Instead: find the files below DIR (the setting attachments_dir) whose attachment or "
    "candidate is gone. Needs --state.",
)
@options.state
@click.option("--write", is_flag=True, help="With --prune: remove what was found.")
@click.argument("candidate_id", required=False)
def command(  # noqa: PLR0913 - one for each option
    *,
    config: tuple[Path, ...],
    candidate_id: str | None,
    download: Path | None,
    form: str,
    prune: str | None,
    state: Path | None,
    write: bool,
) -> None:
    """Show the attachments of a candidate, download them, or prune a folder of them."""
    if candidate_id is not None and prune is None:
        if state is not None or write:
            message = "--state and --write go with --prune"
            raise click.UsageError(message)
        _show(options.settings_to_ask(options.read_config(config)), candidate_id, download, form)
    elif prune is not None and candidate_id is None:
        if state is None or download is not None:
            message = "--prune needs --state FILE, and no --download"
            raise click.UsageError(message)
        _prune(read_settings(options.read_config(config)), prune, state, write=write)
    else:
        message = "give either a CANDIDATE_ID or --prune DIR"
        raise click.UsageError(message)


def _show(settings: Settings, candidate_id: str, folder: Path | None, form: str) -> None:
    with Client(settings) as client:
        listed = compile_documents(settings)(client, candidate_id)
        if listed is None:
            message = (
                "The server has no attachments of this candidate (status 404 or 410). Check the "
                "id, and the setting attachments_path: persy check"
            )
            raise click.ClickException(message)
        rows = [_row(document) for document in listed.rows]
        if form == "json":
            click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        else:
            cells = ([plain(row[name] or "") for name in _COLUMNS] for row in rows)
            click.echo(aligned(_COLUMNS, *cells))
        missing = 0 if folder is None else _download(client, settings, listed.rows, folder)
    if missing:
        message = f"{missing} of {len(listed.rows)} files were not stored"
        raise click.ClickException(message)


def _download(
    client: Client, settings: Settings, documents: Sequence[Document], folder: Path
) -> int:
    """Store the files, and return how many could not be."""
    store = Folder(str(folder))
    downloader = Downloader(client)
    lists, largest = compile_documents(settings), largest_of(settings)
    taken: set[str] = set()
    missing = 0
    for document in documents:
        name = safe_name(document.promise[0], taken)
        taken.add(name.casefold())
        path = f"{safe_name(document.candidate_id)}/{name}"
        renew = functools.partial(lists, client, document.candidate_id)
        with store.receiving() as incoming:
            try:
                fetch_content(downloader, document, renew, incoming, largest)
            except NotStoredError as reason:
                missing += 1
                click.echo(f"The {document.label} was not stored: {reason}", err=True)
                continue
            incoming.keep(path)
        click.echo(f"{store.location(path)} ({incoming.size:,} bytes)", err=True)
    return missing


def _prune(settings: Settings, folder: str, state: Path, *, write: bool) -> None:
    if holds_credentials(folder):
        message = "--prune: must not hold credentials, give them in attachments_options"
        raise click.ClickException(message)
    living = _living(state, settings)
    store = open_store(folder, settings.attachments_options, settings.request_timeout)
    found = plan_pruning(
        store,
        tenant_of(settings),
        lambda entry: entry.attachment in living.get(entry.candidate, ()),
    )
    for path in found.contents:
        click.echo(path)
    if write:
        prune(store, found)
    done = "removed" if write else "to remove (nothing was removed: add --write)"
    click.echo(
        f"{len(found.contents)} files of {found.gone} attachments {done}; "
        f"{found.kept} attachments stay",
        err=True,
    )


def _living(state: Path, settings: Settings) -> dict[str, tuple[str, ...]]:
    """Return the attachments of everybody who lives, as the state knows them."""
    bookmark = options.read_state(state, settings)["candidate_attachments"]
    if bookmark.ledger is None:
        message = (
            "--state: knows no attachments (no ledger of candidate_attachments), so nothing can be "
            "told to be gone. Give the state of a run that has this stream"
        )
        raise click.ClickException(message)
    living = {candidate_id: entry.children for candidate_id, entry in bookmark.ledger.items()}
    tables = list((bookmark.tables or {}).values())
    if not tables or None in tables:
        return living
    written = frozenset().union(*filter(None, tables))  # of others, filters keep the rows out
    return {one: tuple(filter(written.__contains__, children)) for one, children in living.items()}


def _row(document: Document) -> dict[str, str | None]:
    values = document.attachment.values
    return {
        "remote_id": document.remote_id,
        "type": values["type"],
        "file_name": values["file_name"],
        "content_type": values["content_type"],
        "opening_id": values["application_id"],
        "remote_created_at": values["remote_created_at"],
        "remote_updated_at": values["remote_updated_at"],
        "data_url": values["data_url"],
    }
