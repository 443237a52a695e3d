"""Words of the command line as parts of a request; what is refused, before any request.

An `ArgumentRefusedError` says what is refused and repeats no value: it can be personal, or secret.
"""

from __future__ import annotations

import mimetypes
import re
import sys
import typing as t
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from typing_extensions import override

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.messages import Content, Part
from tap_compleetpersy.api.pages import Page, read_pages
from tap_compleetpersy.errors import PersyError
from tap_compleetpersy.settings.checks import HEADER_NAME

Pair: t.TypeAlias = tuple[str, str]

_FILE = re.compile(r"(?P<name>[^=]+)=@(?P<path>.+?)(?:;(?:type=)?(?P<type>[\w.+-]+/[\w.+-]+))?")
_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie"})
_CONNECTION = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade"}
)
_OTHER_METHOD = frozenset({"x-http-method", "x-http-method-override", "x-method-override"})
_ANY_TYPE = "application/octet-stream"


class ArgumentRefusedError(PersyError):
    """A word that cannot be part of a request. The text is one line, without the value."""

    @override
    def __str__(self) -> str:
        """Return the line, with what it means."""
        return f"{super().__str__()}; nothing was sent"


def pairs(option: str, words: Sequence[str]) -> list[Pair]:
    """Return words of the form ``name=value`` as pairs; a value may hold more equals signs."""
    found = [word.partition("=") for word in words]
    if not all(name and mark for name, mark, _ in found):
        message = f"{option}: must be name=value"
        raise ArgumentRefusedError(message)
    if not all(_is_text(word) for word in words):
        message = f"{option}: must be UTF-8"
        raise ArgumentRefusedError(message)
    return [(name, value) for name, _, value in found]


def params(words: Sequence[str], auth_param: str | None) -> list[tuple[str, str]]:
    """Return the parameters of ``--param name=value``; that which carries the key is refused."""
    found = pairs("--param", words)
    if any(name == auth_param for name, _ in found):
        message = f"--param: {auth_param} carries the credential, which the settings say"
        raise ArgumentRefusedError(message)
    return found


def headers(words: Sequence[str], auth_header: str, *, form: bool) -> dict[str, str]:
    """Return the headers of ``--header name=value``.

    Refused are those that carry a credential, direct the connection, turn the method into another
    one, or say the type of a form.
    """
    found = pairs("--header", words)
    for name, value in found:
        folded = name.casefold()
        if not HEADER_NAME.fullmatch(name):
            message = "--header: holds what is not the name of a header"
        elif folded in _CREDENTIALS | {auth_header.casefold()}:
            message = f"--header: {name} carries the credential, which the settings say"
        elif folded in _CONNECTION:
            message = f"--header: {name} belongs to the connection"
        elif folded in _OTHER_METHOD:
            message = f"--header: {name} makes another method of it; say METHOD"
        elif form and folded == "content-type":
            message = f"--header: {name} follows from --file and --form"
        elif not value.isascii() or not value.isprintable():
            message = f"--header: {name} holds characters that no header can carry"
        else:
            continue
        raise ArgumentRefusedError(message)
    return {name: value.strip() for name, value in found}


def content(word: str, files: ExitStack) -> Content:
    """Return the body of ``--data``: text, ``@-``, or ``@`` and a file, sent as it is read."""
    if word == "@-":
        return sys.stdin.buffer.read()
    if word.startswith("@"):
        return _opened("--data", word.removeprefix("@"), files)
    return word.encode(errors="surrogateescape")


def form(fields: Sequence[str], named_files: Sequence[str], files: ExitStack) -> tuple[Part, ...]:
    """Return the parts of a form: ``--form name=value`` and ``--file name=@path;type``."""
    parts = [Part(name, value.encode()) for name, value in pairs("--form", fields)]
    return (*parts, *(_file(word, files) for word in named_files))


def _file(word: str, files: ExitStack) -> Part:
    found = _FILE.fullmatch(word)
    if found is None or not _is_text(found["name"]):
        message = "--file: must be name=@path, or name=@path;type"
        raise ArgumentRefusedError(message)
    path = Path(found["path"])
    opened = _opened("--file", found["path"], files)
    file_name = path.name.encode(errors="replace").decode()
    content_type = found["type"] or mimetypes.guess_type(path.name)[0] or _ANY_TYPE
    return Part(found["name"], opened, file_name, content_type)


def _opened(option: str, path: str, files: ExitStack) -> t.BinaryIO:
    try:
        return files.enter_context(Path(path).expanduser().open("rb"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not the name of a file"
    message = f"{option}: the file cannot be read: {reason}"
    raise ArgumentRefusedError(message)


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def pages_of(client: Client, url: str) -> Iterator[Page]:
    """Return the pages of the list at a URL, whose query must not say what the pagination does."""
    names = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    settings = client.settings
    own = {getattr(settings, name) for name in settings.paging_params} - {""}
    if taken := names & own:
        message = f"--paginate: sends {min(taken)} itself; the setting page_size says how many"
        raise ArgumentRefusedError(message)
    return read_pages(client, path=url)
