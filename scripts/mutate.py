"""``make mutate``: change the model and the sync a little, and count what tests notice.

A full run takes many hours: a sample by seed is drawn from all mutants. mutmut runs the
tests that it knows to reach a mutant, within its own processes: quick, but it sees neither
what only a process of the tap's own reaches nor why a test process died. So every mutant
that it does not call killed is tried again: alone, by pytest, with the tap's tests too.
Survivors are shown by module; ``mutmut show NAME`` shows the change, docs/mutation.md argues.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTHING = "none.of.all"
KILLED = "killed"
SURVIVED = "survived"
MOST_SECONDS = 3600
_AGAIN = (
    *("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=mutation"),
    # First those that mutmut has not run: they notice most of what is left.
    *("tests/tap", "tests/attachments/test_stream.py", "tests/attachments/test_content.py"),
    *(f"tests/extra/test_{name}.py" for name in ("sync", "schema", "children", "definitions")),
    *("tests/model", "tests/sync"),
)
_RESULT = re.compile(r"^\s*(\S+__mutmut_\d+): (.+)$", re.MULTILINE)


def mutmut(*words: str, output: int | None = None) -> str:
    """Run mutmut in the project, without hypothesis minding the time."""
    done = subprocess.run(  # noqa: S603 - the words are ours
        ["mutmut", *words],  # noqa: S607 - that of the environment
        check=False,
        cwd=ROOT,
        env=os.environ | {"CI": "1"},
        stdout=output,
        stderr=output,
        text=True,
    )
    return done.stdout or ""


def names() -> Iterator[str]:
    """Name every mutant, as mutmut has made them."""
    for path in sorted((ROOT / "mutants").rglob("*.meta")):
        yield from json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]


def verdicts(chosen: Collection[str]) -> Mapping[str, str]:
    """Return what became of the mutants."""
    results = mutmut("results", "--all", "true", output=subprocess.PIPE)
    told = dict(_RESULT.findall(results))
    return {name: told[name] for name in chosen}


def survives(name: str) -> bool:
    """Run the tests with one mutant in every process; a run without an end has noticed it."""
    folder = ROOT / "mutants"
    try:
        done = subprocess.run(  # noqa: S603 - the words are ours
            [sys.executable, *_AGAIN],
            check=False,
            cwd=folder,
            env=os.environ | {"MUTANT_UNDER_TEST": name, "PYTHONPATH": str(folder)},
            capture_output=True,
            timeout=MOST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def again(found: Mapping[str, str], workers: int) -> Mapping[str, str]:
    """Try what is not known to be killed once more, each alone.

    Raises:
        SystemExit: the tests fail without a mutant.
    """
    print("The rest alone, minutes each:")
    if not survives(NOTHING):
        message = "The tests fail without any mutant: see `make test`."
        raise SystemExit(message)
    doubtful = [name for name, verdict in found.items() if verdict != KILLED]
    with ThreadPoolExecutor(workers) as pool:
        alive = dict(zip(doubtful, pool.map(survives, doubtful), strict=True))
    return {name: SURVIVED if alive.get(name) else KILLED for name in found}


def module_of(name: str) -> str:
    """Name the module of a mutant."""
    return ".".join(name.split(".")[1:3])


def main() -> None:
    """Draw, run and show."""
    parser = argparse.ArgumentParser(prog="make mutate")
    parser.add_argument("--mutants", type=int, default=400, help="0: all of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    mutmut("run", "--max-children", str(chosen.workers), NOTHING, output=subprocess.DEVNULL)
    everything = list(names())
    draw = random.Random(chosen.seed)  # noqa: S311 - not secret
    sample = everything
    if chosen.mutants:
        sample = draw.sample(everything, min(chosen.mutants, len(everything)))
    mutmut("run", "--max-children", str(chosen.workers), *sample)
    first = verdicts(sample)
    print(*(f"{count} {verdict}" for verdict, count in Counter(first.values()).items()), sep=", ")
    show(again(first, chosen.workers), len(everything))


def show(found: Mapping[str, str], total: int) -> None:
    """Print the score, and what survived by module."""
    alive: dict[str, list[str]] = defaultdict(list)
    for name, verdict in found.items():
        if verdict == SURVIVED:
            alive[module_of(name)].append(name)
    killed = len(found) - sum(map(len, alive.values()))
    for module, lines in sorted(alive.items()):
        of_module = sum(module_of(name) == module for name in found)
        print(f"{module}: {len(lines)} of {of_module} survived")
        print(*(f"  {line}" for line in sorted(lines)), sep="\n")
    share = 100 * killed / len(found)
    print(f"{killed} of {len(found)} killed ({share:.1f} %), of {total} mutants.")


if __name__ == "__main__":
    main()
