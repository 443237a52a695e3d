from __future__ import annotations

import typing as t
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tap_compleetpersy.sandbox import state
from tap_compleetpersy.sandbox.listing import ORDERS
from tap_compleetpersy.sandbox.shapes import renderer
from tap_compleetpersy.sandbox.state import Clock, Store, UnknownRecordError

if t.TYPE_CHECKING:
    from tap_compleetpersy.sandbox.people import People


@pytest.fixture
def store(people: People, now: datetime) -> Store:
    return Store(people, 30, Clock(now), render=renderer("hrxml"), order=ORDERS["newest"])


def test_an_edit_moves_the_candidate_to_the_front(store: Store, now: datetime) -> None:
    last = store.select()[-1]
    store.edit(last, last_name="Öz")
    assert store.select()[0] == last
    assert store.candidate(last).updated_at == now
    assert "Öz" in store.body(last).decode()


def test_times_are_kept_as_the_wire_can_hold_them(store: Store) -> None:
    zone = timezone(timedelta(hours=2))
    edited = store.edit("1001", updated_at=datetime(2026, 7, 1, 12, 0, 5, 999, tzinfo=zone))
    assert edited.updated_at == datetime(2026, 7, 1, 10, 0, 5, tzinfo=UTC)


def test_times_without_an_offset_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="offset"):
        store.edit("1001", updated_at=datetime(2026, 7, 1))  # noqa: DTZ001 - it is refused


def test_new_ids_are_never_given_twice(store: Store) -> None:
    store.add(remote_id="1031")
    assert store.add().remote_id == "1032"
    store.delete("1032")
    assert store.add().remote_id == "1033"


def test_unknown_records_name_nobody(store: Store) -> None:
    for change in (store.candidate, store.body, store.edit, store.delete):
        with pytest.raises(UnknownRecordError, match=r"^no such candidate$"):
            change("9999")
    with pytest.raises(UnknownRecordError, match=r"^no such opening$"):
        store.remove_opening("1001", "9999")
    with pytest.raises(UnknownRecordError, match=r"^no such custom field$"):
        store.remove_custom_field("1001", "9999")


def test_an_unknown_attachment_names_nobody(store: Store) -> None:
    for change in (store.attachment, store.remove_attachment):
        with pytest.raises(UnknownRecordError, match=r"^no such attachment$"):
            change("1001", "9999")


def test_an_attachment_without_facts_is_a_cv_of_now(store: Store, now: datetime) -> None:
    store.put_attachment("1001", "9")
    added = store.attachment("1001", "9")
    assert (added.type, added.content_type) == ("CV", "application/pdf")
    assert (added.created_at, added.updated_at) == (now, None)


def test_ids_of_added_attachments_are_never_given_twice(store: Store) -> None:
    first = store.add_attachment("1001")
    store.remove_attachment("1001", first.remote_id)
    assert store.add_attachment("1001").remote_id != first.remote_id


def test_bodies_beyond_the_cache_are_made_each_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [store.body(remote_id) for remote_id in store.select()]
    monkeypatch.setattr(state, "KEPT_BODIES", 0)
    store.edit("1001", updated_at=store.candidate("1001").updated_at)
    assert [store.body(remote_id) for remote_id in store.select()] == expected


def test_spans_of_time_part_the_list(store: Store) -> None:
    moments = sorted(candidate.updated_at for candidate in store.candidates())
    for moment in moments:
        newer, older = store.select(moment, None), store.select(None, moment)
        assert [*newer, *older] == list(store.select())


def test_a_lone_surrogate_stays_an_escape(store: Store) -> None:
    store.edit("1001", last_name="\ud800")
    assert rb'"FamilyName":"\ud800"' in store.body("1001")
