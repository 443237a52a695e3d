"""The one HTTP session: sends a request and reads its answer, within bounds.

Loaded with the first request, since requests takes long to import. What its exceptions, urllib3's
and those of sockets mean, and which setting to check, is said here; their texts are never repeated,
for they hold URLs with queries, and header values.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import logging
import socket
import ssl
import typing as t
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from typing_extensions import override

from tap_compleetpersy.api.messages import Announce, Answer, OpenAnswer, Request, authorization
from tap_compleetpersy.api.retry import Deadline
from tap_compleetpersy.api.urls import shown
from tap_compleetpersy.errors import ApiError, UnexpectedAnswer, Unreachable, causes_of
from tap_compleetpersy.settings import Settings

LARGEST_BODY = 256 * 2**20
_CHUNK = 2**16
_TOTAL_FACTOR = 10  # a drip of bytes in time may last so many timeouts
_SUCCESS = range(200, 300)
_FAILURES = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)
_T = t.TypeVar("_T")
Receive = Callable[[Mapping[str, str], Iterator[bytes]], None]
"""Takes the headers of a success and its content, in pieces; what it raises is raised."""


class Transport:
    """One HTTP session, used by one thread at a time.

    Other threads may call :meth:`interrupt` and :meth:`close`.
    """

    def __init__(
        self,
        settings: Settings,
        headers: Mapping[str, str],
        *,
        with_key: bool,
        check_peer: Callable[[str], None] | None = None,
    ) -> None:
        """Open no connection yet.

        Args:
            settings: Of the tenant.
            headers: Sent with every request.
            with_key: Whether requests carry the key; a ``.netrc`` never replaces it.
            check_peer: Gets the address of each new connection, proxies' aside, before anything
                is sent; raises to have it closed.
        """
        silence_urllib3()
        self._timeout = settings.request_timeout
        self._deadline = Deadline(_TOTAL_FACTOR * self._timeout, self.interrupt)
        self._socket: socket.socket | None = None
        self._closed = False
        self._key = authorization(settings, settings.require_api_key()) if with_key else None
        self._session = _Session()
        if settings.ca_bundle is not None:
            self._session.verify = str(Path(settings.ca_bundle).expanduser())
        self._session.headers["User-Agent"] = settings.user_agent or _default_user_agent()
        self._session.headers.update(headers)
        self._session.auth = self._authorize
        adapter = _Adapter(self._remember, check_peer)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def fetch(self, url: str, receive: Receive | None = None) -> Answer:
        """Return the answer to one GET: of no redirect's target, with the body of a success only.

        The content goes to `receive`, where that is given. An answer that is incomplete or too
        large raises `ApiError`.
        """
        self._deadline.begin()
        try:
            return self._fetch(url, receive)
        except _FAILURES as error:
            fault = fault_of_exception(error, self._timeout)
        finally:
            self._deadline.end()
        if self._deadline.is_late:
            raise timed_out(_TOTAL_FACTOR * self._timeout)
        raise fault  # here, so that it has no context that holds a URL

    def open(self, request: Request, announce: Announce) -> OpenAnswer:
        """Return the answer to any request, of any status, its body still to be read.

        The timeout holds between two pieces of the answer only. No answer raises `ApiError`.
        """
        files = [
            (part.name, (part.file_name, part.content, part.content_type)) for part in request.parts
        ]
        plain = requests.Request(request.method, request.url, data=request.content, files=files)
        prepared = self._translated(request, lambda: self._session.prepare_request(plain))
        announce(request, prepared.headers)
        response = self._translated(request, lambda: self._send(prepared))
        return OpenAnswer(
            response.status_code,
            response.reason or "",
            response.headers,
            self._chunks(request, response),
            response.close,
        )

    def interrupt(self) -> None:
        """End the request in flight, if any, from another thread."""
        if (connected := self._socket) is not None:
            with contextlib.suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    def disconnect(self) -> None:
        """Have the next request open a new connection."""
        self._session.close()

    def close(self) -> None:
        """End everything; may be called twice, and from another thread."""
        self._closed = True
        self.interrupt()
        self._session.close()
        self._deadline.close()

    def _fetch(self, url: str, receive: Receive | None) -> Answer:
        with self._send(self._session.prepared_get(url)) as response:
            body = b""
            if response.status_code in _SUCCESS:
                if receive is None:
                    body = _body(response)
                else:
                    receive(response.headers, response.iter_content(_CHUNK))
            if self._deadline.is_late:  # an interrupted body without a length looks complete
                raise TimeoutError
            return Answer(
                status=response.status_code,
                headers=response.headers,
                body=body,
                path=shown(url),
                url=response.url if self._key is None else self._key.removed(response.url),
            )

    def _send(self, request: requests.PreparedRequest) -> requests.Response:
        """Return the answer to a request, its body unread."""
        surroundings = self._session.surroundings(request.url or "")
        return self._session.send(
            request, timeout=self._timeout, allow_redirects=False, **surroundings
        )

    def _chunks(self, request: Request, response: requests.Response) -> Iterator[bytes]:
        with response:
            chunks = response.iter_content(_CHUNK)
            following = functools.partial(next, chunks, None)
            kept = "the body is incomplete"
            while (chunk := self._translated(request, following, kept)) is not None:
                yield chunk

    def _translated(self, request: Request, act: Callable[[], _T], kept: str | None = None) -> _T:
        try:
            return act()
        except _FAILURES as error:
            fault = fault_of_exception(error, self._timeout)
        fault.method, fault.path = request.method, shown(request.url)
        fault.kept = kept or fault.kept
        raise fault  # here, so that it has no context that holds a URL

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key is not None and self._key.place == "header":
            request.headers[self._key.name] = self._key.value
        elif self._key is not None:
            request.url = self._key.added(request.url or "")
        return request

    def _remember(self, connected: socket.socket) -> None:
        self._socket = connected
        if self._closed:
            self.interrupt()


def silence_urllib3() -> None:
    """Stop urllib3's logging, which writes URLs with their queries at all levels."""
    for name in [*logging.root.manager.loggerDict]:
        if name.partition(".")[0] == "urllib3":
            logging.getLogger(name).addFilter(_refuse)


def _refuse(_: logging.LogRecord) -> bool:
    return False


def _default_user_agent() -> str:
    name = "tap-compleetpersy"
    try:
        return f"{name}/{metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return name


def _body(response: requests.Response) -> bytes:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_content(_CHUNK):
        size += len(chunk)
        if size > LARGEST_BODY:
            what = f"the content is larger than {LARGEST_BODY // 2**20} MiB"
            raise UnexpectedAnswer(what, "Set a smaller page_size.")
        chunks.append(chunk)
    return b"".join(chunks)


class _Session(requests.Session):
    """Leaves redirects to the client, which must see them before the key is sent.

    What is the same for all requests is worked out once: what the environment says of a server
    (proxies, authorities) takes as long as sending a request does, and so does merging headers,
    parameters, hooks and cookies of which there are none.
    """

    def __init__(self) -> None:
        super().__init__()
        self._surroundings: dict[tuple[str, str], dict[str, t.Any]] = {}

    def prepared_get(self, url: str) -> requests.PreparedRequest:
        """Return a GET of this session as `prepare_request` would."""
        request = requests.PreparedRequest()
        request.method = "GET"
        request.prepare_url(url, None)
        request.prepare_headers(self.headers)
        if len(self.cookies):
            request.prepare_cookies(self.cookies)
        request.prepare_auth(self.auth)
        return request

    def surroundings(self, url: str) -> dict[str, t.Any]:
        """Return how requests to the server of a URL are sent: by which proxies, trusting whom."""
        parts = urlsplit(url)
        server = parts.scheme, parts.netloc
        if server not in self._surroundings:
            self._surroundings[server] = dict(
                self.merge_environment_settings(
                    url, proxies={}, stream=True, verify=self.verify, cert=None
                )
            )
        return self._surroundings[server]

    @override
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return nothing, so that the body of a redirect is not read either."""


class _Adapter(HTTPAdapter):
    """Tells which socket was opened, so that another thread can shut it down."""

    def __init__(
        self,
        remember: Callable[[socket.socket], None],
        check_peer: Callable[[str], None] | None,
    ) -> None:
        self._remember = remember
        self._check_peer = check_peer
        super().__init__(pool_connections=1, pool_maxsize=1)

    @override
    def init_poolmanager(self, *args: t.Any, **kwargs: t.Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self._instrument(self.poolmanager)

    @override
    def proxy_manager_for(self, proxy: str, **kwargs: t.Any) -> urllib3.ProxyManager:
        manager: urllib3.ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        self._instrument(manager)
        return manager

    def _instrument(self, manager: urllib3.PoolManager) -> None:
        manager.pool_classes_by_scheme = {
            scheme: self._watched(pool) for scheme, pool in manager.pool_classes_by_scheme.items()
        }

    def _watched(self, pool: type[urllib3.HTTPConnectionPool]) -> type[urllib3.HTTPConnectionPool]:
        """Return a pool whose connections tell their socket, those through proxies, too."""
        base: t.Any = pool.ConnectionCls

        def connect(connection: t.Any) -> None:  # noqa: ANN401 - a class of urllib3 or PySocks
            base.connect(connection)
            self._remember(connection.sock)

        def new_connection(connection: t.Any) -> socket.socket:  # noqa: ANN401 - as above
            connected: socket.socket = base._new_conn(connection)  # noqa: SLF001 - where TLS begins
            if self._check_peer is not None and connection.proxy is None:
                try:
                    self._check_peer(connected.getpeername()[0])
                except BaseException:
                    connected.close()
                    raise
            return connected

        watched = type(base.__name__, (base,), {"connect": connect, "_new_conn": new_connection})
        return type(pool.__name__, (pool,), {"ConnectionCls": watched})


_BROKEN_BODY = (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)
_TIMEOUTS = (
    requests.Timeout,
    urllib3.exceptions.ReadTimeoutError,
    urllib3.exceptions.ConnectTimeoutError,
    TimeoutError,
)


def fault_of_exception(error: Exception, seconds: float) -> ApiError:
    """Return what an exception of requests, urllib3 or a socket means; its text is not used."""
    if type(error) is OSError and error.errno is None:  # requests' own, of a bundle only
        what = "the file of trusted authorities does not exist"
        variables = "the variables REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE"
        return Unreachable(what, f"Check the setting ca_bundle, and {variables}.")
    causes = list(causes_of(error))
    for kinds, fault in _FAULTS:
        if any(isinstance(cause, kinds) for cause in causes):
            return fault(seconds)
    what = f"the request cannot be sent ({type(error).__name__})"
    advice = "Check the settings api_url, auth_header and user_agent."
    return Unreachable(what, advice)


def timed_out(seconds: float) -> ApiError:
    """Return the error for an answer of which not all came in time."""
    what = f"no complete answer within {seconds:g} s"
    advice = "Check the settings api_url and request_timeout."
    return Unreachable(what, advice, may_pass=True)


def _unreachable(what: str, settings: str, *, may_pass: bool = True) -> Callable[[float], ApiError]:
    advice = f"Check the network, and the settings {settings}."
    return lambda _: Unreachable(what, advice, may_pass=may_pass)


def _broken_body(_: float) -> ApiError:
    what = "the answer broke off, or its encoding is broken"
    advice = "Run again later, or set a smaller page_size."
    return UnexpectedAnswer(what, advice, may_pass=True)


_FAULTS: tuple[
    tuple[type[BaseException] | tuple[type[BaseException], ...], Callable[[float], ApiError]], ...
] = (
    (
        ssl.SSLCertVerificationError,
        _unreachable(
            "the server's certificate cannot be verified", "api_url and ca_bundle", may_pass=False
        ),
    ),
    (
        urllib3.exceptions.NameResolutionError,
        _unreachable("the name of the host is not known", "api_url"),
    ),
    (ConnectionRefusedError, _unreachable("the connection was refused", "api_url")),
    (_TIMEOUTS, timed_out),
    (_BROKEN_BODY, _broken_body),
    (
        (requests.exceptions.SSLError, ssl.SSLError, urllib3.exceptions.SSLError),
        _unreachable("TLS failed", "api_url and ca_bundle"),
    ),
    (
        (requests.exceptions.ProxyError, urllib3.exceptions.ProxyError),
        _unreachable("the proxy of the environment does not work", "api_url"),
    ),
    (
        (
            requests.ConnectionError,
            urllib3.exceptions.ProtocolError,
            urllib3.exceptions.NewConnectionError,
            OSError,
        ),
        _unreachable("the connection failed", "api_url"),
    ),
)
