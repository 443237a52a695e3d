"""How rows look: which settings decide it, and whether they are as they were."""

from __future__ import annotations

import hashlib
import typing as t
from collections.abc import Iterable, Mapping

import msgspec

if t.TYPE_CHECKING:
    from tap_compleetpersy.settings import Settings

SETTINGS = (
    "outcomes",
    "field_paths",
    "custom_fields_paths",
    "exclude_fields",
    "include_remote_data",
    "time_zone",
    "attachments_dir",
)
"""The tap's own settings that change how rows look; one that a release lacks does not count."""

SDK_SETTINGS = ("stream_maps", "flattening_enabled", "flattening_max_depth")
"""Those of the SDK. `stream_map_config` is not among them: it holds secrets, such as a salt."""


def shape_of(
    settings: Settings, config: Mapping[str, t.Any], selected: Iterable[str] | None
) -> dict[str, str]:
    """Return a short hash of each setting that decides how the rows of a stream look.

    Args:
        settings: Of the run.
        config: As given, for the settings of the SDK.
        selected: Names of the selected fields; None: all are.
    """
    values = {name: getattr(settings, name) for name in SETTINGS if hasattr(settings, name)}
    values |= {name: config.get(name) for name in SDK_SETTINGS}
    values["selection"] = None if selected is None else sorted(selected)
    return {name: _hash(value) for name, value in values.items()}


def changed(before: Mapping[str, str] | None, now: Mapping[str, str]) -> set[str]:
    """Return the names of settings that differ; none where it is not known how they were."""
    return set() if before is None else {n for n in now if before.get(n, now[n]) != now[n]}


def _hash(value: object) -> str:
    text = msgspec.json.encode(value, order="deterministic", enc_hook=_plain)
    return hashlib.sha256(text).hexdigest()[:8]


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)
