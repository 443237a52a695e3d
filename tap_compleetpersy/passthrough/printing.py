"""What is printed: the body to stdout, all that is about it to stderr.

A terminal shows indented JSON, or text as it is, and nothing binary.
"""

from __future__ import annotations

import json
import os
import re
import sys
import typing as t
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing

import click
import msgspec

from tap_compleetpersy.api.client import Client, exchange
from tap_compleetpersy.api.messages import OpenAnswer, Request, header
from tap_compleetpersy.api.pages import Page
from tap_compleetpersy.api.urls import shown
from tap_compleetpersy.passthrough.masking import Masking

_FIRST_REDIRECT = 300
_FIRST_ERROR = 400
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")  # escape sequences, too
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_TOKEN = re.compile(
    r"(?P<string>\"(?:[^\"\\]|\\.)*\")(?P<key>(?=:))?"
    r"|(?P<word>true|false|null)"
    r"|(?P<number>-?\d[\d.eE+-]*)"
)
_INVISIBLE = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def print_answer(
    client: Client, request: Request, masking: Masking, file: t.BinaryIO | None, *, verbose: bool
) -> None:
    """Send a request and print what is answered; with `verbose` also what is sent.

    A file gets the body, but not that of an error, which is printed.

    Raises:
        ApiError: When no answer came, or not all of it.
        click.ClickException: When the body cannot be shown.
        click.exceptions.Exit: When the status is 400 or more.
    """

    def announce(request: Request, headers: Mapping[str, str]) -> None:
        if verbose:
            query = "?…" if "?" in request.url else ""
            _tell(f"> {request.method} {shown(request.url)}{query}")
            _tell_headers("> ", headers, masking)

    with closing(exchange(client, request, announce)) as answer:
        failed = answer.status >= _FIRST_ERROR
        _tell_status(answer, masking)
        _tell_headers("", answer.headers, masking)
        if file is None or failed:
            _print_body(answer, masking)
        else:
            file.writelines(answer.chunks)
        if failed:
            raise click.exceptions.Exit(1)


def print_records(
    pages: Iterable[Page], url: str, masking: Masking, file: t.BinaryIO | None, *, verbose: bool
) -> None:
    """Print the records of all pages, one a line, and then how many there were.

    Pages are read while they are printed, or written to a file.

    Raises:
        ApiError: When a page cannot be read.
    """
    count, records = 0, 0
    for page in pages:
        count, records = page.number, records + len(page.records)
        if verbose:
            _tell(f"> GET {shown(url)}, page {count}: {len(page.records)} records")
        lines = b"".join(msgspec.json.encode(record) + b"\n" for record in page.records)
        if file is not None:
            file.write(lines)
        else:
            _print_lines(masking.whole(lines))
    _tell(f"Read {records} records in {count} pages.")


def _print_body(answer: OpenAnswer, masking: Masking) -> None:
    chunks = masking.body(answer.chunks)
    if not sys.stdout.isatty():
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    try:
        text = readable(chunks, answer.headers, colour=_has_colour())
    except BinaryBodyError:
        message = "The body is binary: give --output FILE, or send it into a pipe"
    else:
        click.echo(text, nl=bool(text))
        return
    raise click.ClickException(message)


def _print_lines(page: bytes) -> None:
    sys.stdout.buffer.write(visible(page.decode()).encode() if sys.stdout.isatty() else page)
    sys.stdout.buffer.flush()


def _tell_status(answer: OpenAnswer, masking: Masking) -> None:
    failed, redirected = answer.status >= _FIRST_ERROR, answer.status >= _FIRST_REDIRECT
    colour = "red" if failed else "yellow" if redirected else "green"
    line = f"HTTP {answer.status} {masking.value('', answer.reason)}".rstrip()
    _tell(click.style(line, fg=colour, bold=True))


def _tell_headers(mark: str, headers: Mapping[str, str], masking: Masking) -> None:
    for name, value in headers.items():
        _tell(f"{mark}{masking.value('', name)}: {masking.value(name, value)}")


def _tell(line: str) -> None:
    click.echo(line, err=True, color=None if _has_colour() else False)


def _has_colour() -> bool:
    return "NO_COLOR" not in os.environ


class BinaryBodyError(ValueError):
    """A body that is no text."""


def readable(chunks: Iterator[bytes], headers: Mapping[str, str], *, colour: bool) -> str:
    """Return a body as a terminal can show it, in the encoding that Content-Type names.

    The digits of numbers stay as they are; escaped letters become letters.

    Raises:
        BinaryBodyError: As soon as a byte is read that no text has.
    """
    body: list[bytes] = []
    for chunk in chunks:
        if _CONTROL.search(chunk):
            raise BinaryBodyError
        body.append(chunk)
    text = _decoded(b"".join(body), header(headers, "Content-Type") or "")
    try:
        indented = msgspec.json.format(text.encode(), indent=2).decode()
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return visible(text)
    return _TOKEN.sub(lambda token: _shown(token, colour=colour), indented)


def _decoded(body: bytes, content_type: str) -> str:
    named = _CHARSET.search(content_type)
    for encoding in ("utf-8-sig", named[1] if named else "utf-8"):
        try:
            return body.decode(encoding)
        except (LookupError, ValueError):
            continue
    raise BinaryBodyError


def _shown(token: re.Match[str], *, colour: bool) -> str:
    text = token[0]
    if token["string"]:
        text = visible(json.dumps(json.loads(text), ensure_ascii=False))
    if not colour:
        return text
    if token["key"] is not None:
        return click.style(text, fg="blue", bold=True)
    if token["string"]:
        return click.style(text, fg="green")
    return click.style(text, fg="cyan" if token["number"] else "magenta")


def visible(text: str) -> str:
    """Return a text in which all that a terminal would obey, or not show, is written out."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
