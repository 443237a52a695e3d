from __future__ import annotations

import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from tap_compleetpersy.api.decode import decode, in_utf_8
from tap_compleetpersy.api.messages import Answer
from tap_compleetpersy.errors import UnexpectedAnswer

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def answer(body: bytes, content_type: str = "application/json", status: int = 200) -> Answer:
    return Answer(status, CaseInsensitiveDict({"content-type": content_type}), body)


@pytest.mark.parametrize(
    ("body", "content_type", "document"),
    [
        pytest.param(
            b'{"a": [1, 2.5, null]}', "application/json", {"a": [1, 2.5, None]}, id="JSON"
        ),
        pytest.param(b"[1]", "text/html", [1], id="JSON that PHP calls HTML"),
        pytest.param(b"[1]", "application/json; charset=utf-8", [1], id="UTF-8 said"),
        pytest.param(b"\xef\xbb\xbf[1]", "application/json", [1], id="BOM"),
        pytest.param('["ä"]'.encode("utf-16"), "application/json", ["ä"], id="UTF-16 with BOM"),
        pytest.param(
            '["Müller"]'.encode("latin-1"),
            "application/json; charset=ISO-8859-1",
            ["Müller"],
            id="Latin-1",
        ),
        pytest.param(
            '["Müller", NaN]'.encode(),
            'text/json; Charset="iso-8859-1"',
            ["Müller", None],
            id="UTF-8, although Latin-1 is said",
        ),
        pytest.param(
            '["50 €"]'.encode("cp1252"),
            "text/json; charset=latin1",
            ["50 €"],
            id="what Windows calls Latin-1",
        ),
        pytest.param(
            b'["\x81"]', "text/json; charset=iso-8859-1", ["\x81"], id="a byte of Latin-1 only"
        ),
        pytest.param(
            '["ä"]'.encode(), "application/json; charset=nonsense", ["ä"], id="unknown charset"
        ),
        pytest.param(
            '["ä"]'.encode(), "application/json; charset=base64", ["ä"], id="no charset at all"
        ),
        pytest.param(b'["a\nb\x01"]', "application/json", ["a\nb\x01"], id="control characters"),
        pytest.param(b'["\\u0000"]', "application/json", ["\x00"], id="NUL"),
        pytest.param(b'["\\ud800x"]', "application/json", ["\ufffdx"], id="lone surrogate"),
        pytest.param(
            b'{"\\uDC00": {"a": ["\\ud83d\\ude00", "\\udfff"]}, "n": 1}',
            "application/json",
            {"\ufffd": {"a": ["😀", "\ufffd"]}, "n": 1},
            id="lone surrogates anywhere, pairs kept",
        ),
        pytest.param(
            b"[NaN, Infinity, -Infinity, 1]", "text/json", [None, None, None, 1], id="no numbers"
        ),
        pytest.param(b"[1e400, -1E+999]", "text/json", ["1e400", "-1E+999"], id="beyond a float"),
        pytest.param(
            b"[18446744073709551616, 9007199254740993]",
            "application/json",
            [18446744073709551616, 9007199254740993],
            id="integers of any size",
        ),
        pytest.param(b" \n[1]\r\n", "application/json", [1], id="white space"),
    ],
)
def test_what_servers_send_is_read(body: bytes, content_type: str, document: object) -> None:
    assert decode(answer(body, content_type)) == document


def test_no_content_is_no_document() -> None:
    assert decode(answer(b"", status=204)) is None


@pytest.mark.parametrize(
    ("body", "what", "may_pass"),
    [
        pytest.param(b"", "ends too early", True, id="nothing"),
        pytest.param(b"  ", "ends too early", True, id="white space only"),
        pytest.param(b'{"a": [1, 2', "ends too early", True, id="cut in a list"),
        pytest.param(b'{"a": [{"b": 1}', "ends too early", True, id="cut at a brace"),
        pytest.param(b'[{"a": "Miller', "ends too early", True, id="cut in a text"),
        pytest.param(b'["M\xc3', "ends too early", True, id="cut in a letter"),
        pytest.param(b'{"a" 1}', "no JSON", False, id="no JSON"),
        pytest.param(b"[1] [2]", "no JSON", False, id="two documents"),
        pytest.param(b"Service unavailable", "no JSON", False, id="text"),
        pytest.param(b"<!DOCTYPE html><p>Login", "HTML or XML", False, id="HTML"),
        pytest.param(b"\n<?xml version='1.0'?><a/>", "HTML or XML", False, id="XML"),
        pytest.param(b"[" * 100_000, "nested too deeply", False, id="nested, open"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, "nested too deeply", False, id="nested"),
        pytest.param(
            b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply", False, id="objects"
        ),
        pytest.param(b"[" + b"9" * 1_000_000 + b"]", "too many digits", False, id="a long integer"),
        pytest.param(
            b"[" + b"9" * 1_000_000 + b".5]", "too many digits", False, id="a long fraction"
        ),
    ],
)
def test_what_cannot_be_read_is_an_error_without_content(
    body: bytes, what: str, *, may_pass: bool
) -> None:
    with pytest.raises(UnexpectedAnswer, match=what) as caught:
        decode(answer(body))

    assert caught.value.may_pass is may_pass
    assert "ller" not in str(caught.value)


@pytest.mark.parametrize("body", [b'["M\xfcller \x80"]', b'{"a": "\xe4"}', b'["\x81\xfc"]'])
def test_what_is_not_utf_8_and_names_no_encoding_is_windows_1252(body: bytes) -> None:
    guesses: list[bool] = []
    document = decode(answer(body), lambda: guesses.append(True))
    assert document == json.loads(body.decode("windows-1252", "replace"))
    assert guesses == [True]


def test_what_says_its_encoding_wrongly_is_not_guessed() -> None:
    with pytest.raises(UnexpectedAnswer, match="no encoding that fits"):
        decode(answer(b'["M\xfcller"]', "application/json; charset=utf-8"))


@pytest.mark.parametrize(
    ("body", "encoding", "document"),
    [
        ('["5 €"]'.encode("iso-8859-15"), "iso-8859-15", ["5 €"]),
        ('["ä"]'.encode("utf-16"), "utf-16", ["ä"]),
        ('["ä"]'.encode("utf-16-le"), "UTF-16LE", ["ä"]),
        ('["ä"]'.encode(), "utf-8", ["ä"]),
        ('["ä"]'.encode("utf-8-sig"), "iso-8859-15", ["ä"]),
        (b'["a"]', "iso-8859-15", ["a"]),
        ('["ä"]'.encode(), "windows-1252", ["Ã¤"]),
    ],
)
def test_an_encoding_that_the_setting_names_is_taken(
    body: bytes, encoding: str, document: object
) -> None:
    assert decode(in_utf_8(answer(body), encoding)) == document


def test_content_type_goes_before_the_setting() -> None:
    said = answer('["ä"]'.encode("latin-1"), "application/json; charset=iso-8859-1")
    assert decode(in_utf_8(said, "utf-8")) == ["ä"]


def test_content_in_another_encoding_than_the_setting_names_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswer, match="Check the settings encoding"):
        in_utf_8(answer(b'["M\xfcller"]'), "utf-8")


def test_an_html_page_names_what_to_check() -> None:
    with pytest.raises(UnexpectedAnswer, match=r"login page.*api_url, api_key and auth_method"):
        decode(answer(b"<html>"))


@given(JSON)
def test_all_json_comes_back(document: object) -> None:
    assert decode(answer(json.dumps(document).encode())) == document


@given(st.binary() | st.text('[]{}",:0123456789.eE-+ntfNI\\ud8\x00ä').map(str.encode))
def test_no_bytes_crash_it_and_all_that_is_read_can_be_written(body: bytes) -> None:
    try:
        document = decode(answer(body))
    except UnexpectedAnswer:
        return
    assert msgspec.json.encode(document) is not None
    assert not (isinstance(document, float) and math.isinf(document))


def test_a_text_that_is_cut_after_a_bracket_may_pass() -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        decode(answer(b'[{"Note": "see [1]'))
    assert caught.value.may_pass


@given(JSON, st.data())
def test_a_prefix_of_a_list_may_pass(document: object, data: st.DataObject) -> None:
    body = json.dumps([document]).encode()
    cut = data.draw(st.integers(0, len(body) - 1))

    with pytest.raises(UnexpectedAnswer) as caught:
        decode(answer(body[:cut]))
    assert caught.value.may_pass
