"""Draw records/s and memory against the number of records.

`python -m benchmarks.plot POINTS PICTURE`, in the environment that has matplotlib.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.ticker import EngFormatter

MEGABYTE = 1 << 20


def draw(points: list[dict[str, float]], picture: Path) -> None:
    """Draw both, one line for each kind of run."""
    # The same figures make the same file.
    mpl.rcParams |= {"svg.hashsalt": "performance", "svg.fonttype": "none", "font.size": 9}
    figure, (speed, memory) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for (name, group), mark in zip(
        itertools.groupby(points, key=lambda point: point["run"]), "os", strict=False
    ):
        runs = list(group)
        records = [run["records"] for run in runs]
        rates = [run["records"] / run["seconds"] for run in runs]
        peaks = [run["peak_bytes"] / MEGABYTE for run in runs]
        speed.plot(records, rates, marker=mark, label=str(name))
        memory.plot(records, peaks, marker=mark, label=str(name))
    for axes, title in ((speed, "records/s"), (memory, "peak memory, MB")):
        axes.set(title=title, xlabel="records", xscale="log")
        axes.margins(y=0.1)
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_formatter(EngFormatter())
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    speed.legend(frameon=False, loc="lower right")
    figure.savefig(picture, metadata={"Date": None, "Title": "Speed and memory of the tap"})


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_bytes()), Path(sys.argv[2]))
