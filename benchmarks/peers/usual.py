"""The SDK's usual design: a parent stream, and a sync of each child for each parent.

As a competent developer writes it: declared fields, `records_jsonpath`, one context a
candidate, children that read their context. No state is kept for each candidate
(`state_partitioning_keys`), for with it STATE grows with the square of the records. All
else is the SDK's default. The mapping is the bare loop's, so that only the design differs.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterable
from datetime import UTC, datetime

from singer_sdk import RESTStream, Stream, Tap
from singer_sdk import typing as th
from singer_sdk.helpers.types import Context
from singer_sdk.pagination import PageNumberPaginator
from typing_extensions import override

from benchmarks.peers.mapping import Json, Mapper

TEXT, TIME = th.StringType(nullable=True), th.DateTimeType(nullable=True)
ROW = (
    th.Property("id", th.StringType, required=True),
    th.Property("remote_id", th.StringType(nullable=False)),
    th.Property("changed_at", TIME),
    th.Property("remote_deleted_at", TIME),
)
REMOTE_DATA = th.Property("remote_data", th.ObjectType(additional_properties=True, nullable=True))


def texts(*names: str) -> list[th.Property[t.Any]]:
    """Declare text fields."""
    return [th.Property(name, TEXT) for name in names]


def list_of(name: str, *fields: str) -> th.Property[t.Any]:
    """Declare a list of objects with text fields."""
    return th.Property(name, th.ArrayType(th.ObjectType(*texts(*fields))))


CANDIDATE = th.PropertiesList(
    *ROW,
    *texts("first_name", "last_name", "company", "title"),
    th.Property("confidential", th.BooleanType(nullable=True)),
    *texts("source"),
    list_of("phone_numbers", "phone_number", "type"),
    list_of("email_addresses", "email_address", "type"),
    th.Property(
        "location",
        th.ObjectType(
            *texts("city", "country", "raw", "state", "street_1", "street_2", "zip_code"),
            nullable=True,
        ),
    ),
    list_of("integration_fields", "id", "key", "type", "value", "label"),
    th.Property("remote_created_at", TIME),
    th.Property("remote_updated_at", TIME),
    REMOTE_DATA,
)
JOB = th.PropertiesList(*ROW, *texts("name"), REMOTE_DATA)
APPLICATION = th.PropertiesList(
    *ROW,
    *texts("outcome", "job_id", "candidate_id", "remote_status"),
    th.Property("remote_created_at", TIME),
    REMOTE_DATA,
)


class CandidatesStream(RESTStream[int]):
    """The candidates, as the API lists them."""

    name = "candidates"
    path = "/candidates"
    records_jsonpath = "$.data[*]"
    primary_keys = ("id",)
    replication_key = "remote_updated_at"

    def __init__(self, tap: Tap, mapper: Mapper) -> None:
        """Take the types of the custom fields from the settings."""
        schema = CANDIDATE.to_dict()
        schema["properties"]["custom_fields"] = {
            "type": ["object", "null"],
            "properties": dict(tap.config["custom_fields"]),
        }
        super().__init__(tap, schema=schema)
        self._mapper = mapper

    @property
    @override
    def url_base(self) -> str:
        return str(self.config["api_url"])

    @override
    def get_new_paginator(self) -> PageNumberPaginator:
        # The SDK ends at an empty page.
        return PageNumberPaginator(1)

    @override
    def get_url_params(self, context: Context | None, next_page_token: int | None) -> Json:
        parameters: Json = {"page": next_page_token, "per_page": 100}
        if since := self.get_starting_timestamp(context):
            parameters["modified_since"] = since.isoformat()
        return parameters

    @override
    def post_process(self, row: Json, context: Context | None = None) -> Json:
        record = self._mapper.candidate(row)
        record["context"] = {
            "candidate_id": record["remote_id"],
            "status": row["CandidateRecordInfo"].get("Status"),
            "openings": row["PositionOpening"],
        }
        return record

    @override
    def get_child_context(self, record: Json, context: Context | None) -> Context:
        child: Context = record.pop("context")
        return child


class JobsStream(Stream):
    """Each opening once."""

    name = "jobs"
    primary_keys = ("id",)
    parent_stream_type = CandidatesStream
    state_partitioning_keys = ()

    def __init__(self, tap: Tap, mapper: Mapper) -> None:
        """Begin without jobs."""
        super().__init__(tap, schema=JOB.to_dict())
        self._mapper = mapper
        self._seen: set[str] = set()

    @override
    def get_records(self, context: Context | None) -> Iterable[Json]:
        for opening in (context or {})["openings"]:
            remote_id = opening["PositionRecordInfo"]["Id"]["IdValue"]
            if remote_id not in self._seen:
                self._seen.add(remote_id)
                yield self._mapper.job(opening)


class ApplicationsStream(Stream):
    """One for each opening of a candidate."""

    name = "applications"
    primary_keys = ("id",)
    parent_stream_type = CandidatesStream
    state_partitioning_keys = ()

    def __init__(self, tap: Tap, mapper: Mapper) -> None:
        """Take the mapping."""
        super().__init__(tap, schema=APPLICATION.to_dict())
        self._mapper = mapper

    @override
    def get_records(self, context: Context | None) -> Iterable[Json]:
        given = context or {}
        for opening in given["openings"]:
            yield self._mapper.application(given["candidate_id"], given["status"], opening)


class TapUsual(Tap):
    """Candidates with their jobs and applications."""

    name = "tap-usual"
    stream_types: t.ClassVar[tuple[t.Callable[[Tap, Mapper], Stream], ...]] = (
        CandidatesStream,
        JobsStream,
        ApplicationsStream,
    )
    config_jsonschema: t.ClassVar[Json] = th.PropertiesList(
        th.Property("api_url", th.StringType, required=True),
        th.Property("custom_fields", th.ObjectType(), required=True),
    ).to_dict()

    @override
    def discover_streams(self) -> list[Stream]:
        now = datetime.now(tz=UTC).isoformat(timespec="milliseconds")
        mapper = Mapper(self.config["custom_fields"], f"{now[:-6]}Z")
        return [make(self, mapper) for make in self.stream_types]


if __name__ == "__main__":
    TapUsual.cli()
