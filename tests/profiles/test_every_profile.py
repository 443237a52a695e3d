"""A first sync and a delta of every profile give the records that the facts must become."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.profiles.comparison import (
    check_integration_fields,
    differences,
    expected_rows,
    written_rows,
)
from tests.profiles.expected import identifier
from tests.profiles.options import CASES, name_of
from tests.profiles.pairs import Case
from tests.profiles.people import FICTIONAL, NOW, PAGE_SIZE, add_hard_people
from tests.singer import Run, run_tap
from tests.thinning import thinned

OVERLAP = timedelta(hours=1)
OLDEST = NOW - timedelta(days=900)


@pytest.fixture(params=thinned(CASES, 5), ids=name_of)
def persy(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A local Persy with one profile, and people who are hard to read."""
    case: Case = request.param
    with running(Options(candidates=FICTIONAL, seed=3, now=NOW, **case)) as sandbox:
        add_hard_people(sandbox.store)
        yield sandbox


@pytest.fixture
def sync(persy: Sandbox, tmp_path: Path) -> t.Callable[..., Run]:
    """Runs the tap with the settings that the local Persy prints; in windows where it can."""
    settings: dict[str, t.Any] = {"page_size": PAGE_SIZE}
    if persy.options.modified_until_param:
        settings |= {"start_date": OLDEST.isoformat(), "window_days": 200}

    def run(state: dict[str, t.Any] | None = None) -> Run:
        persy.requests.clear()
        environment = persy.options.environment(persy.url)
        finished = run_tap(settings, tmp_path, "--config=ENV", state=state, environment=environment)
        assert finished.exit_code == 0, finished.log
        return finished

    return run


def asked(persy: Sandbox, name: str | None) -> list[str]:
    return [value for r in persy.requests for value in parse_qs(r.query).get(name or "", [])]


def test_a_first_sync_and_a_delta(persy: Sandbox, sync: t.Callable[..., Run]) -> None:
    options, people = persy.options, persy.store.candidates()
    first = sync()
    assert (
        differences(written_rows(first, options.shape), expected_rows(people, options.shape)) == []
    )
    check_integration_fields(first, people, options.shape)
    assert len(first.records("candidates")) == len(people)
    assert "opening without id (1)" in first.log
    assert bool(asked(persy, options.modified_until_param)) == bool(options.modified_until_param)

    position = max(person.updated_at for person in people)
    withdrawn = change_some(persy)
    second = sync(first.state)
    people = persy.store.candidates()
    window = [person for person in people if person.updated_at >= position - OVERLAP]
    rows = written_rows(second, options.shape)
    tombstone = rows["applications"].pop(identifier("applications", withdrawn))
    assert differences(rows, expected_rows(window, options.shape)) == []
    assert {name for name, value in tombstone.items() if value is not None} == {
        "id",
        "remote_id",
        "remote_deleted_at",
    }
    assert 3 < len(window) < 10
    check_integration_fields(second, window, options.shape)
    assert bool(asked(persy, options.modified_since_param)) == bool(options.modified_since_param)


def change_some(persy: Sandbox) -> str:
    """Edit, add, apply and withdraw two hours later; name the application that is gone."""
    store = persy.store
    store.clock.advance(7200)
    plain, carrier, applicant = [
        person.remote_id
        for person in store.candidates()
        if person.remote_id.startswith("10") and len(person.openings) > 1
    ][:3]
    store.edit(plain, last_name="Neu-Geworden", status="neu", confidential=True)
    store.add(first_name="Hinzu", last_name="Gekommen")
    store.put_opening(applicant, "600", title="Neue Stelle (m/w/d)", status="Zusage")
    gone = str(store.candidate(carrier).openings[0].remote_id)
    store.remove_opening(carrier, gone)
    return f"{carrier}/{gone}"
