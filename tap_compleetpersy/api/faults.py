"""What the exceptions of requests, urllib3 and sockets mean, and which setting to check.

Texts of the libraries are never repeated: they hold URLs with queries, and header
values.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator

import requests
import urllib3

from tap_compleetpersy.api.errors import ApiError, UnexpectedAnswer, Unreachable

_DEEPEST_CAUSE = 10

_BROKEN_BODY = (
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
_TIMEOUTS = (
    requests.Timeout,
    urllib3.exceptions.ReadTimeoutError,
    urllib3.exceptions.ConnectTimeoutError,
    TimeoutError,
)


def fault_of_exception(error: Exception, seconds: float) -> ApiError:
    """Return what an exception of requests, urllib3 or a socket means.

    Args:
        error: What was raised; nothing of its text is used.
        seconds: The timeout of the request, for the message.
    """
    if type(error) is OSError and error.errno is None:  # requests' own, of a bundle only
        return _no_bundle()
    causes = list(_causes(error))
    for kinds, fault in _FAULTS:
        if any(isinstance(cause, kinds) for cause in causes):
            return fault(seconds)
    what = f"the request cannot be sent ({type(error).__name__})"
    advice = "Check the settings api_url, auth_header and user_agent."
    return Unreachable(what, advice)


def timed_out(seconds: float) -> ApiError:
    """Return that no answer, or not all of it, came in time."""
    what = f"no complete answer within {seconds:g} s"
    advice = "Check the settings api_url and request_timeout."
    return Unreachable(what, advice, may_pass=True)


def _no_bundle() -> ApiError:
    what = "the file of trusted authorities does not exist"
    advice = "Check the setting ca_bundle, and the variables REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE."
    return Unreachable(what, advice)


def _unreachable(what: str, settings: str, *, may_pass: bool = True) -> Callable[[float], ApiError]:
    advice = f"Check the network, and the settings {settings}."
    return lambda _: Unreachable(what, advice, may_pass=may_pass)


def _broken_body(_: float) -> ApiError:
    what = "the answer broke off, or its encoding is broken"
    advice = "Run again later, or set a smaller page_size."
    return UnexpectedAnswer(what, advice, may_pass=True)


_FAULTS: tuple[
    tuple[type[BaseException] | tuple[type[BaseException], ...], Callable[[float], ApiError]],
    ...,
] = (
    (
        ssl.SSLCertVerificationError,
        _unreachable(
            "the server's certificate cannot be verified",
            "api_url and ca_bundle",
            may_pass=False,
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


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk through what libraries wrap: arguments, reasons and contexts."""
    level: list[BaseException] = [error]
    for _ in range(_DEEPEST_CAUSE):
        yield from level
        wrapped = [
            inner
            for outer in level
            for inner in (
                *outer.args,
                getattr(outer, "reason", None),
                outer.__cause__,
                outer.__context__,
            )
        ]
        level = [inner for inner in wrapped if isinstance(inner, BaseException)]
