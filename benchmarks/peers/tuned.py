"""The SDK's usual design with every switch that makes it faster.

Messages and pages go through msgspec (`singer-sdk[msgspec]`), and records are not conformed
to their schema, for they are right as mapped. The harness also sets the log to WARNING.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

import msgspec
import requests
from singer_sdk.contrib.msgspec import MsgSpecWriter
from singer_sdk.helpers.conform import TypeConformanceLevel
from typing_extensions import override

from benchmarks.peers.mapping import Json
from benchmarks.peers.usual import ApplicationsStream, CandidatesStream, JobsStream, TapUsual


class TunedCandidates(CandidatesStream):
    """The candidates, decoded by msgspec."""

    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    @override
    def parse_response(self, response: requests.Response) -> Iterable[Json]:
        rows: list[Json] = msgspec.json.decode(response.content)["data"]
        return rows


class TunedJobs(JobsStream):
    """The jobs, not conformed."""

    parent_stream_type = TunedCandidates
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE


class TunedApplications(ApplicationsStream):
    """The applications, not conformed."""

    parent_stream_type = TunedCandidates
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE


class TapTuned(TapUsual):
    """The same streams."""

    name = "tap-tuned"
    message_writer_class = MsgSpecWriter
    stream_types: t.ClassVar = (TunedCandidates, TunedJobs, TunedApplications)


if __name__ == "__main__":
    TapTuned.cli()
