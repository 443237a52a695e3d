"""Both ways of reading, compared record by record, for pages as a tenant sends them.

A tenant is drawn by its number: how its records look and how they are to be read. It sends pages
of plain records with payloads among them, so that the quick way learns as it does in a run. Where
it gives an answer, the general way must give the same one.
"""

from __future__ import annotations

import functools
import math
import random
import typing as t
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from tap_compleetpersy.api.decode import decode_item, decode_lightly, text_of
from tap_compleetpersy.api.messages import Answer
from tap_compleetpersy.errors import UnexpectedAnswer
from tap_compleetpersy.model.candidate import (
    Candidate,
    ReadCandidate,
    Rules,
    compile_quick_reader,
    compile_reader,
)
from tap_compleetpersy.model.composition import compile_location
from tap_compleetpersy.model.custom_fields import Drift, Typing, compile_typed
from tap_compleetpersy.model.custom_types import Sample
from tap_compleetpersy.model.fields import FIELDS
from tap_compleetpersy.model.generation import received
from tap_compleetpersy.model.ids import compile_ids
from tap_compleetpersy.model.listing import compile_integration_fields
from tap_compleetpersy.model.quick import raw_items
from tap_compleetpersy.model.remote_data import (
    compile_opening_data,
    compile_remote_data,
    compile_strip,
    excludes_openings,
)
from tap_compleetpersy.sync.output import encode_line
from tap_compleetpersy.sync.records import RecordBuilder
from tests.fuzz.checks import BERLIN, OLD_CATALOG, RULES, SELECTED, must
from tests.fuzz.pages import FORMS, Form, is_strict, oddly, page_of
from tests.fuzz.payloads import Json, make_mild_payload, make_payload, pick

RULES_OF_TENANTS = (
    *RULES,
    Rules(exclude_fields=frozenset({"Notiz", "EmployerOrg", "UserArea.Sprachen"})),
    Rules(exclude_fields=frozenset({"Confidential", "Anzahl", "FormattedNumber"})),
    Rules(time_zone="America/New_York", custom_fields_paths=("UserArea.A", "Resume", "Adresse")),
)
"""Those of all payloads, and more; none excludes what rows are made by."""
FEWEST, MOST = 20, 100
"""Records of a page."""


@dataclass(frozen=True)
class Tenant:
    """Who sends pages, and how they are to be read.

    Attributes:
        rules: As the settings say.
        types: Of custom fields, as in the catalog.
        selected: Fields that the catalog selects; None for all.
        has_remote_data: Records are wanted as received, too.
        records: What plain records look like.
    """

    rules: Rules
    types: dict[str, t.Any]
    selected: frozenset[str] | None
    has_remote_data: bool
    records: Sequence[Json]


def tenant_of(seed: int, number: int, shapes: Sequence[Sequence[Json]]) -> Tenant:
    """Draw a tenant, whose records have one of the shapes, or now and then all of them."""
    source = random.Random(f"{seed}:tenant:{number}")
    rules = pick(source, RULES_OF_TENANTS)
    everything = [record for records in shapes for record in records]
    records = pick(source, (*shapes, everything))
    sampled = source.randrange(2)
    return Tenant(
        rules,
        OLD_CATALOG | (_sampled(records) if sampled else {}),
        pick(source, (None, None, frozenset(SELECTED))),
        bool(source.randrange(3)),
        records,
    )


@functools.cache
def _reader() -> Callable[[object], Candidate]:
    return compile_reader(Rules())


def _sampled(records: Sequence[Json]) -> dict[str, t.Any]:
    """Return the types that some of the records show, as discovery does."""
    sample = Sample()
    for record in records[::8]:
        candidate = _reader()(record)
        sample.add(candidate.custom, candidate.labels)
    return sample.properties()


def pages(tenant: Tenant, seed: int, numbers: range) -> Iterator[tuple[int, bytes]]:
    """Yield a tenant's pages until all payloads were sent, each with the number of one before it.

    What no strict reader takes has all of its page read leniently, so it comes in some of its own.
    """
    source = random.Random(f"{seed}:pages:{numbers.start}")
    plain = functools.cache(lambda write: [write(record) for record in tenant.records])
    first, late = numbers.start, []
    while first < numbers.stop:
        size = FEWEST + source.randrange(MOST - FEWEST + 1)
        odd = pick(source, (1, size // 4, size // 2, 3 * size // 4, size))
        chosen = range(first, min(first + odd, numbers.stop))
        write = pick(source, FORMS)
        texts = [pick(source, plain(write)) for _ in range(size - len(chosen))]
        for number in chosen:
            drawn = random.Random(f"{seed}:{number}")
            texts.insert(source.randrange(len(texts) + 1), _payload(drawn, tenant, write))
        strict = [text for text in texts if is_strict(text)]
        late += [text for text in texts if not is_strict(text)]
        yield first, page_of(strict)
        if late and (len(late) >= FEWEST or chosen.stop == numbers.stop):
            yield first, page_of([*strict[:2], *late, *strict[-2:]])
            late = []
        first = chosen.stop


def _payload(source: random.Random, tenant: Tenant, write: Form) -> bytes:
    is_mild, is_odd = source.randrange(3), source.randrange(4) == 0
    if is_mild:
        record = make_mild_payload(source, tenant.records)
    else:
        record = make_payload(source, tenant.records).record
    return oddly(source, record) if is_odd else write(record)


class _Said(t.NamedTuple):
    """What is said of a record, with the name of the law that it is the same in both ways."""

    ids: object
    doubts: object
    values: object
    custom: list[str]
    drift: tuple[Drift, ...]
    rows: list[bytes]


class Ways:
    """Both ways of reading a tenant's records; the quick one remembers what it saw."""

    def __init__(self, tenant: Tenant) -> None:
        """Know no record."""
        rules, selected, zone = tenant.rules, tenant.selected, BERLIN
        has_openings = tenant.has_remote_data and not excludes_openings(rules)
        self._has_remote_data = tenant.has_remote_data
        self._general = compile_reader(rules)
        self._quick = compile_quick_reader(
            rules,
            Typing(tenant.types, zone),
            math.inf,
            selected=selected,
            keeps_raw=tenant.has_remote_data,
        )
        self._strip = compile_strip(rules.exclude_fields) if rules.exclude_fields else None
        self._builder = RecordBuilder(
            ids={name: compile_ids(rules.account, name) for name in FIELDS},
            changed_at="2026-11-24T03:00:00.000Z",
            typed=compile_typed(tenant.types, zone),
            location=compile_location(selected),
            integration_fields=compile_integration_fields(rules, selected),
            candidate_data=compile_remote_data(rules, selected) if tenant.has_remote_data else None,
            opening_data=compile_opening_data(rules) if has_openings else None,
        )
        self._expected: dict[bytes, tuple[Json, _Said]] = {}

    def compare(self, page: bytes) -> int:
        """Compare both ways for a page; return how many of its records were plain.

        Raises:
            BrokenLawError: They differ.
            Exception: Whatever the code under test raised.
        """
        self._refuse_broken_letters(page)
        try:
            records: t.Any = decode_lightly(Answer(200, {}, page))
        except UnexpectedAnswer:
            return 0
        found = self._quick(text_of(records))
        must(len(found) == len(records), "quick: an answer for each record")
        for one, item in zip(found, records, strict=True):
            if one is not None:
                self._compare(one, item)
        return len(found) - found.count(None)

    def _refuse_broken_letters(self, page: bytes) -> None:
        """No page comes as bytes that are no UTF-8; if one did, these would not be copied."""
        try:
            page.decode()
        except UnicodeDecodeError:
            try:
                items = raw_items(page)
            except (msgspec.MsgspecError, ValueError):
                return
            for one, item in zip(self._quick(page), items, strict=True):
                if one is not None:
                    bytes(item).decode()

    def _compare(self, quick: ReadCandidate, item: t.Any) -> None:
        plain = quick.plain
        assert plain is not None
        record, expected = self._in_general(item)
        as_received = received(plain.record)
        must(as_received == record, "quick: nothing of the record is lost")
        seen = ReadCandidate(quick.candidate, as_received, plain)
        said = self._said(seen, list(plain.custom))
        for name, here, there in zip(_Said._fields, said, expected, strict=True):
            must(here == there, f"quick: {name} as in the general way")

    def _in_general(self, item: t.Any) -> tuple[Json, _Said]:
        """Return what a record may say, and what the general way says: kept, for many repeat."""
        key = msgspec.json.encode(item)
        kept = self._expected.get(key)
        if kept is None:
            record: t.Any = decode_item(item)
            candidate = self._general(record)
            said = self._said(ReadCandidate(candidate, record), list(candidate.custom))
            allowed = record if self._strip is None else self._strip(record)
            kept = self._expected[key] = allowed, said
        return kept

    def _said(self, seen: ReadCandidate, custom: list[str]) -> _Said:
        candidate, builder = seen.candidate, self._builder
        row, drift = builder.candidate(seen)
        rows = [encode_line(row)]
        for opening in candidate.openings:
            rows.append(encode_line(builder.job(opening)))
            rows.append(encode_line(builder.application(candidate.remote_id, opening)))
        openings = [(each.remote_id, each.created_at) for each in candidate.openings]
        times = (candidate.updated_at, candidate.created_at)
        return _Said(
            (candidate.remote_id, times, openings),
            candidate.doubts,
            candidate.values,
            custom,
            drift,
            rows,
        )
