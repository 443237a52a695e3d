"""Random faults, the same for the same seed."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Callable

import pytest
import requests

from tap_compleetpersy.sandbox.faults import FAULTS, Fault, chaos
from tap_compleetpersy.sandbox.state import Sandbox

Start = Callable[..., Sandbox]


def outcome(client: requests.Session, url: str) -> t.Any:
    """Ask once, and tell the answer or how there was none."""
    try:
        answer = client.get(url, timeout=10)
    except requests.RequestException as failure:
        return type(failure).__name__
    return answer.status_code, answer.headers.get("Retry-After"), answer.content


def outcomes(client: requests.Session, sandbox: Sandbox) -> list[t.Any]:
    return [outcome(client, f"{sandbox.url}/candidates/1001") for _ in range(60)]


def test_the_same_seed_goes_wrong_in_the_same_way(start: Start, client: requests.Session) -> None:
    first, again = (outcomes(client, start(chaos=0.5)) for _ in range(2))
    other = outcomes(client, start(chaos=0.5, seed=2))
    assert first == again
    assert [isinstance(one, str) for one in first] != [isinstance(one, str) for one in other]


def test_answers_fail_in_every_way(start: Start, client: requests.Session) -> None:
    found = outcomes(client, start(chaos=0.9))
    statuses = {one[:2] for one in found if not isinstance(one, str)}
    assert statuses == {(200, None), (500, "0"), (502, "0"), (503, "0"), (429, "0")}
    assert {one for one in found if isinstance(one, str)} == {
        "ConnectionError",
        "ChunkedEncodingError",
    }
    bodies = {one[2][:5] for one in found if not isinstance(one, str) and one[0] == 200}
    assert bodies == {b'{"Can', b"<!DOC", b'{"err'}


def test_every_fault_is_as_likely_and_no_more_than_asked_for() -> None:
    drawn = Counter(chaos(0.2, 7, number) for number in range(10_000))
    assert drawn.keys() == {None, *FAULTS}
    assert 7_800 < drawn.pop(None) < 8_200
    assert max(drawn.values()) < 2 * min(drawn.values())


@pytest.mark.parametrize(("probability", "faulty"), [(0, 0), (1, 100)])
def test_never_and_always(probability: float, faulty: int) -> None:
    drawn = [chaos(probability, 1, number) for number in range(100)]
    assert sum(fault is not None for fault in drawn) == faulty


def test_a_declared_fault_comes_first(start: Start, client: requests.Session) -> None:
    sandbox = start(chaos=1)
    sandbox.faults.set(Fault("status", status=418, times=3))
    found = [client.get(f"{sandbox.url}/candidates", timeout=10).status_code for _ in range(3)]
    assert found == [418, 418, 418]


def test_the_admin_is_safe(start: Start) -> None:
    host = start(chaos=1, admin=True).url.partition("/persy")[0]
    answers = [requests.get(f"{host}/__admin", timeout=10) for _ in range(20)]
    assert all(answer.json()["candidates"] == 23 for answer in answers)


def test_the_second_port_is_not_safe(start: Start) -> None:
    sandbox = start(chaos=1, attachment_links="foreign")
    with requests.Session() as client:
        found = [outcome(client, f"{sandbox.foreign_url}/files/x/y") for _ in range(30)]
    assert {one[0] for one in found if not isinstance(one, str)} >= {429, 503}
