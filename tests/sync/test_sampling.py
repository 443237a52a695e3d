"""Who is in a sample: the newest, and people from all over the list."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.settings import read_settings
from tap_compleetpersy.sync.catalog import read_sample
from tests.thinning import thinned

NOW = datetime.now(tz=UTC)
PEOPLE = 600
Remote = list[dict[str, t.Any]]


def person(number: int, days: float) -> dict[str, t.Any]:
    updated = (NOW - timedelta(days=days)).isoformat(timespec="seconds")
    return {"Id": number, "LastModificationDate": updated}


@pytest.fixture
def sample(httpserver: HTTPServer) -> Callable[..., list[int]]:
    def serve(people: Remote, *, total: bool, filters: bool) -> None:
        def answer(request: Request) -> Response:
            since = request.args.get("modified_since")
            found = [
                p
                for p in people
                if not (filters and since)
                or datetime.fromisoformat(p["LastModificationDate"])
                >= datetime.fromisoformat(since)
            ]
            page, size = int(request.args["page"]), int(request.args["per_page"])
            body: dict[str, t.Any] = {"data": found[(page - 1) * size : page * size]}
            if total:
                body["total"] = len(found)
            return Response(json.dumps(body), mimetype="application/json")

        httpserver.expect_request("/candidates").respond_with_handler(answer)

    def read(
        people: Remote,
        wanted: int | None,
        *,
        total: bool = True,
        filters: bool = True,
        **given: t.Any,
    ) -> list[int]:
        serve(people, total=total, filters=filters)
        settings = read_settings(
            {"api_url": httpserver.url_for(""), "api_key": "k", "page_size": 20, **given}
        )
        with Client(settings) as client:
            seen = [int(s.candidate.remote_id) for s in read_sample(client, settings, wanted)]
        assert len(seen) == len(set(seen))
        return seen

    return read


ALL_OLD = [person(number, 900) for number in range(PEOPLE)]


@pytest.mark.parametrize("total", [True, False], ids=["total", "no total"])
@pytest.mark.parametrize("filters", [True, False], ids=["filter", "no filter"])
@pytest.mark.parametrize("wanted", thinned([1, 7, 100, 599, 600, 601, 5000], 3))
def test_as_many_as_wanted_if_there_are_so_many(
    sample: Callable[..., list[int]], wanted: int, *, total: bool, filters: bool
) -> None:
    assert len(sample(ALL_OLD, wanted, total=total, filters=filters)) == min(wanted, PEOPLE)


def test_everyone_in_the_order_of_the_server(sample: Callable[..., list[int]]) -> None:
    assert sample(ALL_OLD, None) == list(range(PEOPLE))


@pytest.mark.parametrize("total", [True, False], ids=["total", "no total"])
def test_a_sample_is_spread_over_the_list(sample: Callable[..., list[int]], *, total: bool) -> None:
    seen = sample(ALL_OLD, 60, total=total, filters=False)
    assert {number // (PEOPLE // 4) for number in seen} == set(range(4))


def test_half_of_a_sample_are_the_newest(sample: Callable[..., list[int]]) -> None:
    newest = set(range(310, 340))
    people = [person(n, 2 if n in newest else 900) for n in range(PEOPLE)]
    assert newest <= set(sample(people, 80))


def test_no_one_older_than_the_cutoff(sample: Callable[..., list[int]]) -> None:
    people = [person(n, 10 if n % 2 else 900) for n in range(PEOPLE)]
    for filters in (True, False):
        seen = sample(people, 1000, filters=filters, cutoff_days=100)
        assert sorted(seen) == list(range(1, PEOPLE, 2))
