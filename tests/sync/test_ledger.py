"""The ledger: small, exact, and damage is noticed."""

from __future__ import annotations

import base64
import random
import zlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.sync.ledger import (
    DamagedLedgerError,
    Entry,
    KnownLedgers,
    Ledger,
    TooLargeLedgerError,
    decode,
    encode,
)

ids = st.one_of(
    st.integers(0, 10**18).map(str),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.sampled_from(["007", "7", "0", "00", "-1", "٣", "9" * 400]),
    st.uuids().map(str),
    st.uuids().map(lambda uuid: str(uuid).upper()),
)
entries = st.builds(Entry, st.integers(-1, 40_000), st.lists(ids, unique=True).map(tuple))
ledgers = st.dictionaries(ids, entries, max_size=30)


@given(ledgers)
def test_what_is_written_is_read_back(ledger: dict[str, Entry]) -> None:
    assert decode(encode(ledger)) == ledger


@given(ledgers)
def test_the_text_does_not_depend_on_the_order(ledger: dict[str, Entry]) -> None:
    assert encode(dict(reversed(ledger.items()))) == encode(ledger)


@given(ledgers, st.lists(ledgers, max_size=4))
def test_who_knows_ledgers_reads_and_writes_the_same(
    before: dict[str, Entry], written: list[dict[str, Entry]]
) -> None:
    known = KnownLedgers()
    assert known.decode(encode(before)) == before
    for ledger in (before, *written, *written):
        assert known.encode(Ledger(ledger)) == encode(ledger)
        assert known.decode(encode(ledger)) == ledger


def test_a_ledger_that_did_not_change_keeps_its_text() -> None:
    text = encode({"4711": Entry(20_000, ("88",))})
    # Another release may have packed the same ledger otherwise.
    other = "1:" + base64.b64encode(zlib.compress(unpacked(text), level=9)).decode()
    assert other != text
    known = KnownLedgers()
    ledger = known.changeable(known.decode(other))
    ledger["4712"] = Entry(20_000, ())
    del ledger["4712"]
    assert known.encode(ledger) == other


def unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text.removeprefix("1:")))


def test_what_a_copy_learns_is_forgotten_with_it() -> None:
    ledger = Ledger({"4711": Entry(20_000, ())})
    known = KnownLedgers()
    copy = known.copy()
    text = copy.encode(ledger)
    assert copy.decode(text).columns is copy.decode(text).columns
    assert known.decode(text).columns is not copy.decode(text).columns


@given(ledgers, st.data())
def test_a_changed_text_is_noticed(ledger: dict[str, Entry], data: st.DataObject) -> None:
    text = encode(ledger)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
    try:
        assert decode(changed) == ledger  # unused bits of base64 may change
    except DamagedLedgerError:
        assert changed != text


def test_a_uuid_takes_its_random_bits() -> None:
    draw = random.Random(4711)
    drawn = [str(UUID(int=draw.getrandbits(128), version=4)) for _ in range(20_000)]
    ledger = {uuid: Entry(20_000, ()) for uuid in drawn}
    assert decode(encode(ledger)) == ledger
    # 122 random bits, less what their order tells, in base64; text took 31.
    assert len(encode(ledger)) < 20 * len(ledger)


def test_uuids_as_an_older_release_wrote_them_are_read() -> None:
    first, second = f"{1:08x}-0000-4000-8000-{1:012x}", f"{2:08x}-0000-4000-8000-{2:012x}"
    columns = (b"", b'["%b","%b"]' % (first.encode(), second.encode()))
    others = (b"", b"[]", bytes([5, 6]), bytes(2), b"")
    packed = b"".join(len(each).to_bytes(8, "big") + each for each in (*columns, *others))
    text = "1:" + base64.b64encode(zlib.compress(packed)).decode()
    assert decode(text) == {first: Entry(4, ()), second: Entry(5, ())}


def test_what_would_not_be_read_back_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = {str(number): Entry(20_000, ()) for number in range(100)}
    text = encode(ledger)
    monkeypatch.setattr("tap_compleetpersy.sync.ledger.LARGEST_BYTES", len(unpacked(text)))
    with pytest.raises(TooLargeLedgerError, match="ledger of 100 candidates takes"):
        encode(ledger)
    monkeypatch.setattr("tap_compleetpersy.sync.ledger.LARGEST_BYTES", len(unpacked(text)) + 1)
    assert decode(encode(ledger)) == ledger


@pytest.mark.parametrize(
    "text",
    [None, 7, "", "1:", "1:!!!", "2:eJwDAAAAAAE=", "1:eJwDAAAAAAE=", "x" * 50],
)
def test_what_is_no_ledger_is_refused(text: object) -> None:
    with pytest.raises(DamagedLedgerError):
        decode(text)


def test_three_streams_stay_within_16_bytes_a_candidate() -> None:
    draw = random.Random(4711)
    ledger = {
        str(1000 + number): Entry(
            20_000 - draw.randrange(1000),
            tuple({str(draw.randrange(1, 60)) for _ in range(draw.choice([0, 1, 1, 2, 3]))}),
        )
        for number in range(20_000)
    }
    candidates = {key: Entry(entry.day, ()) for key, entry in ledger.items()}
    size = len(encode(candidates)) + 2 * len(encode(ledger))
    assert size <= 16 * len(ledger)
