"""What one run does at most for lists and files that cannot be had, or were not wanted before."""

from __future__ import annotations

import contextlib
import io
import json
import typing as t

import pytest

from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sync import children
from tap_compleetpersy.tap import TapCompleetpersy
from tests.attachments.conftest import Start
from tests.attachments.tenant import STREAM, Tenant
from tests.singer import Message

LIST = "/attachments"


def sync_here(tenant: Tenant, **settings: t.Any) -> list[Message]:
    """Run the tap in this process, where a limit can be another, and return its messages."""
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    catalog = json.loads(json.dumps(tenant.catalog))
    with contextlib.redirect_stdout(stdout):
        tap = TapCompleetpersy(config=tenant.config | settings, catalog=catalog, state=tenant.state)
        tap.sync_all()
    messages = [json.loads(line) for line in stdout.buffer.getvalue().splitlines()]
    tenant.state = [each["value"] for each in messages if each["type"] == "STATE"][-1]
    return messages


def bookmark_of(tenant: Tenant) -> Message:
    assert tenant.state is not None
    return t.cast("Message", tenant.state["bookmarks"][STREAM])


def refuse(tenant: Tenant, *candidates: str) -> None:
    tenant.persy.faults.set(
        *(
            Fault("status", status=403, times=None, path_contains=f"{candidate}/attachments")
            for candidate in candidates
        )
    )


def test_the_limits_are_those_of_the_pages() -> None:
    assert (children.MOST_LATE, children.MOST_OWED, children.FAILURES_IN_A_ROW) == (
        5_000,
        1_000,
        20,
    )


def test_after_twenty_failures_in_a_row_no_other_list_is_asked_for(start: Start) -> None:
    tenant = start(40)
    tenant.persy.faults.set(Fault("status", status=403, times=None, path_contains=LIST))
    run = tenant.sync(exit_code=1)
    assert len(run.records("candidates")) == 40
    asked = len(tenant.asked(LIST))
    # Whoever was being asked for when the twentieth failed is answered, too.
    assert children.FAILURES_IN_A_ROW <= asked < children.FAILURES_IN_A_ROW + children.AT_ONCE


@pytest.mark.parametrize(
    ("most", "owed"), [pytest.param(2, ["1001", "1002"], id="few"), pytest.param(1, [], id="many")]
)
def test_whose_list_is_owed_is_remembered_by_name_or_by_the_position_where_they_are_many(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, most: int, owed: list[str]
) -> None:
    monkeypatch.setattr(children, "MOST_OWED", most)
    refuse(tenant, "1001", "1002")
    sync_here(tenant)
    bookmark = bookmark_of(tenant)
    assert bookmark["owed"] == owed
    assert (bookmark["position"] is None) == (owed == [])
    tenant.persy.faults.set()
    tenant.asked(LIST)
    again = sync_here(tenant)
    assert {
        each["record"]["remote_id"]
        for each in again
        if each.get("stream") == STREAM and each["type"] == "RECORD"
    } == {"9", "10", "11"}
    assert bookmark_of(tenant)["owed"] == []


def test_complete_passes_fetch_documents_of_so_many_who_did_not_change_and_say_how_many_are_left(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "tap-compleetpersy")
    tenant = start(4)
    for candidate in ("1001", "1002", "1003"):
        tenant.give(candidate, candidate, content=b"%PDF-" + candidate.encode())
    assert tenant.catalog["streams"]
    sync_here(tenant, attachments_dir=None)
    monkeypatch.setattr(children, "MOST_LATE", 1)
    # Who has a document that cannot be had holds up nobody.
    refused = Fault("status", status=503, times=None, path_contains="/1001/content")
    tenant.persy.faults.set(refused)
    passes = []
    for _ in range(4):
        tenant.asked(LIST)
        sync_here(tenant, full_sync_hours=0.000_001)
        passes.append([path.split("/")[-2] for path in tenant.asked(LIST) if "content" not in path])
    assert passes == [["1001"], ["1002"], ["1003"], []]
    assert len(tenant.stored()) == 2
    assert [each for each in caplog.messages if "to come" in each] == [
        f"attachments_dir: the documents of {left} candidates are still to come, those of 1 in "
        "each complete pass"
        for left in (2, 1)
    ]
