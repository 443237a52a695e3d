"""What a link of an attachment may mean, and which ones are followed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.api.link_rules import addresses, objection, objection_to_address
from tap_compleetpersy.api.profile import same_origin

API = "https://persy.example.org/persy/api/v1"
LIST = f"{API}/candidates/7/attachments?x=1"


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
        ("https://[::ffff:127.0.0.1]/9", API, "the link leads to a private address"),
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
