"""The Singer tap: settings, catalog, which streams, and how a run ends."""

from __future__ import annotations

import copy
import functools
import os
import typing as t
from pathlib import Path, PurePath

from singer_sdk import Tap
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities
from singer_sdk.singerlib import Catalog

from tap_compleetpersy.command import OneLineErrors
from tap_compleetpersy.given_catalog import completed_catalog
from tap_compleetpersy.model.custom_types import type_name
from tap_compleetpersy.sdk import SdkTap
from tap_compleetpersy.settings import Settings, SettingsError, read_settings
from tap_compleetpersy.settings.declaration import (
    read_environment,
    read_json_file,
    read_json_object,
    shown,
)
from tap_compleetpersy.settings.sdk import SDK_SETTINGS, read_sdk_settings
from tap_compleetpersy.settings.table import config_jsonschema
from tap_compleetpersy.streams import STREAMS, ExtraPersyStream, PersyStream
from tap_compleetpersy.sync.emitter import read_batch_config
from tap_compleetpersy.sync.ledger import KnownLedgers
from tap_compleetpersy.sync.output import PageWriter, encode_line
from tap_compleetpersy.sync.state import (
    BUFFER_SIZE,
    WAY_OUT,
    StateError,
    check_shape,
    check_size,
    read_bookmarks,
    read_extra_bookmark,
    tenant_of,
)
from tap_compleetpersy.sync.termination import Termination

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import click
    from singer_sdk import Stream
    from singer_sdk.helpers.capabilities import CapabilitiesEnum

    from tap_compleetpersy.sync.stream_maps import Facts

OWN_SETTINGS = frozenset(config_jsonschema()["properties"])
OBJECT_SETTINGS = frozenset({"extra_streams", "field_paths", "outcomes"})
"""Meltano loses keys with dots when it writes such a setting from the environment into the
config file; the variable itself, which it passes on, is whole."""


class TapCompleetpersy(SdkTap):
    """Extracts candidates, jobs and applications from Compleet Persy."""

    name = "tap-compleetpersy"
    package_name = "tap-compleetpersy"
    config_jsonschema: t.ClassVar[dict[str, t.Any]] = config_jsonschema()
    message_writer_class = PageWriter
    capabilities: t.ClassVar[list[CapabilitiesEnum]] = [
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.STRUCTURED_LOGGING,
        PluginCapabilities.BATCH,
    ]

    def __init__(
        self,
        *,
        config: t.Any = None,  # noqa: ANN401 - the SDK's signature
        parse_env_config: bool = False,
        **arguments: t.Any,  # noqa: ANN401 - passed on
    ) -> None:
        """Read the environment here: the SDK's way shows values in its errors."""
        self.append_builtin_config(self.config_jsonschema)
        environment = read_environment(self.config_jsonschema["properties"])
        wanted = environment.keys() if parse_env_config else environment.keys() & OBJECT_SETTINGS
        parts = config if isinstance(config, list | tuple) else [config or {}]
        config = {key: value for part in parts for key, value in _whole("config", part).items()}
        config |= {name: environment[name] for name in wanted}
        catalog, state = arguments.get("catalog"), arguments.get("state")
        if catalog is not None and not isinstance(catalog, Catalog):
            arguments["catalog"] = completed_catalog(_whole("catalog", catalog))
        if state is not None:
            state = _whole("state", state)
            check_shape(state)  # the SDK takes an empty list for no state
            arguments["state"] = state
        self.ledgers = KnownLedgers()
        super().__init__(config=config, parse_env_config=False, **arguments)
        if isinstance(self.message_writer, PageWriter):
            self.message_writer.termination = self._termination

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings of this run, checked."""
        return read_settings({k: v for k, v in self.config.items() if k in OWN_SETTINGS})

    def discover_streams(self) -> Sequence[PersyStream]:
        """Return the streams; custom fields are from the catalog, else sampled."""
        from tap_compleetpersy.sync import catalog  # noqa: PLC0415 - see streams

        schemas = catalog.stream_schemas(
            self._custom_fields(), with_content=self.settings.attachments_dir is not None
        )
        streams = [
            make(self, schemas[name], self.settings, self.ledgers) for name, make in STREAMS.items()
        ]
        return [*streams, *self._extra_streams(schemas["candidates"])]

    @property
    def streams(self) -> dict[str, Stream]:
        """The streams in the order of a sync: the user's cannot keep the tap's from theirs."""
        return dict(sorted(super().streams.items(), key=lambda named: named[0] not in STREAMS))

    def _extra_streams(self, candidates: dict[str, t.Any]) -> list[PersyStream]:
        if not self.settings.extra_streams:
            return []
        from tap_compleetpersy.sync import (  # noqa: PLC0415 - see streams
            catalog,
            records,
            rendering,
            selection,
            stream_maps,
        )

        is_sampled = self.input_catalog is None and self.settings.has_api_key
        keeps = None
        if is_sampled and self.config.get("stream_maps"):
            maps = stream_maps.build_maps(self.config, {"candidates": candidates})["candidates"]
            now, paths = self.initialized_at, selection.SelectedPaths()
            builder = records.make_builder(self.settings, now, candidates, paths)
            keeps = rendering.keeps_of(maps, builder)
        return [
            ExtraPersyStream(
                self,
                catalog.sample_schema(self.settings, extra, keeps)
                if is_sampled
                else catalog.schema_of_definition(extra),
                self.settings,
                self.ledgers,
                extra,
            )
            for extra in self.settings.extra_streams
        ]

    def load_state(self, state: dict[str, t.Any]) -> None:
        """Take over the state, if it is one."""
        check_shape(state)
        texts: dict[str, str] = {}  # of ledgers, that of jobs and applications mostly one
        for bookmark in state.get("bookmarks", {}).values():
            if isinstance(text := bookmark.get("ledger"), str):
                bookmark["ledger"] = texts.setdefault(text, text)
        super().load_state(state)

    def setup_mapper(self) -> None:
        """Make the maps of every stream as if it were selected.

        A stream that is off unless selected may be selected later, as the SDK's own tests do;
        the SDK would have mapped its records to nothing by then.
        """
        super(Tap, self).setup_mapper()
        catalog = copy.deepcopy(self.catalog)
        for entry in catalog.values():
            entry.metadata.root.selected = True
        if maps := self.config.get("stream_maps"):
            self._check_maps(maps, catalog)
        self.mapper.register_raw_streams_from_catalog(catalog)

    def _check_maps(self, maps: Mapping[str, t.Any], catalog: Catalog) -> None:
        """Raise a line for each map that reads what is not there, or not selected."""
        from tap_compleetpersy.sync import stream_maps  # noqa: PLC0415 - see streams

        facts = self._known_facts()
        for name, entry in catalog.items():
            if name in facts and self.streams[name].selected:
                known = facts[name]
                facts[name] = stream_maps.facts_of(
                    entry.schema.to_dict(),
                    known.fields or frozenset(),
                    entry.metadata.resolve_selection(),
                    known.hidden,
                )
        if found := stream_maps.problems(maps, facts):
            raise SettingsError(found)
        for line in stream_maps.unseen_deletions(maps, STREAMS):
            self.logger.warning(line)

    def _known_facts(self) -> dict[str, Facts]:
        """Return what is known of the streams before any request."""
        from tap_compleetpersy.sync import catalog, stream_maps  # noqa: PLC0415 - see streams

        hidden = functools.partial(stream_maps.hidden_by_settings, self.settings)
        facts = {
            name: stream_maps.facts_of(schema, schema["properties"], hidden=hidden(name))
            for name, schema in catalog.stream_schemas({}, with_content=True).items()
        }
        return facts | {
            extra.name: stream_maps.Facts(None, {}, hidden(extra.name))
            for extra in self.settings.extra_streams
        }

    def _custom_fields(self) -> Mapping[str, t.Any]:
        from tap_compleetpersy.sync import catalog, reading  # noqa: PLC0415 - see streams

        if self.input_catalog is not None:
            entry = self.input_catalog.get_stream("candidates")
            return {} if entry is None else reading.custom_properties(entry.schema.to_dict())
        if not self.settings.has_api_key:
            return {}
        found = catalog.sample_custom_fields(self.settings)
        for note in catalog.collision_notes(
            {key: type_name(schema) for key, schema in found.items()}
        ):
            self.logger.warning(note)
        return found

    def run_discovery(self) -> str:
        """Print the catalog; without a key, say that it has no custom fields."""
        if not self.settings.has_api_key:
            self.logger.warning(
                "No api_key is set: the catalog holds the fixed fields only, without "
                "the tenant's custom fields"
            )
        return super().run_discovery()

    @classmethod
    def read_file(cls, option: str, file: t.IO[str]) -> dict[str, t.Any]:
        """Return a state, or a complete catalog, from the file of an option; raise without one."""
        if option == "--catalog":
            return completed_catalog(read_json_object(option, file))
        try:
            return read_json_object(option, file)
        except SettingsError as error:
            message = f"{error}. {WAY_OUT}"
            raise StateError(message) from None

    @classmethod
    def cb_config(cls, ctx: click.Context, param: click.Option, value: tuple[str, ...]) -> t.Any:  # noqa: ANN401 - the SDK's private class
        """Read the config files; without any, the environment is the config."""
        for path in value:
            if path != "ENV":
                read_json_file("--config", Path(path))
        return super().cb_config(ctx, param, value or ("ENV",))

    def checked_config(self, given: Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Return the settings that are given, the SDK's in their types, checked before any request.

        Raises:
            SettingsError: With one line for each problem.
        """
        from tap_compleetpersy.sync.reading import rules_of  # noqa: PLC0415 - see streams

        self.append_builtin_config(self.config_jsonschema)
        own = {k: v for k, v in given.items() if k not in SDK_SETTINGS}
        values, found = read_sdk_settings(given)
        try:
            rules_of(read_settings(own))
        except SettingsError as error:
            found = [*error.problems, *found]
        if found:
            raise SettingsError(found)
        read_batch_config(values)
        if "stream_maps" in values or "faker_config" in values:
            self._try_maps(values)
        return own | values

    def _try_maps(self, values: dict[str, t.Any]) -> None:
        """Raise for maps that cannot be made, or name what no stream has, before any request."""
        from tap_compleetpersy.sync import catalog, stream_maps  # noqa: PLC0415 - see streams

        maps, facts = values.get("stream_maps", {}), self._known_facts()
        if found := stream_maps.problems(maps, facts) or [*stream_maps.collisions(maps, facts)]:
            raise SettingsError(found)
        stream_maps.build_maps(values, catalog.stream_schemas({}, with_content=True))

    def install_signal_handlers(self) -> None:
        """Let the page in flight be abandoned, and no line be cut."""
        self._termination = Termination()
        self._termination.install()

    def check_before_sync(self) -> None:
        """Check the key and the state.

        Raises:
            SettingsError: When there is no key.
            StateError: When a bookmark cannot be read, or the state would not come back.
        """
        self.settings.require_api_key()
        is_limited = BUFFER_SIZE in os.environ
        if is_limited and (near := check_size(len(encode_line(self.state)), os.environ)):
            self.logger.warning(near)
        for entry in () if self.input_catalog is None else self.input_catalog.streams:
            if (name := entry.tap_stream_id) not in self.streams and entry.metadata.root.selected:
                self.logger.warning("--catalog: %s is no stream of this tap", shown(name))
        tenant = tenant_of(self.settings)
        read_bookmarks(self.state, self.streams, tenant, self.ledgers)
        for extra in self.settings.extra_streams:
            read_extra_bookmark(self.state, extra, tenant)
        # A first STATE that claims nothing: target-duckdb takes the first one it reads as
        # that of every stream, flushed or not.
        self.state.setdefault("bookmarks", {})

    @classmethod
    def get_singer_command(cls) -> click.Command:
        """Return the SDK's command, with errors of one line."""
        command = super().get_singer_command()
        return OneLineErrors(
            name=command.name,
            callback=command.callback,
            params=command.params,
            help=command.help,
            context_settings=command.context_settings,
            logger=cls.logger,
        )


def _whole(option: str, given: t.Any) -> t.Any:  # noqa: ANN401 - checked where it is used
    """Return what an argument of the tap holds: as it is, or the file that a path leads to."""
    if not isinstance(given, str | PurePath):
        return given
    return read_json_file(f"--{option}", Path(given))
