"""What a process holds, as Linux tells it, and whether it grows."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

GROWTH = 1.05
"""Memory may be so many times what it was before: the allocator's moods, not a leak."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds at one moment.

    Attributes:
        memory: Resident, in KiB.
        peak: The most that was ever resident, in KiB.
        descriptors: Open files, sockets and pipes.
        threads: Threads.
    """

    memory: int
    peak: int
    descriptors: int
    threads: int


def held_by(process: int) -> Held | None:
    """Ask what a process holds; None when it is ending and holds nothing any more."""
    folder = Path(f"/proc/{process}")
    try:
        status = (folder / "status").read_text(encoding="ascii", errors="replace")
        descriptors = len(list((folder / "fd").iterdir()))
    except (FileNotFoundError, ProcessLookupError):
        return None
    facts = dict(re.findall(r"^(VmRSS|VmHWM|Threads):\s+(\d+)", status, re.MULTILINE))
    if "VmRSS" not in facts:
        return None
    return Held(int(facts["VmRSS"]), int(facts["VmHWM"]), descriptors, int(facts["Threads"]))


def growth(values: Sequence[int]) -> float:
    """Compare the median of the last third with that of the second; in the first, caches fill."""
    third = max(1, len(values) // 3)
    return statistics.median(values[-third:]) / statistics.median(values[third : 2 * third])
