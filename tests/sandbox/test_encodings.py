"""Bodies in the encodings of old servers, and lists that do not tell their length."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.sandbox.endpoints import reencode
from tap_compleetpersy.sandbox.options import ENCODINGS, Options, OptionsError
from tap_compleetpersy.sandbox.shapes import encode
from tap_compleetpersy.sandbox.state import Sandbox

Start = Callable[..., Sandbox]

TYPES = {
    "utf-8": ("utf-8", "application/json"),
    "utf-8-bom": ("utf-8-sig", "application/json"),
    "iso-8859-1": ("iso-8859-1", "application/json; charset=ISO-8859-1"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("path", ["", "/1001", "/1001/attachments"])
def test_a_body_says_the_same_in_every_encoding(
    shared: Start, client: requests.Session, encoding: str, path: str
) -> None:
    plain = client.get(f"{shared().url}/candidates{path}", timeout=10)
    other = client.get(f"{shared(encoding=encoding).url}/candidates{path}", timeout=10)
    codec, content_type = TYPES[encoding]
    assert other.headers["Content-Type"] == content_type
    assert json.loads(other.content.decode(codec)) == plain.json()


def test_only_the_one_with_a_bom_begins_with_it(shared: Start, client: requests.Session) -> None:
    begins = {
        encoding: client.get(f"{shared(encoding=encoding).url}/candidates", timeout=10).content[:3]
        for encoding in ENCODINGS
    }
    assert begins == {"utf-8": b'{"d', "utf-8-bom": b"\xef\xbb\xbf", "iso-8859-1": b'{"d'}


@given(st.text())
def test_latin_1_loses_nothing_and_has_no_controls(text: str) -> None:
    body, _ = reencode(encode({"Text": text}), "iso-8859-1")
    assert json.loads(body.decode("iso-8859-1")) == {"Text": text}
    assert not set(body) & set(range(0x80, 0xA0))


def test_an_unknown_encoding_is_named() -> None:
    with pytest.raises(OptionsError, match="encoding"):
        Options(encoding="ebcdic")


@pytest.mark.parametrize("envelope", ["data", "list"])
@pytest.mark.parametrize("pagination", ["page", "none"])
def test_a_total_can_be_hidden(
    shared: Start, client: requests.Session, envelope: str, pagination: str
) -> None:
    def answer(**options: t.Any) -> requests.Response:
        sandbox = shared(envelope=envelope, pagination=pagination, **options)
        return client.get(f"{sandbox.url}/candidates", timeout=10)

    told, hidden = answer(), answer(total=False)
    assert "23" in (told.headers.get("X-Total-Count"), *map(str, meta(told).values()))
    assert "X-Total-Count" not in hidden.headers
    assert "total" not in meta(hidden)
    assert records(hidden) == records(told)


def meta(answer: requests.Response) -> dict[str, t.Any]:
    body = answer.json()
    return {} if isinstance(body, list) else body["meta"]


def records(answer: requests.Response) -> list[t.Any]:
    body = answer.json()
    return body if isinstance(body, list) else t.cast("list[t.Any]", body["data"])
