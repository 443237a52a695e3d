"""dlt's `rest_api` source, with jobs and applications as transformers of its pages.

`python -m benchmarks.peers.dlt_rest_api CONFIG FOLDER`. It extracts and normalizes into JSON
lines in the folder. The third step of dlt, loading, would only copy these files. Tables are
not nested (`max_table_nesting: 0`), for splitting lists into tables of their own costs most of
the time. With `mapped` in CONFIG, candidates have the fields of the tap; otherwise their JSON
stays as received.
"""

from __future__ import annotations

import json
import sys
import typing as t
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dlt
from dlt.sources.rest_api import rest_api_resources

from benchmarks.peers.mapping import Json, Mapper

# What is null throughout has no type of its own.
COLUMNS = {"remote_data": {"data_type": "json"}, "remote_deleted_at": {"data_type": "timestamp"}}


def openings(page: list[Json]) -> Iterator[tuple[Json, str, Json]]:
    """Yield each opening with its candidate's facts and its own id."""
    for row in page:
        for opening in row["PositionOpening"]:
            yield (
                row["CandidateRecordInfo"],
                opening["PositionRecordInfo"]["Id"]["IdValue"],
                opening,
            )


def resources(config: Json) -> list[t.Any]:
    """Declare the three tables."""
    now = datetime.now(tz=UTC).isoformat(timespec="milliseconds")
    mapper = Mapper(config["custom_fields"], f"{now[:-6]}Z")
    seen: set[str] = set()

    def candidates(page: list[Json]) -> Iterator[list[Json]]:
        yield [mapper.candidate(row) for row in page]

    def jobs(page: list[Json]) -> Iterator[list[Json]]:
        new = {name: opening for _, name, opening in openings(page) if name not in seen}
        seen.update(new)
        yield [mapper.job(opening) for opening in new.values()]

    def applications(page: list[Json]) -> Iterator[list[Json]]:
        yield [
            mapper.application(info["Id"]["IdValue"], info.get("Status"), opening)
            for info, _, opening in openings(page)
        ]

    paginator = {"type": "page_number", "base_page": 1, "total_path": None}
    endpoint = {"path": "candidates", "params": {"per_page": 100}, "data_selector": "data"}
    (pages,) = rest_api_resources(
        {
            "client": {"base_url": config["api_url"], "paginator": paginator},
            "resources": [{"name": "received", "endpoint": endpoint}],
        }
    )
    transformers = [jobs, applications]
    if config["mapped"]:
        pages.selected = False
        transformers.insert(0, candidates)
    else:
        pages.apply_hints(table_name="candidates")
    return [
        pages,
        *(
            dlt.transformer(function, data_from=pages, name=function.__name__, columns=COLUMNS)
            for function in transformers
        ),
    ]


def run(config: Json, folder: Path) -> None:
    """Extract and normalize."""
    pipeline = dlt.pipeline(
        "persy",
        pipelines_dir=str(folder),
        destination=dlt.destinations.filesystem(bucket_url=str(folder / "loaded")),
    )
    source = dlt.source(resources, name="persy", max_table_nesting=0)
    pipeline.extract(source(config), loader_file_format="jsonl")
    pipeline.normalize()


if __name__ == "__main__":
    run(json.loads(Path(sys.argv[1]).read_bytes()), Path(sys.argv[2]))
