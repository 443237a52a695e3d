"""A path stays below `api_url`, however it is written, or it is refused."""

from __future__ import annotations

from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
import requests
import urllib3
from hypothesis import example, given
from hypothesis import strategies as st

from tap_compleetpersy.api.urls import PathRefusedError, address

API = "https://persy.example/persy/api/v1"

HOSTILE = {
    "nothing": "",
    "only a query": "?page=1",
    "a host": "//evil.example/candidates",
    "a host after the slash": "///evil.example",
    "a host with credentials": "//user@evil.example",
    "https": "https://evil.example/candidates",
    "http": "http://persy.example/persy/api/v1/candidates",
    "even the API's own address": f"{API}/candidates",
    "capitals": "HTTPS://evil.example",
    "a scheme without slashes": "https:evil.example",
    "javascript": "javascript:alert(1)",
    "file": "file:///etc/passwd",
    "data": "data:,x",
    "a mail address": "mailto:anna@example.org",
    "an address within": "/candidates/https://evil.example",
    "user name": "@evil.example/candidates",
    "user name within": "/candidates@evil.example",
    "dots": "..",
    "a dot": "/./candidates",
    "dots first": "../admin",
    "dots after the slash": "/../admin",
    "dots within": "/candidates/../../admin",
    "dots last": "/candidates/..",
    "three dots": "/.../admin",
    "encoded dots": "/%2e%2e/admin",
    "encoded dots in capitals": "/%2E%2E/admin",
    "one dot encoded": "/.%2e/admin",
    "the other encoded": "/%2e./admin",
    "an encoded dot": "/%2e/admin",
    "encoded slash": "/candidates%2f..%2fadmin",
    "encoded slash in capitals": "/candidates%2Fadmin",
    "encoded host": "%2f%2fevil.example",
    "encoded backslash": "/candidates%5c..%5cadmin",
    "encoded twice": "/%252e%252e/admin",
    "a slash encoded twice": "/candidates%252fadmin",
    "encoded three times": "/%25252e%25252e/admin",
    "partly encoded twice": "/%25%32%65%25%32%65/admin",
    "overlong dots": "/%c0%ae%c0%ae/admin",
    "overlong slash": "/candidates%c0%afadmin",
    "a wide dot": "/%ef%bc%8e%ef%bc%8e/admin",
    "a two dot leader": "/%e2%80%a5/admin",
    "a wide slash": "/candidates%ef%bc%8fadmin",
    "a wide dot as it is": "/．．/admin",  # noqa: RUF001 - that is the case
    "IIS encoding": "/%u002e%u002e/admin",
    "backslash": "\\evil.example",
    "two backslashes": "\\\\evil.example",
    "slash and backslash": "/\\evil.example",
    "backslash dots": "/candidates\\..\\admin",
    "a path parameter": "/candidates;x=1",
    "Tomcat's dots": "/..;/admin",
    "dots with a parameter": "/..;x=1/admin",
    "an encoded semicolon": "/candidates%3bx",
    "an encoded at": "/candidates%40evil",
    "an encoded question mark": "/candidates%3fx",
    "an encoded hash": "/candidates%23x",
    "a fragment": "/candidates#x",
    "a fragment in the query": "/candidates?a=1#x",
    "line break": "/candidates\r\nHost: evil.example",
    "a tab in dots": "/.\t./admin",
    "a line break in dots": "/.\n./admin",
    "NUL": "/candidates\0",
    "a control character in the query": "/candidates?a=\r\nHost:x",
    "encoded NUL": "/candidates%00",
    "encoded line break": "/candidates%0d%0aHost:x",
    "encoded DEL": "/candidates%7f",
    "an encoded control character of two bytes": "/candidates%c2%85",
    "a space": "/candidates /x",
    "a space before": " /candidates",
    "a space before a scheme": " https://evil.example",
    "a zero-width space": "/.\u200b./admin",
    "a change of direction": "/\u202ecandidates",
    "half of a character": "/\ud800",
    "no UTF-8": "/\udce4",
    "a half escape": "/%2",
    "no escape": "/100%",
    "letters that are no ASCII": "/müller",
    "brackets": "/[::1]/",
    "an empty segment": "/candidates//1",
    "two slashes at the end": "/candidates//",
    "a caret": "/^",
}


@pytest.mark.parametrize("path", HOSTILE.values(), ids=HOSTILE)
def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(PathRefusedError) as caught:
        address(API, path)

    assert str(caught.value).isprintable()
    assert "evil" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/candidates", "/candidates"),
        ("candidates", "/candidates"),
        ("/", "/"),
        ("/candidates/", "/candidates/"),
        ("/candidates/4711/attachments/9", "/candidates/4711/attachments/9"),
        ("/files/cv.pdf", "/files/cv.pdf"),
        ("/.well-known", "/.well-known"),
        ("/a..b", "/a..b"),
        ("/candidates/M%C3%BCller", "/candidates/M%C3%BCller"),
        ("/candidates/a%20b", "/candidates/a%20b"),
        ("/candidates/1:archive", "/candidates/1:archive"),
        ("/candidates?", "/candidates"),
        ("/candidates?per_page=1&a=%2e%2e%2f", "/candidates?per_page=1&a=%2e%2e%2f"),
        ("/candidates?email=anna@example.org", "/candidates?email=anna@example.org"),
        ("/candidates?next=https://a/../b", "/candidates?next=https://a/../b"),
        ("/candidates?name=Jürgen M", "/candidates?name=J%C3%BCrgen%20M"),
        ("/candidates?share=50%", "/candidates?share=50%25"),
    ],
)
@pytest.mark.parametrize("api_url", [API, f"{API}/"])
def test_a_path_is_joined_to_the_address_of_the_api(api_url: str, path: str, expected: str) -> None:
    assert address(api_url, path) == API + expected


def test_parameters_are_encoded_may_repeat_and_come_after_the_query() -> None:
    url = address(API, "/candidates?a=1", [("b", "ä &"), ("b", "2")])

    assert parse_qsl(urlsplit(url).query) == [("a", "1"), ("b", "ä &"), ("b", "2")]


_WORDS = "/ // . .. %2e %2F %5c %25 %C3 \\ ; @ : ? # % http: https://evil.example candidates a 1 é"
_PIECES = st.sampled_from([*_WORDS.split(), " ", "\t", "\n", "\0"])
_PATHS = st.one_of(st.text(), st.lists(_PIECES, max_size=12).map("".join))


@given(path=_PATHS, params=st.lists(st.tuples(st.text(), st.text()), max_size=2))
@example(path="/a?//b/../..", params=[])
def test_whatever_passes_stays_below_the_address_of_the_api(
    path: str, params: list[tuple[str, str]]
) -> None:
    try:
        url = address(API, path, params)
    except PathRefusedError:
        return

    assert url.startswith(f"{API}/")
    assert url.isascii()
    assert url.isprintable()
    cleaned_by_others = [
        urljoin(url, url),
        str(urllib3.util.parse_url(url)),
        requests.Request("GET", url).prepare().url or "",
    ]
    for cleaned in cleaned_by_others:
        assert cleaned.startswith(f"{API}/")
        assert urlsplit(cleaned)[:2] == urlsplit(API)[:2]
        assert ".." not in urlsplit(cleaned).path.split("/")
