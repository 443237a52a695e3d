"""What a first sync takes into each warehouse: the tap and the real target side by side.

``python -m benchmarks.warehouses`` loads 50,000 candidates with their jobs and applications
into each target of docs/targets.md that loads, one after the other, and prints a table; with
``--write`` it goes into docs/warehouses.md. Words name the targets to load; ``--candidates``
another number; rows that were not measured stay. Takes an hour; the servers that some load into
run on the same processors.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import typing as t
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environments import CHECKOUT
from benchmarks.server import serving
from scripts.render_settings import between
from tests.singer import bare_environment
from tests.targets.declared import TARGETS
from tests.targets.environments import environment
from tests.targets.singer_target import Spot, Target

PAGE = Path(__file__).resolve().parents[1] / "docs" / "warehouses.md"
START, END = "<!-- costs -->", "<!-- /costs -->"
CANDIDATES = 50_000
SECONDS = 1200.0
MEBI = 1 << 20
TAP = str(CHECKOUT / "tap-compleetpersy")
HEAD = (
    "| target | first sync | candidates a second | tap's peak | target's peak |\n"
    "|---|--:|--:|--:|--:|"
)
_PEAK = re.compile(r"^VmHWM:\s*(\d+) kB$", re.MULTILINE)
_STEP = 0.02
"""Seconds between two looks at a process: a peak only rises, so the last look has it."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a first sync took.

    Attributes:
        seconds: From the start of both processes to the end of both.
        tap: Bytes of the largest process of the tap, at its peak.
        target: The same of the target.
        rows: Candidates in the warehouse.
        error: The end of the target's log, if it failed.
    """

    seconds: float
    tap: int
    target: int
    rows: int
    error: str = ""


class Peaks:
    """The peaks of two process trees, by the kernel's own mark, watched from a thread.

    The usage that a parent is told at the end would not do: what a process was before it began
    another program counts there.
    """

    def __init__(self, *roots: int) -> None:
        """Begin to watch these processes and what they start."""
        self.bytes = [0 for _ in roots]
        self._roots = roots
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> Sequence[int]:
        """Return the peaks."""
        self._over.set()
        self._thread.join()
        return self.bytes

    def _watch(self) -> None:
        while not self._over.wait(_STEP):
            for number, root in enumerate(self._roots):
                found = max(map(_peak, _tree(root)), default=0)
                self.bytes[number] = max(self.bytes[number], found)


def _tree(process: int) -> Iterator[int]:
    yield process
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
        for child in children.split():
            yield from _tree(int(child))


def _peak(process: int) -> int:
    with contextlib.suppress(OSError):
        found = _PEAK.search(Path(f"/proc/{process}/status").read_text(encoding="utf-8"))
        return int(found[1]) * 1024 if found else 0
    return 0


def load(target: Target, url: str, folder: Path) -> Load:
    """Load a list into a target."""
    settings = folder / "tap.json"
    given = {"api_url": url, "api_key": "any", **target.tap}
    settings.write_text(json.dumps(given), encoding="utf-8")
    (folder / "server").mkdir()
    variables = bare_environment()
    catalog = folder / "catalog.json"
    words = [TAP, "--config", str(settings)]
    with catalog.open("wb") as file:
        subprocess.run([*words, "--discover"], stdout=file, check=True, env=variables)
    python = environment(target.name, target.python)
    with target.server(folder / "server") as server, contextlib.ExitStack() as files:
        spot = Spot(folder, python, server)
        logs = [files.enter_context((folder / name).open("wb")) for name in ("tap", "load")]
        begin = time.perf_counter()
        tap = subprocess.Popen(
            [*words, "--catalog", str(catalog)],
            stdout=subprocess.PIPE,
            stderr=logs[0],
            env=variables,
        )
        loader = subprocess.Popen(
            target.command(spot),
            stdin=tap.stdout,
            stdout=subprocess.DEVNULL,
            stderr=logs[1],
            env=variables | dict(target.environment(spot)),
            cwd=folder,
        )
        t.cast("t.IO[bytes]", tap.stdout).close()
        peaks = Peaks(tap.pid, loader.pid)
        try:
            codes = [process.wait(SECONDS) for process in (loader, tap)]
        except subprocess.TimeoutExpired:
            codes = [-1]
        finally:
            for process in (loader, tap):
                process.kill()
        seconds = time.perf_counter() - begin
        of_tap, of_target = peaks.end()
        if any(codes):
            log = (folder / "load").read_text(encoding="utf-8", errors="replace")
            return Load(seconds, of_tap, of_target, 0, log[-400:] or "no end in time")
        rows = len({row["remote_id"] for row in target.read(spot)["candidates"]})
        return Load(seconds, of_tap, of_target, rows)


def line(target: Target, found: Load, candidates: int) -> str:
    """Render a row of the table."""
    whole = "" if found.rows == candidates else f" ({found.rows:,} of {candidates:,} rows)"
    return (
        f"| {target.title} {target.version}{whole} | {found.seconds:.0f} s "
        f"| {candidates / found.seconds:,.0f} | {found.tap / MEBI:,.0f} MiB "
        f"| {found.target / MEBI:,.0f} MiB |"
    )


def main() -> None:
    """Load into all that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.warehouses", description=__doc__)
    parser.add_argument("targets", nargs="*", help="titles in docs/targets.md; all that load")
    parser.add_argument("--candidates", type=int, default=CANDIDATES)
    parser.add_argument("--write", action="store_true", help="keep the table in the page")
    asked = parser.parse_args()
    rows = dict(_kept())
    print(HEAD, flush=True)
    with serving() as server:
        for target in TARGETS:
            is_asked = target.title in asked.targets or not asked.targets
            if not is_asked or target.outcome.loads != "yes":
                continue
            with tempfile.TemporaryDirectory() as folder:
                Path(folder).chmod(0o755)
                found = load(target, server.url(asked.candidates), Path(folder))
            if found.error:
                print(f"{target.title} failed: {found.error}", file=sys.stderr, flush=True)
                continue
            rows[target.title] = line(target, found, asked.candidates)
            print(rows[target.title], flush=True)
            if asked.write:
                _keep(rows)


def _kept() -> Iterator[tuple[str, str]]:
    """Yield the titles and rows of the page."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    table, _, _ = rest.partition(END)
    lines = [row for row in table.splitlines() if row.startswith("|")]
    for target in TARGETS:
        beginning = f"| {target.title} {target.version}"
        for row in lines:
            if row.startswith(beginning):
                yield target.title, row


def _keep(rows: t.Mapping[str, str]) -> None:
    """Write rows into the page, in the order of docs/targets.md."""
    listed = [rows[target.title] for target in TARGETS if target.title in rows]
    page = PAGE.read_text(encoding="utf-8")
    table = "\n".join(["", HEAD, *listed, "", ""])
    PAGE.write_text(between(page, START, END, table), encoding="utf-8")


if __name__ == "__main__":
    main()
