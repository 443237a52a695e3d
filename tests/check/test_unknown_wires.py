"""Wires that no default fits: `persy check --write-config`, then a sync, and every value."""

from __future__ import annotations

import json
import re
import typing as t
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from tap_compleetpersy.check.budgeted_client import MOST_REQUESTS
from tests.check.conftest import Checked, Run
from tests.check.wires import AFTERWARDS, BEFORE, JOBS, KEY, STATUSES, Wire, people
from tests.server import Server
from tests.singer import run_tap
from tests.thinning import thinned

WIRES = {**BEFORE, **AFTERWARDS}
Rows = dict[str, t.Any]


def learn(run: Run, server: Server, wire: Wire, folder: Path) -> tuple[Checked, Rows]:
    """Check a server of which only address, key and what is known by hand are given."""
    server.answering = wire.answer
    given = {"api_url": f"{server.url}{wire.prefix}", "api_key": KEY, **wire.by_hand}
    target = folder / "found.json"
    checked = run(given, "--format", "json", "--write-config", str(target))
    assert len(server.requests) <= MOST_REQUESTS
    return checked, json.loads(target.read_text(encoding="utf-8"))


def moment(when: datetime, precision: str = "seconds") -> str:
    rounded = when.replace(second=0) if precision == "minutes" else when
    return f"{rounded.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


@pytest.mark.parametrize("name", thinned(WIRES, 3))
def test_what_is_learned_reads_every_value(
    run: Run, server: Server, tmp_path: Path, name: str
) -> None:
    wire = WIRES[name]
    checked, found = learn(run, server, wire, tmp_path)
    assert KEY not in checked.stdout + checked.stderr + json.dumps(found)
    assert len(wire.by_hand) <= 2
    synced = run_tap({**found, "api_key": KEY}, tmp_path)
    assert synced.exit_code == 0, synced.log
    candidates = {row["remote_id"]: row for row in synced.records("candidates")}
    applied = {row["remote_id"]: row for row in synced.records("applications")}
    precision = "minutes" if name in {"kuerzel", "marked_up"} else "seconds"
    ids = {int(re.sub(r"\D", "", one)[-5:]): one for one in candidates}
    assert sorted(ids) == sorted(one.number for one in people())
    for one in people():
        row = candidates[ids[one.number]]
        told = {
            "first_name": row["first_name"],
            "last_name": row["last_name"],
            "mails": [each["email_address"] for each in row["email_addresses"] or ()],
            "phones": [each["phone_number"] for each in row["phone_numbers"] or ()],
            "created": row["remote_created_at"],
            "updated": row["remote_updated_at"],
            "zip_code": (row["location"] or {}).get("zip_code"),
            "city": (row["location"] or {}).get("city"),
            "street_1": (row["location"] or {}).get("street_1"),
            "source": row["source"],
            "custom": {key: row["custom_fields"].get(key) for key in one.custom},
        }
        true = {
            "first_name": one.first_name,
            "last_name": one.last_name,
            "mails": [one.mail],
            "phones": [one.phone],
            "created": moment(one.created, precision),
            "updated": moment(one.updated, precision),
            "zip_code": one.zip_code,
            "city": one.city,
            "street_1": one.street,
            "source": None if "source" in wire.lacks else one.source,
            "custom": dict(one.custom),
        }
        assert told == true
        for job, status, when in one.openings:
            application = applied.pop(f"{quote(row['remote_id'], safe='')}/{job}")
            assert application["outcome"] == STATUSES[status]
            assert application["remote_created_at"] == moment(when, precision)
    assert not applied
    assert {row["name"] for row in synced.records("jobs")} == {
        JOBS[job] for one in people() for job, _, _ in one.openings
    }
