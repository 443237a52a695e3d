"""The ledger: small, exact, and damage is noticed."""

from __future__ import annotations

import base64
import random
import re
import zlib
from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.sync.ledger import KnownLedgers, Ledger
from tap_compleetpersy.sync.ledger_columns import LEAST_HASH, Entry, Keys, hashed, is_canonical
from tap_compleetpersy.sync.ledger_numbers import DamagedLedgerError
from tap_compleetpersy.sync.ledger_text import TooLargeLedgerError
from tests.ledgers import decode, encode, written_before

is_uuid = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch

ids = st.one_of(
    st.integers(0, 10**18).map(str),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.sampled_from(["007", "7", "0", "00", "-1", "٣", "9" * 400]),
    st.uuids().map(str),
    st.uuids().map(lambda uuid: str(uuid).upper()),
    st.uuids().map(str).map(hashed),
)
entries = st.builds(Entry, st.integers(-1, 40_000), st.lists(ids, unique=True).map(tuple))
ledgers = st.dictionaries(ids, entries, max_size=30)


def is_hash(key: str) -> bool:
    return bool(is_canonical(key)) and int(key) >= LEAST_HASH


@given(ledgers)
def test_what_is_written_is_read_back(ledger: dict[str, Entry]) -> None:
    assert decode(encode(ledger)) == ledger


@given(ledgers)
def test_what_an_older_release_wrote_is_read(ledger: dict[str, Entry]) -> None:
    assert decode(written_before(ledger)) == ledger


@given(ledgers)
def test_a_ledger_without_uuids_is_written_as_ever(ledger: dict[str, Entry]) -> None:
    names = [opening for entry in ledger.values() for opening in entry.children]
    is_new = any(map(is_uuid, [*ledger, *names])) or any(map(is_hash, ledger))
    if is_new:
        assert encode(ledger).startswith("3:")
    else:
        assert encode(ledger) == written_before(ledger)


@given(ledgers)
def test_a_ledger_that_names_nobody_has_hashes_of_uuids(ledger: dict[str, Entry]) -> None:
    for text in (encode(ledger), written_before(ledger)):
        nameless = decode(text).hashed()
        assert nameless == {hashed(key): entry for key, entry in ledger.items()}
        assert not any(map(is_uuid, nameless))
        assert nameless.hashed() is nameless
        assert decode(encode(nameless)) == nameless
    assert {key for key in ledger if hashed(key) != key} == {*filter(is_uuid, ledger)}


@given(st.sets(ids, max_size=30), st.sets(ids, max_size=30), st.data())
def test_whoever_was_not_read_is_absent_by_the_hash_too(
    known: set[str], read: set[str], data: st.DataObject
) -> None:
    read |= set(data.draw(st.lists(st.sampled_from([*known, "0"]))))
    nameless = Ledger(dict.fromkeys(known, Entry(1, ()))).hashed()
    absent = [*nameless.absent(Keys.of(read).hashed())]
    assert sorted(absent) == sorted({hashed(key) for key in known - read})


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
    other = "1:" + packed(unpacked(text), level=9)
    assert other != text
    known = KnownLedgers()
    ledger = known.changeable(known.decode(other))
    ledger["4712"] = Entry(20_000, ())
    del ledger["4712"]
    assert known.encode(ledger) == other


def unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text[2:]))


def packed(columns: bytes, level: int = 4) -> str:
    return base64.b64encode(zlib.compress(columns, level)).decode()


def test_what_a_copy_learns_is_forgotten_with_it() -> None:
    ledger = Ledger({"4711": Entry(20_000, ())})
    known = KnownLedgers()
    copy = known.copy()
    text = copy.encode(ledger)
    assert copy.decode(text).columns is copy.decode(text).columns
    assert known.decode(text).columns is not copy.decode(text).columns


@given(ledgers, st.booleans(), st.data())
def test_a_changed_text_is_noticed(
    ledger: dict[str, Entry], is_older: bool, data: st.DataObject
) -> None:
    text = written_before(ledger) if is_older else encode(ledger)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
    try:
        assert decode(changed) == ledger  # unused bits of base64 may change
    except DamagedLedgerError:
        assert changed != text


@given(ledgers, st.booleans(), st.data())
def test_a_text_that_was_cut_is_noticed(
    ledger: dict[str, Entry], is_older: bool, data: st.DataObject
) -> None:
    text = written_before(ledger) if is_older else encode(ledger)
    with pytest.raises(DamagedLedgerError):
        decode(text[: data.draw(st.integers(0, len(text) - 1))])


@given(ledgers, st.booleans(), st.data())
def test_columns_that_were_changed_are_ledgers_or_noticed(
    ledger: dict[str, Entry], is_older: bool, data: st.DataObject
) -> None:
    """Whoever changes what was deflated and deflates it again gets no other error."""
    text = written_before(ledger) if is_older else encode(ledger)
    columns = bytearray(unpacked(text))
    for _ in range(data.draw(st.integers(1, 3))):
        columns[data.draw(st.integers(0, len(columns) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del columns[data.draw(st.integers(0, len(columns) - 1)) :]
    changed = data.draw(st.sampled_from(["1:", "2:", "3:"])) + packed(bytes(columns))
    try:
        read = decode(changed)
    except DamagedLedgerError:
        return
    assert [*read.columns.keys] == [*Keys.of(read)]
    assert decode(encode(read)) == read


def drawn(count: int) -> Iterator[str]:
    draw = random.Random(4711)
    return (str(UUID(int=draw.getrandbits(128), version=4)) for _ in range(count))


def test_a_uuid_takes_its_random_bits() -> None:
    ledger = Ledger({uuid: Entry(20_000, ()) for uuid in drawn(20_000)})
    assert decode(encode(ledger)) == ledger
    # 122 random bits, less 13 that their order tells, in base64; text took 31.
    assert len(encode(ledger)) < 19 * len(ledger)
    # Likewise 56 bits.
    assert len(encode(ledger.hashed())) < 7.4 * len(ledger)


def test_uuids_as_an_older_release_wrote_them_are_read() -> None:
    first, second = f"{1:08x}-0000-4000-8000-{1:012x}", f"{2:08x}-0000-4000-8000-{2:012x}"
    columns = (b"", b'["%b","%b"]' % (first.encode(), second.encode()))
    others = (b"", b"[]", bytes([5, 6]), bytes(2), b"")
    written = b"".join(len(each).to_bytes(8, "big") + each for each in (*columns, *others))
    assert decode("1:" + packed(written)) == {first: Entry(4, ()), second: Entry(5, ())}


def test_what_would_not_be_read_back_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = {str(number): Entry(20_000, ()) for number in range(100)}
    text = encode(ledger)
    monkeypatch.setattr("tap_compleetpersy.sync.ledger_text.LARGEST_BYTES", len(unpacked(text)))
    with pytest.raises(TooLargeLedgerError, match="ledger of 100 candidates takes"):
        encode(ledger)
    monkeypatch.setattr("tap_compleetpersy.sync.ledger_text.LARGEST_BYTES", len(unpacked(text)) + 1)
    assert decode(encode(ledger)) == ledger


@pytest.mark.parametrize(
    "text",
    [
        *(None, 7, "", "1:", "1:!!!", "x" * 50),
        *(f"{number}:eJwDAAAAAAE=" for number in range(5)),
    ],
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
