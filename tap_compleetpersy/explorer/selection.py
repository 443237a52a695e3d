"""Meltano's `select` for chosen fields of candidates."""

from __future__ import annotations

import fnmatch
import typing as t

from tap_compleetpersy.model.fields import FIELDS
from tap_compleetpersy.sync.selection import AUTOMATIC

if t.TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

_FIXED: t.Final = tuple(
    field.name
    for field in FIELDS["candidates"]
    if field.name not in AUTOMATIC | {"custom_fields", "integration_fields", "remote_data"}
)
_IN_PATTERNS: t.Final = frozenset(".*?[]!\\")


class UnknownFieldError(ValueError):
    """A field is wanted that neither the tap nor the tenant has."""


def split_names(given: Sequence[str], custom: Collection[str]) -> list[str]:
    """Take names one by one or separated by commas; a custom key may hold a comma itself."""
    return [
        name
        for text in given
        for name in ([text] if text in custom else [part.strip() for part in text.split(",")])
        if name
    ]


def select_lines(wanted: Sequence[str], custom: Collection[str]) -> list[str]:
    """Write the `select` block that lets only the wanted custom fields leave.

    Args:
        wanted: Remote keys of custom fields, and names of fixed fields. Without any fixed
            field, all of them stay.
        custom: Every custom field that is known.

    Returns:
        Lines of YAML.

    Raises:
        UnknownFieldError: Naming what is unknown.
    """
    unknown = [name for name in wanted if name not in custom and name not in _FIXED]
    if unknown:
        message = f"no field of candidates is named {', '.join(map(repr, unknown))}"
        raise UnknownFieldError(message)
    fixed = [name for name in _FIXED if name in wanted] or list(_FIXED)
    keys = [name for name in custom if name in wanted]
    lines = ["select:", "- jobs.*", "- applications.*"]
    lines += [f"- candidates.{name}" for name in sorted(AUTOMATIC) if name != "id"]
    lines += [f"- candidates.{name}" for name in fixed]
    if "location" in fixed:
        lines.append("- candidates.location.*")
    return [*lines, "- candidates.integration_fields", *_custom_lines(keys, custom)]


def _custom_lines(keys: Sequence[str], custom: Collection[str]) -> Iterator[str]:
    for key in keys:
        # No pattern can quote these characters; a question mark stands for any one.
        pattern = "".join("?" if c in _IN_PATTERNS or not c.isprintable() else c for c in f"{key}")
        yield f"- {_quoted(f'candidates.custom_fields.{pattern}')}"
        yield f"- {_quoted(f'candidates.custom_fields.{pattern}.*')}"
        for other in custom:
            if other not in keys and fnmatch.fnmatchcase(other, pattern):
                yield f"# This matches {other!r} too: name it in exclude_fields."


def _quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
