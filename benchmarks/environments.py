"""The contestants' environments, below `.cache/bench`, each from locked requirements."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHECKOUT = Path(sys.executable).parent
"""Programs of the environment that the tap is developed in."""

_CACHE = ROOT / ".cache"
_LOCKS = ROOT / "benchmarks" / "requirements"


def programs(name: str) -> Path:
    """Return the folder of an environment's programs; it is made when its lock is new.

    Args:
        name: Of a lock file in `benchmarks/requirements`.
    """
    folder, lock = _CACHE / "bench" / name, _LOCKS / f"{name}.txt"
    made, wanted = folder / ".made-from", hashlib.sha256(lock.read_bytes()).hexdigest()
    if not made.is_file() or made.read_text() != wanted:
        uv = [str(CHECKOUT / "uv"), "--quiet", "--cache-dir", str(_CACHE / "uv")]
        subprocess.run([*uv, "venv", "--clear", "--python", sys.executable, folder], check=True)
        python = str(folder / "bin" / "python")
        sync = ["pip", "sync", "--require-hashes", str(lock), "--python", python]
        subprocess.run([*uv, *sync], check=True)
        made.write_text(wanted)
    return folder / "bin"


def version(name: str, package: str) -> str:
    """Return the locked version of a package."""
    text = (_LOCKS / f"{name}.txt").read_text(encoding="utf-8")
    pin = re.search(rf"^{re.escape(package)}==(\S+)", text, re.MULTILINE)
    return pin[1] if pin else "unknown"
