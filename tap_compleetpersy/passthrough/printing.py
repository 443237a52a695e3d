"""What is printed: the body to stdout, all that is about it to stderr, and the key never.

A terminal shows indented JSON, or text as it is, and nothing binary. The key is masked, whoever
says it: a header, or a server that repeats it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import typing as t
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

import click
import msgspec

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.decode import charset_of
from tap_compleetpersy.api.messages import Credential, OpenAnswer, Request
from tap_compleetpersy.api.pages import Page
from tap_compleetpersy.api.urls import printable, shown

MASK = "***"
_PERCENT = re.compile("%[0-9A-F]{2}")
_SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "set-cookie2"}
)
_SHORTEST_IN_A_TEXT = 8  # what is shorter is no key, and part of many words
_FIRST_REDIRECT = 300
_FIRST_ERROR = 400
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")  # escape sequences, too
_TOKEN = re.compile(
    r"(?P<string>\"(?:[^\"\\]|\\.)*\")(?P<key>(?=:))?"
    r"|(?P<word>true|false|null)"
    r"|(?P<number>-?\d[\d.eE+-]*)"
)
_INVISIBLE = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Masking:
    """What must not be printed.

    Attributes:
        headers: Names, in lower case, of headers that carry credentials.
        secrets: The key in every form in which it is sent or may be repeated.
    """

    headers: frozenset[str]
    secrets: frozenset[str] = field(repr=False)

    def value(self, name: str, text: str) -> str:
        """Return the value of a header as it may be shown: whole, or not at all."""
        folded = text.casefold()
        is_repeated = any(secret.casefold() in folded for secret in self.secrets)
        if is_repeated or name.casefold() in self.headers:
            return MASK
        return printable(text)

    def is_in(self, text: str) -> bool:
        """Whether the key is part of a text."""
        return any(secret in text for secret in self._long)

    def whole(self, body: bytes) -> bytes:
        """Return a body without the key."""
        return b"".join(self.body(iter([body])))

    def body(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield a body without the key, though it may lie across two chunks."""
        secrets = sorted((secret.encode() for secret in self._long), key=len, reverse=True)
        if not secrets:
            yield from chunks
            return
        pattern = re.compile(b"|".join(map(re.escape, secrets)))
        kept = len(secrets[0]) - 1
        rest = b""
        for chunk in chunks:
            rest = pattern.sub(MASK.encode(), rest + chunk)
            ready = max(len(rest) - kept, 0)
            yield rest[:ready]
            rest = rest[ready:]
        yield rest

    @property
    def _long(self) -> list[str]:
        return [secret for secret in self.secrets if len(secret) >= _SHORTEST_IN_A_TEXT]


def masking_of(authorization: Credential, key: str) -> Masking:
    """Return what must not be printed: the key, and what carries it."""
    name, value = authorization.name, authorization.value
    escaped = json.dumps(key)[1:-1]
    forms = {
        key,
        value.rpartition(" ")[2],
        quote(key),
        quote(key, safe=""),
        quote_plus(key),
        b64encode(key.encode()).decode("ascii"),
        escaped,
        escaped.replace("/", "\\/"),  # as PHP writes it
    }
    forms |= {_PERCENT.sub(lambda code: code[0].lower(), form) for form in forms}
    if authorization.place == "query":  # a short key, too, where its name is beside it
        forms |= {f"{name}={form}" for form in forms}
        return Masking(_SECRET_HEADERS, frozenset(forms))
    return Masking(_SECRET_HEADERS | {name.casefold()}, frozenset(forms))


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

    with closing(client.exchange(request, announce)) as answer:
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
            continue
        lines = masking.whole(lines)
        is_terminal = sys.stdout.isatty()
        sys.stdout.buffer.write(visible(lines.decode()).encode() if is_terminal else lines)
        sys.stdout.buffer.flush()
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
        raise click.ClickException(message) from None
    click.echo(text, nl=bool(text))


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
    text = _decoded(b"".join(body), charset_of(headers))
    try:
        indented = msgspec.json.format(text.encode(), indent=2).decode()
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return visible(text)
    return _TOKEN.sub(lambda token: _shown(token, colour=colour), indented)


def _decoded(body: bytes, charset: str | None) -> str:
    for encoding in ("utf-8-sig", charset or "utf-8"):
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
