"""From settings and catalog to the compiled functions that read one record."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from tap_compleetpersy.api.decode import decode_item, text_of
from tap_compleetpersy.api.unfolding import plain_path
from tap_compleetpersy.model.candidate import (
    ReadCandidate,
    Rules,
    UnreadableRecord,
    check_field_paths,
    compile_quick_reader,
    compile_reader,
)
from tap_compleetpersy.model.composition import compile_location
from tap_compleetpersy.model.custom_fields import Typing, compile_typed
from tap_compleetpersy.model.fields import FIELDS
from tap_compleetpersy.model.ids import compile_ids
from tap_compleetpersy.model.listing import compile_integration_fields
from tap_compleetpersy.model.quick import received
from tap_compleetpersy.model.remote_data import (
    compile_opening_data,
    compile_remote_data,
    excludes_openings,
)
from tap_compleetpersy.model.times import format_time
from tap_compleetpersy.settings import SettingsError
from tap_compleetpersy.sync.records import RecordBuilder

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import Settings
    from tap_compleetpersy.sync.plan import Plan


Read = Callable[[Sequence[object]], "list[ReadCandidate | None]"]
"""Reads the records of a page; None for one that is no candidate."""


def compile_read(rules: Rules) -> Callable[[object], ReadCandidate]:
    """Prepare the reading of a record as received.

    Returns:
        A function that raises `UnreadableRecord`.
    """
    read = compile_reader(rules)
    return lambda record: ReadCandidate(read(record), record)


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

    def seen(record: object) -> ReadCandidate | None:
        try:
            return read(decode_item(record))
        except UnreadableRecord:
            return None

    def page(records: Sequence[object]) -> list[ReadCandidate | None]:
        if quick is None:
            return [seen(record) for record in records]
        found = quick(text_of(records))
        return [
            seen(record)
            if one is None
            else ReadCandidate(one[0], received(one[1].record) if keeps_raw else None, one[1])
            for one, record in zip(found, records, strict=True)
        ]

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


Fields = Collection[str] | None
"""Names of the selected fields of a stream; None when nothing is deselected."""


def rules_of(settings: Settings) -> Rules:
    """Return the settings that decide how a record is read.

    Raises:
        SettingsError: When ``field_paths`` names a field that the model does not have.
    """
    try:
        check_field_paths(settings.field_paths)
    except ValueError as error:
        raise SettingsError([str(error)]) from None
    return Rules(
        account=settings.account or "",
        time_zone=settings.time_zone,
        field_paths=_with_plain_openings(settings.field_paths),
        outcomes=settings.outcomes,
        exclude_fields=frozenset(settings.exclude_fields),
        custom_fields_paths=tuple(map(plain_path, settings.custom_fields_paths)),
    )


def _with_plain_openings(field_paths: Mapping[str, t.Any]) -> Mapping[str, t.Any]:
    """Return `field_paths` without the brackets of openings, which were unfolded."""
    given = field_paths.get("openings")
    if given is None:
        return field_paths
    plain = plain_path(given) if isinstance(given, str) else [plain_path(path) for path in given]
    return {**field_paths, "openings": plain}


OPENING_STREAMS = frozenset({"jobs", "applications"})
"""Streams that are made of openings."""


@dataclass(frozen=True, slots=True)
class SelectedPaths:
    """What may leave by the fields that repeat others: a deselected one must not.

    Attributes:
        candidates: Fields that ``integration_fields`` and ``remote_data`` of candidates
            may be read from; None for all.
        openings: The same for the ``remote_data`` of jobs and applications, which are
            made of the same element.
    """

    candidates: Fields
    openings: Fields


def selected_paths_of(
    selected: Mapping[str, Fields], names: Mapping[str, Collection[str]]
) -> SelectedPaths:
    """Combine what the selected streams deselect, since their records overlap.

    Args:
        selected: Selected fields of each selected stream.
        names: All fields of each stream.
    """
    children = [name for name in names if name in OPENING_STREAMS]
    openings: Fields = None
    if any(selected.get(name) is not None for name in children):
        openings = frozenset().union(
            *(names[n] if (own := selected.get(n)) is None else own for n in children)
        )
    if openings is not None and "remote_status" not in openings:
        openings = frozenset(openings) - {"outcome"}  # both are read from one text
    candidates = selected.get("candidates")
    if candidates is None and openings is not None:
        candidates = names["candidates"]
    return SelectedPaths(candidates, openings)


_IDS_KEPT: t.Final = 4096
"""Most jobs come again and again, and a candidate with each application."""


def compile_shape(
    settings: Settings,
    plan: Plan,
    candidates_schema: Mapping[str, t.Any],
    paths: SelectedPaths,
    *,
    is_direct: bool = False,
) -> RecordBuilder:
    """Compile what the records of a run have in common.

    Args:
        settings: The settings of the run.
        plan: The plan of the run.
        candidates_schema: Schema of candidates, with the types of custom fields.
        paths: What may leave where records repeat each other.
        is_direct: Nobody looks into the parts of a candidate's record.
    """
    rules = rules_of(settings)
    properties = custom_properties(candidates_schema)
    included = settings.include_remote_data
    opening_data = (
        compile_opening_data(rules, paths.openings)
        if included and not excludes_openings(rules)
        else None
    )
    return RecordBuilder(
        ids={name: lru_cache(_IDS_KEPT)(compile_ids(rules.account, name)) for name in FIELDS},
        changed_at=format_time(plan.changed_at),
        typed=compile_typed(properties, settings.zone),
        location=compile_location(paths.candidates),
        integration_fields=compile_integration_fields(rules, paths.candidates),
        candidate_data=compile_remote_data(rules, paths.candidates) if included else None,
        opening_data=opening_data,
        part=msgspec.Raw if is_direct else msgspec.json.decode,
    )
