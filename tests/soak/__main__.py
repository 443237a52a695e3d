"""``make soak``."""

from __future__ import annotations

import sys

from tests.soak.soaking import main

if __name__ == "__main__":
    main(sys.argv[1:])
