from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.api.links import next_link


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
