"""Many seeded payloads through all that reads a record; what breaks, made small."""

from __future__ import annotations

import argparse
import functools
import itertools
import multiprocessing
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tap_compleetpersy.sandbox.people import People, Pools
from tap_compleetpersy.sandbox.shapes import SHAPES
from tests.fuzz.checks import compile_checks
from tests.fuzz.pages import page_of, records_of
from tests.fuzz.payloads import Json, Payload, make_payload
from tests.fuzz.shrinking import fewest, smallest
from tests.fuzz.ways import Tenant, Ways, pages, tenant_of
from tests.profiles.people import NOW, hard_people

IN_A_CHUNK = 1000
DESCRIPTION = "Read many generated payloads. Ends with 1 when something breaks, and shows what."

Check = Callable[[Payload], int]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that broke.

    Attributes:
        error: How.
        number: Of the payload; where both ways differ, of the first one of the page.
        numbers: Payloads of the chunk; where both ways differ, of the tenant.
        is_of_ways: Both ways differ.
    """

    error: str
    number: int
    numbers: range
    is_of_ways: bool = False


Result = tuple[int, list[Finding]]
"""How often reading gave a candidate, and what broke."""


@functools.cache
def start_records() -> list[list[Json]]:
    """Write some people in every shape: fictional ones, and those who are hard to read."""
    people = People(1, NOW, Pools.drawn(1))
    everybody = [*(people.candidate(number) for number in range(1, 25)), *hard_people()]
    return [[write(person) for person in everybody] for write in SHAPES.values()]


@functools.cache
def _all_start_records() -> list[Json]:
    return [*itertools.chain(*start_records())]


def payload_of(seed: int, number: int) -> Payload:
    """Make the payload with a number; the same seed and number give the same one."""
    return make_payload(random.Random(f"{seed}:{number}"), _all_start_records())


def check_laws(seed: int, numbers: range, check: Check | None = None) -> Result:
    """Check some payloads, each on its own."""
    check = check or compile_checks()
    read, findings = 0, []
    for number in numbers:
        try:
            read += check(payload_of(seed, number))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            findings.append(Finding(name_of(error), number, numbers))
    return read, findings


def compare_ways(seed: int, numbers: range) -> Result:
    """Compare both ways of reading for the pages of a tenant, which hold some payloads."""
    tenant = tenant_of(seed, numbers.start, start_records())
    ways = Ways(tenant)
    read, findings = 0, []
    for number, page in pages(tenant, seed, numbers):
        try:
            read += ways.compare(page)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            findings.append(Finding(name_of(error), number, numbers, is_of_ways=True))
    return read, findings


def smallest_payload(payload: Payload, named: str, check: Check) -> Json:
    """Return the smallest record that breaks as a payload does."""
    return smallest(
        payload.record,
        lambda record: _breaks(lambda: check(replace(payload, record=record)), named),
    )


def smallest_pages(tenant: Tenant, sent: Sequence[bytes], named: str) -> list[bytes]:
    """Return the fewest pages, of the fewest records, that break as all of them do."""

    def still_break(some: Sequence[bytes]) -> bool:
        return _breaks(lambda: [*map(Ways(tenant).compare, some)], named)

    kept = fewest(sent, still_break)
    apart = [page_of([record]) for page in kept for record in records_of(page)]
    return fewest(apart, still_break) if still_break(apart) else kept


def _breaks(run: Callable[[], object], named: str) -> bool:
    try:
        run()
    except Exception as error:  # noqa: BLE001 - compared with the first
        return name_of(error) == named
    return False


def name_of(error: Exception) -> str:
    """Name an error by its kind and place, so that the same one is shown once."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
    law = f" ({error})" if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__}{law} in {place}"


def chunks(seed: int, payloads: int) -> Iterator[tuple[int, range]]:
    """Cut the work into pieces for several processes."""
    for start in range(0, payloads, IN_A_CHUNK):
        yield seed, range(start, min(start + IN_A_CHUNK, payloads))


def _check(piece: tuple[int, range]) -> Result:
    return check_laws(*piece)


def _compare(piece: tuple[int, range]) -> Result:
    return compare_ways(*piece)


def main(arguments: list[str]) -> int:
    """Run, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=DESCRIPTION)
    parser.add_argument("--payloads", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1, help="another seed, other payloads")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ways", action="store_true", help="only compare both ways of reading")
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(chosen.workers) as pool:
        pieces = [*chunks(chosen.seed, chosen.payloads)]
        compared = [*pool.imap_unordered(_compare, pieces)]
        checked = [] if chosen.ways else [*pool.imap_unordered(_check, pieces)]
    seconds = time.monotonic() - began
    findings = [*itertools.chain(*(found for _, found in [*compared, *checked]))]
    sys.stdout.writelines(_lines(chosen.seed, sorted(findings, key=lambda each: each.number)))
    read = "" if chosen.ways else f"{_total(checked):,} readings gave a candidate, "
    sys.stdout.write(
        f"{chosen.payloads:,} payloads in {seconds:.0f} s: {read}"
        f"{_total(compared):,} records were read alike in both ways, "
        f"{len(findings)} broke something\n"
    )
    return int(bool(findings))


def _total(results: Sequence[Result]) -> int:
    return sum(count for count, _ in results)


def _lines(seed: int, findings: list[Finding]) -> Iterator[str]:
    """Show each kind of finding once, by the smallest form of its first payload."""
    for finding in {found.error: found for found in reversed(findings)}.values():
        yield f"{finding.error}: payload {finding.number} of seed {seed}\n"
        yield f"  {_shown(seed, finding)!r}"[:2000] + "\n"


def _shown(seed: int, finding: Finding) -> object:
    if not finding.is_of_ways:
        payload = payload_of(seed, finding.number)
        return smallest_payload(payload, finding.error, compile_checks())
    tenant = tenant_of(seed, finding.numbers.start, start_records())
    sent = [
        page for number, page in pages(tenant, seed, finding.numbers) if number <= finding.number
    ]
    return tenant.rules, smallest_pages(tenant, sent, finding.error)
