"""A tenant whose values are marked, on a server where one thing is wrong."""

from __future__ import annotations

import json
import os
import typing as t
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import Future
from urllib.parse import quote

from tests.server import Reply, Request, Server, reply

KEY, USER = "KeyMarked/+7", "UserMarked"
QUERY, HEADER = "QueryMarked", "HeaderMarked"
FIRST, LAST, MAIL, PHONE = "FirstMarked", "LastMarked", "mailmarked@example.org", "+49 89 4711000"
TEXT = "TextMarked"
MARKS = (
    *(KEY, quote(KEY), quote(KEY, safe=""), b64encode(KEY.encode()).decode()),
    *(b64encode(f"{USER}:{KEY}".encode()).decode(), "KeyMarked"),
    *(USER, QUERY, HEADER, FIRST, LAST, MAIL, quote(MAIL), PHONE, "4711000", TEXT),
)
"""What no byte of a log, a state, a catalog or `--about` may hold."""

PEOPLE_OF_A_PAGE = 3
PATH = f"/candidates?tenant={QUERY}"


def person(number: int, **more: object) -> dict[str, t.Any]:
    """Return a candidate; ids begin with 1."""
    return {
        "CandidateRecordInfo": {
            "Id": {"IdValue": f"id-{number}"},
            "LastModificationDate": f"2026-01-01 08:00:{number:02}",
        },
        "CandidateProfile": {
            "PersonalData": {
                "PersonName": {"GivenName": FIRST, "FamilyName": f"{LAST}{number}"},
                "ContactMethod": [
                    {"Telephone": {"FormattedNumber": PHONE}},
                    {"InternetEmailAddress": MAIL},
                ],
            }
        },
        "PositionOpening": [{"PositionRecordInfo": {"Id": {"IdValue": "88"}}}],
        "UserArea": {"Bemerkung": TEXT, **more},
    }


def page(number: int, people: list[object] | None = None, **head: object) -> Reply:
    """Return an honest page; its cursor and its link lead to the next one.

    Args:
        number: From 1.
        people: In place of the page's own.
        head: ``cursor``, ``link``: of the next page, in place of the right one.
    """
    return reply(document(number, people, **head), headers=headers(number, **head))


def document(
    number: int, people: list[object] | None = None, cursor: object = "", **_: object
) -> dict[str, t.Any]:
    """Return what is in a page."""
    first = PEOPLE_OF_A_PAGE * (number - 1) + 1
    own: list[object] = [person(first + place) for place in range(PEOPLE_OF_A_PAGE)]
    found = own if people is None else people
    return {"data": found, "meta": {"next_cursor": cursor or (str(number + 1) if found else "")}}


def headers(number: int, link: object = "", **_: object) -> dict[str, str]:
    """Return the headers of a page."""
    return {"X-Marked": HEADER, "Link": f"<{PATH}&page={link or number + 1}>; rel=next"}


class Source:
    """Answers pages, and in place of the second one what is wrong.

    Attributes:
        faulty: Whether something is wrong.
        process: The number of the process that asks.
        played: How often it went wrong.
    """

    def __init__(
        self,
        server: Server,
        fault: Callable[[Source, Request], Reply | None],
        pages: int,
        *,
        once: bool = False,
    ) -> None:
        """Serve so many pages.

        Args:
            server: Answers as this says from now on.
            fault: What is answered in place of a page, or None: the page.
            pages: With people; the next one is empty.
            once: Whether it goes wrong only once.
        """
        self.server = server
        self.pages = pages
        self.once = once
        self.faulty = True
        self.played = 0
        self.process: Future[int] = Future()
        self._fault = fault
        server.answering = self._answer

    @property
    def ids(self) -> set[str]:
        """Everybody's remote id."""
        return {f"id-{number + 1}" for number in range(PEOPLE_OF_A_PAGE * self.pages)}

    def signal(self, number: int) -> None:
        """Send a signal to the process that asks."""
        os.kill(self.process.result(30), number)

    def _answer(self, request: Request) -> Reply:
        if self.faulty and (answer := self._fault(self, request)) is not None:
            self.played += 1
            self.faulty = not self.once
            return answer
        return self.honest(request)

    def honest(self, request: Request) -> Reply:
        """Return what was asked for."""
        number = place(request)
        if number > self.pages:
            return reply(json.dumps({"data": [], "meta": {}}).encode())
        return page(number)


def place(request: Request) -> int:
    """Return the number of the page that a request asks for."""
    return int(request.query.get("page") or request.query.get("cursor") or 1)
