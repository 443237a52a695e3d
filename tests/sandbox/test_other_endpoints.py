"""Endpoints that the tap itself does not ask for: users, sources and notes."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import requests

from tap_compleetpersy.sandbox.options import PAGINATIONS
from tap_compleetpersy.sandbox.people import RECRUITERS
from tap_compleetpersy.sandbox.state import Sandbox

Start = Callable[..., Sandbox]
PATHS = ("/users", "/sources", "/candidates/1001/notes")


def get(client: requests.Session, url: str, **params: object) -> t.Any:
    answer = client.get(
        url, params={name: str(value) for name, value in params.items()}, timeout=10
    )
    assert answer.ok
    return answer


@pytest.mark.parametrize("path", PATHS)
def test_they_need_the_key_and_know_head(
    shared: Start, client: requests.Session, path: str
) -> None:
    url = shared().url + path
    assert requests.get(url, timeout=10).status_code == 401
    head, answer = client.head(url, timeout=10), get(client, url)
    assert (head.content, head.headers) == (b"", answer.headers)


@pytest.mark.parametrize("path", PATHS)
def test_they_speak_the_encoding_of_the_others(
    shared: Start, client: requests.Session, path: str
) -> None:
    plain, latin = (
        get(client, shared(**options).url + path) for options in ({}, {"encoding": "iso-8859-1"})
    )
    assert latin.json() == plain.json()
    assert latin.headers["Content-Type"].endswith("charset=ISO-8859-1")


@pytest.mark.parametrize("path", PATHS)
def test_the_same_options_serve_the_same_bytes(
    start: Start, client: requests.Session, path: str
) -> None:
    first, again = (get(client, start().url + path).content for _ in range(2))
    other = get(client, start(seed=5).url + path).content
    assert first == again
    assert (first == other) is (path == "/sources")


def test_sources_are_a_plain_list(shared: Start, client: requests.Session) -> None:
    body = get(client, f"{shared().url}/sources", page=2, per_page=1).json()
    assert body.keys() == {"data"}
    assert body["data"][0] == {"Id": "1", "Name": "StepStone", "Active": True}
    assert {source["Active"] for source in body["data"]} == {True, False}
    assert len(body["data"]) == 8


@pytest.mark.parametrize("pagination", PAGINATIONS)
def test_users_are_read_exactly_once_by_every_pagination(
    shared: Start, client: requests.Session, pagination: str
) -> None:
    sandbox = shared(pagination=pagination)
    read: list[str] = []
    url, params = f"{sandbox.url}/users", {"per_page": "12"}
    while True:
        answer = client.get(url, params=params, timeout=10)
        users, meta = answer.json()["data"], answer.json()["meta"]
        read += [user["Id"] for user in users]
        assert meta["total"] == RECRUITERS
        if pagination == "page" and users:
            params = {"per_page": "12", "page": str(meta["page"] + 1)}
        elif pagination == "offset" and users:
            params = {"per_page": "12", "offset": str(len(read))}
        elif pagination == "cursor" and meta["next_cursor"]:
            params = {"per_page": "12", "cursor": meta["next_cursor"]}
        elif pagination == "link" and answer.links:
            url, params = answer.links["next"]["url"], {}
        else:
            break
    assert read == [str(number) for number in range(1, RECRUITERS + 1)]


def test_users_are_filtered_by_their_update(shared: Start, client: requests.Session) -> None:
    sandbox = shared(modified_until_param="until", order="oldest")
    url = f"{sandbox.url}/users"
    everybody = get(client, url).json()["data"]
    updates = [user["LastModificationDate"] for user in everybody]
    assert updates == sorted(updates)
    middle = updates[10]
    assert get(client, url, modified_since=middle).json()["data"] == everybody[10:]
    assert get(client, url, until=middle).json()["data"] == everybody[:10]
    second_later = datetime.fromisoformat(middle) + timedelta(seconds=1)
    assert get(client, url, modified_since=second_later).json()["data"] == everybody[11:]


@pytest.mark.parametrize("params", [{"page": "0"}, {"modified_since": "gestern"}], ids=str)
def test_bad_parameters_of_users_are_named(
    shared: Start, client: requests.Session, params: dict[str, str]
) -> None:
    answer = client.get(f"{shared().url}/users", params=params, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(next(iter(params)))


def test_users_have_their_envelope_and_total_where_candidates_have_them(
    shared: Start, client: requests.Session
) -> None:
    assert len(get(client, f"{shared(envelope='a.b').url}/users").json()["a"]["b"]) == RECRUITERS
    plain = get(client, f"{shared(envelope='list').url}/users")
    assert (len(plain.json()), plain.headers["X-Total-Count"]) == (RECRUITERS, str(RECRUITERS))


def test_candidates_have_up_to_three_notes(shared: Start, client: requests.Session) -> None:
    sandbox = shared()
    notes = {
        candidate.remote_id: get(
            client, f"{sandbox.url}/candidates/{candidate.remote_id}/notes"
        ).json()["data"]
        for candidate in sandbox.store.candidates()
    }
    assert {len(found) for found in notes.values()} == {0, 1, 2, 3}
    ids = [note["Id"] for found in notes.values() for note in found]
    assert len(set(ids)) == len(ids)
    for found in notes.values():
        times = [note["CreatedDate"] for note in found]
        assert times == sorted(times)
        assert all(time <= "2026-11-24 04:00:00" for time in times)


def test_a_written_note_is_listed_last(start: Start, client: requests.Session) -> None:
    sandbox = start()
    url = f"{sandbox.url}/candidates/1001/notes"
    before, updated = get(client, url).json()["data"], sandbox.store.candidate("1001").updated_at
    answer = client.post(url, json={"Text": "Größe: 46\n"}, timeout=10)
    assert answer.status_code == 201
    assert answer.json() == {
        "Id": "1001-1",
        "Text": "Größe: 46\n",
        "Author": "API",
        "CreatedDate": "2026-11-24 04:00:00",
        "LastModificationDate": "2026-11-24 04:00:00",
    }
    assert get(client, url).json()["data"] == [*before, answer.json()]
    assert client.post(url, json={"Text": "x"}, timeout=10).json()["Id"] == "1001-2"
    assert sandbox.store.candidate("1001").updated_at == updated


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"Text": 7}', b'{"Text": ""}', b"\xff"], ids=repr
)
def test_a_bad_note_is_refused(start: Start, client: requests.Session, body: bytes) -> None:
    sandbox = start()
    url = f"{sandbox.url}/candidates/1001/notes"
    before = get(client, url).json()
    answer = client.post(url, data=body, timeout=10)
    assert answer.status_code == 400
    assert "Text" in answer.json()["error"]["message"]
    assert get(client, url).json() == before


def test_nothing_is_written_without_the_key_or_about_nobody(
    start: Start, client: requests.Session
) -> None:
    url = start().url
    for path in ("notes", "attachments"):
        known, unknown = (f"{url}/candidates/{i}/{path}" for i in ("1001", "9999"))
        assert requests.post(known, json={"Text": "x"}, timeout=10).status_code == 401
        assert client.post(unknown, json={"Text": "x"}, timeout=10).status_code == 404
