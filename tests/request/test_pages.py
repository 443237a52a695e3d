"""``--paginate``: all pages of any list, one record a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from werkzeug import Request, Response

from tests.request.conftest import ANY_PATH, KEY, Persy

RECORDS: list[object] = [
    {"Id": "1", "Name": "Müller"},
    "text",
    2**70,
    1.5,
    True,
    None,
    [1, {"a": []}],
    {},
]


def serve(persy: Persy, *, fails_at: int | None = None) -> None:
    """List the records in pages of two."""

    def answer(request: Request) -> Response:
        page = int(request.args["page"])
        if page == fails_at:
            return Response("BodyMarked", 410)
        return Response(json.dumps({"data": RECORDS[2 * page - 2 : 2 * page]}))

    persy.server.expect_request(ANY_PATH).respond_with_handler(answer)
    persy.settings["page_size"] = "2"


def test_records_of_any_kind_are_one_compact_line_each(persy: Persy) -> None:
    serve(persy)

    words = ["--param", "status=ä b", "--param", "status=2", "--header", "Accept-Language=de"]
    done = persy("GET", "/sources?x=1", *words, "--paginate")

    assert done.exit_code == 0, done.told
    assert [json.loads(line) for line in done.body.splitlines()] == RECORDS
    assert done.body.splitlines()[0] == '{"Id":"1","Name":"Müller"}'.encode()
    assert done.error == "Read 8 records in 4 pages."
    for request in persy.requests:
        assert request.path.endswith("/sources")
        assert request.args.getlist("status") == ["ä b", "2"]
        assert (request.args["x"], request.args["per_page"]) == ("1", "2")
        assert request.headers["Accept-Language"] == "de"
        assert request.headers["Authorization"] == f"Bearer {KEY}"


def test_records_are_as_received_whatever_is_read_into_custom_fields(persy: Persy) -> None:
    record = {"id": 1, "merkmale": [{"feld": "Farbe", "wert": "rot"}], "stellen": {"a": {"t": 1}}}
    persy.server.expect_request(ANY_PATH).respond_with_json({"data": [record]})
    persy.settings |= {
        "pagination": "none",
        "custom_fields_paths": '["merkmale[feld=wert]"]',
        "field_paths": '{"openings": "stellen[id]"}',
    }
    done = persy("GET", "/things", "--paginate")
    assert json.loads(done.body) == record


def test_verbose_counts_the_pages(persy: Persy) -> None:
    serve(persy)

    told = persy("GET", "/sources", "--paginate", "-v").told.splitlines()

    assert told[0] == "> GET /persy/api/v1/sources, page 1: 2 records"
    assert len(told) == 5


def test_a_page_that_fails_ends_it_after_whole_lines(persy: Persy) -> None:
    serve(persy, fails_at=3)

    done = persy("GET", "/sources", "--paginate")

    assert done.exit_code == 1
    assert [json.loads(line) for line in done.body.splitlines()] == RECORDS[:4]
    assert done.body.endswith(b"\n")
    assert done.error.startswith("Error: GET /persy/api/v1/sources: status 410; ")
    assert b"BodyMarked" not in done.printed


@pytest.mark.parametrize("fails_at", [None, 3], ids=["complete", "incomplete"])
def test_a_file_gets_all_lines_or_none(persy: Persy, tmp_path: Path, fails_at: int | None) -> None:
    serve(persy, fails_at=fails_at)
    target = tmp_path / "sources.jsonl"

    done = persy("GET", "/sources", "--paginate", "--output", target)

    assert done.body == b""
    assert done.exit_code == (0 if fails_at is None else 1)
    assert target.exists() == (fails_at is None)
    assert [path.name for path in tmp_path.iterdir()] == (
        ["sources.jsonl"] if fails_at is None else []
    )
    if fails_at is None:
        assert len(target.read_bytes().splitlines()) == len(RECORDS)


def test_pages_are_read_as_the_settings_say(persy: Persy) -> None:
    def answer(request: Request) -> Response:
        cursor = request.args.get("cursor")
        following = {None: "a", "a": None}[cursor]
        return Response(json.dumps({"data": [{"Id": cursor}], "meta": {"next_cursor": following}}))

    persy.server.expect_request(ANY_PATH).respond_with_handler(answer)
    persy.settings["pagination"] = "cursor"

    assert persy("GET", "/sources", "--paginate").body == b'{"Id":null}\n{"Id":"a"}\n'


def test_a_page_without_paging_may_have_any_parameter(persy: Persy) -> None:
    persy.answers([1, 2])
    persy.settings["pagination"] = "none"

    done = persy("GET", "/sources", "--paginate", "--param", "page=7")

    assert (done.exit_code, done.body) == (0, b"1\n2\n")
    assert persy.requests[0].args.to_dict() == {"page": "7"}
