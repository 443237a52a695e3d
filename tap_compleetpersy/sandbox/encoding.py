"""Facts to the bytes of a wire shape."""

from __future__ import annotations

import json
import typing as t

from tap_compleetpersy.sandbox.flat import flat, german
from tap_compleetpersy.sandbox.php import php
from tap_compleetpersy.sandbox.shapes import Json, hrxml

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tap_compleetpersy.sandbox.facts import Candidate

SHAPES: Mapping[str, Callable[[Candidate], Json]] = {
    "hrxml": hrxml,
    "flat": flat,
    "german": german,
    "php": php,
}


def encode(value: Json) -> bytes:
    """Write JSON as UTF-8; a lone surrogate, which UTF-8 cannot hold, stays an escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace")


def renderer(shape: str) -> Callable[[Candidate], bytes]:
    """Return what turns a candidate into the bytes of a shape."""
    write = SHAPES[shape]
    return lambda candidate: encode(write(candidate))
