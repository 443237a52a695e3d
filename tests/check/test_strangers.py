"""Servers written before anybody looked at what the check knows: learned, synced, compared.

Where nothing fits, twenty requests may not suffice: then the check is run again with its file.
"""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from tap_compleetpersy.check.budgeted_client import MOST_REQUESTS
from tests.check.conftest import Run
from tests.check.more_strangers import MORE_STRANGERS
from tests.check.strangers import COUNT, STRANGERS, Somebody, Stranger, everybody
from tests.check.wires import JOBS, KEY, STATUSES
from tests.server import Server
from tests.singer import Run as TapRun
from tests.singer import discover, run_tap
from tests.thinning import full

Fact = tuple[str, str, t.Any]
"""Id of a record, name of a field, value."""


def moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def facts(one: Somebody, wire: Stranger) -> Iterator[Fact]:
    """Yield what must be read of somebody."""
    own = wire.identify(one.number)
    true = {
        "first_name": one.first_name, "last_name": one.last_name, "mails": [one.mail],
        "phones": sorted(filter(None, (one.phone, one.mobile))), "company": one.company,
        "title": one.title, "source": one.source, "city": one.city, "zip_code": one.zip_code,
        "street_1": one.street, "country": one.country, "created": moment(one.created),
        "updated": moment(one.updated),
        **{f"custom {wire.custom(key)}": value for key, value in one.custom.items()},
    }  # fmt: skip
    yield from ((own, name, value) for name, value in true.items())
    for each in one.applied:
        application = f"{quote(own, safe='')}/{wire.job(each.job)}"
        yield application, "job", JOBS[each.job]
        if "status" not in wire.lacks:
            yield application, "outcome", STATUSES[each.status]
        if "applied" not in wire.lacks:
            yield application, "applied", moment(each.when)


def read(run: TapRun, wire: Stranger) -> Iterator[Fact]:
    """Yield the same of what the tap wrote."""
    own = [wire.custom(key) for key in everybody()[0].custom]
    for row in run.records("candidates"):
        place = row["location"] or {}
        told = {
            "first_name": row["first_name"], "last_name": row["last_name"],
            "mails": [each["email_address"] for each in row["email_addresses"] or ()],
            "phones": sorted(each["phone_number"] for each in row["phone_numbers"] or ()),
            "company": row["company"], "title": row["title"], "source": row["source"],
            "created": row["remote_created_at"], "updated": row["remote_updated_at"],
            **{name: place.get(name) for name in ("city", "zip_code", "street_1", "country")},
            **{f"custom {key}": row["custom_fields"].get(key) for key in own},
        }  # fmt: skip
        yield from ((row["remote_id"], name, value) for name, value in told.items())
    titles = {row["id"]: row["name"] for row in run.records("jobs")}
    for row in run.records("applications"):
        yield row["remote_id"], "job", titles[row["job_id"]]
        if "status" not in wire.lacks:
            yield row["remote_id"], "outcome", row["outcome"]
        if "applied" not in wire.lacks:
            yield row["remote_id"], "applied", row["remote_created_at"]


def ordered(found: Iterator[Fact]) -> list[str]:
    return sorted(json.dumps(each, ensure_ascii=False) for each in found)


WIRES = {**STRANGERS, **MORE_STRANGERS}
_QUICK = frozenset({"django", "sideloaded", "texts", "by_id", "properties"})


@pytest.mark.parametrize("name", [name if name in _QUICK else full(name) for name in WIRES])
def test_two_settings_by_hand_are_enough_for_every_fact_a_short_delta_and_the_cutoff(
    run: Run, server: Server, tmp_path: Path, name: str
) -> None:
    wire = WIRES[name]
    server.answering = wire.answer
    config = {"api_url": f"{server.url}{wire.prefix}", "api_key": KEY, **wire.by_hand}
    assert len(wire.by_hand) <= 2
    for number in range(2):
        target = tmp_path / f"found-{number}.json"
        server.requests.clear()
        checked = run(config, "--format", "json", "--write-config", str(target))
        assert len(server.requests) <= MOST_REQUESTS
        told = checked.stdout + checked.stderr + target.read_text(encoding="utf-8")
        assert KEY not in told
        assert not any(one.last_name in told for one in everybody())
        config = {**json.loads(target.read_text(encoding="utf-8")), "api_key": KEY}
        if "run again" not in checked.stderr:
            break

    synced = run_tap(config, tmp_path)
    assert synced.exit_code == 0, synced.log
    assert ordered(read(synced, wire)) == ordered(
        fact for one in everybody() for fact in facts(one, wire)
    )

    catalog = discover(config, tmp_path)
    server.requests.clear()
    run_tap(config, tmp_path, state=synced.state, catalog=catalog)
    assert len(server.requests) <= 2

    since = everybody()[COUNT // 3].updated
    cut = run_tap({**config, "cutoff_date": since.isoformat()}, tmp_path, catalog=catalog)
    assert {row["remote_id"] for row in cut.records("candidates")} == {
        wire.identify(one.number) for one in everybody() if one.updated >= since
    }
