"""What the tap writes for one candidate, written down by hand."""

from __future__ import annotations

import json
import typing as t
import uuid
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.documented import DEFAULT, VALUES
from tests.singer import Run, run_tap


def expected_id(stream: str, remote_id: str, account: str = "") -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f'["{account}","{stream}","{remote_id}"]'))


@pytest.fixture
def run(httpserver: HTTPServer, tmp_path: Path) -> t.Callable[..., Run]:
    def run_with(*candidates: t.Any, **settings: t.Any) -> Run:
        def answer(request: Request) -> Response:
            records = candidates if request.args["page"] == "1" else ()
            return Response(json.dumps({"data": records}), content_type="application/json")

        httpserver.expect_request("/candidates").respond_with_handler(answer)
        config = {"api_url": httpserver.url_for(""), "api_key": "key", **settings}
        return run_tap(config, tmp_path)

    return run_with


def test_the_default_candidate(run: t.Callable[..., Run]) -> None:
    result = run(DEFAULT)
    assert result.exit_code == 0, result.log
    (candidate,) = result.records("candidates")
    changed_at = candidate.pop("changed_at")
    integration_fields = candidate.pop("integration_fields")
    assert candidate == {
        "id": expected_id("candidates", "4711"),
        "remote_id": "4711",
        "remote_deleted_at": None,
        **VALUES,
        "custom_fields": {
            "Gehaltswunsch": "42.000",
            "Fuehrerschein": "B",
            "Eintrittsdatum": "2027-02-01",
            "Schichtbereit": 1,
            "Sprachen": ["Deutsch", "Polnisch"],
        },
        "remote_data": None,
    }
    custom = {f["key"]: f for f in integration_fields if f["type"] == "CUSTOM"}
    assert custom["Gehaltswunsch"] == {
        "id": "Gehaltswunsch",
        "key": "Gehaltswunsch",
        "type": "CUSTOM",
        "value": "42.000",
        "label": "Gehaltswunsch",
    }
    assert custom["Sprachen"]["value"] == '["Deutsch","Polnisch"]'
    (job,) = result.records("jobs")
    assert job == {
        "id": expected_id("jobs", "88"),
        "remote_id": "88",
        "changed_at": changed_at,
        "remote_deleted_at": None,
        "name": "Mechatroniker (m/w/d)",
        "remote_data": None,
    }
    (application,) = result.records("applications")
    assert application == {
        "id": expected_id("applications", "4711/88"),
        "remote_id": "4711/88",
        "changed_at": changed_at,
        "remote_deleted_at": None,
        "outcome": "PENDING",
        "job_id": job["id"],
        "candidate_id": candidate["id"],
        "remote_created_at": "2026-03-28T13:05:11.000Z",
        "remote_data": None,
        "remote_status": "interview",
    }


def test_an_account_is_part_of_every_id(run: t.Callable[..., Run]) -> None:
    result = run(DEFAULT, account="Werk Süd")
    assert result.records("candidates")[0]["id"] == expected_id("candidates", "4711", "Werk Süd")
    assert result.records("jobs")[0]["id"] == expected_id("jobs", "88", "Werk Süd")


def test_remote_data_is_the_record_as_received(run: t.Callable[..., Run]) -> None:
    result = run(DEFAULT, include_remote_data=True)
    assert result.records("candidates")[0]["remote_data"] == DEFAULT
    opening = DEFAULT["PositionOpening"][0]
    assert result.records("jobs")[0]["remote_data"] == opening
    assert result.records("applications")[0]["remote_data"] == opening


def test_a_job_takes_its_title_from_the_most_recent_candidate(run: t.Callable[..., Run]) -> None:
    def carrier(remote_id: str, updated: str, title: str | None) -> dict[str, t.Any]:
        opening = {"Id": "88"} | ({"Title": title} if title else {})
        return {"Id": remote_id, "Updated": updated, "PositionOpening": opening}

    result = run(
        carrier("1", "2026-11-02T08:00:00Z", "Schlosser"),
        carrier("2", "2026-11-01T08:00:00Z", "Schweißer"),
        carrier("3", "2026-11-03T08:00:00Z", None),
        carrier("4", "2026-11-02T09:00:00Z", "Mechatroniker"),
        carrier("5", "2026-11-02T09:00:00Z", "Mechatroniker"),
        carrier("50", "2026-11-02T09:00:00Z", "Mechaniker"),
        carrier("6", "2026-11-02T09:00:00Z", "Meister"),
    )
    names = [job["name"] for job in result.records("jobs")]
    assert names == ["Schlosser", "Mechatroniker", "Mechaniker", "Meister"]
    assert len(result.records("applications")) == 7


def test_a_record_that_cannot_be_read_is_counted_and_does_not_stop_the_rest(
    run: t.Callable[..., Run],
) -> None:
    result = run({"GivenName": "Unsichtbar"}, DEFAULT, "Text statt Objekt")
    assert result.exit_code == 0
    assert [r["remote_id"] for r in result.records("candidates")] == ["4711"]
    assert "2 records were not understood and left out" in result.log
    assert "page 1 record 1, page 1 record 3" in result.log
    assert "Unsichtbar" not in result.log
    assert "Text statt" not in result.log
