"""What people write into a field for mail addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.model.contacts import Mail, is_email, read_mails

IDA, OTTO = "ida@example.org", "otto@example.com"


@pytest.mark.parametrize(
    "text",
    [
        IDA,
        f"Ida Kranz <{IDA}>",
        f'"Kranz, Ida" <{IDA}>',
        f"Kranz, Ida <{IDA}>",
        f"<{IDA}>",
        f"mailto:{IDA}",
        f"MAILTO:{IDA}?subject=Hallo",
        f"<mailto:{IDA}>",
        f"{IDA}.",
        f"{IDA};",
        f"({IDA})",
        f"'{IDA}'",
        f"E-Mail: {IDA}",
        f"Ida Kranz [mailto:{IDA}]",
        f"Ida Kranz ({IDA})",
        f"{IDA} <mailto:{IDA}>",
        f"{IDA} (Ida Kranz)",
        f'<a href="mailto:{IDA}?subject=x">schreiben</a>',
        f"mailto: {IDA}",
        f"mailto://{IDA}",
        f"mailto:{IDA.replace('@', '%40')}",
    ],
)
def test_an_address_with_something_around_it(text: str) -> None:
    assert read_mails(text) == [(IDA, None)]


@pytest.mark.parametrize(
    ("text", "mails"),
    [
        (f"{IDA}; {OTTO}", [(IDA, None), (OTTO, None)]),
        (f"{IDA},{OTTO}", [(IDA, None), (OTTO, None)]),
        (f"{IDA} oder {OTTO}", [(IDA, None), (OTTO, None)]),
        (f"{IDA} / {OTTO}", [(IDA, None), (OTTO, None)]),
        (f"{IDA}/{OTTO}", [(IDA, None), (OTTO, None)]),
        (f"{IDA}<br />{OTTO}", [(IDA, None), (OTTO, None)]),
        (f"{IDA} ({OTTO})", [(IDA, None), (OTTO, None)]),
        (f"Ida <{IDA}>, Otto <{OTTO}>", [(IDA, None), (OTTO, None)]),
        (f"Ida <{IDA}>; {OTTO}", [(IDA, None), (OTTO, None)]),
        (f"privat: {IDA}", [(IDA, "HOME")]),
        (f"{IDA} (dienstlich)", [(IDA, "WORK")]),
        (f"privat {IDA}; geschäftlich {OTTO}", [(IDA, "HOME"), (OTTO, "WORK")]),
    ],
)
def test_several_addresses_and_their_use(text: str, mails: list[Mail]) -> None:
    assert read_mails(text) == mails


@pytest.mark.parametrize(
    "text",
    [
        "keine",
        "ida(at)example.org",
        f"{IDA}; otto@",
        f"{IDA} und keine weitere",
        f"Ida Kranz {IDA}",
        "ida kranz@example.org",
        "ida @example.org",
        f"Ida <{IDA}> ehemals",
        "Ida <kaputt>",
    ],
)
def test_one_doubt_spoils_the_field(text: str) -> None:
    assert read_mails(text) is None


PIECES = st.lists(
    st.sampled_from((IDA, OTTO, "<", ">", "mailto:", "privat", ";", ",", '"', "(", "@", "Ida"))
    | st.text(max_size=6),
    max_size=8,
)


@given(PIECES.map("".join) | PIECES.map(" ".join) | st.text(max_size=600))
def test_every_address_is_valid_and_read_again_as_it_is(text: str) -> None:
    for address, _ in read_mails(text) or ():
        assert is_email(address)
        assert read_mails(address) == [(address, None)]
