"""Any target, which at SIGUSR1 closes its input and lives on: `python closing.py PROGRAM WORDS`."""

import os
import runpy
import signal
import sys


def close(*_: object) -> None:
    """Close the input; only a signal ends what follows."""
    os.close(0)
    while True:
        signal.pause()


signal.signal(signal.SIGUSR1, close)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])  # it may have come already
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
