"""What commands write: aligned text, JSON, a plain page; to stdout or into a private file."""

from __future__ import annotations

import html
import json
import signal
import sys
import tempfile
import typing as t
from contextlib import contextmanager
from pathlib import Path

import click

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TERMINATED = 128 + signal.SIGTERM
_STYLE: t.Final = (
    ":root{color-scheme:light dark}"
    "body{font:0.9rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:110rem;padding:0 1rem}"
    "main{display:flex;flex-wrap:wrap;gap:2rem;align-items:start}"
    "table{border-collapse:collapse;display:block;overflow-x:auto;max-width:100%}"
    "th,td{padding:.3rem .8rem;text-align:left;border-bottom:1px solid #8884}"
    "rect.live{fill:#3b82c9}rect.deleted{fill:#c96a3b}pre{overflow-x:auto}"
)
_POLICY: t.Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


def plain(text: str, width: int = 0) -> str:
    """Return a remote text that cannot steer a terminal, cut to a width if one is given."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return f"{shown[: width - 1]}…" if width and len(shown) > width else shown


def aligned(*rows: Sequence[str]) -> str:
    """Return rows as aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def ruled(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as aligned columns, below headings and a line."""
    cells = [headings, *rows]
    line = ["-" * max(map(len, column)) for column in zip(*cells, strict=True)]
    return aligned(headings, line, *cells[1:])


def as_json(objects: Iterable[t.Mapping[str, t.Any]]) -> str:
    """Return a JSON list, one object a line."""
    lines = [json.dumps(each, ensure_ascii=False) for each in objects]
    return "[\n" + ",\n".join(lines) + "\n]"


def page(title: str, *parts: str) -> str:
    """Return a document that loads and runs nothing; its parts are HTML (`table`, `text`)."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{text(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{text(title)}</h1>{''.join(parts)}</body></html>"
    )


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table; the cells are HTML."""
    head = "".join(f"<th>{text(heading)}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def text(told: str) -> str:
    """Return a text as HTML, visible and without a direction of its own."""
    shown = html.escape(plain(told))
    return shown if told.isprintable() else f"<bdi>{shown}</bdi>"


def write(told: str, path: Path | None) -> None:
    """Write to stdout, or into the private file of ``--output``."""
    if path is None:
        click.echo(told)
    else:
        write_private("--output", path, told)


def write_private(option: str, path: Path, told: str) -> None:
    """Write a text and a line break into the private file of an option."""
    with private_file(option, path) as file:
        file.write(f"{told}\n".encode())


@contextmanager
def private_file(option: str, path: Path) -> Iterator[t.BinaryIO]:
    """Open a file that only its owner reads, and that is there whole or not at all.

    Until the block ends, and for good when it fails or the process is terminated, what was there
    stays as it is, and nothing else is left behind.

    Raises:
        click.ClickException: Naming the option, when the file cannot be written, or is there and
            neither a regular file nor a pipe (`/dev/stdout`).
    """
    path = path.expanduser()
    try:
        with path.open("wb") if path.is_fifo() else _replacing(path.resolve()) as file:
            yield file
    except BrokenPipeError:  # of stdout
        raise
    except OSError as error:
        message = f"{option}: {click.format_filename(path)}: {error.strerror}"
        raise click.ClickException(message) from None


@contextmanager
def _replacing(target: Path) -> Iterator[t.BinaryIO]:
    """Write under another name, and rename in the end."""
    if target.exists() and not target.is_file():
        message = "Not a regular file"
        raise OSError(None, message)
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(_TERMINATED))
    try:
        with tempfile.NamedTemporaryFile(  # of mode 0600
            dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as file:
            written = Path(file.name)
            try:
                yield t.cast("t.BinaryIO", file)
                file.close()
                written.replace(target)
            except BaseException:
                written.unlink(missing_ok=True)
                raise
    finally:
        signal.signal(signal.SIGTERM, before)
