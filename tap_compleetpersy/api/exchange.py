"""Any request, and whatever is answered: redirects and retries where they are safe."""

from __future__ import annotations

from dataclasses import replace

from tap_compleetpersy.api.client import MOST_REDIRECTS, Client, redirection, too_many_redirects
from tap_compleetpersy.api.errors import ApiError
from tap_compleetpersy.api.faults import fault_of_status
from tap_compleetpersy.api.messages import Announce, OpenAnswer, Request
from tap_compleetpersy.api.profile import shown

_READING = frozenset({"GET", "HEAD"})


def exchange(client: Client, request: Request, announce: Announce) -> OpenAnswer:
    """Send a request and answer as soon as the headers of an answer are there.

    GET and HEAD follow redirects on the same server, and are tried again as pages are,
    within the same allowance; what is answered to the last try is the answer. Any other
    method is sent once and follows nothing. PUT and DELETE could be repeated by their
    definition, but nobody promises that this server keeps to it.

    A body that breaks off is not asked for again: some of it may be used already.

    Args:
        client: Asks the server.
        request: Its URL is on that server.
        announce: Told each request, redirects and further tries included.

    Raises:
        ApiError: When there is no answer, or it leads to another server.
    """
    if request.method not in _READING:
        return _once(client, request, announce)
    last: OpenAnswer | None = None

    def attempt() -> OpenAnswer:
        nonlocal last
        if last is not None:
            last.close()
            last = None
        answer = _follow(client, request, announce)
        fault = fault_of_status(answer.status, answer.headers)
        if not fault.may_pass:
            return answer
        last = answer
        fault.method = request.method
        raise fault

    try:
        return client.retrying(attempt, shown(request.url))
    except ApiError:
        if last is None:
            raise
        return last


def _once(client: Client, request: Request, announce: Announce) -> OpenAnswer:
    try:
        return client.send(request, announce)
    except ApiError as error:
        error.kept = "not tried again, since it might be done twice"
        raise


def _follow(client: Client, request: Request, announce: Announce) -> OpenAnswer:
    for _ in range(MOST_REDIRECTS + 1):
        answer = client.send(request, announce)
        try:
            target = redirection(request.url, answer.status, answer.headers)
        except ApiError as error:
            answer.close()
            error.method = request.method
            raise
        if target is None:
            return answer
        answer.close()
        request = replace(request, url=target)
    raise too_many_redirects()
