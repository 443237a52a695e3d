"""Every field of the remote record as text: nothing that Persy sent is lost."""

from __future__ import annotations

import functools
import typing as t

from tap_compleetpersy.model.listing import Kind, compile_listing
from tap_compleetpersy.model.remote_data import compile_remote_data
from tap_compleetpersy.model.text import text_of, without_unwanted

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from tap_compleetpersy.model.rules import Rules

IntegrationField: t.TypeAlias = "dict[str, str | None]"


def compile_integration_fields(
    rules: Rules, selected: Collection[str] | None = None
) -> Callable[[Mapping[str, object]], list[IntegrationField]]:
    """Prepare `integration_fields` of candidates.

    Args:
        rules: For `exclude_fields` and `field_paths`.
        selected: As of `compile_remote_data`.

    Returns:
        A function from a record to its entries, as of `compile_listing`, with compact
        JSON for what is no text.
    """
    # Without anything to leave out, the record needs no copy: its values are made storable.
    is_whole = selected is None and not rules.exclude_fields
    copy: Callable[[Mapping[str, object]], Mapping[str, object]] = (
        (lambda record: record) if is_whole else compile_remote_data(rules, selected)
    )
    # Compiled late: plain records need none of it.
    listing = functools.cache(lambda: compile_listing(rules))

    def integration_fields(record: Mapping[str, object]) -> list[IntegrationField]:
        fields: list[IntegrationField] = []

        def add(key: str, kind: Kind, value: object, label: str) -> None:
            text = without_unwanted(value) if type(value) is str else text_of(value)
            fields.append({"id": key, "key": key, "type": kind, "value": text, "label": label})

        listing()(copy(record), add)
        return fields

    return integration_fields
