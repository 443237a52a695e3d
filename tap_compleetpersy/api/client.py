"""One request to Persy: address, authorisation, redirects, retries.

The session itself is in :mod:`~tap_compleetpersy.api.transport`.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from tap_compleetpersy.api.decode import decode, in_utf_8
from tap_compleetpersy.api.messages import Answer, OpenAnswer
from tap_compleetpersy.api.retry import Allowance, Lanes, fault_of_status
from tap_compleetpersy.api.urls import joined, same_origin, shown
from tap_compleetpersy.errors import ApiError, ClientClosed, UnexpectedAnswer

if t.TYPE_CHECKING:
    from tap_compleetpersy.api.messages import Announce, Request
    from tap_compleetpersy.api.transport import Receive, Transport
    from tap_compleetpersy.settings import Settings

_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FIRST_ERROR = 400
_SUCCESS = range(200, 300)
_READING = frozenset({"GET", "HEAD"})

_T = t.TypeVar("_T")
_Answer = t.TypeVar("_Answer", Answer, OpenAnswer)
Decode = Callable[[Answer, Callable[[], object]], object]
"""Reads the content of an answer; tells when its encoding was guessed."""


@dataclass(eq=False, repr=False, kw_only=True)
class Client(contextlib.AbstractContextManager["Client"]):
    """Asks one server, with the key, and no other.

    A client serves one thread at a time; only :meth:`close` may be called from any
    thread, and ends whatever the client is doing. Nothing is imported, read or
    connected before the first request.

    Attributes:
        settings: Of the tenant.
        wait: Waits so many seconds between tries; tests replace it.
        allowance: Shared with another client; a new one when None.
        headers: Sent with every request, in place of the client's own of that name.
        label: Stands for every path in logs and errors, where paths hold ids of people.
        lanes: How many requests it and others may have in flight together.
        read: Decodes documents.
    """

    settings: Settings = field(kw_only=False)
    wait: Callable[[float], object] | None = None
    allowance: Allowance | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    label: str | None = None
    lanes: Lanes = field(default_factory=lambda: Lanes(1))
    read: Decode = decode

    def __post_init__(self) -> None:
        """Prepare a client, with a budget of retries."""
        self._closed = threading.Event()
        self._transports: list[Transport] = []
        self._allowance = self.allowance or Allowance(
            self.settings.max_retries, self.settings.requests_per_second
        )

    def __exit__(self, *_: object) -> None:
        """Close the client."""
        self.close()

    def get_document(
        self, path_or_url: str, params: Mapping[str, str] | None = None
    ) -> tuple[Answer, object]:
        """Return the answer at a path below `api_url`, or at a URL there, and its document.

        Raises:
            ApiError: After all tries; a status above 399, truncated content and content that is
                no JSON are errors, too.
            SettingsError: When there is no key.
        """
        url = self._address(path_or_url, params)

        def attempt() -> tuple[Answer, object]:
            send = functools.partial(self.fetch, self._own_transport)
            answer = require_success(follow(url, send))
            try:
                answer = in_utf_8(answer, self.settings.encoding)
                return answer, self.read(answer, self._allowance.tell_guess)
            except ApiError:
                # What comes next on its connection may be the rest of this content.
                self._own_transport.disconnect()
                raise

        return self.retrying(attempt, self.label or shown(url))

    def exchange(self, request: Request, announce: Announce) -> OpenAnswer:
        """Return whatever is answered to a request as soon as its headers are there.

        GET and HEAD follow redirects on the same server, and are tried again as pages are; the last
        answer counts. Any other method is sent once and follows nothing: PUT and DELETE may be
        repeated by definition, but this server need not keep to it. A body that breaks off is not
        asked for again, since some of it may be used already.

        Raises:
            ApiError: When there is no answer, or it leads to another server.
            SettingsError: When there is no key.
        """
        last: OpenAnswer | None = None

        def send(url: str) -> OpenAnswer:
            self._require_same_server(url)
            self._take_turn()
            return self._own_transport.open(replace(request, url=url), announce)

        def attempt() -> OpenAnswer:
            nonlocal last
            if last is not None:
                last.close()
                last = None
            answer = follow(request.url, send)
            fault = fault_of_status(answer.status, answer.headers)
            if not fault.may_pass:
                return answer
            last = answer
            raise fault

        is_sent_once = request.method not in _READING
        try:
            if is_sent_once:
                return send(request.url)
            return self.retrying(attempt, shown(request.url), request.method)
        except ApiError as error:
            if is_sent_once:
                error.kept = "not tried again, since it might be done twice"
            if last is None:
                raise
            return last

    def retrying(self, attempt: Callable[[], _T], path: str, method: str = "GET") -> _T:
        """Return what an attempt does, made as often as is allowed; raise its last `ApiError`."""
        tries = 0
        while True:
            tries += 1
            try:
                return attempt()
            except ApiError as error:
                self._require_open()
                error.path, error.method = path, method
                pause = self._allowance.take_retry(error, tries, self.settings.max_retries)
                if pause is None:
                    raise
            self._wait(pause)

    def sibling(self, lanes: Lanes | None = None, *, read: Decode | None = None) -> Client:
        """Return a client for another thread, with the same allowance for the run."""
        lanes, read = lanes or Lanes(1), read or self.read
        return replace(self, allowance=self._allowance, lanes=lanes, read=read)

    def close(self) -> None:
        """End waits, the request in flight and the connection, for good."""
        self._closed.set()
        for transport in tuple(self._transports):
            transport.close()

    def fetch(self, transport: Transport, url: str, receive: Receive | None = None) -> Answer:
        """Return the answer to one GET, sent when the rate allows it; raise from status 400 on."""
        with self.lanes.taken():
            self._take_turn()
            answer = transport.fetch(url, receive)
            self.lanes.note(answer.status)
        self._require_open()  # an interrupted body without a length looks complete
        if answer.status >= _FIRST_ERROR:
            raise fault_of_status(answer.status, answer.headers)
        return answer

    def transport(
        self,
        headers: Mapping[str, str],
        *,
        with_key: bool,
        check_peer: Callable[[str], None] | None = None,
    ) -> Transport:
        """Return another session, which ends with the client; arguments as of `Transport`."""
        # Loaded with the first request, since requests takes long to import.
        from tap_compleetpersy.api.transport import Transport  # noqa: PLC0415

        transport = Transport(self.settings, headers, with_key=with_key, check_peer=check_peer)
        self._transports.append(transport)
        return transport

    def _address(self, path_or_url: str, params: Mapping[str, str] | None) -> str:
        url = path_or_url
        if "://" not in path_or_url.partition("?")[0]:
            url = f"{self.settings.api_url}/{path_or_url.removeprefix('/')}"
        self._require_same_server(url)
        if not params:
            return url
        return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"

    def _require_same_server(self, url: str) -> None:
        """Refuse any other before it gets the key."""
        if not same_origin(url, self.settings.api_url):
            what = "the address is not on the server of api_url"
            raise UnexpectedAnswer(what, "Check the settings api_url and candidates_path.")

    @functools.cached_property
    def _own_transport(self) -> Transport:
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate"}
        return self.transport({**headers, **self.headers}, with_key=True)

    def _take_turn(self) -> None:
        """Wait until one more request may be sent."""
        if (pause := self._allowance.take_request()) > 0:
            self._wait(pause)
        self._require_open()

    def _wait(self, seconds: float) -> None:
        (self.wait or self._closed.wait)(seconds)
        self._require_open()

    def _require_open(self) -> None:
        if self._closed.is_set():
            raise ClientClosed


def follow(
    url: str, send: Callable[[str], _Answer], lead: Callable[[str, str], str | None] = joined
) -> _Answer:
    """Return the first answer that is no redirect; raise `UnexpectedAnswer` where none comes.

    Redirects are followed by hand, so that the key never leaves the server: `lead` says where a
    location leads from a URL, None where it must not be followed.
    """
    for _ in range(_MOST_REDIRECTS + 1):
        answer = send(url)
        location = answer.headers.get("Location")
        if answer.status not in _REDIRECTS or location is None:
            return answer
        if isinstance(answer, OpenAnswer):
            answer.close()
        if (target := lead(url, location)) is None:
            what = f"status {answer.status}, a redirect to another server"
            advice = "The key is not sent there. Check the setting api_url."
            raise UnexpectedAnswer(what, advice, status=answer.status)
        url = target
    what = f"more than {_MOST_REDIRECTS} redirects"
    raise UnexpectedAnswer(what, "Check the settings api_url and candidates_path.")


def require_success(answer: Answer) -> Answer:
    """Return the same answer; raise `UnexpectedAnswer` unless its status is one of success."""
    if answer.status not in _SUCCESS:
        what = f"status {answer.status}"
        advice = "Check the settings api_url and candidates_path."
        raise UnexpectedAnswer(what, advice, status=answer.status)
    return answer
