"""``persy sandbox``: a local Persy with fictional people, to try everything without credentials."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import typing as t
from collections.abc import Callable, Iterator
from datetime import datetime

import click

from tap_compleetpersy.sandbox.options import Options, environment_lines

ENDING = (signal.SIGTERM, signal.SIGINT)
Command: t.TypeAlias = Callable[..., None]
INSTALL = "pip install 'tap-compleetpersy[sandbox]'"


def _offered(command: Command) -> Command:
    """Add the options that the local Persy declares."""
    for each in reversed(dataclasses.fields(Options)):
        if each.metadata:
            name = each.name.replace("_", "-")
            names = f"--{name}/--no-{name}" if each.default is True else f"--{name}"
            facts = {"default": each.default, **each.metadata["click"]}
            command = click.option(names, **facts)(command)
    return command


@click.command(name="sandbox")
@_offered
def command(**chosen: t.Any) -> None:  # noqa: ANN401 - click made and typed them
    """Serve a local Persy with fictional people until Ctrl-C."""
    try:
        _serve(**chosen)
    except ModuleNotFoundError as missing:
        message = f"the sandbox needs {missing.name}: {INSTALL}"
        raise click.ClickException(message) from None
    except ValueError as mistake:
        raise click.ClickException(str(mistake)) from None
    except OSError as failure:
        reason = os.strerror(failure.errno) if failure.errno else failure
        message = f"cannot listen on {chosen['host']}:{chosen['port']}: {reason}"
        raise click.ClickException(message) from None


def _serve(now: str | None, **chosen: t.Any) -> None:  # noqa: ANN401 - as above
    from tap_compleetpersy.sandbox.server import running  # noqa: PLC0415 - an extra, and slow

    options = Options(now=_moment(now) if now else None, **chosen)
    with _blocked(ENDING), running(options) as sandbox:
        for line in environment_lines(options.environment(sandbox.url)):
            click.echo(line)
        click.echo("ready")
        signal.sigwait(ENDING)


@contextlib.contextmanager
def _blocked(signals: tuple[signal.Signals, ...]) -> Iterator[None]:
    """Keep signals until one call takes them; threads that start inside do the same."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        message = "now must be ISO 8601 with an offset"
        raise ValueError(message) from None
