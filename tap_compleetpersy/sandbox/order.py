"""In which order the local Persy lists its candidates.

A key is comparable and unique, so a cursor can continue behind a key even when
its candidate is gone.
"""

from __future__ import annotations

import typing as t
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime

OrderKey: t.TypeAlias = tuple[int, str]
MakeKey: t.TypeAlias = Callable[[str, datetime, int], OrderKey]


def _newest(remote_id: str, updated_at: datetime, _seed: int) -> OrderKey:
    return -int(updated_at.timestamp()), remote_id


def _oldest(remote_id: str, updated_at: datetime, _seed: int) -> OrderKey:
    return int(updated_at.timestamp()), remote_id


def _id(remote_id: str, _updated_at: datetime, _seed: int) -> OrderKey:
    return len(remote_id), remote_id


def _random(remote_id: str, _updated_at: datetime, seed: int) -> OrderKey:
    return zlib.crc32(f"{remote_id}:{seed}".encode()), remote_id


ORDERS: Mapping[str, MakeKey] = {"id": _id, "newest": _newest, "oldest": _oldest, "random": _random}
