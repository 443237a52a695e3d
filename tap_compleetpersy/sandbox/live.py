"""Changes that happen by themselves: people are edited, apply, withdraw, and rarely vanish."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tap_compleetpersy.sandbox import words
from tap_compleetpersy.sandbox.state import Store
from tap_compleetpersy.sandbox.words import Draw

Change = Callable[[Store, Draw, str], object]


def _edit_custom_field(store: Store, draw: Draw, remote_id: str) -> object:
    return store.set_custom_field(remote_id, "Gehaltswunsch", f"{28 + draw.below(50)}.000")


def _edit_source(store: Store, draw: Draw, remote_id: str) -> object:
    return store.edit(
        remote_id, source=draw.pick(words.SOURCES), status=draw.pick(words.CANDIDATE_STATUSES)
    )


def _apply(store: Store, draw: Draw, remote_id: str) -> object:
    index = draw.below(len(words.OPENING_TITLES))
    return store.put_opening(
        remote_id,
        str(words.FIRST_OPENING_ID + index),
        title=words.OPENING_TITLES[index],
        status="neu",
        applied_at=store.clock.now(),
    )


def _carried(store: Store, remote_id: str) -> list[str]:
    openings = store.candidate(remote_id).openings
    return [opening.remote_id for opening in openings if opening.remote_id is not None]


def _decide(store: Store, draw: Draw, remote_id: str) -> object:
    for carried in _carried(store, remote_id)[:1]:
        return store.put_opening(remote_id, carried, status=draw.pick(words.OPENING_STATUSES))
    return _apply(store, draw, remote_id)


def _withdraw(store: Store, draw: Draw, remote_id: str) -> object:
    if carried := _carried(store, remote_id):
        return store.remove_opening(remote_id, draw.pick(carried))
    return _apply(store, draw, remote_id)


def _attach(store: Store, draw: Draw, remote_id: str) -> object:
    name, kind, content_type = draw.pick(words.DOCUMENTS)
    return store.add_attachment(remote_id, file_name=name, type=kind, content_type=content_type)


def _detach(store: Store, draw: Draw, remote_id: str) -> object:
    if attachments := store.candidate(remote_id).attachments:
        return store.remove_attachment(remote_id, draw.pick(attachments).remote_id)
    return _attach(store, draw, remote_id)


def _add(store: Store, _draw: Draw, _remote_id: str) -> object:
    return store.add()


def _delete(store: Store, _draw: Draw, remote_id: str) -> None:
    store.delete(remote_id)


# How often each change happens, in percent.
CHANGES: tuple[tuple[int, Change], ...] = (
    (28, _edit_custom_field),
    (18, _edit_source),
    (18, _decide),
    (4, _attach),
    (2, _detach),
    (12, _apply),
    (8, _withdraw),
    (8, _add),
    (2, _delete),
)


def step(store: Store, draw: Draw) -> None:
    """Let one thing happen; the same store and draws give the same change."""
    everybody = store.select()
    if not everybody:
        store.add()
        return
    remote_id = draw.pick(everybody)
    (change,) = draw.choices([change for _, change in CHANGES], [weight for weight, _ in CHANGES])
    change(store, draw, remote_id)


async def run(store: Store, seed: int, seconds: float) -> None:
    """Let something happen every so many seconds, until cancelled."""
    draw = Draw(seed)
    while True:
        await asyncio.sleep(seconds)
        step(store, draw)
