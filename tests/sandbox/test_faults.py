from __future__ import annotations

import typing as t
from collections.abc import Callable

import pytest
import requests

from tap_compleetpersy.sandbox.faults import Fault, Faults, Kind
from tap_compleetpersy.sandbox.state import Sandbox

Start = Callable[..., Sandbox]


def ask(client: requests.Session, sandbox: Sandbox, **params: str) -> requests.Response:
    return client.get(f"{sandbox.url}/candidates", params=params, timeout=10)


def test_a_status_for_the_next_requests_with_retry_after(
    start: Start, client: requests.Session
) -> None:
    sandbox = start()
    sandbox.faults.set(Fault("status", status=429, times=2, retry_after="7"))
    answers = [ask(client, sandbox) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert [answer.headers.get("Retry-After") for answer in answers] == ["7", "7", None]
    assert sandbox.faults.pending == ()


def test_faults_of_one_page_leave_the_others_alone(start: Start, client: requests.Session) -> None:
    sandbox = start()
    sandbox.faults.set(Fault("status", status=500, times=None, page="2"))
    statuses = [ask(client, sandbox, page=page).status_code for page in ("1", "2", "3", "2")]
    assert statuses == [200, 500, 200, 500]


def test_faults_of_one_path_leave_the_others_alone(start: Start, client: requests.Session) -> None:
    sandbox = start()
    sandbox.faults.set(Fault("status", path_contains="/attachments"))
    assert ask(client, sandbox).status_code == 200
    url = f"{sandbox.url}/candidates/1001/attachments"
    assert client.get(url, timeout=10).status_code == 503


def test_a_truncated_body_is_shorter_than_promised(start: Start, client: requests.Session) -> None:
    sandbox = start()
    sandbox.faults.set(Fault("truncate"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        ask(client, sandbox)
    assert ask(client, sandbox).ok


def test_a_reset_gives_no_answer(start: Start, client: requests.Session) -> None:
    sandbox = start()
    sandbox.faults.set(Fault("reset"))
    with pytest.raises(requests.exceptions.ConnectionError, match="reset"):
        ask(client, sandbox)
    assert ask(client, sandbox).ok


def test_a_delay_is_longer_than_a_client_waits(start: Start, client: requests.Session) -> None:
    sandbox = start()
    sandbox.faults.set(Fault("delay", seconds=30))
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.get(f"{sandbox.url}/candidates", timeout=0.05)


def test_a_delayed_answer_is_complete(start: Start, client: requests.Session) -> None:
    sandbox = start(latency_ms=1)
    sandbox.faults.set(Fault("delay", seconds=0.01))
    assert len(ask(client, sandbox).json()["data"]) == 23


def test_a_login_page_comes_with_200(start: Start, client: requests.Session) -> None:
    sandbox = start()
    sandbox.faults.set(Fault("html"))
    answer = ask(client, sandbox)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Anmeldung" in answer.text


def test_an_error_comes_with_200(start: Start, client: requests.Session) -> None:
    sandbox = start()
    sandbox.faults.set(Fault("error_body"))
    answer = ask(client, sandbox)
    assert answer.status_code == 200
    assert answer.json() == {"error": {"status": 500, "message": "Internal error"}}


def test_a_redirect_says_where_to(start: Start, client: requests.Session) -> None:
    sandbox = start()
    sandbox.faults.set(Fault("redirect", location="https://example.org/login?a=b"))
    answer = client.get(f"{sandbox.url}/candidates", timeout=10, allow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://example.org/login?a=b"
    assert answer.content == b""


def test_a_wrong_length_promises_more_than_the_whole_body(
    start: Start, client: requests.Session
) -> None:
    sandbox = start()
    whole = ask(client, sandbox).content
    sandbox.faults.set(Fault("wrong_length"))
    with client.get(f"{sandbox.url}/candidates", timeout=10, stream=True) as answer:
        assert int(answer.headers["Content-Length"]) > len(whole)
        assert received(answer) == whole
    assert ask(client, sandbox).ok


@pytest.mark.parametrize("kind", ["truncate", "stall"])
def test_half_of_the_body_comes_and_then_the_connection_ends(
    start: Start, client: requests.Session, kind: Kind
) -> None:
    sandbox = start()
    whole = ask(client, sandbox).content
    sandbox.faults.set(Fault(kind, seconds=0.01))
    with client.get(f"{sandbox.url}/candidates", timeout=10, stream=True) as answer:
        assert int(answer.headers["Content-Length"]) == len(whole)
        assert received(answer) == whole[: len(whole) // 2]


def received(answer: requests.Response) -> bytes:
    """Return what comes before the connection breaks."""
    parts: list[bytes] = []
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        parts.extend(answer.iter_content(1))
    return b"".join(parts)


def test_a_stall_lasts_until_the_client_gives_up(start: Start, client: requests.Session) -> None:
    sandbox = start()
    sandbox.faults.set(Fault("stall"))
    with pytest.raises(requests.exceptions.ConnectionError, match="Read timed out"):
        client.get(f"{sandbox.url}/candidates", timeout=0.2)
    assert ask(client, sandbox).ok


def test_an_endless_body_has_no_length(start: Start, client: requests.Session) -> None:
    sandbox = start()
    whole = ask(client, sandbox).content
    sandbox.faults.set(Fault("endless"))
    wanted = 50 * len(whole)
    with client.get(f"{sandbox.url}/candidates", timeout=10, stream=True) as answer:
        assert "Content-Length" not in answer.headers
        read = b""
        for part in answer.iter_content(1000):
            read += part
            if len(read) >= wanted:
                break
    assert read[:wanted] == whole * 50
    assert ask(client, sandbox).ok


def test_an_empty_body_can_be_endless(start: Start, client: requests.Session) -> None:
    sandbox = start()
    sandbox.store.put_attachment("1001", "9", content=b"")
    sandbox.faults.set(Fault("endless"))
    url = f"{sandbox.url}/candidates/1001/attachments/9/content"
    with client.get(url, timeout=10, stream=True) as answer:
        assert len(next(answer.iter_content(1000))) == 1000


@pytest.mark.parametrize(
    ("pagination", "params"),
    [("page", {"page": "2"}), ("offset", {"offset": "10"})],
    ids=["page", "offset"],
)
def test_an_ignored_page_parameter_gives_the_first_page(
    start: Start, client: requests.Session, pagination: str, params: dict[str, str]
) -> None:
    sandbox = start(pagination=pagination)
    first = ask(client, sandbox, per_page="10").json()["data"]
    second = ask(client, sandbox, per_page="10", **params).json()["data"]
    sandbox.faults.set(Fault("ignore_page", times=None))
    ignoring = ask(client, sandbox, per_page="10", **params).json()["data"]
    assert first == ignoring != second


def test_faulty_requests_are_recorded_and_dated(start: Start, client: requests.Session) -> None:
    sandbox = start()
    sandbox.faults.set(Fault("status"))
    assert ask(client, sandbox).headers["Date"] == "Tue, 24 Nov 2026 03:00:00 GMT"
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ([], [None, None]),
        ([Fault("html"), Fault("reset")], ["html", "reset"]),
        ([Fault("html", times=2), Fault("reset")], ["html", "html"]),
        ([Fault("html", times=0), Fault("reset")], ["reset", None]),
        ([Fault("html", page="9"), Fault("reset", times=None)], ["reset", "reset"]),
        ([Fault("html", page="x=1")], [None, None]),
    ],
)
def test_the_first_fault_that_matches_is_taken(faults: list[Fault], expected: list[t.Any]) -> None:
    pending = Faults(frozenset({"page"}))
    pending.set(*faults)
    taken = [pending.take("/candidates", "page=2&x=1") for _ in range(2)]
    assert [fault and fault.kind for fault in taken] == expected
