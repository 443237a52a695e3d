"""What is kept: `RESULTS.md`, one section for each scenario."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.environments import ROOT

PAGE = ROOT / "benchmarks" / "RESULTS.md"
_HEAD = """# How fast the tap is

Measured by `make bench`, which writes this page; `make bench-quick` only prints. All
contestants read the same local server, which answers from memory, in turns and each as a
process of its own that writes to a file. Figures are of one machine: compare the ratios.
"""
_PACKAGES = ("singer-sdk", "requests", "msgspec")
_GIGABYTE = 1 << 30


def machine() -> str:
    """Describe what was measured on, without naming it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIGABYTE
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES)
    return (
        f"{datetime.now(tz=UTC):%Y-%m-%d}, {len(os.sched_getaffinity(0))} cores of {_processor()}, "
        f"{memory:.0f} GB, {platform.system()}, Python {platform.python_version()}, {versions}"
    )


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    text = facts.read_text(encoding="utf-8") if facts.is_file() else ""
    model = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return model[1] if model else platform.machine()


def keep(sections: Mapping[str, str], titles: Mapping[str, str], command: str) -> None:
    """Write what was measured into the page; arguments as of `renewed`."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    PAGE.write_text(renewed(page, sections, titles, command), encoding="utf-8")


def renewed(page: str, sections: Mapping[str, str], titles: Mapping[str, str], command: str) -> str:
    """Replace what was measured again; the other sections stay as they are.

    Args:
        page: As it is.
        sections: Markdown of each scenario that was measured.
        titles: Heading of every scenario, in the order of the page.
        command: What was typed.
    """
    kept = dict(re.findall(r"<!-- (\w+) -->\n(.*?)\n<!-- /\1 -->", page, re.DOTALL))
    for name, text in sections.items():
        kept[name] = f"## {titles[name]}\n\n{text}\n\n*{machine()}; `{command}`*"
    blocks = [f"<!-- {name} -->\n{kept[name]}\n<!-- /{name} -->" for name in titles if name in kept]
    return "\n\n".join([_HEAD.rstrip(), *blocks]) + "\n"
