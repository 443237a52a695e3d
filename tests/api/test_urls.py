"""Where paths and links lead, and which are followed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.api.urls import (
    addresses,
    joined,
    next_link,
    objection,
    objection_to_address,
    same_origin,
    shown,
)

API = "https://persy.example.org/persy/api/v1"
LIST = f"{API}/candidates/7/attachments?x=1"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://persy.example/v1/candidates?name=x#y", "/v1/candidates"),
        ("https://persy.example", "/"),
        ("https://persy.example/a;PHPSESSID=1/b", "/a"),
        ("https://persy.example/a\x1b[31m\u2028", "/a?[31m?"),
        ("https://persy.example/" + "a" * 999, "/" + "a" * 199),
    ],
)
def test_only_a_path_is_shown(url: str, path: str) -> None:
    assert shown(url) == path


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("?page=2", "https://persy.example/v1/candidates?page=2"),
        ("/x#part", "https://persy.example/x"),
        ("https://PERSY.example:443/x", "https://PERSY.example:443/x"),
        ("https://persy.example:8443/x", None),
        ("http://persy.example/x", None),
        ("https://persy.example.evil/x", None),
        ("https://persy.example@evil.example/x", None),
        ("//evil.example/x", None),
        ("javascript:x", None),
        ("https://[", None),
        ("https://persy.example:port/", None),
    ],
)
def test_links_are_joined_on_the_same_server_only(target: str, url: str | None) -> None:
    assert joined("https://persy.example/v1/candidates?page=1", target) == url


@pytest.mark.parametrize(
    ("text", "target"),
    [
        pytest.param(
            '<https://a.example/?page=2>; rel="next"', "https://a.example/?page=2", id="one"
        ),
        pytest.param("</x?page=2>; rel=next", "/x?page=2", id="without quotes"),
        pytest.param('</x>;REL="NEXT"', "/x", id="any case, no space"),
        pytest.param('</1>; rel="prev", </3>; rel="next", </9>; rel="last"', "/3", id="of several"),
        pytest.param('</x>; rel="last next"', "/x", id="several relations"),
        pytest.param(
            '</x,y;z>; title="a, <b>; \\"rel=next"; rel="next"', "/x,y;z", id="punctuation"
        ),
        pytest.param('</1>; rel="prev"; title="next", </2>', None, id="only a title"),
        pytest.param('</1>; rel="nextish"', None, id="another relation"),
        pytest.param('</1>; rel="prev"; rel="next"', None, id="only the first rel counts"),
        pytest.param('</1>; rel = "next"', "/1", id="spaces around ="),
        pytest.param('</1>; crossorigin; rel="next"', "/1", id="a parameter without a value"),
        pytest.param("</1>; rel=prev ??, </2>; rel=next", "/2", id="after nonsense"),
        pytest.param("nonsense", None, id="nonsense"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="absent"),
    ],
)
def test_the_next_link_is_found(text: str | None, target: str | None) -> None:
    assert next_link(text) == target


@given(st.text('<>;,="\\ relnxt/') | st.text())
def test_no_text_crashes_it(text: str) -> None:
    found = next_link(text)

    assert found is None or found in text


def test_a_long_header_is_read_in_linear_time() -> None:
    assert next_link("</x>" + "; a=b" * 10_000 + ', </y>; rel="next"') == "/y"
    assert next_link('<;="' * 10_000) is None


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://files.example.org/9?sig=a", ["https://files.example.org/9?sig=a"]),
        ("https://files.example.org/9#page=2", ["https://files.example.org/9"]),
        ("//files.example.org/9", ["https://files.example.org/9"]),
        (
            "candidates/7/attachments/9/content",
            [
                f"{API}/candidates/7/attachments/9/content",
                f"{API}/candidates/7/candidates/7/attachments/9/content",
            ],
        ),
        (
            "/files/9",
            ["https://persy.example.org/files/9", f"{API}/files/9"],
        ),
        ("https://[", []),
    ],
)
def test_what_a_link_may_mean(link: str, expected: list[str]) -> None:
    assert list(addresses(link, API, LIST)) == expected


@pytest.mark.parametrize(
    ("url", "api_url", "expected"),
    [
        ("https://files.example.org/9", API, None),
        ("https://persy.example.org/9", API, None),
        ("https://persy.example.org:8443/9", API, None),
        ("http://files.example.org/9", API, "the link is not https"),
        ("http://persy.example.org/9", API, "the link is not https"),
        ("ftp://files.example.org/9", API, "the link is no https URL"),
        ("file:///etc/passwd", API, "the link is no https URL"),
        ("javascript:alert(1)", API, "the link is no https URL"),
        ("data:text/plain,x", API, "the link is no https URL"),
        ("", API, "the link is no https URL"),
        ("https:///9", API, "the link is no https URL"),
        ("https://x:99999/", API, "the link is no URL"),
        ("https://u:p@files.example.org/", API, "the link holds credentials"),
        ("https://persy.example.org@evil.example/", API, "the link holds credentials"),
        ("https://127.0.0.1/9", API, "the link leads to this machine"),
        ("https://localhost/9", API, "the link leads to this machine"),
        ("https://[::1]/9", API, "the link leads to this machine"),
        ("https://[::ffff:127.0.0.1]/9", API, "the link leads to this machine"),
        ("https://10.0.0.1/9", API, "the link leads to a private address"),
        ("https://192.168.1.1/9", API, "the link leads to a private address"),
        ("https://172.16.0.1/9", API, "the link leads to a private address"),
        ("https://100.64.0.1/9", API, "the link leads to a private address"),
        ("https://169.254.169.254/latest", API, "the link leads to a private address"),
        ("https://0.0.0.0/9", API, "the link leads to a private address"),
        ("https://224.0.0.1/9", API, "the link leads to a private address"),
        ("https://[fe80::1%25eth0]/9", API, "the link leads to a private address"),
        ("https://[fd00::1]/9", API, "the link leads to a private address"),
        ("https://[2002:7f00:1::]/9", API, "the link leads to a private address"),
        ("https://10.0.0.1/9", "https://10.0.0.1/api", None),
        ("https://10.0.0.2/9", "https://10.0.0.1/api", "the link leads to a private address"),
        ("http://127.0.0.1:9/x", "http://127.0.0.1:8/api", None),
        ("http://localhost:9/x", "http://127.0.0.1:8/api", None),
        ("http://169.254.169.254/", "http://127.0.0.1:8/api", "the link is not https"),
        ("http://127.0.0.1:9/x", "https://127.0.0.1:8/api", None),
    ],
)
def test_which_links_are_followed(url: str, api_url: str, expected: str | None) -> None:
    assert objection(url, api_url) == expected


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001::1", "files.example.org"])
def test_public_addresses_are_connected_to(address: str) -> None:
    assert objection_to_address(address, API) is None


@given(st.text())
def test_no_link_raises(link: str) -> None:
    for url in addresses(link, API, LIST):
        assert objection(url, API) is None or not same_origin(url, API)
