"""Store one document: ``python -m tests.stores.upload URL OPTIONS READY BYTES SEED SILENCE``."""

from __future__ import annotations

import json
import random
import sys
from hashlib import sha256

from tap_compleetpersy.files import open_store
from tap_compleetpersy.files.index import content_path


def main() -> None:
    """Store a document of random bytes under its hash, as the tap does."""
    url, options, ready, size, seed, silence = sys.argv[1:]
    exec(ready)  # noqa: S102 - words of the tests
    content = random.Random(seed).randbytes(int(size))
    store = open_store(url, json.loads(options), float(silence))
    with store.receiving() as incoming:
        incoming.write(content)
        incoming.keep(content_path(sha256(content).hexdigest(), ".pdf"))


if __name__ == "__main__":
    main()
