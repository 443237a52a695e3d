"""A process that has imported the tap, and copies itself for each run: start-up is paid once.

Each line of stdin is a run, as JSON. For each, stdout has two lines: the number of its process,
and when it has ended, its exit code and the peak of its memory in KiB. Waits are not waited.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import typing as t

from tap_compleetpersy.api import transport  # noqa: F401 - what a run imports when it needs it, imported before the first
from tap_compleetpersy.api.client import Client
from tap_compleetpersy.sync import catalog, session, stream_maps, stream_run, worker  # noqa: F401 - as above
from tap_compleetpersy.tap import TapCompleetpersy


def main() -> None:
    """Copy this process for each line."""
    gc.freeze()
    for line in sys.stdin:
        if (number := os.fork()) == 0:
            _become(json.loads(line))
            TapCompleetpersy.cli()
        _tell(number)
        _, status, usage = os.wait4(number, 0)
        _tell(os.waitstatus_to_exitcode(status), usage.ru_maxrss)


def _become(run: dict[str, t.Any]) -> None:
    """Take over what a process is started with."""
    os.chdir(run["folder"])
    os.environ.update(run["environment"])
    sys.argv = ["tap-compleetpersy", *run["arguments"]]
    if run["memory"]:
        resource.setrlimit(resource.RLIMIT_AS, (run["memory"], run["memory"]))
    reader, writer = os.pipe()
    os.close(reader)
    stdout = os.open("stdout", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(writer if run["closed_stdout"] else stdout, 1)
    os.dup2(os.open("stderr", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    Client._wait = _wait_not  # type: ignore[method-assign]  # noqa: SLF001 - see above


def _wait_not(self: Client, seconds: float) -> None:  # noqa: ARG001 - the client's
    self._require_open()


def _tell(*numbers: int) -> None:
    os.write(1, (" ".join(map(str, numbers)) + "\n").encode())


if __name__ == "__main__":
    main()
