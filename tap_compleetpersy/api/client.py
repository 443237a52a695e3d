"""One GET to Persy: address, authorisation, redirects, retries.

The session itself is in :mod:`~tap_compleetpersy.api.transport`.
"""

from __future__ import annotations

import threading
import time
import typing as t
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from urllib.parse import urlencode

from tap_compleetpersy.api.answers import Answer, header
from tap_compleetpersy.api.decode import decode
from tap_compleetpersy.api.errors import ApiError, ClientClosed, UnexpectedAnswer
from tap_compleetpersy.api.profile import authorization, joined, profile_of, same_origin, shown
from tap_compleetpersy.api.retry import Allowance, retrying

if t.TYPE_CHECKING:
    from types import TracebackType

    from tap_compleetpersy.api.transport import Transport
    from tap_compleetpersy.settings import Settings

MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FIRST_ERROR = 400
_SUCCESS = range(200, 300)

_T = t.TypeVar("_T")
_Wait = Callable[[float], object]


class Client:
    """Asks one server, with the key, and no other.

    A client serves one thread at a time; only :meth:`close` may be called from any
    thread, and ends whatever the client is doing. :meth:`sibling` makes another
    client for another thread. Nothing is imported, read or connected before the
    first request.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        wait: _Wait | None = None,
        clock: Callable[[], float] = time.monotonic,
        allowance: Allowance | None = None,
        label: str | None = None,
    ) -> None:
        """Prepare a client.

        Args:
            settings: Read and checked.
            wait: Replaces the waiting between tries, for tests; gets seconds.
            clock: Seconds that never run backwards, for `requests_per_second`.
            allowance: Shared with another client; a new one when None.
            label: Stands for every path in logs and errors, where paths hold ids of people.
        """
        self._settings = settings
        self._profile = profile_of(settings)
        self._closed = threading.Event()
        self._wait_seconds: _Wait = wait or self._closed.wait
        self._injected_wait = wait
        self._allowance = allowance or Allowance(
            settings.max_retries, settings.requests_per_second, clock
        )
        self._label = label
        self._transport: Transport | None = None

    def __enter__(self) -> t.Self:
        """Answer the client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the client."""
        self.close()

    @property
    def requests_made(self) -> int:
        """Requests sent so far in this run: by siblings, retries and redirects too."""
        return self._allowance.requests_made

    def get(self, path_or_url: str, params: Mapping[str, str] | None = None) -> Answer:
        """Ask for a path below `api_url`, or for a URL on the same server.

        Args:
            path_or_url: Path that starts with a slash, or URL with scheme and host.
            params: Query parameters, not yet encoded.

        Raises:
            ApiError: After all tries; a status above 399 is an error, too.
            SettingsError: When there is no key.
        """
        return self._ask(path_or_url, params, lambda answer: answer)

    def get_document(
        self, path_or_url: str, params: Mapping[str, str] | None = None
    ) -> tuple[Answer, object]:
        """Ask as :meth:`get` does and decode: truncated content is asked for again.

        Raises:
            ApiError: After all tries, or when the content is no JSON.
            SettingsError: When there is no key.
        """
        return self._ask(path_or_url, params, lambda answer: (answer, decode(answer)))

    def sibling(self) -> Client:
        """Make a client for another thread, with the same allowance for the run."""
        return Client(
            self._settings,
            wait=self._injected_wait,
            allowance=self._allowance,
            label=self._label,
        )

    def close(self) -> None:
        """End waits, the request in flight and the connection, for good."""
        self._closed.set()
        if self._transport is not None:
            self._transport.close()

    def _ask(
        self,
        path_or_url: str,
        params: Mapping[str, str] | None,
        read: Callable[[Answer], _T],
    ) -> _T:
        url = self._address(path_or_url, params)
        path = self._label or shown(url)

        def attempt() -> _T:
            try:
                return read(self._follow(url))
            except ApiError as error:
                self._require_open()
                error.path = path
                raise

        return retrying(
            attempt,
            max_retries=self._settings.max_retries,
            allowance=self._allowance,
            wait=self._wait,
        )

    def _address(self, path_or_url: str, params: Mapping[str, str] | None) -> str:
        """Build the URL; what is not on the same server is refused before any key."""
        url = path_or_url
        if "://" not in path_or_url.partition("?")[0]:
            url = f"{self._profile.api_url}/{path_or_url.removeprefix('/')}"
        if not same_origin(url, self._profile.api_url):
            what = "the address is not on the server of api_url"
            raise UnexpectedAnswer(what, "Check the settings api_url and candidates_path.")
        if not params:
            return url
        return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"

    def _follow(self, url: str) -> Answer:
        """Send, and follow redirects by hand, so that the key never leaves the server."""
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._send(url)
            location = header(answer.headers, "Location")
            if answer.status not in _REDIRECTS or location is None:
                return _require_success(answer)
            target = joined(url, location)
            if target is None:
                what = f"status {answer.status}, a redirect to another server"
                advice = "The key is not sent there. Check the setting api_url."
                raise UnexpectedAnswer(what, advice, status=answer.status)
            url = target
        what = f"more than {MOST_REDIRECTS} redirects"
        raise UnexpectedAnswer(what, "Check the settings api_url and candidates_path.")

    def _send(self, url: str) -> Answer:
        if (pause := self._allowance.take_request()) > 0:
            self._wait(pause)
        if self._transport is None:
            self._transport = self._new_transport()
        self._require_open()
        answer = self._transport.fetch(url)
        self._require_open()  # an interrupted body without a length looks complete
        if answer.status >= _FIRST_ERROR:
            from tap_compleetpersy.api.faults import fault_of_status  # noqa: PLC0415 - as below

            raise fault_of_status(answer.status, answer.headers)
        return answer

    def _new_transport(self) -> Transport:
        # Loaded with the first request, since requests takes long to import.
        from tap_compleetpersy.api.transport import Transport  # noqa: PLC0415

        settings = self._settings
        bundle = settings.ca_bundle and str(Path(settings.ca_bundle).expanduser())
        return Transport(
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "User-Agent": settings.user_agent or _default_user_agent(),
            },
            authorization=authorization(self._profile, settings.require_api_key()),
            timeout=settings.request_timeout,
            ca_bundle=bundle,
        )

    def _wait(self, seconds: float) -> None:
        self._wait_seconds(seconds)
        self._require_open()

    def _require_open(self) -> None:
        if self._closed.is_set():
            raise ClientClosed


def _require_success(answer: Answer) -> Answer:
    if answer.status not in _SUCCESS:
        what = f"status {answer.status}"
        advice = "Check the settings api_url and candidates_path."
        raise UnexpectedAnswer(what, advice, status=answer.status)
    return answer


def _default_user_agent() -> str:
    name = "tap-compleetpersy"
    try:
        return f"{name}/{metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return name
