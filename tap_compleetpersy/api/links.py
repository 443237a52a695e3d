"""The next page as RFC 8288 says it: ``Link: <…>; rel="next"``."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TARGET = re.compile(r"[\s,]*<([^>]*)>")
_PARAMETER = re.compile(
    r"\s*;\s*([^\s=;,\"<>]+)(?:\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;,\"\s]*)))?"
)


def next_link(text: str | None) -> str | None:
    """Answer the target of the first link whose relation is ``next``, or None.

    Args:
        text: Value of the header; targets and quoted values may hold commas.
    """
    for target, parameters in _links(text or ""):
        if "next" in parameters.get("rel", "").casefold().split():
            return target.strip()
    return None


def _links(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    position = 0
    while target := _TARGET.match(text, position):
        position = target.end()
        parameters: dict[str, str] = {}
        while parameter := _PARAMETER.match(text, position):
            position = parameter.end()
            name, quoted, plain = parameter.groups()
            parameters.setdefault(name.casefold(), quoted or plain or "")
        yield target[1], parameters
        position = next((at for at in [text.find(",", position)] if at >= 0), len(text))
