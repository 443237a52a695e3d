from __future__ import annotations

import typing as t
from itertools import count

import pytest

from tap_compleetpersy.sandbox import edits
from tap_compleetpersy.sandbox.listing import ORDERS
from tap_compleetpersy.sandbox.shapes import renderer
from tap_compleetpersy.sandbox.state import Clock, Store
from tap_compleetpersy.sandbox.words import Draw

if t.TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import requests

    from tap_compleetpersy.sandbox.facts import Candidate
    from tap_compleetpersy.sandbox.people import People
    from tap_compleetpersy.sandbox.state import Sandbox


def tenant(people: People, now: datetime, size: int = 50) -> Store:
    return Store(people, size, Clock(now), render=renderer("hrxml"), order=ORDERS["id"])


def after(people: People, now: datetime, seed: int, steps: int) -> list[Candidate]:
    store, draw = tenant(people, now), Draw(seed)
    for _ in range(steps):
        edits.step(store, draw)
    return store.candidates()


def test_the_same_seed_lives_the_same_life(people: People, now: datetime) -> None:
    assert after(people, now, 7, 100) == after(people, now, 7, 100)
    assert after(people, now, 7, 100) != after(people, now, 8, 100)


def test_people_are_edited_added_withdrawn_and_rarely_deleted(
    people: People, now: datetime
) -> None:
    before = {candidate.remote_id: candidate for candidate in tenant(people, now).candidates()}
    alive = {candidate.remote_id: candidate for candidate in after(people, now, 7, 400)}
    kept = before.keys() & alive.keys()
    assert alive.keys() - before.keys()
    assert 0 < len(before.keys() - alive.keys()) < 20
    assert any(alive[i].custom_fields != before[i].custom_fields for i in kept)
    assert any(
        {o.remote_id for o in before[i].openings} - {o.remote_id for o in alive[i].openings}
        for i in kept
    )
    for one, other in ((alive, before), (before, alive)):
        assert any(
            {a.remote_id for a in one[i].attachments} - {a.remote_id for a in other[i].attachments}
            for i in kept
        )
    changed = [alive[i] for i in kept if alive[i] != before[i]]
    assert {candidate.updated_at for candidate in changed} == {now}


@pytest.mark.parametrize(("_", "change"), edits.CHANGES, ids=range(len(edits.CHANGES)))
def test_each_change_changes_one_candidate(
    people: People, now: datetime, _: int, change: edits.Change
) -> None:
    store = tenant(people, now)
    before = set(map(repr, store.candidates()))
    change(store, Draw(1), "1002")
    assert len(before ^ set(map(repr, store.candidates()))) in {1, 2}


def test_an_empty_tenant_gets_its_first_candidate(people: People, now: datetime) -> None:
    store = tenant(people, now, size=0)
    edits.step(store, Draw(1))
    assert len(store) == 1


def test_a_running_sandbox_changes_by_itself(
    start: Callable[..., Sandbox], client: requests.Session
) -> None:
    sandbox = start(live=0.001)
    first = client.get(f"{sandbox.url}/candidates", timeout=10).content
    for _ in count():
        if client.get(f"{sandbox.url}/candidates", timeout=10).content != first:
            break
    assert sandbox.store.candidates()
