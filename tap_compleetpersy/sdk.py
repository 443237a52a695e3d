"""Every private part of the SDK that the tap stands on, so that a new release is read here only.

Two base classes turn overridden private methods into hooks with public names; what else is
private is passed on by name. `tests/test_sdk.py` has one test for each: it says what breaks when
the SDK moves. All of it was read in SDK 0.54.
"""

from __future__ import annotations

import functools
import logging
import typing as t

from singer_sdk import Stream, Tap
from singer_sdk.exceptions import MaxRecordsLimitException
from singer_sdk.helpers._batch import BatchConfig, SDKBatchMessage, StorageTarget
from singer_sdk.helpers._flattening import FlatteningOptions, flatten_key
from singer_sdk.mapper import CustomStreamMap, StreamMap

if t.TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from singer_sdk.helpers.types import Context, Record
    from singer_sdk.singerlib import SchemaMessage
    from singer_sdk.singerlib.catalog import MetadataMapping

__all__ = [
    "BatchConfig",
    "FlatteningOptions",
    "SDKBatchMessage",
    "SdkStream",
    "SdkTap",
    "StorageTarget",
    "blank_map",
    "filter_of",
    "flatten_key",
    "is_of_flattening",
    "names_of_expressions",
    "replace_filter",
]


class SdkTap(Tap):
    """A tap whose settings, signals and first step of a sync are its own."""

    def checked_config(self, given: Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Return the configuration to run with; raise when it cannot be used."""
        raise NotImplementedError

    def install_signal_handlers(self) -> None:
        """Replace the SDK's handlers: they write STATE anywhere and exit with 0."""
        raise NotImplementedError

    def check_before_sync(self) -> None:
        """Check, as the first step of a sync, what must hold before any output."""
        raise NotImplementedError

    @classmethod
    def read_file(cls, option: str, file: t.IO[str]) -> dict[str, t.Any]:
        """Return what the file of an option holds; raise when it cannot be used."""
        raise NotImplementedError

    @classmethod
    def invoke(
        cls,
        *,
        config: t.Any = None,  # noqa: ANN401 - the SDK's private class
        state: t.IO[str] | None = None,
        catalog: t.IO[str] | None = None,
        **arguments: t.Any,  # noqa: ANN401 - passed on
    ) -> None:
        """Run as the SDK does, with files that `read_file` reads: it takes them for JSON."""
        read_state = None if state is None else cls.read_file("--state", state)
        read_catalog = None if catalog is None else cls.read_file("--catalog", catalog)
        super(Tap, cls).invoke(**arguments)
        cls.print_version(print_fn=cls.logger.info)
        cls(
            config=config.config,
            state=read_state,
            catalog=read_catalog,
            parse_env_config=config.parse_env,
        ).sync_all()

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:  # noqa: ARG002 - always
        self._config = self.checked_config(self._config)
        return []

    def _setup_signal_handlers(self) -> None:
        self.install_signal_handlers()

    def _reset_state_progress_markers(self) -> None:
        self.check_before_sync()
        super()._reset_state_progress_markers()


class SdkStream(Stream):
    """A stream that is run as a whole, and whose schema of each table is its own."""

    automatic: t.ClassVar[frozenset[str]] = frozenset()
    """Fields that are always selected; a catalog that was given says so itself."""

    def run(self) -> None:
        """Sync, in place of the SDK's loop over records."""

    def written_schema(self, table: str, schema: dict[str, t.Any]) -> dict[str, t.Any]:  # noqa: ARG002 - a hook
        """Return the schema to write of one table."""
        return schema

    @property
    def tap(self) -> Tap:
        """The tap of the stream."""
        return self._tap

    @property
    def metadata(self) -> MetadataMapping:
        """Selection of the stream and its fields, `automatic` ones included."""
        is_new = self._metadata is None
        metadata = super().metadata
        if is_new and self._tap_input_catalog is None:
            for name in self.automatic:
                item = metadata["properties", name]
                item.inclusion = type(item).InclusionType.AUTOMATIC
        return metadata

    def mapped_schemas(self) -> Iterator[SchemaMessage]:
        """Yield the schema of each table, as selection and stream maps leave it."""
        return super()._generate_schema_messages()

    def announce(self) -> None:
        """Write the SCHEMA messages: of a child, the SDK leaves it to the parent."""
        self._write_schema_message()

    def end_dry_run(self) -> None:
        """End a dry run (``--test``) that has its records, as the SDK ends it."""
        self._abort_sync(MaxRecordsLimitException("The dry run has its records"))

    def log(self, message: str, *args: t.Any, level: int = logging.INFO, **kwargs: t.Any) -> None:  # noqa: ANN401 - the SDK's signature
        """Leave out the SDK's line about an error: the command explains it in one."""
        if not message.startswith("An unhandled error"):
            super().log(message, *args, level=level, **kwargs)

    def _generate_schema_messages(self) -> Generator[SchemaMessage, None, None]:
        for message in super()._generate_schema_messages():
            message.schema = self.written_schema(message.stream, message.schema)
            yield message

    def _sync_records(
        self,
        context: Context | None = None,  # noqa: ARG002 - the SDK's signature
        *,
        write_messages: bool = True,  # noqa: ARG002 - the SDK's signature
    ) -> Generator[dict[str, t.Any], t.Any, t.Any]:
        self.run()
        yield from ()


def filter_of(stream_map: StreamMap) -> Callable[[Record], bool] | None:
    """Return the `__filter__` of a stream map; None when it has none.

    The SDK keeps only what it compiled, and one that is always true where nothing was given.
    """
    if not isinstance(stream_map, CustomStreamMap):
        return None
    compiled = stream_map._filter_fn  # noqa: SLF001 - the SDK has no other seam
    return None if compiled.__name__ == "always_true" else compiled


def replace_filter(stream_map: StreamMap, keeps: Callable[[Record], bool]) -> None:
    """Have a stream map, of which `filter_of` is not None, ask another function."""
    t.cast("CustomStreamMap", stream_map)._filter_fn = keeps  # noqa: SLF001 - as above


def blank_map(faker_config: dict[str, t.Any]) -> CustomStreamMap:
    """Return a map of no field, with its functions and its faker; raise for an unknown locale."""
    return CustomStreamMap(
        stream_alias="",
        map_config={},
        faker_config=faker_config,
        raw_schema={"properties": {}},
        key_properties=[],
        map_transform={},
        flattening_options=None,
    )


@functools.cache
def names_of_expressions() -> frozenset[str]:
    """Return the names and functions that every expression has beside the fields of its record.

    The SDK says which functions there are; the names stand where it evaluates an expression.
    """
    names = {"config", "fake", "self", "__stream_name__", "__original_stream_name__"}
    return frozenset(names | blank_map({}).functions.keys())


def is_of_flattening(error: Exception, place: str) -> bool:
    """Whether the SDK, at a file and line, found two fields that flattening makes one column."""
    return isinstance(error, ValueError) and place.startswith("_flattening.py")
