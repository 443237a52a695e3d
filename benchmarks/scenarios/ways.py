"""What it costs to leave fields out, and to map streams."""

from __future__ import annotations

import functools
from dataclasses import replace

from benchmarks.contestants import Json, Place, run_tap, tap_catalog
from benchmarks.rounds import compete
from benchmarks.scenarios.race import HEAD, row_of
from benchmarks.scenarios.scene import TAP, Scene
from benchmarks.table import markdown

DESELECTED = frozenset({"phone_numbers", "email_addresses", "location", "integration_fields"})
MAPS = {"candidates": {"name": "first_name", "email_addresses": None}}


def narrow_catalog(place: Place) -> Json:
    """Return the tap's catalog with some fields of candidates deselected."""
    catalog = tap_catalog(place)
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            if stream["tap_stream_id"] == "candidates" and DESELECTED & {*entry["breadcrumb"]}:
                entry["metadata"] |= {"selected": False}
    return catalog


WAYS = (
    TAP,
    replace(TAP, name="narrow", title="fields deselected", prepare=narrow_catalog),
    replace(
        TAP,
        name="mapped",
        title="a stream map",
        command=functools.partial(run_tap, stream_maps=MAPS),
    ),
)


def measure(scene: Scene) -> str:
    """Return the table of the tap's own ways over the same list."""
    results = compete(WAYS, scene.server, scene.candidates, scene.rounds, scene.tell)
    lead = (
        f"{scene.candidates:,} candidates. Deselected are {', '.join(sorted(DESELECTED))}; the map "
        "renames a field of candidates and leaves one out."
    )
    return "\n\n".join([lead, markdown(HEAD, (row_of(each, results[0]) for each in results))])
