"""What went wrong with a request: whether it may pass, and which setting to check.

Texts of the libraries are never repeated: they hold URLs with queries, and header
values.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping

import requests
import urllib3

from tap_compleetpersy.api.errors import (
    AccessRefused,
    ApiError,
    UnexpectedAnswer,
    Unreachable,
)
from tap_compleetpersy.api.retry import retry_after

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_SERVER_ERROR = 500
_TOO_MANY = 429
_REFUSED = (401, 403)
_GONE = (404, 410)
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


def fault_of_status(status: int, headers: Mapping[str, str]) -> ApiError:
    """Say what a status above 399 means; the body of such an answer is never read."""
    what = f"status {status}"
    if status in _REFUSED:
        advice = "Check the settings api_key, auth_method, username, auth_header and auth_param."
        return AccessRefused(what, advice, status=status)
    if status in _GONE:
        advice = "Check the settings api_url and candidates_path."
    elif status == _TOO_MANY:
        advice = "Run again later, or set a lower requests_per_second."
    elif status in _PASSING or status >= _SERVER_ERROR:
        advice = "The server is at fault: run again later, or set a higher max_retries."
    else:
        advice = (
            "Check the settings api_url, candidates_path, page_param, page_size_param, "
            "modified_since_param and date_format."
        )
    return UnexpectedAnswer(
        what,
        advice,
        status=status,
        may_pass=status in _PASSING,
        retry_after=retry_after(headers) if status in _PASSING else None,
    )


def fault_of_exception(error: Exception, seconds: float) -> ApiError:
    """Say what an exception of requests, urllib3 or a socket means.

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
    """Say that no answer, or not all of it, came in time."""
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
