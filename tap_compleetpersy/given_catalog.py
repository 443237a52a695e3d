"""A catalog that was given, perhaps edited by hand: what no target can do without is put back."""

from __future__ import annotations

import logging
import typing as t
from collections.abc import Iterable, Iterator

import msgspec
from singer_sdk.singerlib import Catalog

from tap_compleetpersy.settings import SettingsError
from tap_compleetpersy.settings.declaration import shown
from tap_compleetpersy.streams import STREAMS
from tap_compleetpersy.sync.selection import AUTOMATIC
from tap_compleetpersy.sync.state import REPLICATION_KEYS

Entry = dict[str, t.Any]

_PARENT: t.Final[Entry] = {
    "tap_stream_id": "candidates",
    "schema": {"type": "object", "properties": {}},
    "metadata": {(): {"selected": False}},
}

logger = logging.getLogger("tap-compleetpersy")

_KEYS = (["id"], ["remote_id"], ["id", "remote_id"], ["remote_id", "id"])
"""Of the tap's own streams: a tombstone has no other fields that tell whose it is."""


def completed_catalog(catalog: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return a catalog with what a target needs to apply a deletion.

    Raises:
        SettingsError: For anything but a catalog, or where nobody can tell what is meant.
    """
    from tap_compleetpersy.sync.catalog import stream_schemas  # noqa: PLC0415 - slow to import

    try:
        msgspec.convert(catalog, _Catalog)
    except msgspec.ValidationError:
        problem = "--catalog: the file is not a Singer catalog; run --discover"
        raise SettingsError([problem]) from None
    entries = [_with_metadata(entry) for entry in catalog["streams"]]
    if "candidates" not in {entry["tap_stream_id"] for entry in entries}:
        entries.append({**_PARENT})  # whose filter decides what is written of its children
    if problems := [line for entry in entries for line in _problems(entry)]:
        raise SettingsError(problems)
    schemas = stream_schemas({}, with_content=True)
    for entry in entries:
        if (name := entry["tap_stream_id"]) in STREAMS:
            entry.update(_completion(entry, schemas[name]))
        metadata = entry["metadata"].items()
        entry["metadata"] = [{"breadcrumb": [*at], "metadata": said} for at, said in metadata]
    completed = {"streams": entries}
    try:
        Catalog.from_dict(completed)
    except Exception as error:  # noqa: BLE001 - whatever the SDK makes of it
        problem = f"--catalog: the file is not a Singer catalog ({type(error).__name__})"
        raise SettingsError([f"{problem}; run --discover"]) from None
    return completed


class _Metadata(msgspec.Struct):
    breadcrumb: list[str]
    metadata: Entry


class _Schema(msgspec.Struct):
    properties: dict[str, Entry] | None = None


class _Entry(msgspec.Struct):
    tap_stream_id: str
    schema: _Schema
    metadata: list[_Metadata] | None = None


class _Catalog(msgspec.Struct):
    streams: list[_Entry]


def _with_metadata(entry: Entry) -> Entry:
    """Return the entry with metadata by breadcrumb, and the replication method that it names.

    What is selected may stand where older taps have it, in the stream or the property itself.
    """
    metadata = {
        tuple(item["breadcrumb"]): dict(item["metadata"]) for item in entry.get("metadata") or ()
    }
    schema = {**entry["schema"], "properties": entry["schema"].get("properties") or {}}
    for place, part in (((), entry), *_parts(schema, ())):
        if "selected" in part:
            metadata.setdefault(place, {}).setdefault("selected", part["selected"])
    if () not in metadata:
        stream = STREAMS.get(entry["tap_stream_id"])
        metadata[()] = {"selected": stream is None or stream.selected_by_default}
    for said in metadata.values():
        if isinstance(word := said.get("selected"), str):
            said["selected"] = _WORDS.get(word.casefold(), word)
    # Singer knows this name, the SDK does not read it.
    method = metadata[()].get("replication-method")
    return {
        **entry,
        "metadata": metadata,
        "schema": schema,
        **({} if method is None else {"replication_method": method}),
    }


_WORDS: t.Final = {"true": True, "false": False}


def _parts(schema: Entry, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Entry]]:
    """Yield a schema, and those of all properties within it, each with its breadcrumb."""
    yield place, schema
    properties = schema.get("properties")
    for name, each in properties.items() if isinstance(properties, dict) else ():
        if isinstance(each, dict):
            yield from _parts(each, (*place, "properties", name))


def _problems(entry: Entry) -> Iterable[str]:
    name = entry["tap_stream_id"]
    stream = entry.get("stream")
    if stream is not None and stream != name:
        yield (
            f"--catalog: the stream {shown(name)} is called {shown(str(stream))} there. A table "
            f'gets another name by stream_maps: {{"{shown(name)}": {{"__alias__": "NAME"}}}}'
        )
    said = entry["metadata"].values()
    if not all(isinstance(each.get("selected"), bool | None) for each in said):
        yield f"--catalog: selected must be true or false, in the metadata of {shown(name)}"
    keys = entry.get("key_properties")
    if name in STREAMS and keys and list(keys) not in _KEYS:
        yield f"--catalog: key_properties of {name} must be id or remote_id"


def _completion(entry: Entry, schema: dict[str, t.Any]) -> Entry:
    """Return what an entry of the tap's own streams has to have, given their schema."""
    name, own = entry["tap_stream_id"], entry["schema"]["properties"]
    absent = {
        key: each for key, each in schema["properties"].items() if key in AUTOMATIC - own.keys()
    }
    if absent:
        logger.warning(
            "--catalog: %s of %s put back: without them no target can apply a deletion",
            ", ".join(absent),
            name,
        )
    automatic = {
        ("properties", key): {"inclusion": "automatic"}
        for key in schema["properties"]
        if key in AUTOMATIC
    }
    return {
        "key_properties": entry.get("key_properties") or ["id"],
        "replication_key": entry.get("replication_key") or REPLICATION_KEYS[name],
        "schema": {
            **entry["schema"],
            "properties": absent
            | {key: _holding(each, schema["properties"].get(key)) for key, each in own.items()},
        },
        "metadata": entry["metadata"] | automatic,
    }


def _holding(given: Entry, own: Entry | None) -> Entry:
    """Return a property with a type that holds what the tap writes, null in a deletion included."""
    if own is None or "type" not in given:
        return given
    kinds, wanted = given["type"], own["type"]
    is_held = {wanted} if isinstance(wanted, str) else {*wanted}
    return (
        given
        if is_held <= {*([kinds] if isinstance(kinds, str) else kinds)}
        else {**given, "type": wanted}
    )
