"""An environment for each target, made when it is first needed, with exactly what its file pins."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import typing as t
from collections.abc import Mapping
from pathlib import Path

from tests.meltano import ROOT

PINS = Path(__file__).parent / "requirements"


def environment(name: str, version: str = "") -> Path:
    """Return the Python of an environment, after making that if need be.

    Args:
        name: Of the file that pins what is in it.
        version: Of Python, if that is not the tests' own.
    """
    folder, pins = ROOT / ".cache" / "targets" / name, PINS / f"{name}.txt"
    python, done = folder / "bin" / "python", folder / "pins.txt"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:  # several targets may share one
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_file() or done.read_bytes() != pins.read_bytes():
            _uv("venv", "--clear", str(folder), "--python", version or sys.executable)
            _uv("pip", "sync", "--compile-bytecode", str(pins), "--python", str(python))
            done.write_bytes(pins.read_bytes())
    return python


def run_with(
    requirement: str,
    *words: str,
    folder: Path,
    given: str = "",
    environment: Mapping[str, str] | None = None,
) -> str:
    """Return what a command prints, with a released package installed for it.

    Args:
        requirement: The package, pinned.
        words: The command.
        folder: Where it runs.
        given: Its input.
        environment: Variables, in place of those of this process.
    """
    run = ("run", "--no-project", "--python", sys.executable, "--with", requirement)
    return _uv(*run, *words, cwd=folder, input=given, env=environment)


def _uv(*words: str, **more: t.Any) -> str:
    uv = Path(sys.executable).parent / "uv"
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [uv, "--quiet", *words], check=False, capture_output=True, text=True, **more
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
