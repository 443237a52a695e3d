from __future__ import annotations

import asyncio
import json
import typing as t
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests

from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.server import application
from tap_compleetpersy.sandbox.state import Sandbox

Start = Callable[..., Sandbox]
Ask = Callable[..., t.Any]
LATER = "2026-11-24T04:00:00Z"


@pytest.fixture
def sandbox(start: Start) -> Sandbox:
    return start(admin=True)


@pytest.fixture
def ask(sandbox: Sandbox) -> Ask:
    """Ask the admin API and return the JSON of its answer, which has the expected status."""
    host = sandbox.url.partition("/persy")[0]

    def asked(method: str, path: str, body: object = None, *, status: int = 200) -> t.Any:
        answer = requests.request(method, f"{host}/__admin{path}", json=body, timeout=10)
        assert answer.status_code == status, answer.text
        return answer.json()

    return asked


def served(sandbox: Sandbox, remote_id: str) -> dict[str, t.Any] | None:
    """Return what the API itself says of a candidate."""
    answer = requests.get(
        f"{sandbox.url}/candidates/{remote_id}",
        headers={"Authorization": "Bearer sandbox-key"},
        timeout=10,
    )
    return answer.json() if answer.ok else None


def test_it_is_off_unless_asked_for(start: Start) -> None:
    host = start().url.partition("/persy")[0]
    assert requests.get(f"{host}/__admin", timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("client", "status"),
    [
        (("127.0.0.1", 1), 200),
        (("::1", 1), 200),
        (("203.0.113.9", 1), 404),
        (("somewhere", 1), 404),
        (None, 404),
    ],
)
def test_only_loopback_clients_are_answered(
    sandbox: Sandbox, client: tuple[str, int] | None, status: int
) -> None:
    messages: list[t.Any] = []
    scope: dict[str, t.Any] = {
        "type": "http",
        "method": "GET",
        "path": "/__admin",
        "query_string": b"",
        "headers": [],
        "client": client,
    }

    async def receive() -> dict[str, t.Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: t.Any) -> None:
        messages.append(message)

    async def answer() -> None:
        await application(sandbox)(scope, receive, send)

    asyncio.run(answer())
    assert messages[0]["status"] == status


def test_overview(sandbox: Sandbox, ask: Ask) -> None:
    served(sandbox, "1001")
    assert ask("GET", "") == {"candidates": 23, "now": "2026-11-24T03:00:00Z", "requests": 1}


def test_add_a_candidate(sandbox: Sandbox, ask: Ask) -> None:
    openings = [{"remote_id": "88", "title": "Schweißer"}]
    added = ask("POST", "/candidates", {"first_name": "Zoë", "openings": openings}, status=201)
    assert added["remote_id"] == "1024"
    assert added["created_at"] == added["updated_at"] == "2026-11-24T03:00:00Z"
    record = served(sandbox, "1024")
    assert record
    assert record["CandidateProfile"]["PersonalData"]["PersonName"]["GivenName"] == "Zoë"
    assert len(record["PositionOpening"]) == 1


def test_add_a_candidate_with_an_id_and_times(sandbox: Sandbox, ask: Ask) -> None:
    body = {"remote_id": "007", "created_at": "2020-01-01T00:00:00Z", "updated_at": LATER}
    added = ask("POST", "/candidates", body, status=201)
    assert body.items() <= added.items()
    assert served(sandbox, "007")
    ask("POST", "/candidates", body, status=422)


def test_edit_merges(ask: Ask) -> None:
    before = ask("GET", "/candidates/1008")
    changes = {"last_name": "Öz", "address": {"city": "Köln"}, "custom_fields": {"Neu": [1, None]}}
    after = ask("PATCH", "/candidates/1008", changes)
    assert after == before | {
        "last_name": "Öz",
        "address": before["address"] | {"city": "Köln"},
        "custom_fields": before["custom_fields"] | {"Neu": [1, None]},
        "updated_at": "2026-11-24T03:00:00Z",
    }


def test_delete_a_candidate_who_may_come_back(sandbox: Sandbox, ask: Ask) -> None:
    ask("DELETE", "/candidates/1003")
    assert served(sandbox, "1003") is None
    ask("DELETE", "/candidates/1003", status=404)
    ask("POST", "/candidates", {"remote_id": "1003"}, status=201)
    assert served(sandbox, "1003")


def test_add_edit_and_remove_an_opening(ask: Ask) -> None:
    count = len(ask("GET", "/candidates/1008")["openings"])
    path = "/candidates/1008/openings/88x"
    opening = {"title": "Koch", "status": "neu", "applied_at": LATER}
    added = ask("PUT", path, opening)["openings"]
    assert len(added) == count + 1
    assert added[-1] == {"remote_id": "88x", **opening}
    assert ask("PUT", path, {"status": "Zusage"})["openings"][-1]["title"] == "Koch"
    assert len(ask("DELETE", path, {"updated_at": LATER})["openings"]) == count
    assert ask("GET", "/candidates/1008")["updated_at"] == LATER
    ask("DELETE", path, status=404)


def test_add_replace_and_remove_an_attachment(sandbox: Sandbox, ask: Ask) -> None:
    before = ask("GET", "/candidates/1008")
    count = len(before["attachments"])
    path = "/candidates/1008/attachments/9x"
    facts = {"file_name": "Größe.txt", "type": "Sonstiges", "content_type": "text/plain"}
    added = ask("PUT", path, {**facts, "content": "R3LDtsOfZQ=="})
    assert len(added["attachments"]) == count + 1
    assert added["attachments"][-1] == {
        "remote_id": "9x",
        **facts,
        "created_at": "2026-11-24T03:00:00Z",
        "opening_id": None,
        "updated_at": None,
        "content": "R3LDtsOfZQ==",
    }
    assert added["updated_at"] == "2026-11-24T03:00:00Z"
    assert sandbox.store.attachment("1008", "9x").content == "Größe".encode()
    replaced = ask("PUT", path, {"type": "CV", "updated_at": LATER})
    assert replaced["attachments"][-1]["updated_at"] == replaced["updated_at"] == LATER
    assert replaced["attachments"][-1]["file_name"] == "Größe.txt"
    removed = ask("DELETE", path)
    assert removed == {**before, "updated_at": "2026-11-24T03:00:00Z"}
    ask("DELETE", path, status=404)


def test_an_attachment_can_change_without_its_candidate(ask: Ask) -> None:
    before = ask("GET", "/candidates/1008")["updated_at"]
    path = "/candidates/1008/attachments/9x"
    for method in ("PUT", "PUT", "DELETE"):
        assert ask(method, path, {"touch": False})["updated_at"] == before


@pytest.mark.parametrize("touch", [True, False])
def test_rename_an_opening_everywhere(sandbox: Sandbox, ask: Ask, *, touch: bool) -> None:
    for remote_id in ("1001", "1002"):
        ask("PUT", f"/candidates/{remote_id}/openings/88x", {"title": "Koch"})
    before = {c.remote_id: c for c in sandbox.store.candidates()}
    body = {"title": "Köchin", "touch": touch, "updated_at": LATER}
    assert ask("PATCH", "/openings/88x", body) == {"candidates": 2}
    for remote_id, old in before.items():
        new = sandbox.store.candidate(remote_id)
        carries = remote_id in {"1001", "1002"}
        titles = [opening.title for opening in new.openings if opening.remote_id == "88x"]
        assert titles == (["Köchin"] if carries else [])
        moved = datetime(2026, 11, 24, 4, tzinfo=UTC)
        assert new.updated_at == (moved if carries and touch else old.updated_at)


def test_set_and_remove_a_custom_field(ask: Ask) -> None:
    path = "/candidates/1008/custom-fields/Schuhgröße (EU)"
    assert ask("PUT", path, {"value": "042"})["custom_fields"]["Schuhgröße (EU)"] == "042"
    assert "Schuhgröße (EU)" not in ask("DELETE", path)["custom_fields"]
    ask("DELETE", path, status=404)


def test_requests_are_listed_and_forgotten(sandbox: Sandbox, ask: Ask) -> None:
    served(sandbox, "1001")
    request = {"method": "GET", "path": "/persy/api/v1/candidates/1001", "query": ""}
    assert ask("GET", "/requests") == {"requests": [request]}
    ask("DELETE", "/requests")
    assert ask("GET", "/requests") == {"requests": []}


def test_faults_are_set_and_cleared(sandbox: Sandbox, ask: Ask) -> None:
    ask("PUT", "/faults", {"faults": [{"kind": "status", "status": 500}]})
    assert sandbox.faults.pending == (Fault("status", status=500),)
    assert served(sandbox, "1001") is None
    assert served(sandbox, "1001")
    ask("PUT", "/faults", {"faults": [{"kind": "html", "times": None}]})
    assert ask("DELETE", "/faults") == {"faults": []}
    assert served(sandbox, "1001")


def test_the_clock_can_be_moved(sandbox: Sandbox, ask: Ask) -> None:
    assert ask("PUT", "/clock", {"advance_seconds": 90})["now"] == "2026-11-24T03:01:30Z"
    assert ask("PUT", "/clock", {"now": "2026-12-01T00:00:00+01:00"})["now"] == (
        "2026-11-30T23:00:00Z"
    )
    assert ask("PATCH", "/candidates/1001", {})["updated_at"] == "2026-11-30T23:00:00Z"
    ask("PUT", "/clock", {"now": None})
    assert abs((sandbox.store.clock.now() - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (("POST", "/candidates", {"firstname": "Zoë"}), "firstname"),
        (("POST", "/candidates", {"first_name": 7}), "str"),
        (("PATCH", "/candidates/1001", {"remote_id": "7"}), "remote_id"),
        (("PATCH", "/candidates/1001", {"updated_at": "2026-01-01T00:00:00"}), "timezone"),
        (("PATCH", "/candidates/1001", ["x"]), "object"),
        (("PUT", "/candidates/1001/openings/1", {"remote_id": "2"}), "remote_id"),
        (("PUT", "/candidates/1001/custom-fields/x", {}), "value"),
        (("PUT", "/candidates/1001/attachments/1", {"name": "x"}), "name"),
        (("PUT", "/candidates/1001/attachments/1", {"content": "ä"}), "base64"),
        (("PUT", "/candidates/1001/attachments/1", {"touch": "no"}), "bool"),
        (("PATCH", "/openings/88", {}), "title"),
        (("PUT", "/faults", {"faults": [{"kind": "gremlin"}]}), "gremlin"),
        (("PUT", "/faults", {"faults": [{"kind": "html", "tmies": 3}]}), "tmies"),
        (("PUT", "/faults", {}), "array"),
        (("PUT", "/clock", {"now": "2026-01-01T00:00:00"}), "timezone"),
        (("PUT", "/clock", {"then": None}), "then"),
    ],
    ids=str,
)
def test_bad_bodies_are_named_and_change_nothing(
    sandbox: Sandbox, ask: Ask, asked: tuple[str, str, object], named: str
) -> None:
    before = sandbox.store.candidates()
    assert named in ask(*asked, status=422)["error"]["message"]
    assert sandbox.store.candidates() == before


def test_a_body_that_is_no_json_is_refused(sandbox: Sandbox) -> None:
    host = sandbox.url.partition("/persy")[0]
    answer = requests.post(f"{host}/__admin/candidates", data=b"{", timeout=10)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/candidates/9999"),
        ("PATCH", "/candidates/9999"),
        ("PUT", "/candidates/9999/openings/1"),
        ("PUT", "/candidates/9999/custom-fields/x"),
        ("PUT", "/candidates/9999/attachments/x"),
    ],
)
def test_unknown_candidates_are_404(ask: Ask, method: str, path: str) -> None:
    body = {"value": 1} if "custom" in path else {}
    assert ask(method, path, body, status=404)["error"]["message"] == "no such candidate"


def test_an_answer_reads_back_as_a_body(ask: Ask) -> None:
    facts = json.loads(json.dumps(ask("GET", "/candidates/1008")))
    del facts["remote_id"]
    assert ask("PATCH", "/candidates/1008", facts) == {"remote_id": "1008", **facts}
