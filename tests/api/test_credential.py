"""The key in the query: with every request to the server of `api_url`, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.api.messages import Credential
from tap_compleetpersy.api.pages import read_pages
from tap_compleetpersy.errors import ApiError
from tests.api.conftest import ClientOf
from tests.server import Request, Server, reply

KEY = "s3c/ret &ü"
QUERY = {"auth_method": "query", "api_key": KEY}
IN_QUERY = Credential("query", "api_key", KEY)


def test_every_request_carries_it_once(server: Server, client_of: ClientOf) -> None:
    answer, _ = client_of(**QUERY).get_document("/candidates", {"page": "1"})

    (request,) = server.requests
    assert request.query == {"page": "1", "api_key": KEY}
    assert "authorization" not in request.headers
    assert answer.url == f"{server.url}/candidates?page=1"


def test_the_parameter_has_the_name_of_the_setting(server: Server, client_of: ClientOf) -> None:
    client_of(**QUERY, auth_param="token[a]").get_document("/candidates")

    assert server.requests[0].query == {"token[a]": KEY}


@pytest.mark.parametrize("echo", ["", "&api_key=s3c%2fret+%26%c3%bc", "&api_key=***"])
def test_redirects_and_next_links_get_it_whether_they_repeat_it_or_not(
    server: Server, client_of: ClientOf, echo: str
) -> None:
    def answering(request: Request) -> object:
        if request.path == "/candidates":
            return reply(b"", 302, {"Location": f"/people?a=b{echo}"})
        following = {"Link": f'</people?a=b&after=1{echo}>; rel="next"'}
        return reply(
            [{"Id": len(server.requests)}], headers={} if "after" in request.query else following
        )

    server.answering = answering  # type: ignore[assignment]
    settings = {"api_url": server.url, **QUERY, "pagination": "link"}

    pages = list(read_pages(client_of(**settings)))

    assert len(pages) == 2
    assert [request.query["api_key"] for request in server.requests] == [KEY] * 3
    assert [request.query.get("a") for request in server.requests] == [None, "b", "b"]


@pytest.mark.parametrize("place", ["redirect", "link"])
def test_another_server_never_gets_it(server: Server, client_of: ClientOf, place: str) -> None:
    other = Server()
    target = f"{other.url}/candidates?page=2"
    headers = {"Location": target} if place == "redirect" else {"Link": f"<{target}>; rel=next"}
    server.answers(reply([{"Id": 1}], 302 if place == "redirect" else 200, headers))
    settings = {"api_url": server.url, **QUERY, "pagination": "link"}

    with pytest.raises(ApiError, match="another server") as caught:
        list(read_pages(client_of(**settings)))
    other.stop()

    assert other.requests == []
    assert KEY not in str(caught.value)


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=4))
def test_all_other_parameters_stay_as_they_are(pairs: list[tuple[str, str]]) -> None:
    from urllib.parse import parse_qsl, urlencode, urlsplit  # noqa: PLC0415

    url = f"https://persy.example/x?{urlencode(pairs)}"
    kept = [(name, value) for name, value in pairs if name != "api_key"]
    once = IN_QUERY.added(IN_QUERY.added(url))
    query = urlsplit(once).query.removeprefix("&")
    assert parse_qsl(query, keep_blank_values=True) == [*kept, ("api_key", KEY)]
    assert IN_QUERY.removed(once) == IN_QUERY.removed(url)


def test_a_key_in_a_header_leaves_urls_alone() -> None:
    credential = Credential("header", "X", KEY)
    url = "https://persy.example/x?api_key=a"
    assert credential.added(url) == credential.removed(url) == url
    assert KEY not in repr(credential)
