"""``persy request``: any request to the tenant's API, with the key."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.messages import Request, authorization
from tap_compleetpersy.api.urls import PathRefusedError, address
from tap_compleetpersy.cli import options
from tap_compleetpersy.cli.output import private_file
from tap_compleetpersy.passthrough import arguments, printing
from tap_compleetpersy.passthrough.arguments import ArgumentRefusedError, pages_of
from tap_compleetpersy.settings import read_settings

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_READING = frozenset({"GET", "HEAD"})
_WITHOUT_BODY = _READING | {"OPTIONS"}
_ACCEPT = "application/json, */*;q=0.5"


@click.command(name="request", cls=options.Command)
@options.config
@click.option("--param", multiple=True, metavar="K=V", help="Query parameter. May be repeated.")
@click.option("--header", multiple=True, metavar="K=V", help="Header. May be repeated.")
@click.option(
    "--data",
    metavar="TEXT|@FILE|@-",
    help="Body: text, a file, or stdin. It is JSON unless --header Content-Type=… says otherwise.",
)
@click.option(
    "--file",
    "named_files",
    multiple=True,
    metavar="K=@PATH[;TYPE]",
    help="File of a form (multipart). May be repeated.",
)
@click.option("--form", multiple=True, metavar="K=V", help="Field of a form. May be repeated.")
@options.file(
    "--output", told="Write the body to a file that only its owner reads; not that of an error."
)
@click.option(
    "--paginate",
    is_flag=True,
    help="Read all pages, as the settings say, and print the records as JSON lines.",
)
@click.option("--write", is_flag=True, help="Allow methods other than GET and HEAD.")
@click.option("-v", "--verbose", is_flag=True, help="Show what is sent, without the key.")
@click.argument("method")
@click.argument("path")
def command(  # noqa: PLR0913 - one for each option
    *,
    config: tuple[Path, ...],
    method: str,
    path: str,
    param: tuple[str, ...],
    header: tuple[str, ...],
    data: str | None,
    named_files: tuple[str, ...],
    form: tuple[str, ...],
    output: Path | None,
    paginate: bool,
    write: bool,
    verbose: bool,
) -> None:
    """Send a request to PATH below api_url, with the key, and print what is answered.

    METHOD is GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.

    The body goes to stdout: as it is into a pipe, readable on a terminal. Status and headers go
    to stderr. Exits with 1 when the status is 400 or more.
    """
    with ExitStack() as opened:
        method = method.upper()
        _refuse_contradictions(
            method, write=write, paginate=paginate, data=data, form=(*form, *named_files)
        )
        given = read_settings(options.read_config(config))
        settings = replace(given, field_paths={}, custom_fields_paths=[])  # records as received
        headers = arguments.headers(header, settings.auth_header, form=bool(form or named_files))
        is_in_query = settings.auth_method == "query"
        params = arguments.params(param, settings.auth_param if is_in_query else None)
        try:
            url = address(settings.api_url, path, params)
        except PathRefusedError as error:
            message = f"PATH: {error}"
            raise ArgumentRefusedError(message) from None
        key = settings.require_api_key()
        masking = printing.masking_of(authorization(settings, key), key)
        if masking.is_in(url.partition("?")[0]):
            message = "PATH: holds the key, which is sent as the settings say"
            raise click.ClickException(message)
        if data is not None:
            headers = {"Content-Type": "application/json", **headers}
        request = Request(
            method,
            url,
            None if data is None else arguments.content(data, opened),
            arguments.form(form, named_files, opened),
        )
        client = opened.enter_context(Client(settings, headers={"Accept": _ACCEPT, **headers}))
        pages = pages_of(client, url) if paginate else None
        file = None if output is None else opened.enter_context(private_file("--output", output))
        if pages is not None:
            printing.print_records(pages, url, masking, file, verbose=verbose)
        else:
            printing.print_answer(client, request, masking, file, verbose=verbose)


def _refuse_contradictions(
    method: str, *, write: bool, paginate: bool, data: str | None, form: tuple[str, ...]
) -> None:
    if method not in _METHODS:
        message = f"METHOD: must be one of {', '.join(_METHODS)}"
    elif method not in _READING and not write:
        message = f"{method} may change something in Persy: repeat with --write to allow it"
    elif paginate and method != "GET":
        message = "--paginate: goes with GET only"
    elif method in _WITHOUT_BODY and (data is not None or form):
        message = f"{method} has no body: leave --data, --file and --form out"
    elif data is not None and form:
        message = "--data: goes without --file and --form"
    else:
        return
    raise click.ClickException(message)
