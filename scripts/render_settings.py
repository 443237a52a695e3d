"""Write what is generated from the tap's settings; `--check` only compares.

`meltano.yml` and `README.md` hold a part between two markers, `.env.example` is
generated as a whole. Run by `make docs`, checked by `make lint` and a test.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import sys
import textwrap
import typing as t
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import yaml

from tap_compleetpersy.settings import (
    ENVIRONMENT_PREFIX,
    Settings,
    about,
    default,
    json_type,
)

ROOT = Path(__file__).resolve().parents[1]
NEEDED = {"api_key": "the-key-of-your-tenant", "api_url": Settings.api_url}
# Meltano 4.4 cannot pass on a decimal that comes as text (environment, `meltano config set`).
_MELTANO_KINDS = {"number": "string"}

Field: t.TypeAlias = "dataclasses.Field[t.Any]"


def meltano_setting(field: Field) -> dict[str, t.Any]:
    """Describe one setting as Meltano's plugin schema wants it."""
    facts = about(field)
    kind = _MELTANO_KINDS.get(json_type(field), json_type(field))
    setting: dict[str, t.Any] = {"name": field.name, "kind": kind}
    if facts.kind == "time":
        setting["kind"] = "date_iso8601"
    if facts.choices:
        setting["kind"] = "options"
        setting["options"] = [{"label": value, "value": value} for value in facts.choices]
    if facts.secret:
        setting["sensitive"] = True
    if default(field) is not None:
        setting["value"] = default(field)
    return setting | {"description": _meaning(field)}


def meltano_settings() -> str:
    """Render the `settings:` of the tap in `meltano.yml`."""
    settings = [meltano_setting(field) for field in dataclasses.fields(Settings)]
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=100)
    return textwrap.indent(f"settings:\n{text}", " " * 4)


def readme_table() -> str:
    """Render the README's table of all settings."""
    rows = ["| Setting | Default | Meaning |", "|---|---|---|"]
    for field in dataclasses.fields(Settings):
        value = default(field)
        shown = "–" if value is None else f"`{_plain(value)}`"
        meaning = _meaning(field).replace("|", "\\|")
        rows.append(f"| `{field.name}` | {shown} | {meaning} |")
    return "\n".join(["", *rows, "", ""])


def environment_example() -> str:
    """Render `.env.example`: only what every user sets is not a comment."""
    return "\n".join(_environment_lines()) + "\n"


def _environment_lines() -> Iterator[str]:
    yield "# Copy this file to .env (which git ignores): Meltano and `persy` read it."
    yield "# Generated from the tap's settings by `make docs`."
    for group, fields in itertools.groupby(
        dataclasses.fields(Settings), key=lambda field: about(field).group
    ):
        yield f"\n# --- {group} ---"
        for field in fields:
            yield ""
            yield from textwrap.wrap(
                _meaning(field), 88, initial_indent="# ", subsequent_indent="# "
            )
            name = f"{ENVIRONMENT_PREFIX}{field.name.upper()}"
            if field.name in NEEDED:
                yield f"{name}={NEEDED[field.name]}"
            else:
                yield f"# {name}={_plain(default(field))}"


def _plain(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _meaning(field: Field) -> str:
    facts = about(field)
    marks = {
        "(secret)": facts.secret,
        "(unverified)": facts.unverified,
    }
    return " ".join([facts.help, *(mark for mark, holds in marks.items() if holds)])


def between(text: str, start: str, end: str, new: str) -> str:
    """Replace what stands between the lines that hold two markers.

    Raises:
        ValueError: When the text does not hold both, in this order.
    """
    head, found_start, rest = text.partition(start)
    _, found_end, tail = rest.partition(end)
    if not (found_start and found_end):
        message = f"markers {start} … {end} are missing"
        raise ValueError(message)
    return f"{head}{start}\n{new}{end}{tail}"


RENDERERS: Mapping[str, Callable[[str], str]] = {
    "meltano.yml": lambda text: between(
        text, "    # <settings>", "    # </settings>", meltano_settings()
    ),
    "README.md": lambda text: between(
        text, "<!-- settings -->", "<!-- /settings -->", readme_table()
    ),
    ".env.example": lambda _: environment_example(),
}


def outdated(root: Path = ROOT) -> dict[Path, str]:
    """Return the files that are not as rendered, each with its new text.

    Raises:
        ValueError: When a file has no place for what is generated.
    """
    changes = {}
    for name, render in RENDERERS.items():
        path = root / name
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        try:
            rendered = render(text)
        except ValueError as error:
            message = f"{name}: {error}"
            raise ValueError(message) from None
        if rendered != text:
            changes[path] = rendered
    return changes


def main(arguments: list[str]) -> int:
    """Write the outdated files; with `--check` only name them and answer 1."""
    try:
        changes = outdated()
    except ValueError as error:
        sys.exit(str(error))
    for path, text in changes.items():
        print(f"{path.name}: {'outdated, run `make docs`' if arguments else 'written'}")
        if not arguments:
            path.write_text(text, encoding="utf-8")
    return int(bool(changes and arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
