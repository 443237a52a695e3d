"""``persy check``: which assumptions about the API hold, and which settings fit instead."""

from __future__ import annotations

import itertools
import json
import os
import re
import sys
import textwrap
import typing as t
from dataclasses import asdict
from pathlib import Path

import click

from tap_compleetpersy.check.budgeted_client import MOST_REQUESTS
from tap_compleetpersy.check.run import check
from tap_compleetpersy.cli import options
from tap_compleetpersy.cli.output import as_json, write_private

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tap_compleetpersy.check.evidence import Finding
    from tap_compleetpersy.check.run import Check

_WIDTHS = (20, 11, 39, 24)
_HEADINGS = ("assumption", "verdict", "evidence", "setting to change")
_GAP = "  "
_SECTIONS: t.Final = (("fails", "To change", "red"), ("cannot tell", "Cannot be told", "yellow"))


@click.command(name="check", cls=options.Command)
@options.config
@options.form(
    "table",
    "json",
    told="json is a list of objects with the keys assumption, verdict, evidence, setting, value "
    "and loses_data.",
)
@options.file(
    "--write-config",
    told="Write the settings given, with those found, as JSON and without the key. "
    "An existing file is refused.",
)
def command(config: tuple[Path, ...], form: str, write_config: Path | None) -> None:
    """Ask the live server which assumptions hold, and print the settings to change.

    Reads only. Exits with 1 when an assumption fails that would lose data: when ids, times or
    openings cannot be read under the settings given, say; and when there is no list to be read.
    """
    given = options.read_config(config)
    settings = options.settings_to_ask(given)
    _refuse_existing(write_config, "nothing was asked")
    click.echo(f"Sending at most {MOST_REQUESTS} requests, each of which only reads.", err=True)
    found = check(settings)
    if form == "json":
        click.echo(as_json(map(asdict, found.findings)))
    else:
        is_terminal = sys.stdout.isatty()
        click.echo(as_screen(found.findings) if is_terminal else as_table(found.findings))
    click.echo(summary(found), err=True)
    if write_config is not None and found.failure is None:
        _refuse_existing(write_config, "it was made meanwhile, and is as it was")
        read = {name: getattr(settings, name) for name in given if name != "api_key"}
        text = json.dumps({**read, **found.changes}, ensure_ascii=False, indent=2)
        write_private("--write-config", write_config, text)
        click.echo(f"Wrote {click.format_filename(write_config)}, without the key.", err=True)
    if found.failure is not None:
        raise click.ClickException(found.failure)
    if found.loses_data:
        raise click.exceptions.Exit(1)


def _refuse_existing(target: Path | None, consequence: str) -> None:
    if target is not None and os.path.lexists(target):
        message = f"--write-config: {click.format_filename(target)} exists; {consequence}"
        raise click.ClickException(message)


def as_table(findings: Sequence[Finding]) -> str:
    """Return findings as a plain table of at most 100 columns."""
    rows = [_HEADINGS, tuple("-" * width for width in _WIDTHS)]
    rows += [(f.assumption, f.verdict, f.evidence, change(f)) for f in findings]
    return "\n".join(line for row in rows for line in _lines(row))


def as_screen(findings: Sequence[Finding]) -> str:
    """Return findings for a terminal: what to change, what cannot be told, what holds as names."""
    lines: list[str] = []
    for verdict, heading, colour in _SECTIONS:
        of_verdict = [finding for finding in findings if finding.verdict == verdict]
        title = click.style(f"{heading} ({len(of_verdict)})", fg=colour, bold=True)
        lines += [title, *(line for one in of_verdict for line in _told(one, colour)), ""]
    held = [finding.assumption for finding in findings if finding.verdict == "holds"]
    lines.append(click.style(f"Holds ({len(held)})", fg="green", bold=True))
    names = ", ".join(held)
    lines += textwrap.wrap(names, 96, initial_indent="  ", subsequent_indent="  ")
    advice = [one for one in findings if one.verdict == "holds" and one.setting]
    lines += [line for one in advice for line in _told(one, "green")]
    return "\n".join(lines)


def _told(finding: Finding, colour: str) -> list[str]:
    """Return the lines of a finding: its name with what to change, and the evidence below."""
    lost = click.style("  loses data", fg="red") if finding.loses_data else ""
    head = f"  {click.style(finding.assumption, fg=colour)}{lost}"
    setting = change(finding)
    changed = [f"    {click.style(setting, bold=True)}"] if setting else []
    indent = " " * 4
    evidence = textwrap.wrap(finding.evidence, 96, initial_indent=indent, subsequent_indent=indent)
    return [head, *changed, *evidence]


def change(finding: Finding) -> str:
    """Return the setting of a finding, with the value that fits where one is known."""
    if finding.setting is None:
        return ""
    if finding.value is None:
        return finding.setting
    return f"{finding.setting}: {json.dumps(finding.value, ensure_ascii=False)}"


class _Wrapper(textwrap.TextWrapper):
    """Breaks lines at blanks, and dotted paths at their dots."""

    wordsep_simple_re = re.compile(r"(\s+|(?<=\.)(?=\w))")


def _lines(row: tuple[str, ...]) -> Iterator[str]:
    cells = [
        _Wrapper(width, break_on_hyphens=False).wrap(text) or [""]
        for text, width in zip(row, _WIDTHS, strict=True)
    ]
    for parts in itertools.zip_longest(*cells, fillvalue=""):
        yield _GAP.join(f"{p:{w}}" for p, w in zip(parts, _WIDTHS, strict=True)).rstrip()


def summary(found: Check) -> str:
    """Return how much was asked, and what it means, in one line."""
    failing = [f for f in found.findings if f.verdict == "fails"]
    losing = sum(f.loses_data for f in failing)
    told = f"Requests: {found.evidence.requests}. Failing: {len(failing)}, losing data: {losing}."
    if found.evidence.exhausted:
        told += " More requests were needed: run again with --write-config and its file."
    return told
