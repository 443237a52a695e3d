"""The ledger behaves as a plain dictionary does, however much of it is in columns."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tap_compleetpersy.sync import ledger as ledgers
from tap_compleetpersy.sync.ledger import KnownLedgers, Ledger
from tap_compleetpersy.sync.ledger_columns import Entry, Keys
from tests.ledgers import decode, encode

ids = st.one_of(
    st.integers(0, 30).map(str),
    st.integers(0, 10**18).map(str),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=3),
    st.sampled_from(["007", "7", "0", "00", "-1", "٣", "٤7", "9" * 400, "1" * 18, "1" * 19]),
    st.uuids().map(str),
)
openings = st.lists(ids, max_size=4, unique=True).map(tuple)
entries = st.builds(Entry, st.integers(-1, 70_000), openings)
plain = st.dictionaries(ids, entries, max_size=40)


@pytest.fixture(autouse=True)
def few_changes_before_columns_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "_MOST_CHANGES", 3)


class LedgerBesideDict(RuleBasedStateMachine):
    """Whatever is done to both, they hold the same."""

    @initialize(before=plain, is_read=st.booleans())
    def begin(self, before: dict[str, Entry], *, is_read: bool) -> None:
        self.known = KnownLedgers()
        self.model = dict(before)
        text = encode(before)
        self.ledger = self.known.decode(text) if is_read else Ledger(before)

    @rule(candidate_id=ids, entry=entries)
    def put(self, candidate_id: str, entry: Entry) -> None:
        assert self.ledger.put(candidate_id, entry) == self.model.get(candidate_id)
        self.model[candidate_id] = entry

    @rule(data=st.data(), entry=entries)
    def put_again(self, data: st.DataObject, entry: Entry) -> None:
        if self.model:
            self.put(data.draw(st.sampled_from(sorted(self.model))), entry)

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        if self.model:
            candidate_id = data.draw(st.sampled_from(sorted(self.model)))
            assert self.ledger.pop(candidate_id) == self.model.pop(candidate_id)

    @rule(candidate_id=ids)
    def look(self, candidate_id: str) -> None:
        assert self.ledger.get(candidate_id) == self.model.get(candidate_id)
        assert (candidate_id in self.ledger) is (candidate_id in self.model)

    @rule(candidate_id=ids)
    def remove_somebody_unknown(self, candidate_id: str) -> None:
        if candidate_id not in self.model:
            with pytest.raises(KeyError):
                del self.ledger[candidate_id]

    @rule(candidate_id=ids, entry=entries)
    def change_a_copy(self, candidate_id: str, entry: Entry) -> None:
        copy = self.ledger.copy()
        copy[candidate_id] = entry
        assert dict(copy) == {**self.model, candidate_id: entry}

    @rule()
    def write(self) -> None:
        assert self.known.encode(self.ledger) == encode(self.model)

    @rule()
    def forget_all(self) -> None:
        self.ledger.clear()
        self.model.clear()

    @rule(read=st.sets(ids), data=st.data())
    def miss(self, read: set[str], data: st.DataObject) -> None:
        read |= set(data.draw(st.lists(st.sampled_from([*self.model, "0"]))))
        absent = [*self.ledger.absent(Keys.of(read))]
        assert sorted(absent) == sorted(self.model.keys() - read)

    @invariant()
    def the_same_is_known(self) -> None:
        assert len(self.ledger) == len(self.model)
        assert self.ledger == self.model
        every = [opening for entry in self.model.values() for opening in entry.children]
        assert self.ledger.openings == len(every)
        assert self.ledger.carried() == set(every)


TestLedgerBesideDict = LedgerBesideDict.TestCase
TestLedgerBesideDict.settings = settings(stateful_step_count=25)


def order(candidate_id: str) -> tuple[bool, int, str]:
    is_number = str(candidate_id).isascii() and candidate_id.isdigit() and len(candidate_id) < 19
    is_canonical = is_number and str(int(candidate_id)) == candidate_id
    return not is_canonical, int(candidate_id) if is_canonical else 0, candidate_id


@given(plain)
def test_numbers_come_first_by_value_then_texts(before: dict[str, Entry]) -> None:
    assert [*Ledger(before)] == sorted(before, key=order)


@given(plain, plain)
def test_ledgers_are_equal_when_they_know_the_same(
    one: dict[str, Entry], two: dict[str, Entry]
) -> None:
    assert (Ledger(one) == Ledger(two)) is (one == two)
    merged = Ledger(two)
    merged.update(one)
    for candidate_id in two.keys() - one.keys():
        del merged[candidate_id]
    assert merged == Ledger(one)
    assert encode(merged) == encode(one)


def test_streams_that_know_the_same_share_it() -> None:
    known = KnownLedgers()
    entry = Entry(20_000, ("88",))
    text = encode({"4711": entry})
    jobs, applications = (known.changeable(known.decode(text)) for _ in range(2))
    for number in map(str, range(10)):
        jobs[number] = applications[number] = entry
    assert jobs.columns.days is applications.columns.days
    assert jobs.columns.keys.numbers is applications.columns.keys.numbers
    assert jobs.columns.openings is applications.columns.openings


def test_streams_that_know_other_things_of_the_same_candidates_share_these() -> None:
    known = KnownLedgers()
    text = encode({"4711": Entry(20_000, ())})
    candidates, applications = (known.changeable(known.decode(text)) for _ in range(2))
    for number in map(str, range(10)):
        candidates[number], applications[number] = Entry(20_000, ()), Entry(20_000, ("88",))
    assert candidates.columns.keys is applications.columns.keys


def test_what_a_ledger_has_left_behind_is_forgotten() -> None:
    known = KnownLedgers()
    before = known.decode(encode({str(UUID(int=1)): Entry(20_000, ())}))
    ledger = known.changeable(before)
    left = []
    for number in range(2, 20):
        ledger[str(UUID(int=number))] = Entry(20_000, ())
        left.append(weakref.ref(ledger.columns.keys))
    kept = [reference for reference in left if reference() is not None]
    assert kept == left[-2:]  # the present one, and that which the last edit began with
    assert len(before) == 1


def sizes(count: int) -> Iterator[tuple[str, Entry]]:
    for number in range(count):
        openings = tuple(str(500 + (number * 7 + one) % 200) for one in range(1 + number % 3))
        yield str(100_000 + number), Entry(19_000 + number % 1000, openings)


def test_a_candidate_takes_twenty_bytes_in_memory() -> None:
    columns = decode(encode(dict(sizes(20_000)))).columns
    arrays = (
        columns.keys.numbers,
        columns.days,
        columns.carried.lengths,
        columns.openings,
        columns.names.numbers,
    )
    assert sum(len(each) * each.itemsize for each in arrays) <= 20 * 20_000
