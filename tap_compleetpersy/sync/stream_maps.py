"""The SDK's stream maps and its flattening, as functions that no deletion is lost in.

The SDK makes the flattened schema. Of a record it flattens what is there: where an object is
null, as all are in a tombstone, it leaves out the object's columns, and what a target does with
columns that are not named is its own affair. It may keep them, and with them what is to be
erased. It also escapes the umlauts of lists and objects, which become text, so that a search in
SQL does not find them. Here a row names every column of the schema.

What maps name is checked before a run: what is misspelt does nothing, and nobody would know. What
an expression reads is told by its text, as far as that goes.
"""

from __future__ import annotations

import ast
import copy
import difflib
import fnmatch
import hashlib
import importlib.util
import json
import logging
import typing as t
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from singer_sdk.exceptions import MapExpressionError, StreamMapConfigError
from singer_sdk.mapper import CustomStreamMap, PluginMapper, RemoveRecordTransform, StreamMap

from tap_compleetpersy.model.fields import FIELDS
from tap_compleetpersy.sdk import (
    blank_map,
    filter_of,
    flatten_key,
    names_of_expressions,
    replace_filter,
)
from tap_compleetpersy.settings import SettingsError
from tap_compleetpersy.settings.declaration import shown
from tap_compleetpersy.settings.sdk import ALIAS, ELSE, FILTER, KEYS, OPTIONS, SOURCE, is_null
from tap_compleetpersy.sync.selection import ONLY_WITH, selection_of

if t.TYPE_CHECKING:
    from tap_compleetpersy.sdk import FlatteningOptions
    from tap_compleetpersy.settings import Settings
    from tap_compleetpersy.sync.selection import Record


def compile_map(stream_map: StreamMap) -> Callable[[Record], Record | None]:
    """Return what a stream map makes of a record; None: nothing, its filter drops it.

    Flattening is the tap's own: its rows name every column of the schema.
    """
    if (keeps := filter_of(stream_map)) is not None:
        replace_filter(stream_map, _passing_deletions(keeps))
    options = stream_map.flattening_options
    if options is None or not stream_map.flattening_enabled:
        return stream_map.transform
    flatten = compile_flattening(stream_map.transformed_schema, options)
    nested = copy.copy(stream_map)
    nested.flattening_options = None

    def transform(record: Record) -> Record | None:
        mapped = nested.transform(record)
        return None if mapped is None else flatten(mapped)

    return transform


def hash_of_maps(config: Mapping[str, t.Any]) -> str | None:
    """Return a hash of the settings that stream maps are made of; None where there are none."""
    maps = config.get("stream_maps")
    if not maps:
        return None
    text = json.dumps([maps, config.get("stream_map_config")], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def filters_of(stream_maps: Sequence[StreamMap]) -> list[Callable[[Record], bool]]:
    """Return the filters of which one has to keep a candidate, for what follows to be written.

    That of the map of the stream's own name decides. Where the stream's own table is removed,
    people are in the copies alone: then one copy has to take them. Empty: nobody is dropped.
    """
    own, *copies = stream_maps
    if isinstance(own, RemoveRecordTransform):
        found = [filter_of(each) for each in copies if isinstance(each, CustomStreamMap)]
    else:
        found = [filter_of(own)]
    return [] if None in found else list(filter(None, found))


def _passing_deletions(keeps: Callable[[Record], bool]) -> Callable[[Record], bool]:
    """Let deletions pass a filter that is not about them.

    A filter such as ``confidential == False`` is false of a deletion, where all is null:
    who is deleted would stay in the warehouse. One that asks for ``remote_deleted_at`` is
    taken at its word.
    """

    def passes(record: Record) -> bool:
        if keeps(record):
            return True
        is_deletion = record.get("remote_deleted_at") is not None
        return is_deletion and not keeps(record | {"remote_deleted_at": None})

    return passes


def compile_flattening(
    schema: Mapping[str, t.Any], options: FlatteningOptions
) -> Callable[[Record], Record]:
    """Return a function that makes a flat row of a record.

    A value that the schema does not know, such as a new custom field, is left out: targets that
    write CSV shift or stop at a column that no SCHEMA names. It stays in ``integration_fields``.

    The schema is a flattened one, the options those that it was made with.
    """
    columns = schema["properties"]
    empty = dict.fromkeys(columns)

    def fill(row: Record, node: Mapping[str, t.Any], parents: list[str]) -> None:
        for key, value in node.items():
            name = flatten_key(
                key, parents, options.separator, max_key_length=options.max_key_length
            )
            if name not in columns and isinstance(value, dict) and len(parents) < options.max_level:
                fill(row, value, [*parents, key])
            elif name in columns:
                row[name] = _text(value) if isinstance(value, dict | list) else value

    def flatten(record: Record) -> Record:
        row = empty.copy()
        fill(row, record, [])
        return row

    return flatten


def _text(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a stream.

    Attributes:
        fields: Names of its fields; None: not known before the records are there.
        nested: Names of the fields of those objects of which all are known.
        hidden: What is there and no record shows, with the reason and what to do.
    """

    fields: frozenset[str] | None
    nested: Mapping[str, frozenset[str]]
    hidden: Mapping[Path, str] = field(default_factory=dict)


def facts_of(
    schema: Mapping[str, t.Any],
    fields: Collection[str],
    mask: Mapping[tuple[str, ...], bool] | None = None,
    hidden: Mapping[Path, str] | None = None,
) -> Facts:
    """Return what a schema, a selection and the settings tell of a stream.

    Args:
        schema: Of the stream.
        fields: Those that it has whatever the schema says; one that was taken out of the schema
            is deselected.
        mask: Of the selection; None: everything is selected.
        hidden: As of `Facts`, by the settings.
    """
    properties = schema.get("properties", {})
    deselected: list[Path] = [(name,) for name in fields if name not in properties]
    deselected += [path for path, selected in selection_of(schema, mask) if not selected]
    deselected += [(name,) for name, other in ONLY_WITH.items() if (other,) in deselected]
    lists = {path[0] for path in deselected if len(path) > 1}  # custom fields: an allowlist then
    closed = {
        name: frozenset(each["properties"])
        for name, each in properties.items()
        if each.get("properties")
        and (each.get("additionalProperties") is not True or name in lists)
    }
    return Facts(
        frozenset(fields) | properties.keys(),
        closed,
        {**(hidden or {}), **dict.fromkeys(deselected, _DESELECTED)},
    )


_DESELECTED = "the catalog deselects. Select it; a map takes it out of the rows with null"


def hidden_by_settings(settings: Settings, stream: str) -> dict[Path, str]:
    """Return what the settings keep out of the records of a stream, as `Facts` has it.

    Of an extra stream they are its fields themselves, of the tap's own custom fields, and fields
    whose first path is excluded.
    """
    excluded = frozenset(settings.exclude_fields)
    around = ("custom_fields",) if stream in FIELDS else ()
    hidden: set[Path] = {(*around, key) for key in excluded}
    for each in FIELDS.get(stream, ()):
        first = next((path for fact in each.all_facts for path in fact.paths), "")
        if excluded & {first, first.rpartition(".")[2]}:
            hidden.add((each.name,))
    found = dict.fromkeys(hidden, "exclude_fields keeps out. Take it out of that setting")
    if stream in FIELDS and not settings.include_remote_data:
        found["remote_data",] = "is null. Set include_remote_data; a map takes it out with null"
    return found


def problems(maps: Mapping[str, t.Any], streams: Mapping[str, Facts]) -> list[str]:
    """Return a line for everything that maps of a right form name and that is not there."""
    return [line for key, value in maps.items() for line in _problems_of(key, value, streams)]


def collisions(maps: Mapping[str, t.Any], streams: Collection[str]) -> Iterator[str]:
    """Yield a line for each table that two maps would write, by the SDK's own rules of names."""
    bare = {
        key: {o: given[o] for o in (SOURCE, ALIAS) if o in given}
        if isinstance(given, Mapping)
        else given
        for key, given in maps.items()
    }
    schema = {"properties": {"id": {"type": "string"}}}
    tables: dict[str, list[str]] = {}
    for stream, made in build_maps({"stream_maps": bare}, dict.fromkeys(streams, schema)).items():
        for each in made:
            if not isinstance(each, RemoveRecordTransform):
                tables.setdefault(each.stream_alias, []).append(stream)
    for table, names in tables.items():
        if len(names) > 1:
            several = " and ".join(map(shown, names))
            yield f"stream_maps: {several} would be one table, {shown(table)}; give each its own"


def _problems_of(
    key: str, definition: Mapping[str, t.Any] | str | None, streams: Mapping[str, Facts]
) -> Iterator[str]:
    given = definition if isinstance(definition, Mapping) else {}
    source = given.get(SOURCE, key)
    meant = {name: streams[name] for name in streams if fnmatch.fnmatch(name, source)}
    place = f"stream_maps: {shown(key)}"
    if key == ELSE:
        return
    if not meant:
        option = f".{SOURCE}" if SOURCE in given else ""
        advice = _close(source, streams) or f"there are {', '.join(streams)}"
        end = "" if advice.endswith("?") else "."
        more = "" if option else f"{end} A table of another name needs {SOURCE}"
        yield f"{place}{option} is no stream of this tap; {advice}{more}"
        return
    for name, value in given.items():
        if name == FILTER or name not in OPTIONS:
            where = f"{place}.{shown(name)}"
            if not is_null(value):
                yield from _expression_problems(where, reads_of(value), meant)
            elif name != FILTER and not any(_has(facts, (name,)) for facts in meant.values()):
                yield f"{where} is no field of {' or '.join(meant)}{_suggestion((name,), meant)}"
    if all(facts.fields is not None for facts in meant.values()):
        yield from _key_problems(place, given)


def _key_problems(place: str, given: Mapping[str, t.Any]) -> Iterator[str]:
    """Yield a line for each key that a deletion would not have, or have another one."""
    for key in given.get(KEYS, ["id"]) or ():
        value = given.get(key, "self")
        names = {path[0] for path in reads_of("" if is_null(value) else value).paths if path}
        names = {key if name == "self" else name for name in names} - names_of_expressions()
        if lost := ", ".join(map(shown, sorted(names - _OF_DELETIONS))):
            yield (
                f"{place}: the key {shown(key)} is made of {lost}, which a deletion does not have. "
                f"Make keys ({KEYS}) of id, remote_id or changed_at"
            )


_OF_DELETIONS = frozenset({"id", "remote_id", "changed_at"})
"""What a deletion has as the record has it that was deleted."""


def unseen_deletions(maps: Mapping[str, t.Any], streams: Collection[str]) -> Iterator[str]:
    """Yield a line for each table, by maps without problems, whose deletions would look alive."""
    mark = "remote_deleted_at"
    for key, given in maps.items():
        if not isinstance(given, Mapping) or not fnmatch.filter(streams, given.get(SOURCE, key)):
            continue
        is_kept = given[mark] == "self" if mark in given else ELSE not in given
        if not is_kept and not reads_field({key: given}, mark):
            yield (
                f"stream_maps: {shown(key)} leaves {mark} out: a deletion is a row of nulls that "
                "looks alive there. Keep it, or keep deletions out by a __filter__"
            )


def _expression_problems(where: str, reads: Reads, streams: Mapping[str, Facts]) -> Iterator[str]:
    for path in sorted(reads.paths - {()}):
        is_field = any(path[0] in (facts.fields or ()) for facts in streams.values())
        if path[0] in names_of_expressions() and not is_field:
            if path[0] == "fake" and importlib.util.find_spec("faker") is None:
                yield (
                    f"{where} reads fake, for which, and for faker_config, Faker has to be "
                    "installed beside the tap: pip install faker"
                )
        elif not any(_has(facts, path) for facts in streams.values()):
            name = ".".join(map(shown, path))
            yield (
                f"{where} reads {name}, which is no field of {' or '.join(streams)}"
                f"{_suggestion(path, streams)}"
            )
    for stream, facts in streams.items():
        for path, reason in sorted(facts.hidden.items()):
            if reads.reads(path):
                name = ".".join(map(shown, path))
                yield f"{where} reads {name} of {stream}, which {reason}"


def _has(facts: Facts, path: Path) -> bool:
    if facts.fields is None:
        return True
    if path[0] not in facts.fields:
        return False
    inner = facts.nested.get(path[0])
    return inner is None or len(path) == 1 or path[1] in inner


def _suggestion(path: Path, streams: Mapping[str, Facts]) -> str:
    names: set[str] = set()
    for facts in streams.values():
        is_inner = len(path) > 1 and path[0] in facts.nested
        names |= facts.nested[path[0]] if is_inner else facts.fields or frozenset()
    close = _close(path[1] if len(path) > 1 and path[0] not in names else path[0], sorted(names))
    return f"; {close}" if close else ""


def _close(name: str, names: Collection[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {shown(close[0])}?" if close else ""


def build_maps(
    config: Mapping[str, t.Any], schemas: Mapping[str, dict[str, t.Any]]
) -> dict[str, list[StreamMap]]:
    """Return the maps of streams whose key is `id`, for a trial; raise when none can be made."""
    log = logging.getLogger("singer_sdk.mapper")
    was_disabled, log.disabled = log.disabled, True
    try:
        blank_map(config.get("faker_config", {}))  # has a faker, as every map that is made
        mapper = PluginMapper(copy.deepcopy(dict(config)), log)
        for name, schema in schemas.items():
            mapper.register_raw_stream_schema(name, schema, ["id"])
    except (MapExpressionError, StreamMapConfigError, NotImplementedError) as error:
        raise SettingsError([f"stream_maps: {_meaning(error)}"]) from None
    except AttributeError:
        problem = "faker_config: locale is none that Faker knows, such as de_DE"
        raise SettingsError([problem]) from None
    finally:
        log.disabled = was_disabled
    return mapper.stream_maps


def _meaning(error: Exception) -> str:
    text = str(error)
    if "key propert" in text:
        return (
            'a map leaves a key out of a table. Leave it in (with __else__: "id": "id"), or '
            "name in __key_properties__ fields that the table has"
        )
    return f"an expression cannot be used ({type(error).__name__}). Check the names in it"


def reads_field(maps: Mapping[str, t.Any], name: str, *, filters: bool = False) -> bool:
    """Whether an expression (or with `filters` a filter) of maps without problems reads a field."""
    return any(
        reads_of(value).reads((name,))
        for given in maps.values()
        if isinstance(given, Mapping)
        for option, value in given.items()
        if (option == FILTER or not (filters or option in OPTIONS)) and not is_null(value)
    )


Path = tuple[str, ...]
"""Names from a field inwards, such as ``("location", "city")``."""

RECORD_NAMES = frozenset({"_", "record"})
"""Names of the whole record."""

_REPEATING = frozenset({"integration_fields", "remote_data"})
"""Fields that hold what others hold, under their remote names."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What an expression reads.

    Attributes:
        paths: Names that are no variable of its own, with what is taken out of them; an empty one
            is the whole record.
        texts: Every text in it: a field may be looked for by one.
    """

    paths: frozenset[Path]
    texts: frozenset[str]

    def reads(self, path: Path) -> bool:
        """Whether a field is read.

        An expression that reads an object reads those of its fields that it names in some way.
        """
        return any(
            read[: len(path)] == path
            or (path[-1] in self.texts and (path[: len(read)] == read or read[0] in _REPEATING))
            for read in self.paths
        )


def reads_of(expression: str) -> Reads:
    """Return what an expression reads; it can be parsed."""
    tree = ast.parse(expression)
    nodes = list(ast.walk(tree))
    own = {
        name.id
        for node in nodes
        if isinstance(node, ast.comprehension)
        for name in ast.walk(node.target)
        if isinstance(name, ast.Name)
    }
    return Reads(
        paths=frozenset(path for path in _accesses(tree) if not path or path[0] not in own),
        texts=frozenset(
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ),
    )


def _accesses(node: ast.AST) -> Iterator[Path]:
    """Yield the path of each access, as deep as it goes, of a node and those below it."""
    paths, beside = _access(node)
    yield from paths
    for each in beside if paths else ast.iter_child_nodes(node):
        yield from _accesses(each)


def _access(node: ast.AST) -> tuple[frozenset[Path], Sequence[ast.AST]]:
    """Return which paths into the record a node may be, none for anything else.

    The nodes beside it are read, too: conditions, defaults, keys.
    """
    values: Sequence[ast.AST] = ()
    beside: Sequence[ast.AST] = ()
    names: Path = ()
    match node:
        case ast.Name(id=name):
            return frozenset({() if name in RECORD_NAMES else (name,)}), ()
        case ast.Attribute(value=value, attr=name):
            values, names = [value], (name,)
        case ast.Subscript(value=value, slice=ast.Constant(value=str(name))):
            values, names = [value], (name,)
        case ast.Subscript(value=value, slice=key):
            values, beside = [value], [key]
        case ast.Call(
            func=ast.Attribute(value=value, attr="get"),
            args=[ast.Constant(value=str(name)), *beside],
        ):
            values, names = [value], (name,)
        case ast.Call(func=ast.Attribute(value=value), args=beside):
            values = [value]
        case ast.BoolOp(values=values):
            pass
        case ast.IfExp(test=test, body=body, orelse=other):
            values, beside = [body, other], [test]
    paths: set[Path] = set()
    for each in values:
        found, more = _access(each)
        paths |= {(*path, *names) for path in found}
        beside = [*beside, *(more if found else [each])]
    return frozenset(paths), beside
