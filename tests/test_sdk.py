"""The private parts of the SDK: one test for each says what breaks when the SDK moves.

A tap of one stream stands on `tap_compleetpersy.sdk` alone, so that a failure here is the SDK's
and not the tap's.
"""

from __future__ import annotations

import io
import json
import typing as t
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from singer_sdk import Tap
from singer_sdk.exceptions import (
    AbortedSyncFailedException,
    AbortedSyncPausedException,
    MapExpressionError,
    MaxRecordsLimitException,
)
from singer_sdk.singerlib import Catalog

from tap_compleetpersy import sdk
from tap_compleetpersy.errors import place_of

if t.TYPE_CHECKING:
    from singer_sdk.mapper import StreamMap

Json = dict[str, t.Any]
SCHEMA: Json = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "name": {"type": ["string", "null"]},
        "address": {"type": ["object", "null"], "properties": {"city": {"type": "string"}}},
    },
}


class People(sdk.SdkStream):
    """A stream that notes what it is asked."""

    name = "people"
    primary_keys: t.Sequence[str] = ("id",)
    automatic = frozenset({"name"})
    schema = SCHEMA
    asked: t.ClassVar[list[str]] = []

    def get_records(self, context: object) -> t.Iterable[Json]:  # noqa: ARG002 - the SDK's signature
        """Yield a record that nobody may see."""
        yield {"id": "1", "name": "never"}

    def run(self) -> None:
        """Run in place of the loop."""
        self.asked.append("run")

    def written_schema(self, table: str, schema: Json) -> Json:
        """Add a column."""
        self.asked.append(f"schema of {table}")
        return {**schema, "properties": {**schema["properties"], "kept": {"type": "null"}}}


class Failing(People):
    """A stream that cannot be run."""

    def run(self) -> None:
        """Fail."""
        raise LookupError


class OneStream(sdk.SdkTap):
    """A tap that notes what it is asked."""

    name = "tap-one"
    config_jsonschema: t.ClassVar[Json] = {"properties": {"number": {"type": "integer"}}}
    stream: type[People] = People

    def __init__(self, **arguments: t.Any) -> None:
        """Begin with nothing asked."""
        self.asked: list[str] = []
        super().__init__(**arguments)

    def checked_config(self, given: t.Mapping[str, t.Any]) -> Json:
        """Return the number as one."""
        self.asked.append("config")
        return {**given, "number": int(given.get("number", 0))}

    def install_signal_handlers(self) -> None:
        """Install none."""
        self.asked.append("signals")

    def check_before_sync(self) -> None:
        """Check nothing."""
        self.asked.append("sync")

    def discover_streams(self) -> t.Sequence[People]:
        """Return the stream."""
        return [self.stream(self)]


def tap(stream: type[People] = People, **arguments: t.Any) -> OneStream:
    made = type("Made", (OneStream,), {"stream": stream})
    return t.cast("OneStream", made(**arguments))


def written(made: Tap) -> list[Json]:
    """Return the messages of a sync."""
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")) as out:
        made.sync_all()
        out.flush()
        text = out.buffer.getvalue().decode()
    return [json.loads(line) for line in text.splitlines()]


def people(made: Tap) -> People:
    return t.cast("People", made.streams["people"])


def stream_map(definition: Json) -> StreamMap:
    made = tap(config={"stream_maps": {"people": definition}})
    return made.mapper.stream_maps["people"][0]


def test_the_configuration_is_checked_by_the_tap_alone_when_it_is_made() -> None:
    made = tap(config={"number": "7"})
    assert "config" in made.asked
    assert made.config["number"] == 7


def test_the_files_of_a_run_are_read_by_the_tap(tmp_path: Path) -> None:
    class Reading(OneStream):
        @classmethod
        def read_file(cls, option: str, file: t.IO[str]) -> Json:
            assert file.read() == "anything"
            People.asked.append(option)
            return {"streams": []} if option == "--catalog" else {}

    People.asked.clear()
    path = tmp_path / "file"
    path.write_text("anything")
    given = ["--config", "ENV", "--state", str(path), "--catalog", str(path)]
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")):
        Reading.cli(given, standalone_mode=False)
    assert People.asked == ["--state", "--catalog"]


def test_the_tap_installs_its_own_signal_handlers_when_it_is_made() -> None:
    assert "signals" in tap().asked


def test_what_must_hold_before_a_sync_is_checked_before_any_output() -> None:
    class Refusing(OneStream):
        def check_before_sync(self) -> None:
            raise LookupError

    out = io.StringIO()
    with redirect_stdout(out), pytest.raises(LookupError):
        Refusing().sync_all()
    assert out.getvalue() == ""


def test_a_stream_is_run_in_place_of_the_loop_over_its_records() -> None:
    People.asked.clear()
    messages = written(tap())
    assert "run" in People.asked
    assert "RECORD" not in {message["type"] for message in messages}


def test_the_schema_of_a_table_is_the_one_that_the_stream_makes_of_it() -> None:
    (schema,) = [each for each in written(tap()) if each["type"] == "SCHEMA"]
    assert "kept" in schema["schema"]["properties"]


def test_mapped_schemas_are_as_stream_maps_leave_them() -> None:
    maps = {"people": {"full": "name"}, "people_2": {"__source__": "people"}}
    schemas = list(people(tap(config={"stream_maps": maps})).mapped_schemas())
    assert [each.stream for each in schemas] == ["people", "people_2"]
    assert "full" in schemas[0].schema["properties"]
    assert "kept" not in schemas[0].schema["properties"]


def test_a_stream_can_be_announced_by_its_parent() -> None:
    made = tap()
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")) as out:
        people(made).announce()
        out.flush()
        line = out.buffer.getvalue()
    assert json.loads(line)["type"] == "SCHEMA"


def test_automatic_fields_are_so_unless_a_catalog_was_given() -> None:
    made = tap()
    entry = made.catalog_dict["streams"][0]
    inclusion = {
        tuple(each["breadcrumb"]): each["metadata"].get("inclusion") for each in entry["metadata"]
    }
    assert inclusion["properties", "name"] == "automatic"
    assert inclusion["properties", "address"] == "available"
    for each in entry["metadata"]:
        each["metadata"].pop("inclusion", None)
    given = tap(catalog=Catalog.from_dict({"streams": [entry]}))
    assert people(given).metadata["properties", "name"].inclusion is None


def test_a_stream_knows_its_tap() -> None:
    made = tap()
    assert people(made).tap is made


def test_a_dry_run_that_has_its_records_ends_as_the_sdk_ends_it() -> None:
    with pytest.raises((AbortedSyncPausedException, AbortedSyncFailedException)) as raised:
        people(tap()).end_dry_run()
    assert isinstance(raised.value.__cause__, MaxRecordsLimitException)


def test_the_line_about_an_error_in_a_stream_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(LookupError):
        written(tap(Failing))
    assert "unhandled" not in caplog.text


@pytest.mark.parametrize("definition", [{"full": "name"}, {}])
def test_a_map_without_a_filter_has_none(definition: Json) -> None:
    assert sdk.filter_of(stream_map(definition)) is None


def test_the_filter_of_a_map_can_be_asked_and_replaced() -> None:
    mapped = stream_map({"__filter__": "name == 'Anna'"})
    keeps = sdk.filter_of(mapped)
    assert keeps is not None
    assert keeps({"id": "1", "name": "Anna"})
    assert mapped.transform({"id": "1", "name": "Eva"}) is None
    sdk.replace_filter(mapped, lambda _record: True)
    assert mapped.transform({"id": "1", "name": "Eva"}) is not None


def test_every_expression_has_the_names_that_are_said_of_it_and_no_function_beside_them() -> None:
    for name in sorted(sdk.names_of_expressions()):
        mapped = stream_map({"name": f"'yes' if ({name} or True) else ''"})
        assert mapped.transform({"id": "1", "name": "Anna"}) == {"id": "1", "name": "yes"}
    assert sdk.blank_map({}).functions.keys() <= sdk.names_of_expressions()


def test_a_name_that_no_expression_has_is_an_error() -> None:
    with pytest.raises(MapExpressionError):
        stream_map({"name": "sha1 or True"}).transform({"id": "1", "name": "Anna"})


def test_a_locale_that_faker_does_not_know_is_an_error_of_the_blank_map() -> None:
    with pytest.raises(AttributeError):
        sdk.blank_map({"locale": "xx_XX"})


def test_flattening_names_a_column_by_its_path() -> None:
    assert sdk.flatten_key("city", ["address"], "__", max_key_length=255) == "address__city"


def test_two_fields_that_would_be_one_column_are_an_error_of_flattening() -> None:
    class Twice(People):
        schema = SCHEMA | {
            "properties": SCHEMA["properties"] | {"address__city": {"type": "string"}}
        }

    with pytest.raises(ValueError, match="address__city") as raised:
        tap(Twice, config={"flattening_enabled": True, "flattening_max_depth": 1}).sync_all()
    assert sdk.is_of_flattening(raised.value, place_of(raised.value))


def test_the_address_of_a_batch_file_is_that_of_its_storage() -> None:
    config = sdk.BatchConfig.from_dict(
        {"encoding": {"format": "jsonl"}, "storage": {"root": "file:///rows", "prefix": "a-"}}
    )
    assert config.batch_size > 0
    assert config.storage.get_url("rows.jsonl") == "file:///rows/rows.jsonl"
    message = sdk.SDKBatchMessage(stream="people", encoding=config.encoding, manifest=["x"])
    assert message.to_dict()["type"] == "BATCH"
