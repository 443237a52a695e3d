"""From settings to the functions that read a record, and what a cutoff lets leave."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Mapping

from tap_compleetpersy.api.decode import Listed, decode_item, items_of, text_of
from tap_compleetpersy.api.unfolding import opening_paths, plain_path
from tap_compleetpersy.model.candidate import (
    ReadCandidate,
    Rules,
    UnreadableRecord,
    compile_quick_reader,
    compile_reader,
)
from tap_compleetpersy.model.custom_fields import Typing
from tap_compleetpersy.model.rules import flat_field_paths
from tap_compleetpersy.settings import SettingsError
from tap_compleetpersy.sync.selection import Fields

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import Settings


Read = Callable[[Listed], "list[ReadCandidate | None]"]
"""Reads the records of a page; None for one that is no candidate."""


def compile_read(rules: Rules) -> Callable[[object], ReadCandidate | None]:
    """Return a function that reads a record as received; None for one that is no candidate."""
    read = compile_reader(rules)

    def seen(record: object) -> ReadCandidate | None:
        try:
            return ReadCandidate(read(record), record)
        except UnreadableRecord:
            return None

    return seen


def compile_read_page(
    rules: Rules, typing: Typing | None, *, selected: Fields = None, keeps_raw: bool = False
) -> Read:
    """Prepare the reading of pages.

    Args:
        rules: How.
        typing: Of custom fields, to read plain records the quick way, which takes rules that
            leave the structure of records alone. None reads all in the general way.
        selected: What `integration_fields` may be read from.
        keeps_raw: Records and openings are wanted as received, too.
    """
    read = compile_read(rules)
    quick = (
        None
        if typing is None
        else compile_quick_reader(rules, typing, selected=selected, keeps_raw=keeps_raw)
    )

    def page(records: Listed) -> list[ReadCandidate | None]:
        if quick is None:
            return [read(decode_item(record)) for record in items_of(records)]
        plain = quick(text_of(records))
        if None not in plain:
            return plain
        pairs = zip(plain, items_of(records), strict=True)
        return [read(decode_item(record)) if one is None else one for one, record in pairs]

    return page


def custom_properties(schema: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Return the custom fields of a schema of candidates, by remote key."""
    fields = schema.get("properties", {}).get("custom_fields", {})
    return dict(fields.get("properties") or {})


def is_within(updated_at: Instant | None, cutoff: Instant | None) -> bool:
    """Whether a candidate may leave: under a cutoff only one whose update time is known."""
    return cutoff is None or (updated_at is not None and updated_at >= cutoff)


def require_times(updated: Collection[Instant | None], cutoff: Instant | None) -> None:
    """Raise when a cutoff cannot be kept, since no update time can be read.

    Args:
        updated: Update times of the candidates of a first page.
        cutoff: Of the run.

    Raises:
        SettingsError: When there are candidates, and none has a time.
    """
    if cutoff is not None and updated and all(each is None for each in updated):
        message = (
            "field_paths: no candidate of the first page has an update time that can be read, so "
            "the cutoff cannot be kept and nobody is emitted. Name its path in field_paths: "
            '{"remote_updated_at": "…"}; persy fields shows what there is'
        )
        raise SettingsError([message])


def rules_of(settings: Settings) -> Rules:
    """Return the settings that decide how a record is read.

    Raises:
        SettingsError: When ``field_paths`` names a field that the model does not have.
    """
    try:
        flat_field_paths(settings.field_paths)
    except ValueError as error:
        raise SettingsError([str(error)]) from None
    field_paths = dict(settings.field_paths)
    if openings := opening_paths(field_paths):  # brackets were unfolded
        field_paths["openings"] = [*map(plain_path, openings)]
    return Rules(
        account=settings.account or "",
        time_zone=settings.time_zone,
        field_paths=field_paths,
        outcomes=settings.outcomes,
        exclude_fields=frozenset(settings.exclude_fields),
        custom_fields_paths=tuple(map(plain_path, settings.custom_fields_paths)),
    )
