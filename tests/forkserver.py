"""Run a program again and again without its start-up, which is mostly imports.

A server process imports the program once, and does nothing else. Each run is a copy of it: a
process of its own, with its own arguments, folder, environment, descriptors and exit code, which
nothing of another run can reach. What a start decides (``PYTHON…`` variables, the seed of hashes,
what is imported when) is decided when the server starts: tests of these start the program itself.

This file is both sides. It needs the standard library only, so that any Python can run it.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import operator
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import typing as t
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

Request = dict[str, t.Any]
"""Words of the command line, working directory, environment, and limit of memory."""


class ForkServer:
    """A server of one program; it ends with this process."""

    def __init__(self, program: Path, entry: str, *modules: str) -> None:
        """Start the server.

        Args:
            program: The command; the Python beside it runs the server.
            entry: The command's function, as in ``package.module:Name.function``.
            modules: What else to import before any run.
        """
        self._program = program
        self._control, theirs = socket.socketpair()
        with theirs:
            words = [__file__, str(theirs.fileno()), entry, *modules]
            self._process = subprocess.Popen(
                [program.with_name("python"), "-P", *words],
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # a signal to the terminal is not for it
                stdin=subprocess.DEVNULL,
            )
        atexit.register(self.stop)

    def stop(self) -> None:
        """End the server, but none of its runs."""
        self._control.close()
        self._process.wait()

    def run(  # noqa: PLR0913 - as many as subprocess.run has
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        timeout: float,
        stdin: bytes = b"",
        address_space: int | None = None,
        closed_stdout: bool = False,
        started: Callable[[int], object] = lambda _: None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run the program to its end, like `subprocess.run`.

        Args:
            arguments: Words of the command line, without the program.
            cwd: Folder to run in.
            env: All variables.
            timeout: Seconds until it is killed.
            stdin: What it reads.
            address_space: Limit of its memory in bytes, if any.
            closed_stdout: Whether nobody reads what it writes.
            started: Gets the number of its process.

        Raises:
            TimeoutError: When it is not done in time.
        """
        words = [str(self._program), *arguments]
        request: Request = {"words": words, "cwd": str(cwd), "env": dict(env)}
        request["address_space"] = address_space
        ours, theirs = socket.socketpair()
        with ours, ExitStack() as stack:
            given, stdout, stderr = (
                stack.enter_context(tempfile.TemporaryFile()) for _ in range(3)
            )
            given.write(stdin)
            given.seek(0)
            with theirs:
                written = stack.enter_context(_unread()) if closed_stdout else stdout
                files = [file.fileno() for file in (theirs, given, written, stderr)]
                socket.send_fds(self._control, [b"\n"], files)
            ours.sendall(json.dumps(request).encode() + b"\n")
            answers = stack.enter_context(ours.makefile("rb"))
            pid = int(answers.readline())
            started(pid)
            ours.settimeout(timeout)
            try:
                exit_code = int(answers.readline())
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                raise
            stdout.seek(0)
            stderr.seek(0)
            return subprocess.CompletedProcess(words, exit_code, stdout.read(), stderr.read())


def _unread() -> t.BinaryIO:
    """Open a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "wb")


def main(control: socket.socket, entry: str, modules: Sequence[str]) -> None:
    """Import the program; then go on in each copy as if the program had just been started."""
    module, _, path = entry.partition(":")
    function: Callable[[], t.Any] = operator.attrgetter(path)(importlib.import_module(module))
    for name in modules:
        importlib.import_module(name)
    gc.freeze()  # else each copy looks through all that was imported, and so copies its memory
    become(wait_for_run(control))
    sys.exit(function())  # as the scripts of packages do


def wait_for_run(control: socket.socket) -> Request:
    """Serve; returns in copies of this process only, once for each run."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who watch runs
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 4)
        if not message:
            sys.exit()
        if os.fork() == 0:
            control.close()
            return watch_run(socket.socket(fileno=descriptors[0]), descriptors[1:])
        for descriptor in descriptors:
            os.close(descriptor)


def watch_run(caller: socket.socket, standard: Sequence[int]) -> Request:
    """Send the caller the number of a run's process and its exit code; returns in the run."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup ignores it
    request: Request = json.loads(caller.makefile("rb").readline())
    pid = os.fork()
    if pid == 0:
        caller.close()
        for number, descriptor in enumerate(standard):
            os.dup2(descriptor, number)
            os.close(descriptor)
        return request
    caller.sendall(b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    caller.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def become(request: Request) -> None:
    """Take over what a process is started with."""
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    if request["address_space"] is not None:
        resource.setrlimit(resource.RLIMIT_AS, (request["address_space"],) * 2)
    sys.argv = request["words"]


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2], sys.argv[3:])
