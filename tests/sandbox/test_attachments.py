"""Attachments over HTTP: their list, their content, their links, and uploads."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from tap_compleetpersy.sandbox import words
from tap_compleetpersy.sandbox.attachments import content
from tap_compleetpersy.sandbox.endpoints import disposition
from tap_compleetpersy.sandbox.faults import Fault
from tap_compleetpersy.sandbox.options import Options, OptionsError
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox

Start = Callable[..., Sandbox]
LATER = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def listed(client: requests.Session, sandbox: Sandbox, remote_id: str = "1001") -> t.Any:
    answer = client.get(f"{sandbox.url}/candidates/{remote_id}/attachments", timeout=10)
    assert answer.ok
    return answer.json()["data"]


def give_all_documents(sandbox: Sandbox) -> None:
    """Let candidate 1001 have one attachment of each kind, and no other."""
    sandbox.store.edit("1001", attachments=())
    for number, (name, kind, content_type) in enumerate(words.DOCUMENTS):
        sandbox.store.put_attachment(
            "1001", f"9{number}", file_name=name, type=kind, content_type=content_type
        )


def test_the_content_is_what_the_list_promises(start: Start, client: requests.Session) -> None:
    sandbox = start()
    give_all_documents(sandbox)
    for position, metadata in enumerate(listed(client, sandbox)):
        answer = client.get(f"{sandbox.url}/{metadata['Url']}", timeout=10)
        assert answer.content == content(sandbox.store.candidate("1001").attachments[position])
        assert answer.headers["Content-Type"] == metadata["ContentType"]
        assert answer.headers["Content-Length"] == str(metadata["Size"]) == str(len(answer.content))
        assert answer.headers["Content-Disposition"] == disposition(metadata["FileName"])


@pytest.mark.parametrize(
    ("file_name", "expected"),
    [
        ("Lebenslauf.pdf", 'attachment; filename="Lebenslauf.pdf"'),
        (
            "Zeugnisse (Übersicht).pdf",
            (
                'attachment; filename="Zeugnisse (_bersicht).pdf"; '
                "filename*=UTF-8''Zeugnisse%20%28%C3%9Cbersicht%29.pdf"
            ),
        ),
        (
            'a"b\\c\r\n.pdf',
            "attachment; filename=\"a_b_c__.pdf\"; filename*=UTF-8''a%22b%5Cc%0D%0A.pdf",
        ),
        ("", 'attachment; filename=""'),
    ],
)
def test_file_names_are_written_for_every_client(file_name: str, expected: str) -> None:
    assert disposition(file_name) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/candidates/1001/attachments/9999/content",
        "/candidates/9999/attachments/9999/content",
        "/candidates/1002/attachments/90/content",
    ],
    ids=["attachment", "candidate", "of somebody else"],
)
def test_unknown_content_is_404(start: Start, client: requests.Session, path: str) -> None:
    sandbox = start()
    give_all_documents(sandbox)
    answer = client.get(sandbox.url + path, timeout=10)
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Not found")


def test_content_needs_the_key(shared: Start) -> None:
    url = f"{shared().url}/candidates/1008/attachments/10080/content"
    assert requests.get(url, timeout=10).status_code == 401


def test_head_tells_the_size_only(shared: Start, client: requests.Session) -> None:
    url = f"{shared().url}/candidates/1008/attachments/10080/content"
    head, get = client.head(url, timeout=10), client.get(url, timeout=10)
    assert head.headers == get.headers
    assert (head.content, len(get.content)) == (b"", int(head.headers["Content-Length"]))


def test_relative_links_follow_the_base_url(start: Start, client: requests.Session) -> None:
    sandbox = start()
    give_all_documents(sandbox)
    assert sandbox.foreign_url is None
    for metadata in listed(client, sandbox):
        assert metadata["Url"] == f"candidates/1001/attachments/{metadata['Id']}/content"


def test_absolute_links_lead_to_the_api(start: Start, client: requests.Session) -> None:
    sandbox = start(attachment_links="absolute")
    give_all_documents(sandbox)
    assert sandbox.foreign_url is None
    for metadata in listed(client, sandbox):
        assert metadata["Url"].startswith(f"{sandbox.url}/candidates/1001/attachments/")
        assert len(client.get(metadata["Url"], timeout=10).content) == metadata["Size"]


def test_foreign_links_lead_to_another_port_and_need_no_key(
    start: Start, client: requests.Session
) -> None:
    sandbox = start(attachment_links="foreign")
    give_all_documents(sandbox)
    there, api = urlsplit(sandbox.foreign_url or ""), urlsplit(sandbox.url)
    assert (there.scheme, there.hostname, there.path) == (api.scheme, api.hostname, "")
    assert there.port != api.port
    for metadata in listed(client, sandbox):
        assert metadata["Url"].startswith(f"{sandbox.foreign_url}/files/")
        answer = requests.get(metadata["Url"], timeout=10)
        assert len(answer.content) == metadata["Size"]
        assert answer.headers["Content-Type"] == metadata["ContentType"]
        assert answer.headers["Content-Disposition"] == disposition(metadata["FileName"])
        assert answer.headers["Date"] == "Tue, 24 Nov 2026 03:00:00 GMT"


def test_mixed_links_take_turns(start: Start, client: requests.Session) -> None:
    sandbox = start(attachment_links="mixed")
    give_all_documents(sandbox)
    links = [metadata["Url"] for metadata in listed(client, sandbox)]
    starts = ["candidates/", f"{sandbox.url}/", f"{sandbox.foreign_url}/"]
    assert len(links) == 5
    for position, link in enumerate(links):
        assert link.startswith(starts[position % 3])
        assert client.get(urljoin(f"{sandbox.url}/", link), timeout=10).ok


def test_a_foreign_link_ends_with_a_safe_name(start: Start, client: requests.Session) -> None:
    sandbox = start(attachment_links="foreign")
    sandbox.store.edit("1001", attachments=())
    sandbox.store.put_attachment("1001", "9", file_name="../Größe ?#.pdf")
    (metadata,) = listed(client, sandbox)
    assert metadata["Url"].endswith("/.._Gr_e_.pdf")
    assert requests.get(metadata["Url"], timeout=10).ok


def test_each_list_makes_new_foreign_links(start: Start, client: requests.Session) -> None:
    sandbox = start(attachment_links="foreign")
    give_all_documents(sandbox)
    links = [metadata["Url"] for _ in range(2) for metadata in listed(client, sandbox)]
    assert len(set(links)) == 10
    assert all(requests.get(link, timeout=10).ok for link in links)


@pytest.mark.parametrize(("seconds", "status"), [(299, 200), (300, 403), (86_400, 403)], ids=str)
def test_foreign_links_expire_by_the_clock_of_the_sandbox(
    start: Start, client: requests.Session, seconds: float, status: int
) -> None:
    sandbox = start(attachment_links="foreign")
    give_all_documents(sandbox)
    link = listed(client, sandbox)[0]["Url"]
    sandbox.store.clock.advance(seconds)
    answer = requests.get(link, timeout=10)
    assert answer.status_code == status
    assert requests.get(listed(client, sandbox)[0]["Url"], timeout=10).ok


def test_the_life_of_a_link_can_be_chosen(start: Start, client: requests.Session) -> None:
    sandbox = start(attachment_links="foreign", link_seconds=2)
    give_all_documents(sandbox)
    link = listed(client, sandbox)[0]["Url"]
    sandbox.store.clock.advance(2)
    answer = requests.get(link, timeout=10)
    assert answer.json() == {"error": {"status": 403, "message": "Link expired"}}


@pytest.mark.parametrize("token", ["x", "AAAA", "A" * 80, "ä"])
def test_a_made_up_link_is_403(start: Start, token: str) -> None:
    sandbox = start(attachment_links="foreign")
    url = f"{sandbox.foreign_url}/files/{token}/Lebenslauf.pdf"
    assert requests.get(url, timeout=10).status_code == 403


def test_a_link_to_what_is_gone_is_404(start: Start, client: requests.Session) -> None:
    sandbox = start(attachment_links="foreign")
    give_all_documents(sandbox)
    link = listed(client, sandbox)[0]["Url"]
    sandbox.store.remove_attachment("1001", "90")
    assert requests.get(link, timeout=10).status_code == 404


def test_the_second_port_records_every_header(start: Start, client: requests.Session) -> None:
    sandbox = start(attachment_links="foreign")
    give_all_documents(sandbox)
    link = listed(client, sandbox)[0]["Url"]
    requests.head(link, headers={"Authorization": "Bearer sandbox-key", "X-Y": "ü"}, timeout=10)
    requests.get(link + "?a=b", headers={"Cookie": "c=d"}, timeout=10)
    first, second = sandbox.foreign_requests
    assert (first.method, first.path) == ("HEAD", urlsplit(link).path)
    assert first.headers["authorization"] == "Bearer sandbox-key"
    assert first.headers["x-y"] == "ü"
    assert (second.method, second.path) == ("GET", urlsplit(link).path)
    assert second.headers["cookie"] == "c=d"
    assert "authorization" not in second.headers
    assert [request.path for request in sandbox.requests] == [
        "/persy/api/v1/candidates/1001/attachments"
    ]


def test_the_second_port_has_files_only(start: Start) -> None:
    sandbox = start(attachment_links="foreign", admin=True)
    for path in ("/", "/persy/api/v1/candidates", "/__admin", "/__admin/candidates/1001"):
        assert requests.get(f"{sandbox.foreign_url}{path}", timeout=10).status_code == 404
    assert requests.get(f"{sandbox.url}/files/x/y", timeout=10).status_code == 404


def test_the_second_port_is_closed_with_the_first() -> None:
    with running(Options(candidates=1, attachment_links="mixed")) as sandbox:
        assert requests.get(f"{sandbox.foreign_url}/", timeout=10).status_code == 404
    for url in (sandbox.url, sandbox.foreign_url):
        with pytest.raises(requests.ConnectionError, match="refused"):
            requests.get(str(url), timeout=10)


def test_the_second_port_works_on_ipv6(start: Start, client: requests.Session) -> None:
    sandbox = start(attachment_links="foreign", host="::1")
    give_all_documents(sandbox)
    link = listed(client, sandbox)[0]["Url"]
    assert link.startswith("http://[::1]:")
    assert requests.get(link, timeout=10).ok


def test_faults_meet_content_and_the_second_port(start: Start, client: requests.Session) -> None:
    sandbox = start(attachment_links="mixed")
    give_all_documents(sandbox)
    relative, _, foreign, *_ = (metadata["Url"] for metadata in listed(client, sandbox))
    sandbox.faults.set(
        Fault("status", path_contains="/content"), Fault("html", path_contains="/files/")
    )
    assert client.get(f"{sandbox.url}/{relative}", timeout=10).status_code == 503
    assert "Anmeldung" in requests.get(foreign, timeout=10).text
    assert sandbox.faults.pending == ()


def test_an_attachment_is_added_replaced_and_removed(
    start: Start, client: requests.Session
) -> None:
    sandbox = start()
    store = sandbox.store
    store.edit("1001", attachments=())
    added = store.put_attachment("1001", "9", file_name="a.txt", content_type="text/plain")
    assert added.updated_at == store.clock.now()
    assert listed(client, sandbox)[0].keys() == {
        "Id", "FileName", "Type", "ContentType", "Size", "Url", "CreatedDate"
    }  # fmt: skip
    replaced = store.put_attachment("1001", "9", content=b"neu", updated_at=LATER)
    assert replaced.updated_at == LATER
    (metadata,) = listed(client, sandbox)
    assert (metadata["FileName"], metadata["Size"]) == ("a.txt", 3)
    assert metadata["LastModificationDate"] == "2026-11-24 05:00:00"
    assert client.get(f"{sandbox.url}/{metadata['Url']}", timeout=10).content == b"neu"
    assert store.remove_attachment("1001", "9").updated_at == store.clock.now()
    assert listed(client, sandbox) == []


def test_a_change_of_attachments_can_leave_the_candidate_alone(start: Start) -> None:
    store = start().store
    before = store.candidate("1001").updated_at
    assert store.put_attachment("1001", "9", touch=False).updated_at == before
    changed = store.put_attachment("1001", "9", type="x", updated_at=LATER, touch=False)
    assert changed.updated_at == before
    assert store.attachment("1001", "9").updated_at == LATER
    assert store.remove_attachment("1001", "9", touch=False).updated_at == before


def test_an_upload_is_listed_and_kept(start: Start, client: requests.Session) -> None:
    sandbox = start()
    url = f"{sandbox.url}/candidates/1001/attachments"
    body = bytes(range(256))
    before = listed(client, sandbox)
    file = ("Zeugnis – Größe.pdf", body, "application/pdf")
    answer = client.post(url, files={"file": file}, data={"Type": "Zeugnis"}, timeout=10)
    assert answer.status_code == 201
    metadata = answer.json()
    assert metadata == {
        "Id": "1001-1",
        "FileName": "Zeugnis – Größe.pdf",
        "Type": "Zeugnis",
        "ContentType": "application/pdf",
        "Size": 256,
        "Url": "candidates/1001/attachments/1001-1/content",
        "CreatedDate": "2026-11-24 04:00:00",
    }
    assert listed(client, sandbox) == [*before, metadata]
    assert client.get(f"{sandbox.url}/{metadata['Url']}", timeout=10).content == body
    assert sandbox.store.candidate("1001").updated_at == sandbox.store.clock.now()


def test_two_uploads_have_two_ids(start: Start, client: requests.Session) -> None:
    sandbox = start()
    url = f"{sandbox.url}/candidates/1001/attachments"
    answers = [
        client.post(url, files={"file": ("a", b"a")}, data={"Type": "CV"}, timeout=10).json()
        for _ in range(2)
    ]
    assert [answer["Id"] for answer in answers] == ["1001-1", "1001-2"]
    assert answers[0]["ContentType"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({"data": {"Type": "CV"}}, "file"),
        ({"json": {"file": "a", "Type": "CV"}}, "file"),
        ({"files": {"file": ("a.pdf", b"a")}}, "Type"),
        ({"data": b"x", "headers": {"Content-Type": "multipart/form-data"}}, "boundary"),
    ],
    ids=["no file", "no form", "no type", "no boundary"],
)
def test_a_bad_upload_is_named_and_changes_nothing(
    start: Start, client: requests.Session, sent: dict[str, t.Any], named: str
) -> None:
    sandbox = start()
    before = sandbox.store.candidates()
    url = f"{sandbox.url}/candidates/1001/attachments"
    answer = client.post(url, timeout=10, **sent)
    assert answer.status_code == 400
    assert named in answer.json()["error"]["message"]
    assert sandbox.store.candidates() == before


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"attachment_links": "s3"}, "attachment_links"),
        ({"link_seconds": 0}, "link_seconds"),
        ({"chaos": 1.5}, "chaos"),
        ({"chaos": -1}, "chaos"),
    ],
    ids=str,
)
def test_impossible_options_are_named(options: dict[str, t.Any], named: str) -> None:
    with pytest.raises(OptionsError, match=named):
        Options(**options)
