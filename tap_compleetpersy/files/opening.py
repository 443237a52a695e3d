"""From the setting `attachments_dir` to the store that it names."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from types import MappingProxyType

from tap_compleetpersy.files.folder import Folder

if t.TYPE_CHECKING:
    from tap_compleetpersy.files.store import Store

_NO_OPTIONS: t.Final[Mapping[str, t.Any]] = MappingProxyType({})


def open_store(
    where: str, options: Mapping[str, t.Any] = _NO_OPTIONS, seconds: float = 60
) -> Store:
    """Open the place that the setting ``attachments_dir`` names, and make it if need be.

    Args:
        where: A local folder, or a URL for fsspec (``s3://bucket/prefix``).
        options: For the driver of a URL, the setting ``attachments_options``.
        seconds: Longest silence of the driver, the setting ``request_timeout``.

    Raises:
        StoreError: When it cannot be used, or its driver is not installed.
    """
    if "://" not in where and "::" not in where:
        return Folder(where)
    from tap_compleetpersy.files.remote import open_remote  # noqa: PLC0415 - loads a driver

    return open_remote(where, options, seconds)
