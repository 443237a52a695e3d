from __future__ import annotations

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from tap_compleetpersy.api.envelope import records, total
from tap_compleetpersy.errors import UnexpectedAnswer
from tests.api.frameworks import pages

ONE, TWO = {"Id": "1", "Name": "x"}, {"Id": "2", "Name": "y"}
BOTH = [ONE, TWO]
HR = {"CandidateRecordInfo": {"Id": {"IdValue": "1"}}, "UserArea": {"Items": [1]}}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(BOTH, BOTH, id="a bare list"),
        pytest.param({"data": BOTH}, BOTH, id="data"),
        pytest.param({"candidates": BOTH}, BOTH, id="candidates"),
        pytest.param({"Candidates": BOTH}, BOTH, id="Candidates"),
        pytest.param({"Candidate": BOTH}, BOTH, id="Candidate"),
        pytest.param({"items": BOTH}, BOTH, id="items"),
        pytest.param({"RESULTS": BOTH}, BOTH, id="results in any case"),
        pytest.param({"hr:Candidates": BOTH}, BOTH, id="with a namespace"),
        pytest.param({"data": BOTH, "meta": {"total": 2}, "links": []}, BOTH, id="with meta"),
        pytest.param({"data": BOTH, "facets": {"city": [1]}}, BOTH, id="with something else"),
        pytest.param({"results": 2, "items": BOTH}, BOTH, id="a number of results"),
        pytest.param({"data": [], "candidates": BOTH}, BOTH, id="another is empty"),
        pytest.param({"id": "request-7", "data": BOTH}, BOTH, id="the answer has an id"),
        pytest.param({"Candidates": {"Candidate": BOTH}}, BOTH, id="nested"),
        pytest.param({"data": {"items": BOTH, "total": 2}}, BOTH, id="nested with meta"),
        pytest.param({"data": {"Candidates": {"@n": "2", "Candidate": BOTH}}}, BOTH, id="deep"),
        pytest.param({"Candidate": ONE}, [ONE], id="one record is an object"),
        pytest.param({"Candidates": {"Candidate": ONE}}, [ONE], id="one record, nested"),
        pytest.param({"Candidates": {"Candidate": HR}}, [HR], id="one HR-XML record"),
        pytest.param({"Candidate": {"Name": "z"}}, [{"Name": "z"}], id="one without an id"),
        pytest.param(ONE, [ONE], id="one record alone"),
        pytest.param(HR, [HR], id="one HR-XML record alone"),
        pytest.param(
            {"data": {"Id": 1, "items": [2]}}, [{"Id": 1, "items": [2]}], id="a record with items"
        ),
        pytest.param({"data": {"3": ONE, "7": TWO}}, BOTH, id="a PHP list with gaps"),
        pytest.param({"0": ONE, "2": TWO}, BOTH, id="a bare PHP list with gaps"),
        pytest.param({"data": [None, 1, "x", ONE]}, [None, 1, "x", ONE], id="odd records stay"),
        pytest.param({"data": BOTH, "errors": [], "error": None}, BOTH, id="no errors"),
        pytest.param({"data": BOTH, "status": "ok", "success": True}, BOTH, id="success"),
        pytest.param({"data": BOTH, "status": 200, "success": "1"}, BOTH, id="success in numbers"),
    ],
)
def test_the_records_are_found(document: object, expected: list[object]) -> None:
    assert records(document, None) == expected


@pytest.mark.parametrize(
    "document",
    [
        None,
        "",
        " \n",
        [],
        {},
        {"data": []},
        {"data": None},
        {"data": ""},
        {"data": {}},
        {"Candidates": {"Candidate": None}},
        {"Candidates": {"@total": "0", "#text": "\n"}},
        {"data": {"items": [], "total": 0}},
        {"data": [], "facets": {"city": []}},
        {"meta": {"total": 0}},
        {"total": 0, "page": 7, "per_page": 100, "links": {"self": "x"}},
        {"status": "success", "message": "No candidates"},
        {"success": True, "errors": {}, "count": 0},
        {"results": 0, "total": 0},
    ],
    ids=str,
)
def test_nothing_in_any_form_is_an_empty_page(document: object) -> None:
    assert records(document, None) == []


@pytest.mark.parametrize(
    "document",
    [
        {"error": "Müller"},
        {"errors": ["Müller"]},
        {"Error": {"code": 7}},
        {"data": [], "errors": {"page": "Müller"}},
        {"data": BOTH, "error": "Müller"},
        {"status": "error", "message": "Müller"},
        {"status": "FAILED"},
        {"status": 500, "message": "Müller"},
        {"status": "401"},
        {"success": False},
        {"success": "false", "data": []},
    ],
    ids=str,
)
@pytest.mark.parametrize("records_path", [None, "data"])
def test_an_error_that_says_200_is_an_error(document: object, records_path: str | None) -> None:
    with pytest.raises(UnexpectedAnswer, match="says that something failed") as caught:
        records(document, records_path)
    assert "Müller" not in str(caught.value)


def test_an_error_within_an_envelope_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswer, match="says that something failed"):
        records({"data": {"error": "Müller"}}, None)


@pytest.mark.parametrize(
    ("document", "keys"),
    [
        pytest.param({"payload": {"list": BOTH}}, "payload", id="an unknown envelope"),
        pytest.param({"Foo": [1], "Bar": 2, "meta": {}}, "Foo, Bar, meta", id="unknown keys"),
        pytest.param({"data": BOTH, "items": BOTH}, "data, items", id="two lists"),
        pytest.param({"message": "Müller"}, "message", id="a remark alone is no page"),
        pytest.param({"id": "request-7", "list": BOTH}, "id, list", id="an answer with an id"),
        pytest.param({"id": "request-7", "count": 2}, "id, count", id="and without a list"),
        pytest.param({"data": "Müller"}, "data", id="a text in the envelope"),
        pytest.param({"Vorname": "Müller"}, "Vorname", id="scalars that may be a record"),
        pytest.param({"a@b.example": [1], "x" * 50: 1}, r"\?, \?", id="keys that may be personal"),
    ],
)
def test_an_unclear_document_names_its_keys_and_the_setting(document: object, keys: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=f"keys {keys};.*records_path") as caught:
        records(document, None)
    assert "Müller" not in str(caught.value)


def test_no_more_than_some_keys_are_named() -> None:
    with pytest.raises(UnexpectedAnswer, match=r"k0, k1, .*, k11, …;"):
        records({f"k{number}": [1] for number in range(1000)}, None)


@pytest.mark.parametrize("document", ["Müller", 7, True], ids=str)
def test_a_single_value_is_no_list(document: object) -> None:
    with pytest.raises(UnexpectedAnswer, match="single text or number"):
        records(document, None)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param({"payload": {"items": BOTH}}, BOTH, id="a list"),
        pytest.param({"payload": {"items": ONE}}, [ONE], id="one record"),
        pytest.param({"payload": {"items": {"0": ONE, "9": TWO}}}, BOTH, id="a PHP list with gaps"),
        pytest.param({"payload": {"items": {"t1": ONE, "t2": TWO}}}, BOTH, id="an object by id"),
        pytest.param({"payload": {"items": {"t2": TWO}}}, [TWO], id="one of it"),
        pytest.param({"payload": {"items": None}}, [], id="null"),
        pytest.param({"payload": {"items": ""}}, [], id="empty text"),
        pytest.param({"payload": {"items": {}}}, [], id="empty object"),
        pytest.param({"payload": []}, [], id="empty on the way"),
        pytest.param({"payload": {"total": 0}}, [], id="missing beside meta"),
        pytest.param({"meta": {"total": 0}}, [], id="missing at the top beside meta"),
        pytest.param([], [], id="an empty list"),
        pytest.param(None, [], id="nothing"),
        pytest.param({"data": [1], "payload": {"items": BOTH}}, BOTH, id="beside an envelope"),
    ],
)
def test_a_given_path_is_followed_exactly(document: object, expected: list[object]) -> None:
    assert records(document, "payload.items") == expected


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({"payload": {"list": [1]}}, "keys list"),
        ({"Payload": {"items": [1]}}, "keys Payload"),
        ({"payload": 7}, "no object"),
        ({"payload": {"items": "Müller"}}, "single text or number"),
        (BOTH, "no object"),
    ],
    ids=str,
)
def test_a_given_path_that_leads_nowhere_is_an_error(document: object, what: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=f"{what}.*records_path") as caught:
        records(document, "payload.items")
    assert "Müller" not in str(caught.value)


NAMES = st.sampled_from(["data", "candidates", "Candidates", "CANDIDATE", "Items", "ns:results"])
META = st.dictionaries(
    st.sampled_from(["meta", "total", "page", "per_page", "message", "@n"]), st.integers(0, 99)
)
RECORDS = st.lists(
    st.dictionaries(st.text(), st.integers() | st.text()) | st.integers() | st.none()
)


@given(RECORDS, st.lists(st.tuples(NAMES, META), max_size=4))
def test_any_list_in_any_envelopes_comes_back(
    wanted: list[object], envelopes: list[tuple[str, dict[str, object]]]
) -> None:
    document: object = wanted
    for name, meta in envelopes:
        document = {**meta, name: document}

    assert records(document, None) == wanted


@given(
    st.dictionaries(st.text(), st.integers() | st.text()),
    st.lists(st.tuples(NAMES, META), min_size=1, max_size=3),
)
def test_one_record_in_any_envelopes_is_a_list_of_one(
    record: dict[str, object], envelopes: list[tuple[str, dict[str, object]]]
) -> None:
    document: object = {**record, "Id": 1}
    for name, meta in envelopes:
        document = {**meta, name: document}

    assert records(document, None) == [{**record, "Id": 1}]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                NAMES | st.sampled_from(["Id", "status", "error", "total", "x"]), inner, max_size=3
            )
        ),
    ),
    st.none() | st.sampled_from(["data", "data.Items", "x.total"]),
)
def test_any_document_gives_a_list_or_a_clear_error(
    document: object, records_path: str | None
) -> None:
    try:
        assert isinstance(records(document, records_path), list)
    except UnexpectedAnswer:
        event("a clear error")


@pytest.mark.parametrize(
    ("document", "headers", "expected"),
    [
        ({"meta": {"total": 5}, "total": 6}, {"X-Total-Count": "7"}, 5),
        ({"total": "6"}, {"X-Total-Count": "7"}, 6),
        ({"Meta": {"Total": 5}}, {}, 5),
        ([], {"x-total-count": " 7 "}, 7),
        ({"meta": [], "total": None}, {}, None),
        ({"total": True}, {}, None),
        ({"total": -1}, {}, None),
        ({"total": 5.0}, {}, 5),
        ({"Gesamtanzahl": "1.205"}, {}, 1205),
        ({"@odata.count": 5, "value": []}, {}, 5),
        ({"meta": {"total-count": 5}}, {}, 5),
        ({"count": 5, "next": None, "previous": None, "results": []}, {}, 5),
        ({"count": 5, "results": []}, {}, None),
        ({"total": 1.5}, {}, None),
        ({"total": "many"}, {"X-Total-Count": "²"}, None),
        ({"total": "9" * 5000}, {}, None),
        (None, {}, None),
    ],
    ids=str,
)
def test_the_total_is_read_where_servers_put_it(
    document: object, headers: dict[str, str], expected: int | None
) -> None:
    assert total(document, CaseInsensitiveDict(headers)) == expected


@pytest.mark.parametrize("name", pages(BOTH))
def test_every_framework_is_read_without_a_setting(name: str) -> None:
    document, told = pages(BOTH)[name]

    found = records(document, None)

    assert [one.get("attributes", one) for one in found if isinstance(one, dict)] == BOTH
    assert total(document, {}) == told


@pytest.mark.parametrize("name", pages([]))
def test_an_empty_page_of_every_framework_is_empty(name: str) -> None:
    assert records(pages([])[name][0], None) == []


@pytest.mark.parametrize("name", pages([]))
def test_one_record_and_a_list_with_gaps_are_read_in_every_framework(name: str) -> None:
    for written in ({"4": ONE, "7": TWO}, {"88": ONE}):
        document, _ = pages(BOTH)[name]
        document = _replaced(document, written)
        if isinstance(document, dict):
            assert records(document, None) == list(written.values())


def _replaced(document: object, written: object) -> object:
    """Put something else in the place of the list of records."""
    if isinstance(document, list):
        return written
    if not isinstance(document, dict):
        return document
    return {key: _replaced(item, written) for key, item in document.items()}


@pytest.mark.parametrize(
    "document",
    [
        {"_links": {"self": {"href": "/candidates"}}},
        {"_links": {"self": {"href": "/candidates"}}, "_embedded": {}, "total": 0},
        {"_links": {}, "page": {"size": 20, "totalElements": 0, "totalPages": 0, "number": 3}},
        {"_links": {}, "_meta": {"totalCount": 0}},
        {"_links": {}, "total_items": 3, "page": 9, "page_count": 1, "page_size": 20},
        {"totalRecords": 3, "currentPage": 9, "hasMore": False} | {"total_records": 3},
    ],
)
def test_an_empty_page_without_a_list_is_empty(document: object) -> None:
    assert records(document, None) == []


def test_what_php_adds_to_an_array_stands_beside_its_elements() -> None:
    assert records({"0": ONE, "1": TWO, "total": 2, "links": {}}, None) == BOTH
    assert records({"data": {"5": ONE, "meta": {"total": 1}}}, None) == [ONE]


@pytest.mark.parametrize(
    ("document", "headers", "told"),
    [
        ([], {"X-Pagination-Total-Count": "45"}, 45),
        ({"data": [], "count": 20}, {}, None),
        ({"page": {"total": 3}}, {}, None),
        ({"data": {"total": 12, "Id": 1}}, {}, None),
        ({"meta": {"count": 20}}, {}, None),
    ],
)
def test_a_total_is_one_of_all_records(
    document: object, headers: dict[str, str], told: int | None
) -> None:
    assert total(document, headers) == told
