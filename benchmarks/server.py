"""A Persy that only costs time on purpose: every answer is made of bytes in memory.

The people are the local Persy's, in its default shape. One server serves every list: the
path says how many candidates it has and how long an answer takes, as in
`/20000/100/candidates?page=1&per_page=100` (100 ms). A list with more candidates than
there are people repeats them under further ids.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import typing as t
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from tap_compleetpersy.sandbox.listing import read_time
from tap_compleetpersy.sandbox.people import FIRST_ID, People, Pools
from tap_compleetpersy.sandbox.shapes import renderer

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 20_000
SEED = 1
NOW = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
_BEGINNING = b'{"CandidateRecordInfo":{"Id":{"IdValue":"'
_MORE = {f"Frage {number}": f"Antwort {number} des Bogens" for number in range(1, 16)}
_RESUME = {"Objective": "Etwas Neues", "Summary": "Viel " * 40}

Pages: t.TypeAlias = t.Literal["usual", "wide"]
"""As the local Persy sends them, or with more fields, and a space after each comma and colon."""


@dataclass(frozen=True, slots=True)
class Roster:
    """People as bytes, to be listed under any number of ids.

    Attributes:
        bodies: What follows the id in the JSON of each person.
        updated: When each person was last updated.
        beginning: What precedes it.
    """

    bodies: Sequence[bytes]
    updated: Sequence[datetime]
    beginning: bytes = _BEGINNING

    @classmethod
    def drawn(cls, size: int, pages: Pages = "usual") -> Roster:
        """Make so many people, always the same."""
        people, render = People(SEED, NOW, Pools.drawn(SEED)), renderer("hrxml")
        numbers = range(1, size + 1)
        beginnings = [len(_BEGINNING) + len(str(FIRST_ID + number)) for number in numbers]
        bodies = [render(people.candidate(number)) for number in numbers]
        made = cls(
            [body[length:] for body, length in zip(bodies, beginnings, strict=True)],
            [people.updated_at(number) for number in numbers],
        )
        return made if pages == "usual" else made.widened()

    def widened(self) -> Roster:
        """Return the same people with more to say of each."""
        beginning = _BEGINNING.replace(b":", b": ")
        records = [_wide(b"%b1%b" % (_BEGINNING, body)) for body in self.bodies]
        bodies = [record[len(beginning) + 1 :] for record in records]
        return Roster(bodies, self.updated, beginning)

    def page(self, candidates: int, query: t.Mapping[str, str]) -> bytes:
        """Return a page of a list of so many candidates."""
        number, size = int(query.get("page", "1")), int(query.get("per_page", "100"))
        listed = self._listed(candidates, query.get("modified_since"))
        bodies = [
            b"%b%d%b"
            % (self.beginning, FIRST_ID + 1 + index, self.bodies[index % len(self.bodies)])
            for index in listed[(number - 1) * size : number * size]
        ]
        meta = b'"meta":{"total":%d,"per_page":%d,"page":%d}' % (len(listed), size, number)
        return b'{"data":[%b],%b}' % (b",".join(bodies), meta)

    def _listed(self, candidates: int, since: str | None) -> Sequence[int]:
        if not since:
            return range(candidates)
        moment = read_time("modified_since", since)
        return [i for i in range(candidates) if self.updated[i % len(self.updated)] >= moment]


def _wide(record: bytes) -> bytes:
    document = json.loads(record)
    document["UserArea"] |= _MORE
    document["CandidateProfile"]["Resume"] = _RESUME
    return json.dumps(document, ensure_ascii=False).encode()


class _Connection(asyncio.Protocol):
    """One client: a request, an answer, and again on the same connection."""

    def __init__(self, answer: Callable[[str], tuple[bytes, float]]) -> None:
        self._answer = answer
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = t.cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        *requests, self._received = (self._received + data).split(b"\r\n\r\n")
        for request in requests:
            body, delay = self._answer(request.split(b" ", 2)[1].decode())
            head = (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            )
            answer = head % len(body) + body
            if delay:
                asyncio.get_running_loop().call_later(delay, self._transport.write, answer)
            else:
                self._transport.write(answer)


async def _serve(roster: Roster) -> None:
    served = 0

    def answer(target: str) -> tuple[bytes, float]:
        nonlocal served
        address = urlsplit(target)
        if address.path == "/served":
            return str(served).encode(), 0
        served += 1
        candidates, latency, _ = address.path.strip("/").split("/")
        return roster.page(int(candidates), dict(parse_qsl(address.query))), int(latency) / 1000

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(answer), "127.0.0.1")
    print(server.sockets[0].getsockname()[1], flush=True)
    # Whoever started the server holds its input open; it ends with them, however they end.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int

    def url(self, candidates: int, latency: int = 0) -> str:
        """Name the list of so many candidates, with milliseconds of latency for each answer."""
        return f"http://127.0.0.1:{self.port}/{candidates}/{latency}"

    def served(self) -> int:
        """Return how many pages were served so far."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/served") as answer:
            return int(answer.read())


@contextlib.contextmanager
def serving(people: int = PEOPLE, pages: Pages = "usual") -> Iterator[Server]:
    """Run the server as a process of its own."""
    words = ["--people", str(people), "--pages", pages]
    command = [sys.executable, "-m", "benchmarks.server", *words]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        # Both pipes are asked for.
        output = t.cast("t.TextIO", process.stdout)
        yield Server(int(output.readline()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--pages", choices=t.get_args(Pages), default="usual")
    chosen = parser.parse_args()
    asyncio.run(_serve(Roster.drawn(chosen.people, chosen.pages)))
