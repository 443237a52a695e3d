"""How a setting is declared: a dataclass field that knows what it means."""

from __future__ import annotations

import dataclasses
import typing as t
from dataclasses import dataclass

from typing_extensions import override

from tap_compleetpersy.errors import PersyError

_JSON_TYPES = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "dict": "object",
    "list": "array",
}


class SettingsError(PersyError):
    """One or more settings are missing, unknown, contradictory or malformed.

    Attributes:
        problems: One line for each problem; a line names its setting and what
            to do, and never holds a value, since values can be secrets.
    """

    def __init__(self, problems: t.Sequence[str]) -> None:
        """Keep the lines apart; the message joins them."""
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)

    @property
    @override
    def lines(self) -> t.Sequence[str]:
        """The problems."""
        return self.problems


@dataclass(frozen=True, slots=True)
class About:
    """What documentation and checks need to know of a setting, beside its type."""

    help: str
    group: str
    secret: bool = False
    unverified: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: int = 1_000_000_000
    may_be_empty: bool = False
    kind: str | None = None


def setting(default: t.Any, help_: str, group: str, **about: t.Any) -> t.Any:  # noqa: ANN401 - a dataclass field has the type of its annotation
    """Declare a setting: its default, its help, its group, and more of :class:`About`."""
    metadata = {"about": About(help_, group, **about)}
    shown = not about.get("secret", False)
    if isinstance(default, (dict, list)):
        return dataclasses.field(default_factory=default.copy, metadata=metadata, repr=shown)
    return dataclasses.field(default=default, metadata=metadata, repr=shown)


def about(field: dataclasses.Field[t.Any]) -> About:
    """Return what a field of :class:`Settings` carries beside type and default."""
    return t.cast("About", field.metadata["about"])


def default(field: dataclasses.Field[t.Any]) -> t.Any:  # noqa: ANN401 - any setting
    """Return the default of a field of :class:`Settings`."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def json_type(field: dataclasses.Field[t.Any]) -> str:
    """Return the JSON schema type of a field, such as ``string`` or ``integer``."""
    return _JSON_TYPES[str(field.type).split("[")[0].split(" ")[0]]


def item_type(field: dataclasses.Field[t.Any]) -> str:
    """Return the JSON schema type of what a list holds."""
    return _JSON_TYPES.get(str(field.type).partition("[")[2].rstrip("]"), "object")
