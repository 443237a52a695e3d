"""A candidate's list that the API itself calls longer, and lists that lose all they had."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.catalog import select
from tests.singer import Message, Run, discover, run_tap
from tests.source import ALWAYS_COMPLETE
from tests.thinning import thinned

Sync = Callable[..., Run]


@pytest.fixture
def lists() -> dict[str, Message]:
    """What the API answers for the documents of each candidate."""
    return {str(number): {"data": [{"Id": f"{number}-{n}"} for n in range(3)]} for number in (1, 2)}


@pytest.fixture
def sync(httpserver: HTTPServer, tmp_path: Path, lists: dict[str, Message]) -> Sync:
    """Run the tap from where it ended; with an edit, every candidate was updated meanwhile."""
    seconds, state = 0, None

    def people(_request: Request) -> Response:
        found = [{"Id": n, "UpdatedAt": f"2026-11-20T10:00:{seconds:02}Z"} for n in lists]
        return _json({"data": found})

    def documents(request: Request) -> Response:
        return _json(lists[request.path.split("/")[-2]])

    httpserver.expect_request("/candidates").respond_with_handler(people)
    for number in range(100):
        path = f"/candidates/{number}/attachments"
        httpserver.expect_request(path).respond_with_handler(documents)

    def sync(*, edit: bool = True, **settings: t.Any) -> Run:
        nonlocal seconds, state
        seconds += edit
        config = {"api_url": httpserver.url_for(""), "api_key": "k", "pagination": "none"}
        catalog = select(discover(config, tmp_path), "candidates", "candidate_attachments")
        run = run_tap(config | settings, tmp_path, state=state, catalog=catalog)
        state = run.state
        return run

    return sync


def _json(content: object) -> Response:
    return Response(json.dumps(content), content_type="application/json")


def living(run: Run) -> set[str]:
    rows = run.rows("candidate_attachments").values()
    return {row["remote_id"] for row in rows if row["remote_deleted_at"] is None}


def erased(run: Run) -> set[str]:
    rows = run.rows("candidate_attachments").values()
    return {row["remote_id"] for row in rows if row["remote_deleted_at"] is not None}


@pytest.mark.parametrize(
    "more",
    thinned(
        [
            {"meta": {"total": 3}},
            {"total": "3"},
            {"links": {"next": "/candidates/1/attachments?page=2"}},
            {"_links": {"next": {"href": "?page=2"}}},
        ],
        2,
    ),
)
def test_what_a_list_leaves_out_by_its_own_word_is_not_deleted(
    sync: Sync, lists: dict[str, Message], more: Message
) -> None:
    assert len(living(sync())) == 6
    whole = lists["1"]
    lists["1"] = {"data": whole["data"][:1], **more}
    short = sync()
    assert short.exit_code == 0
    assert erased(short) == set()
    assert "the API told of more than it gave in the lists of 1 candidates" in short.log
    lists["1"] = {"data": whole["data"][:2], "meta": {"total": 2}, "links": {"next": None}}
    assert erased(sync()) == {"1-2"}


def test_lists_that_are_empty_for_all_withdraw_nothing(
    sync: Sync, lists: dict[str, Message]
) -> None:
    lists |= {str(n): {"data": [{"Id": f"{n}-{i}"} for i in range(3)]} for n in range(1, 9)}
    assert len(living(sync())) == 24
    whole = dict(lists)
    lists |= {key: {"data": []} for key in lists}
    refused = sync()
    assert refused.exit_code == 1
    assert "24 of 24 known candidate_attachments would be withdrawn" in refused.log
    assert erased(refused) == set()
    lists |= whole
    assert len(living(sync())) == 24


def test_what_is_not_believed_is_asked_for_again_and_approved(
    sync: Sync, lists: dict[str, Message]
) -> None:
    lists |= {str(n): {"data": [{"Id": f"{n}-{i}"} for i in range(3)]} for n in range(1, 9)}
    sync()
    lists |= {key: {"data": []} for key in lists}
    sync()
    approved = sync(edit=False, deletion_limit_percent=100, full_sync_hours=ALWAYS_COMPLETE)
    assert approved.exit_code == 0
    assert len(erased(approved)) == 24
