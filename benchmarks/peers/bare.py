"""The bare loop: request, decode, map, encode, write, and nothing else.

`python -m benchmarks.peers.bare CONFIG`, a JSON file with `api_url` and `custom_fields`.
"""

from __future__ import annotations

import sys
import typing as t
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import requests

from benchmarks.peers.mapping import Json, Mapper

PAGE_SIZE = 100


def messages(rows: list[Json], mapper: Mapper, jobs: set[str]) -> t.Iterator[tuple[str, Json]]:
    """Yield the records of a page in the order of the tap: candidates, jobs, applications."""
    for row in rows:
        yield "candidates", mapper.candidate(row)
    for row in rows:
        for opening in row["PositionOpening"]:
            remote_id = opening["PositionRecordInfo"]["Id"]["IdValue"]
            if remote_id not in jobs:
                jobs.add(remote_id)
                yield "jobs", mapper.job(opening)
    for row in rows:
        info = row["CandidateRecordInfo"]
        for opening in row["PositionOpening"]:
            record = mapper.application(info["Id"]["IdValue"], info.get("Status"), opening)
            yield "applications", record


def run(url: str, mapper: Mapper) -> None:
    """Write every candidate, job and application as a RECORD line."""
    session, encode = requests.Session(), msgspec.json.encode
    jobs: set[str] = set()
    page = 1
    while True:
        parameters = {"page": page, "per_page": PAGE_SIZE}
        answer = session.get(f"{url}/candidates", params=parameters, timeout=60)
        rows = msgspec.json.decode(answer.content)["data"]
        if not rows:
            return
        at = datetime.now(tz=UTC).isoformat()
        lines = [
            encode({"type": "RECORD", "stream": stream, "record": record, "time_extracted": at})
            for stream, record in messages(rows, mapper, jobs)
        ]
        sys.stdout.buffer.write(b"\n".join(lines) + b"\n")
        page += 1


if __name__ == "__main__":
    config = msgspec.json.decode(Path(sys.argv[1]).read_bytes())
    now = f"{datetime.now(tz=UTC).isoformat(timespec='milliseconds')[:-6]}Z"
    run(config["api_url"], Mapper(config["custom_fields"], now))
