"""The contract that the tap may rely on, read by a client that knows nothing of the tap."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from tap_compleetpersy.sandbox.options import ENVELOPES, ORDERS, PAGINATIONS, Options, OptionsError
from tap_compleetpersy.sandbox.state import Sandbox

Start = Callable[..., Sandbox]
EVERYBODY = [str(1000 + number) for number in range(1, 24)]


def get(client: requests.Session, url: str, **params: object) -> requests.Response:
    return client.get(url, params={name: str(value) for name, value in params.items()}, timeout=10)


def pages(
    client: requests.Session, sandbox: Sandbox, pagination: str, **params: object
) -> Iterator[list[t.Any]]:
    """Read all pages as each pagination asks for, up to and with the last one."""
    url = f"{sandbox.url}/candidates"
    answer = get(client, url, per_page=10, **params)
    read = 0
    while True:
        records, meta = answer.json()["data"], answer.json()["meta"]
        yield records
        read += len(records)
        if pagination == "page" and records:
            answer = get(client, url, per_page=10, page=meta["page"] + 1, **params)
        elif pagination == "offset" and records:
            answer = get(client, url, per_page=10, offset=read, **params)
        elif pagination == "cursor" and meta["next_cursor"]:
            answer = get(client, url, per_page=10, cursor=meta["next_cursor"], **params)
        elif pagination == "link" and answer.links:
            answer = get(client, answer.links["next"]["url"])
        else:
            return


def ids(records: list[t.Any]) -> list[str]:
    return [record["CandidateRecordInfo"]["Id"]["IdValue"] for record in records]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("pagination", PAGINATIONS)
def test_every_pagination_reads_everybody_exactly_once(
    shared: Start, client: requests.Session, pagination: str, order: str
) -> None:
    sandbox = shared(pagination=pagination, order=order)
    read = [remote_id for page in pages(client, sandbox, pagination) for remote_id in ids(page)]
    assert Counter(read) == Counter(EVERYBODY)
    assert read == list(sandbox.store.select())


def test_numbered_pages_end_at_an_empty_page(shared: Start, client: requests.Session) -> None:
    sandbox = shared()
    assert [len(page) for page in pages(client, sandbox, "page")] == [10, 10, 3, 0]


def test_a_cursor_survives_the_deletion_of_its_candidate(
    start: Start, client: requests.Session
) -> None:
    sandbox = start(pagination="cursor")
    reading = pages(client, sandbox, "cursor")
    first = ids(next(reading))
    sandbox.store.delete(first[-1])
    assert [remote_id for page in reading for remote_id in ids(page)] == EVERYBODY[10:]


def test_edits_between_two_pages_shift_numbered_pages(
    start: Start, client: requests.Session
) -> None:
    sandbox = start()

    def delete_before_page_2(request: t.Any) -> None:
        if "page=2" in request.query:
            sandbox.store.delete("1001")

    sandbox.before_answer.append(delete_before_page_2)
    read = [remote_id for page in pages(client, sandbox, "page") for remote_id in ids(page)]
    assert read == [remote_id for remote_id in EVERYBODY if remote_id != "1011"]


@pytest.mark.parametrize(
    ("order", "reverse"), [("newest", True), ("oldest", False)], ids=["newest", "oldest"]
)
def test_order_by_update(
    shared: Start, client: requests.Session, order: str, *, reverse: bool
) -> None:
    sandbox = shared(order=order)
    records = get(client, f"{sandbox.url}/candidates").json()["data"]
    updates = [record["CandidateRecordInfo"]["LastModificationDate"] for record in records]
    assert updates == sorted(updates, reverse=reverse)


def test_random_order_is_fixed_by_the_seed(start: Start) -> None:
    first, again = (start(order="random", candidates=50).store.select() for _ in range(2))
    assert first == again
    assert first != sorted(first)


@pytest.mark.parametrize(
    ("wire", "expected"),
    [(600, 500), (500, 500), (None, 100)],
    ids=["too large is cut to 500", "largest", "default"],
)
def test_page_size(
    shared: Start, client: requests.Session, wire: int | None, expected: int
) -> None:
    sandbox = shared(candidates=501)
    params = {} if wire is None else {"per_page": wire}
    assert len(get(client, f"{sandbox.url}/candidates", **params).json()["data"]) == expected


@pytest.mark.parametrize(
    ("params", "name"),
    [
        ({"page": "0"}, "page"),
        ({"page": "zwei"}, "page"),
        ({"per_page": "0"}, "per_page"),
        ({"per_page": "-1"}, "per_page"),
        ({"modified_since": "gestern"}, "modified_since"),
        ({"modified_since": "2026-01-01T00:00:00 01:00"}, "modified_since"),
    ],
    ids=str,
)
def test_bad_parameters_are_named(
    shared: Start, client: requests.Session, params: dict[str, str], name: str
) -> None:
    answer = get(client, f"{shared().url}/candidates", **params)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(name)


@pytest.mark.parametrize("text", ["*", "!!!!", "W10=", "bnVsbA==", "ZZZ"], ids=str)
def test_a_foreign_cursor_is_refused(shared: Start, client: requests.Session, text: str) -> None:
    answer = get(client, f"{shared(pagination='cursor').url}/candidates", cursor=text)
    assert answer.status_code == 400


@pytest.mark.parametrize("envelope", [*ENVELOPES, "payload.items", "meta.items"])
def test_envelopes_hold_the_records_and_a_total(
    shared: Start, client: requests.Session, envelope: str
) -> None:
    answer = get(client, f"{shared(envelope=envelope).url}/candidates")
    body = answer.json()
    if envelope == "list":
        assert ids(body) == EVERYBODY
        assert answer.headers["X-Total-Count"] == "23"
        return
    assert body["meta"]["total"] == 23
    for key in envelope.split("."):
        body = body[key]
    assert ids(body) == EVERYBODY


def test_the_next_cursor_is_where_it_was_asked_to_be(
    shared: Start, client: requests.Session
) -> None:
    sandbox = shared(pagination="cursor", next_cursor_path="paging.cursors.after")
    first = get(client, f"{sandbox.url}/candidates", per_page=20).json()
    cursor = first["paging"]["cursors"]["after"]
    last = get(client, f"{sandbox.url}/candidates", per_page=20, cursor=cursor).json()
    assert last["paging"] == {"cursors": {"after": None}}
    assert len(last["data"]) == 3


@pytest.mark.parametrize(
    ("count", "records"), [(0, None), (1, dict), (2, list)], ids=["none", "one", "several"]
)
def test_php_lists_of_records_are_one_or_many(
    shared: Start, client: requests.Session, count: int, records: type | None
) -> None:
    sandbox = shared(shape="php", candidates=count)
    found = get(client, f"{sandbox.url}/candidates").json()["data"]
    assert found is None if records is None else isinstance(found, records)


def wire(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def test_modified_since_is_inclusive(shared: Start, client: requests.Session) -> None:
    sandbox = shared()
    for candidate in sandbox.store.candidates():
        since = candidate.updated_at
        expected = [c.remote_id for c in sandbox.store.candidates() if c.updated_at >= since]
        url = f"{sandbox.url}/candidates"
        assert ids(get(client, url, modified_since=wire(since)).json()["data"]) == expected
        later = get(client, url, modified_since=wire(since + timedelta(seconds=1))).json()
        assert candidate.remote_id not in ids(later["data"])
        assert later["meta"]["total"] == len(later["data"])


def test_modified_until_is_exclusive(shared: Start, client: requests.Session) -> None:
    sandbox = shared(modified_until_param="modified_until", order="oldest")
    middle = sandbox.store.candidates()[11].updated_at
    url = f"{sandbox.url}/candidates"
    before = ids(get(client, url, modified_until=wire(middle)).json()["data"])
    after = ids(get(client, url, modified_since=wire(middle)).json()["data"])
    assert before + after == list(sandbox.store.select())
    assert len(before) == 11


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-01T12:00:00+02:00",
        "2026-07-01T10:00:00Z",
        "2026-07-01 12:00:00",
        "01.07.2026 12:00",
        "1782900000",
    ],
    ids=str,
)
def test_times_of_the_filter_can_be_written_as(
    start: Start, client: requests.Session, text: str
) -> None:
    sandbox = start()
    noon = datetime.fromisoformat("2026-07-01T10:00:00+00:00")
    sandbox.store.edit("1001", updated_at=noon)
    sandbox.store.edit("1002", updated_at=noon - timedelta(seconds=1))
    found = ids(get(client, f"{sandbox.url}/candidates", modified_since=text).json()["data"])
    assert "1001" in found
    assert "1002" not in found


def test_without_the_parameter_there_is_no_filter(
    shared: Start, client: requests.Session, now: datetime
) -> None:
    sandbox = shared(modified_since_param=None)
    answer = get(client, f"{sandbox.url}/candidates", modified_since=wire(now))
    assert ids(answer.json()["data"]) == EVERYBODY


@pytest.mark.parametrize(
    ("options", "headers", "status"),
    [
        ({}, {"Authorization": "Bearer sandbox-key"}, 200),
        ({}, {"Authorization": "Bearer wrong"}, 401),
        ({}, {"Authorization": "Bearer schlüssel".encode()}, 401),
        ({}, {"X-API-Key": "sandbox-key"}, 401),
        ({}, {}, 401),
        ({"auth": "header"}, {"X-API-Key": "sandbox-key"}, 200),
        ({"auth": "header", "auth_header": "Token"}, {"token": "sandbox-key"}, 200),
        ({"auth": "header"}, {"Authorization": "Bearer sandbox-key"}, 401),
        ({"auth": "basic"}, {"Authorization": "Basic c2FuZGJveDpzYW5kYm94LWtleQ=="}, 200),
        ({"auth": "basic"}, {"Authorization": "Basic c2FuZGJveDp3cm9uZw=="}, 401),
    ],
)
def test_only_the_right_key_in_the_right_place_is_let_in(
    shared: Start, options: dict[str, str], headers: dict[str, str | bytes], status: int
) -> None:
    sandbox = shared(**options)
    for path in ("", "/1001", "/1008/attachments", "/1008/attachments/10080/content"):
        url = f"{sandbox.url}/candidates{path}"
        answer = requests.get(url, headers=headers, timeout=10)
        assert answer.status_code == status
        if status == 401:
            assert answer.json() == {"error": {"status": 401, "message": "Unauthorized"}}
            assert answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("query", "status"),
    [({"api_key": "sandbox-key"}, 200), ({"api_key": "wrong"}, 401), ({}, 401)],
)
def test_a_key_may_be_expected_in_the_query(
    shared: Start, query: dict[str, str], status: int
) -> None:
    sandbox = shared(auth="query")
    for path in ("", "/1001", "/1008/attachments"):
        answer = requests.get(f"{sandbox.url}/candidates{path}", query, timeout=10)
        assert answer.status_code == status
    headers = {"Authorization": "Bearer sandbox-key"}
    assert requests.get(f"{sandbox.url}/candidates", headers=headers, timeout=10).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/jobs", 404),
        ("GET", "/candidates/9999", 404),
        ("GET", "/candidates/9999/attachments", 404),
        ("POST", "/candidates", 405),
        ("DELETE", "/candidates/1001", 405),
        ("GET", "/../../../__admin", 404),
    ],
)
def test_errors_are_json_and_name_nobody(
    shared: Start, client: requests.Session, method: str, path: str, status: int
) -> None:
    answer = client.request(method, shared().url + path, timeout=10)
    assert answer.status_code == status
    assert answer.json()["error"]["status"] == status
    assert "9999" not in answer.text


def test_one_candidate_is_the_same_as_in_the_list(shared: Start, client: requests.Session) -> None:
    sandbox = shared()
    listed = get(client, f"{sandbox.url}/candidates").json()["data"]
    assert [get(client, f"{sandbox.url}/candidates/{i}").json() for i in EVERYBODY] == listed


def test_attachments_are_listed_without_content(shared: Start, client: requests.Session) -> None:
    sandbox = shared()
    assert get(client, f"{sandbox.url}/candidates/1008/attachments").json()["data"][0] == {
        "Id": "10080",
        "FileName": "Lebenslauf.pdf",
        "Type": "CV",
        "ContentType": "application/pdf",
        "Size": 1678,
        "Url": "candidates/1008/attachments/10080/content",
        "CreatedDate": "2024-11-16 23:42:00",
        "PositionOpeningId": "121",
    }


def test_the_date_header_shows_the_clock_of_the_sandbox(
    shared: Start, client: requests.Session, now: datetime
) -> None:
    answer = get(client, f"{shared().url}/candidates")
    assert answer.raw.headers.getlist("Date") == ["Tue, 24 Nov 2026 03:00:00 GMT"]
    assert parsedate_to_datetime(answer.headers["Date"]) == now


def test_the_same_options_serve_the_same_bytes(start: Start, client: requests.Session) -> None:
    first, again = (get(client, f"{start(shape='php').url}/candidates") for _ in range(2))
    assert first.content == again.content


def test_requests_are_recorded(start: Start, client: requests.Session) -> None:
    sandbox = start()
    get(client, f"{sandbox.url}/candidates", page=1)
    client.head(f"{sandbox.url}/candidates/1001", timeout=10)
    assert [(r.method, r.path, r.query) for r in sandbox.requests] == [
        ("GET", "/persy/api/v1/candidates", "page=1"),
        ("HEAD", "/persy/api/v1/candidates/1001", ""),
    ]


def test_ipv6_loopback(shared: Start, client: requests.Session) -> None:
    sandbox = shared(host="::1")
    assert sandbox.url.startswith("http://[::1]:")
    assert get(client, f"{sandbox.url}/candidates").ok


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"shape": "xml"}, "shape"),
        ({"auth": "oauth"}, "auth"),
        ({"pagination": "pages"}, "pagination"),
        ({"order": "name"}, "order"),
        ({"host": "0.0.0.0"}, "host"),  # noqa: S104 - it is refused
        ({"candidates": -1}, "candidates"),
        ({"seed": -1}, "seed"),
        ({"live": 0}, "live"),
        ({"now": datetime(2026, 1, 1)}, "now"),  # noqa: DTZ001 - it is refused
        ({"envelope": "a..b"}, "envelope"),
        ({"envelope": "meta"}, "envelope"),
        ({"envelope": "list", "pagination": "cursor"}, "envelope"),
    ],
    ids=str,
)
def test_impossible_options_are_named(options: dict[str, t.Any], named: str) -> None:
    with pytest.raises(OptionsError, match=named):
        Options(**options)


def test_the_key_is_not_in_a_representation() -> None:
    assert "geheim" not in repr(Options(api_key="geheim"))
