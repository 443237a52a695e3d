"""``persy sandbox``: a local Persy with fictional people, to try everything without credentials."""

from __future__ import annotations

import contextlib
import os
import signal
import typing as t
from collections.abc import Iterator
from datetime import datetime

import click

ENDING = (signal.SIGTERM, signal.SIGINT)
INSTALL = "pip install 'tap-compleetpersy[sandbox]'"


@click.command(name="sandbox")
@click.option("--candidates", default=250, help="How many people exist at the start.")
@click.option("--seed", default=1, help="Another seed gives other people.")
@click.option("--host", default="127.0.0.1", help="A loopback host; others are refused.")
@click.option("--port", default=8765, help="0 takes a free port.")
@click.option("--api-key", default="sandbox-key", help="The only key that is let in.")
@click.option("--shape", default="hrxml", help="hrxml, flat, german or php.")
@click.option("--pagination", default="page", help="page, offset, cursor, link or none.")
@click.option("--auth", default="bearer", help="bearer, header, basic or query.")
@click.option("--envelope", default="data", help="list, or the dotted path of the records.")
@click.option("--order", default="id", help="id, newest, oldest or random.")
@click.option("--modified-since-param", default="modified_since", help="Empty: no such filter.")
@click.option("--modified-until-param", default="", help="An exclusive upper bound. Empty: none.")
@click.option("--encoding", default="utf-8", help="utf-8, utf-8-bom or iso-8859-1.")
@click.option("--total/--no-total", default=True, help="Whether answers tell how many there are.")
@click.option("--admin", is_flag=True, help="Answer /__admin, which edits people, on loopback.")
@click.option("--live", type=float, metavar="SECONDS", help="Change something again and again.")
@click.option("--now", help="ISO 8601 with an offset: the clock stands there at every start.")
@click.option("--latency-ms", default=0.0, help="Added to each answer.")
@click.option(
    "--attachment-links",
    default="relative",
    help="relative (to the base URL), absolute (on its host), foreign (on a second port, without"
    " the key, until the link expires) or mixed (one after the other).",
)
@click.option("--link-seconds", default=300.0, help="How long a foreign link lives.")
@click.option(
    "--chaos",
    default=0.0,
    metavar="P",
    help="0 to 1: how likely something goes wrong with a request; the same for each seed.",
)
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


def _serve(
    now: str | None,
    modified_since_param: str,
    modified_until_param: str,
    **chosen: t.Any,  # noqa: ANN401 - click made and typed them
) -> None:
    from tap_compleetpersy.sandbox.options import (  # noqa: PLC0415 - an extra, and slow to import
        Options,
        environment_lines,
    )
    from tap_compleetpersy.sandbox.server import running  # noqa: PLC0415

    options = Options(
        now=_moment(now) if now else None,
        modified_since_param=modified_since_param or None,
        modified_until_param=modified_until_param or None,
        **chosen,
    )
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
