"""Many seeded payloads through all that reads a record; what breaks, made small."""

from __future__ import annotations

import argparse
import functools
import itertools
import multiprocessing
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tap_compleetpersy.sandbox.people import People, Pools
from tap_compleetpersy.sandbox.shapes import SHAPES
from tests.fuzz.checks import compile_checks
from tests.fuzz.payloads import Json, Payload, make_payload
from tests.fuzz.shrinking import smallest
from tests.profiles.people import NOW, hard_people

IN_A_CHUNK = 1000
DESCRIPTION = "Read many generated payloads. Ends with 1 when something breaks, and shows what."


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that broke: how, at which number, and the smallest payload that does it."""

    error: str
    number: int
    payload: Payload
    record: Json


@functools.cache
def start_records() -> list[Json]:
    """Write some people in every shape: fictional ones, and those who are hard to read."""
    people = People(1, NOW, Pools.drawn(1))
    everybody = [*(people.candidate(number) for number in range(1, 25)), *hard_people()]
    return [write(person) for person in everybody for write in SHAPES.values()]


def payload_of(seed: int, number: int) -> Payload:
    """Make the payload with a number; the same seed and number give the same one."""
    return make_payload(random.Random(f"{seed}:{number}"), start_records())


def run_chunk(
    seed: int, numbers: range, check: Callable[[Payload], int] | None = None
) -> tuple[int, list[Finding]]:
    """Check some payloads; answer how many readings gave a candidate, and what broke."""
    check = check or compile_checks()
    read, findings = 0, []
    for number in numbers:
        payload = payload_of(seed, number)
        try:
            read += check(payload)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            findings.append(_finding(check, number, payload, error))
    return read, findings


def _finding(
    check: Callable[[Payload], int], number: int, payload: Payload, error: Exception
) -> Finding:
    named = _name(error)

    def still_breaks(record: Json) -> bool:
        try:
            check(replace(payload, record=record))
        except Exception as again:  # noqa: BLE001 - compared with the first
            return _name(again) == named
        return False

    return Finding(named, number, payload, smallest(payload.record, still_breaks))


def _name(error: Exception) -> str:
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


def _run(piece: tuple[int, range]) -> tuple[int, list[Finding]]:
    return run_chunk(*piece)


def main(arguments: list[str]) -> int:
    """Run, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=DESCRIPTION)
    parser.add_argument("--payloads", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1, help="another seed, other payloads")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(chosen.workers) as pool:
        results = list(pool.imap_unordered(_run, chunks(chosen.seed, chosen.payloads)))
    seconds = time.monotonic() - began
    findings = sorted(itertools.chain(*(found for _, found in results)), key=lambda f: f.number)
    sys.stdout.writelines(_lines(chosen.seed, findings))
    read = sum(count for count, _ in results)
    sys.stdout.write(
        f"{chosen.payloads:,} payloads in {seconds:.0f} s: {read:,} readings gave a candidate, "
        f"{len(findings)} broke something\n"
    )
    return int(bool(findings))


def _lines(seed: int, findings: list[Finding]) -> Iterator[str]:
    """Show each kind of finding once, by its first payload."""
    for finding in {found.error: found for found in reversed(findings)}.values():
        yield f"{finding.error}: payload {finding.number} of seed {seed}\n"
        yield f"  {finding.record!r}"[:2000] + "\n"
