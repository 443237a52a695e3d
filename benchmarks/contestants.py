"""Who is compared, and how each one is configured."""

from __future__ import annotations

import functools
import itertools
import json
import subprocess
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.environments import CHECKOUT, programs, version

Json: t.TypeAlias = dict[str, t.Any]
TAP = str(CHECKOUT / "tap-compleetpersy")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contestant works.

    Attributes:
        programs: Of its environment.
        url: Of the list that it reads.
        folder: Takes its files; new for each run.
    """

    programs: Path
    url: str
    folder: Path

    def write(self, name: str, content: Json) -> str:
        """Write a settings file and answer its path."""
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return str(path)


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to read the candidates.

    Attributes:
        name: For the command line.
        title: For the table.
        how: How it is configured, and what it cannot do.
        environment: Its lock; None is the checkout's own environment.
        package: Whose version is told, if it is not the tap's.
        prepare: What is found out before the clock starts, as by `--discover`.
        command: Writes settings, answers the command. Takes what was prepared.
        variables: Environment variables.
        records: Pattern of the files with its records, when they are not on stdout.
    """

    name: str
    title: str
    how: str
    environment: str | None
    package: str | None
    prepare: Callable[[Place], Json]
    command: Callable[..., list[str]]
    variables: Mapping[str, str] = field(default_factory=dict)
    records: str = ""

    @property
    def programs(self) -> Path:
        """Programs of its environment, which is made when needed."""
        return CHECKOUT if self.environment is None else programs(self.environment)

    @property
    def version(self) -> str:
        """Version of what is compared, or nothing for the checkout."""
        if self.environment is None or self.package is None:
            return ""
        return f"{self.package} {version(self.environment, self.package)}"


def tap_settings(url: str) -> Json:
    """Return the tap's settings: the defaults."""
    return {"api_url": url, "api_key": "benchmark"}


def discovered(program: str, settings: Json, place: Place) -> Json:
    """Run a tap's discovery."""
    command = [program, "--config", place.write("discover", settings), "--discover"]
    done = subprocess.run(command, check=True, capture_output=True, cwd=place.folder)
    return t.cast("Json", json.loads(done.stdout))


def tap_catalog(place: Place) -> Json:
    """Return the tap's catalog."""
    return discovered(TAP, tap_settings(place.url), place)


def run_tap(
    place: Place, catalog: Json, state: Json | None = None, **settings: object
) -> list[str]:
    """Run the tap with its catalog and state, as Meltano does."""
    files = {"config": tap_settings(place.url) | settings, "catalog": catalog}
    if state is not None:
        files["state"] = state
    words = ([f"--{name}", place.write(name, content)] for name, content in files.items())
    return [TAP, *itertools.chain.from_iterable(words)]


def run_batch(place: Place, catalog: Json) -> list[str]:
    """Run the tap with its rows in compressed files."""
    files = place.folder / "batches"
    files.mkdir()
    encoding = {"format": "jsonl", "compression": "gzip"}
    batch = {"encoding": encoding, "storage": {"root": files.as_uri()}}
    return run_tap(place, catalog, batch_config=batch)


def custom_fields(place: Place) -> Json:
    """Return the types of the custom fields in the tap's catalog."""
    streams = {stream["tap_stream_id"]: stream for stream in tap_catalog(place)["streams"]}
    found: Json = streams["candidates"]["schema"]["properties"]["custom_fields"]["properties"]
    return found


def run_module(module: str, place: Place, types: Json, *words: str, **more: object) -> list[str]:
    """Run one of our peers with the catalog's types of custom fields."""
    settings = place.write("config", {"api_url": place.url, "custom_fields": types} | more)
    python = str(place.programs / "python")
    return [python, "-m", f"benchmarks.peers.{module}", *words, settings]


def run_dlt(place: Place, types: Json, *, mapped: bool) -> list[str]:
    """Run dlt, whose pipeline is new in each run's folder."""
    command = run_module("dlt_rest_api", place, types, mapped=mapped)
    return [*command, str(place.folder / "pipelines")]


def msdk_settings(url: str, schemas: Json) -> Json:
    """Declare the three streams; each reads the whole list, for none can have children."""
    openings = "$.data[*].PositionOpening[*]"
    paths = {"candidates": "$.data[*]", "jobs": openings, "applications": openings}
    keys = {
        "candidates": ["CandidateRecordInfo_Id_IdValue"],
        "jobs": ["PositionRecordInfo_Id_IdValue"],
    }
    return {
        "api_url": url,
        "path": "/candidates",
        "params": {"per_page": 100},
        "pagination_request_style": "page_number_paginator",
        "pagination_response_style": "page",
        # There is another page if this one has a record.
        "next_page_token_path": "$.data[0]",
        "num_inference_records": 100,
        "streams": [
            {"name": name, "records_path": path, "primary_keys": keys.get(name, [])}
            | ({"schema": schemas[name]} if name in schemas else {})
            for name, path in paths.items()
        ],
    }


def msdk_schemas(place: Place) -> Json:
    """Have the schemas inferred, so that runs need not."""
    program = str(place.programs / "tap-rest-api-msdk")
    catalog = discovered(program, msdk_settings(place.url, {}), place)
    return {stream["tap_stream_id"]: stream["schema"] for stream in catalog["streams"]}


def run_msdk(place: Place, schemas: Json) -> list[str]:
    """Run tap-rest-api-msdk with its inferred schemas."""
    config = place.write("config", msdk_settings(place.url, schemas))
    return [str(place.programs / "tap-rest-api-msdk"), "--config", config]


_DLT = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION": "true",
}

CONTESTANTS: t.Final = (
    Contestant(
        "tap",
        "tap-compleetpersy",
        "defaults, with a catalog",
        None,
        None,
        tap_catalog,
        run_tap,
    ),
    Contestant(
        "batch",
        "tap-compleetpersy, BATCH",
        "the same with `batch_config`: gzip files of JSON lines in a local folder",
        None,
        None,
        tap_catalog,
        run_batch,
    ),
    Contestant(
        "usual",
        "usual design",
        "SDK, a sync of each child for each candidate; SDK defaults, no partitions in STATE",
        "usual",
        "singer-sdk",
        custom_fields,
        lambda place, types: run_module("usual", place, types, "--config"),
    ),
    Contestant(
        "tuned",
        "usual design, tuned",
        "the same with msgspec to decode and encode, no type conformance, log at WARNING",
        "usual",
        "singer-sdk",
        custom_fields,
        lambda place, types: run_module("tuned", place, types, "--config"),
        {"TAP_TUNED_LOGLEVEL": "WARNING"},
    ),
    Contestant(
        "dlt",
        "dlt rest_api",
        "the same fields; transformers for jobs and applications; extract and normalize to "
        "JSON lines without compression and nested tables, no load, no telemetry",
        "dlt",
        "dlt",
        custom_fields,
        functools.partial(run_dlt, mapped=True),
        _DLT,
        "pipelines/persy/load/normalized/*/new_jobs/[!_]*.jsonl",
    ),
    Contestant(
        "dlt-raw",
        "dlt rest_api, unmapped",
        "the same, but candidates stay JSON as received: no fields, no types, no ids",
        "dlt",
        "dlt",
        custom_fields,
        functools.partial(run_dlt, mapped=False),
        _DLT,
        "pipelines/persy/load/normalized/*/new_jobs/[!_]*.jsonl",
    ),
    Contestant(
        "msdk",
        "tap-rest-api-msdk",
        "three streams over the same list, schemas given; flattens as received: no typed "
        "custom fields, no ids, jobs repeat, applications do not know their candidate",
        "msdk",
        "tap-rest-api-msdk",
        msdk_schemas,
        run_msdk,
        {"TAP_REST_API_MSDK_LOGLEVEL": "WARNING"},
    ),
    Contestant(
        "bare",
        "bare loop",
        "requests, msgspec, the same records byte for byte; no tolerance, no state, no catalog",
        "bare",
        "msgspec",
        custom_fields,
        functools.partial(run_module, "bare"),
    ),
)
