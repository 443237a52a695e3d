"""The Singer tap: settings, catalog, which streams, and how a run ends."""

from __future__ import annotations

import functools
import sys
import traceback
import typing as t
from pathlib import Path

import msgspec
from singer_sdk import Tap
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities
from singer_sdk.plugin_base import SingerCommand

from tap_compleetpersy.api.errors import ApiError
from tap_compleetpersy.settings import (
    Settings,
    SettingsError,
    config_jsonschema,
    read_environment,
)
from tap_compleetpersy.streams import STREAMS, PersyStream
from tap_compleetpersy.sync.catalog import sample_custom_fields, stream_schemas
from tap_compleetpersy.sync.output import PageWriter
from tap_compleetpersy.sync.pull import DeletionsRefusedError
from tap_compleetpersy.sync.reading import custom_properties, rules_of
from tap_compleetpersy.sync.state import (
    StateError,
    check_shape,
    read_bookmarks,
    tenant_of,
)
from tap_compleetpersy.sync.termination import Termination

if t.TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import click
    from singer_sdk.helpers.capabilities import CapabilitiesEnum

EXPECTED_ERRORS = (SettingsError, StateError, ApiError, DeletionsRefusedError)
"""Ends of a run that one line explains."""

OWN_SETTINGS = frozenset(config_jsonschema()["properties"])


class OneLineErrors(SingerCommand):
    """The SDK's command, except that an error is one line and never shows data."""

    def main(self, *args: t.Any, **kwargs: t.Any) -> t.Any:  # noqa: ANN401 - click's
        """Run the command; exit with 1 and one line where it fails."""
        try:
            return super().main(*args, **kwargs)
        except EXPECTED_ERRORS as error:
            for problem in getattr(error, "problems", [str(error)]):
                self.logger.error(problem)  # noqa: TRY400 - no traceback
        except Exception as error:  # noqa: BLE001 - its text may hold personal data
            self.logger.error(  # noqa: TRY400 - no traceback
                "Unexpected %s at %s. Its text is not shown, since it may hold "
                "personal data; please report this line",
                type(error).__name__,
                _place(error),
            )
        sys.exit(1)


def _place(error: BaseException) -> str:
    """Name the last place in this package that an error passed, and its origin."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "tap_compleetpersy" in frame.filename]
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in (*frames[-1:], *own[-1:])]
    return ", called from ".join(dict.fromkeys(places))


class TapCompleetpersy(Tap):
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
    ]

    def __init__(
        self,
        *,
        config: t.Any = None,  # noqa: ANN401 - the SDK's signature
        parse_env_config: bool = False,
        **arguments: t.Any,  # noqa: ANN401 - passed on
    ) -> None:
        """Read the environment here: the SDK's way shows values in its errors."""
        if parse_env_config:
            config = {**(config or {}), **self._environment()}
        super().__init__(config=config, parse_env_config=False, **arguments)
        if isinstance(self.message_writer, PageWriter):
            self.message_writer.termination = self._termination

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings of this run, checked."""
        return Settings.read(
            {name: value for name, value in self.config.items() if name in OWN_SETTINGS}
        )

    def discover_streams(self) -> Sequence[PersyStream]:
        """Answer the streams; custom fields are from the catalog, else sampled."""
        schemas = stream_schemas(self._custom_fields())
        return [make(self, schemas[name], self.settings) for name, make in STREAMS.items()]

    def load_state(self, state: dict[str, t.Any]) -> None:
        """Take over the state, if it is one.

        Raises:
            StateError: For anything but an object of bookmarks.
        """
        check_shape(state)
        super().load_state(state)

    def _custom_fields(self) -> Mapping[str, t.Any]:
        if self.input_catalog is not None:
            entry = self.input_catalog.get_stream("candidates")
            return {} if entry is None else custom_properties(entry.schema.to_dict())
        if not self.settings.has_api_key:
            self.logger.warning(
                "No api_key is set: the catalog holds the fixed fields only, without "
                "the tenant's custom fields"
            )
            return {}
        return sample_custom_fields(self.settings)

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:  # noqa: ARG002 - always
        """Check all settings before any request, whatever the SDK wants of it."""
        self.append_builtin_config(self.config_jsonschema)
        builtin = self.config_jsonschema["properties"].keys() - OWN_SETTINGS
        own = {k: v for k, v in self._config.items() if k not in builtin}
        rules_of(Settings.read(own))
        return []

    def _setup_signal_handlers(self) -> None:
        """Replace the SDK's handlers: they write STATE anywhere and exit with 0."""
        self._termination = Termination()
        self._termination.install()

    def _reset_state_progress_markers(self) -> None:
        """Check, as the first step of a sync, what must hold before any output."""
        self.settings.require_api_key()
        read_bookmarks(self.state, self.streams, tenant_of(self.settings))
        super()._reset_state_progress_markers()

    @classmethod
    def _environment(cls) -> dict[str, t.Any]:
        cls.append_builtin_config(cls.config_jsonschema)
        values: dict[str, t.Any] = dict(read_environment(cls.config_jsonschema["properties"]))
        for name in values.keys() - OWN_SETTINGS:
            try:
                values[name] = msgspec.json.decode(values[name])
            except msgspec.DecodeError:
                continue
        return values

    @classmethod
    def get_singer_command(cls) -> click.Command:
        """Answer the SDK's command, with errors of one line."""
        command = super().get_singer_command()
        return OneLineErrors(
            name=command.name,
            callback=command.callback,
            params=command.params,
            help=command.help,
            context_settings=command.context_settings,
            logger=cls.logger,
        )
