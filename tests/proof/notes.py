"""A run of an extra stream that has a list for each candidate, and what must hold of it."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from tap_compleetpersy.errors import ApiError
from tests.proof import laws
from tests.proof.in_process import run_tap, select
from tests.proof.project import COMPLETE
from tests.proof.serving import Visit
from tests.proof.situation import is_untimed

if t.TYPE_CHECKING:
    from tests.proof.world import World


def sync_notes(world: World) -> None:
    """Run the extra stream alone: it asks about whom a run of candidates may speak of."""
    visit = world.server.tenant.visit = Visit()
    settings = world.project.settings(world.server.url, world.habits, COMPLETE)
    catalog = select(world.server.catalog, ["notes"])
    run = run_tap(world.server.tenant, settings, catalog, world.warehouse.state)
    scope = world.project.scope(world.remote.now, world.habits)
    cutoff = replace(scope, lower=scope.cutoff)
    wanted = {
        person.number
        for versions in visit.served.values()
        for person in versions
        if cutoff.allows(person) and world.project.doors.admits(person)
    }
    notes = [m["record"] for m in run.messages if m["type"] == "RECORD"]
    assert {note["Text"] for note in notes} <= {f"about {number}" for number in wanted}
    assert set(visit.asked_about) <= wanted
    laws.expect_bounded(visit)
    if run.error is None:
        assert not visit.is_endless
        assert sorted(visit.asked_about) == sorted(wanted)
        assert len(notes) == len(wanted)
    else:
        is_strange = visit.is_endless or world.habits.ending == "empty for ever"
        is_api = isinstance(run.error, ApiError) and is_strange
        assert is_api or is_untimed(visit, scope), run.error
    world.counts["runs of notes"] += 1
