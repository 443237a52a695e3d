"""The state of one local Persy: how it behaves, whom it knows, and what it was asked."""

from __future__ import annotations

import typing as t
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers

from tap_compleetpersy.sandbox.attachments import Links
from tap_compleetpersy.sandbox.faults import Faults
from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.people import Notes, Recruiters
from tap_compleetpersy.sandbox.store import Store

if t.TYPE_CHECKING:
    from starlette.types import Scope

KEPT_REQUESTS = 100_000


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """A request that reached the API. The admin API's own are not recorded."""

    method: str
    path: str
    query: str


@dataclass(frozen=True, slots=True)
class ForeignRequest:
    """A request that reached the second port, with all that it gave away."""

    method: str
    path: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, scope: Scope) -> ForeignRequest:
        """Return what an ASGI server received: names of headers in small letters."""
        headers = Headers(scope=scope)
        joined = {name: ", ".join(headers.getlist(name)) for name in headers}
        return cls(scope["method"], scope["path"], joined)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """One local Persy.

    Attributes:
        store: Its people, for direct edits.
        faults: What goes wrong next.
        url: Base URL of the API, which the tap's setting ``api_url`` takes.
        foreign_url: Base URL of the second port, where foreign links lead; None without such links.
        requests: What was asked, oldest first; the newest 100,000.
        foreign_requests: What the second port was asked, with all headers.
        before_answer: Called with each request before it is answered: for edits between two pages.
    """

    options: Options
    store: Store
    faults: Faults
    url: str
    recruiters: Recruiters
    notes: Notes
    links: Links
    foreign_url: str | None = None
    requests: deque[ServedRequest] = field(
        default_factory=lambda: deque(maxlen=KEPT_REQUESTS), repr=False
    )
    foreign_requests: deque[ForeignRequest] = field(
        default_factory=lambda: deque(maxlen=KEPT_REQUESTS), repr=False
    )
    before_answer: list[Callable[[ServedRequest], object]] = field(default_factory=list, repr=False)

    @property
    def api_key(self) -> str:
        """The key that is let in."""
        return self.options.api_key
