"""A tap on the SDK that does nothing: what the start of any such tap costs."""

from __future__ import annotations

import typing as t

from singer_sdk import Stream, Tap
from typing_extensions import override


class TapEmpty(Tap):
    """No streams, no settings."""

    name = "tap-empty"
    config_jsonschema: t.ClassVar[dict[str, t.Any]] = {"type": "object", "properties": {}}

    @override
    def discover_streams(self) -> list[Stream]:
        return []
