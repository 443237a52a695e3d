"""Where the content of attachments goes, and which file is whose.

`store` is what all do, and a local folder; `remote` what is behind a URL, by one of the `drivers`.
`index` knows the owners.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from types import MappingProxyType

from tap_compleetpersy.files.store import Folder, Store


def open_store(
    where: str, options: Mapping[str, t.Any] = MappingProxyType({}), seconds: float = 60
) -> Store:
    """Return the store that the setting ``attachments_dir`` names, made if need be.

    Args:
        where: A local folder, or a URL for fsspec (``s3://bucket/prefix``), chained or not.
        options: For the driver of a URL, the setting ``attachments_options``.
        seconds: Longest silence of the driver, the setting ``request_timeout``.

    Raises:
        StoreError: When it cannot be used, or its driver is not installed.
    """
    if "://" not in where and "::" not in where:
        return Folder(where)
    from tap_compleetpersy.files.remote import open_remote  # noqa: PLC0415 - loads a driver

    return open_remote(where, options, seconds)
