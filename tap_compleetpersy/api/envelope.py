"""Where the records are in a document (`docs/wire.md`, "Assumed")."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator, Mapping

from tap_compleetpersy.errors import UnexpectedAnswer

CANDIDATES = frozenset(
    {"candidates", "candidate", "applicants", "applicant", "kandidaten", "kandidat", "bewerber"}
)
_EMBEDDED = "_embedded"
# Beside the usual ones: Hydra's (API Platform), Spring's, HAL's.
_ENVELOPES = frozenset({"data", "items", "results", "member", "content", _EMBEDDED})
_PAGING = frozenset(
    {"meta", "links", "link", "pagination", "paging", "status", "success"}
    | {"total", "totals", "total_count", "totalcount", "count", "has_more", "totalitems"}
    | {"page", "pages", "page_count", "per_page", "page_size", "limit", "offset"}
    | {"cursor", "next_cursor", "prev_cursor", "next", "previous", "prev", "first", "last"}
    | {"_links", "_meta", "jsonapi", "included", "view", "search"}
    | {"current_page", "last_page", "from", "to", "path", "next_page_url", "prev_page_url"}
    | {"first_page_url", "last_page_url", "size", "number", "sort", "pageable", "empty"}
    | {"totalelements", "totalpages", "numberofelements", "total_items", "total_pages"}
    | {"total_records", "total_results", "pagecount", "pagesize", "perpage", "currentpage"}
    | {"lastpage", "hasmore", "hasnext", "has_next", "next_page", "nextpage", "totalrecords"}
)
_SECTIONS = ("meta", "_meta", "pagination", "paging", "page", "metadata", "data")
"""Objects that talk about the list, in a document or in one another."""
_VAGUE_SECTIONS = frozenset({"page", "data"})
"""Those which may talk about something else: they must say more than a number."""
_TOTALS = (
    *("total", "totalitems", "totalcount", "totalelements", "totalrecords", "totalresults"),
    *("totalentries", "totalrows", "totalhits", "recordstotal", "numfound", "totalsize"),
    *("totalfound", "rowcount", "recordcount", "treffer", "trefferanzahl"),
    *("@odata.count", "odata.count", "gesamt", "gesamtanzahl", "gesamtzahl", "anzahlgesamt"),
)
_TOTAL_HEADERS = ("X-Total-Count", "X-Pagination-Total-Count", "X-Total", "X-WP-Total")
_GROUPS = re.compile(r"\d{1,3}(?:[.,'\s]\d{3})+")
_COUNTS = frozenset({"perpage", "lastpage", "pagecount", "totalpages", "totalelements"})
"""What stands beside a number of records, and tells it from one of pages."""
_REMARKS = frozenset({"message", "code", "version"})
_ERRORS = frozenset({"error", "errors"})
_CANDIDATE = frozenset(
    {"candidaterecordinfo", "candidateid", "candidate_id"}
    | {"bewerberid", "kandidatid", "kandidatenid"}
)
_IDENTITY = _CANDIDATE | {"id", "@id", "idvalue", "uuid", "nr", "nummer"}
_FAILED = frozenset({"error", "fail", "failed", "failure"})
_FALSE = frozenset({"false", "0", "no", "null", "none"})
_ERROR_STATUSES = frozenset(str(status) for status in range(400, 600))
_TEXT_KEYS = frozenset({"#text", "$"})
_PLAIN_KEY = re.compile(r"[@#$]?\w[\w:.-]{0,39}")
_INDEX = re.compile("-?[0-9]+")
_MOST_KEYS_SHOWN = 12

_ADVICE = "Set records_path to the dotted path of the records in an answer."

_Object = Mapping[str, t.Any]


def records(
    document: object, records_path: str | None, names: frozenset[str] = CANDIDATES
) -> list[object]:
    """Return the list of records in a document as they are, perhaps no objects.

    JSON made from XML has an object in place of a list of one, and null, empty
    text, an empty list or object, or no key at all in place of an empty list.
    PHP makes an object with numbers as keys of a list with gaps, and at `records_path` one with
    ids as keys is a list, too.

    Args:
        document: Decoded.
        records_path: Dotted path of the records; None finds them by the names that
            envelopes usually have, in any case and with any namespace.
        names: What lists of such records are called, in lower case.

    Raises:
        UnexpectedAnswer: When the document says that something failed, or when it
            is not clear what in it is the list. The message names keys, not values.
    """
    if isinstance(document, dict):
        _refuse_errors(document)
    value = document if records_path is None else _at_path(document, records_path)
    if _is_empty(value):
        return []
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        what = "a single text or number is where the records should be"
        raise UnexpectedAnswer(what, _ADVICE)
    if records_path is None:
        return _in_envelope(value, _ENVELOPES | names)
    if (numbered := _numbered(value)) is not None:
        return numbered
    return list(value.values()) if is_by_id(value) else [value]


def is_by_id(value: _Object) -> bool:
    """Whether an object is a list by id: `{"t51300": {…}, "t51311": {…}}`."""
    return all(isinstance(item, dict) and any(map(str.isdigit, key)) for key, item in value.items())


def total(document: object, headers: Mapping[str, str]) -> int | None:
    """Return how many records the server says the whole list has, or None.

    From where the frameworks have it, such as ``meta.total``, ``meta.pagination.total``,
    ``hydra:totalItems`` or ``X-Total-Count``: for progress and as a cross-check only, since
    servers are wrong about it (`docs/wire.md`, "Assumed"). A mere ``count`` is that of a page.
    """
    sections = list(_sections(document, 3)) if isinstance(document, dict) else []
    said = [value for section in sections for value in _totals(section)]
    for value in (*said, *map(headers.get, _TOTAL_HEADERS)):
        text = "" if isinstance(value, bool) else str(value).strip().removesuffix(".0")
        if _GROUPS.fullmatch(text):
            text = re.sub(r"\D", "", text)
        if text.isascii() and text.isdigit() and len(text) <= len(str(2**63)):
            return int(text)
    return None


def _sections(document: _Object, levels: int) -> Iterator[dict[str, t.Any]]:
    """Yield what is said about a list, the innermost first, by folded names."""
    folded = {re.sub("[_-]", "", _name(key)): item for key, item in document.items()}
    for name in _SECTIONS if levels else ():
        section = folded.get(name.replace("_", ""))
        if isinstance(section, dict):
            inner = _sections(section, levels - 1)
            is_clear = name not in _VAGUE_SECTIONS
            yield from (each for each in inner if is_clear or not _COUNTS.isdisjoint(each))
    yield folded


def _totals(section: _Object) -> Iterator[object]:
    for name in _TOTALS:
        yield section.get(name)
    if "pagecount" in section or {"next", "previous"} <= section.keys():
        yield section.get("count")  # of CakePHP and Django REST framework it is that of all


def _in_envelope(document: _Object, envelopes: frozenset[str]) -> list[object]:
    """Return the list, the record or nothing that envelopes lead down to."""
    inside, top = document, True
    while True:
        if not top and any(_name(key) in _IDENTITY for key in inside):
            return [inside]
        _refuse_errors(inside)
        known = _envelopes_in(inside, envelopes)
        filled = [item for item in known.values() if item and isinstance(item, (list, dict))]
        if len(filled) != 1:
            break
        if isinstance(filled[0], list):
            return filled[0]
        inside, top = filled[0], False
    if not filled:
        if (numbered := _numbered(inside)) is not None:
            return numbered
        if any(_is_empty(item) for item in known.values()) or _only_meta(inside):
            return []
        if not top or _is_bare_record(inside):
            return [inside]
    raise _unclear(inside)


def _at_path(document: object, records_path: str) -> object:
    value = document
    for key in records_path.split("."):
        if _is_empty(value):
            return None
        if not isinstance(value, dict):
            what = "records_path leads through something that is no object"
            raise UnexpectedAnswer(what, _ADVICE)
        if key not in value:
            if _only_meta(value):
                return None
            raise _unclear(value)
        value = value[key]
    return value


def _refuse_errors(content: _Object) -> None:
    """Raise for an error that says 200, as PHP applications often do.

    Source: `docs/wire.md`, "What PHP makes of XML, and converters of both".
    """
    for key, value in content.items():
        name = _name(key)
        text = "" if isinstance(value, (list, dict)) else str(value).strip().casefold()
        if (
            (name in _ERRORS and not _is_empty(value) and text not in _FALSE)
            or (name == "status" and (text in _FAILED or text in _ERROR_STATUSES))
            or (name == "success" and text in _FALSE and value is not None)
        ):
            what = f"the content says that something failed (its key {name})"
            advice = "Check the settings api_url, candidates_path, api_key and auth_method."
            raise UnexpectedAnswer(what, advice)


def _unclear(content: _Object) -> UnexpectedAnswer:
    """Return an error that names keys, and of these only what cannot be a name or an address."""
    plain = [key if _PLAIN_KEY.fullmatch(key) else "?" for key in content]
    more = ", …" if len(plain) > _MOST_KEYS_SHOWN else ""
    found = ", ".join(plain[:_MOST_KEYS_SHOWN]) + more
    return UnexpectedAnswer(f"no list of records found among the keys {found}", _ADVICE)


def _only_meta(content: _Object) -> bool:
    """Whether an object only talks about a page; a remark alone does not."""
    names = {
        _name(key) for key, item in content.items() if not (key in _TEXT_KEYS and _is_empty(item))
    }
    attributes = {name for name in names if name.startswith("@")}
    return names <= _PAGING | _REMARKS | _ERRORS | attributes and (
        not names or bool(names & _PAGING or attributes)
    )


def _is_bare_record(content: _Object) -> bool:
    """Whether this is a bare record, and no unknown envelope with an id."""
    names = {_name(key) for key in content}
    flat = not any(isinstance(item, (list, dict)) for item in content.values())
    return bool(names & _CANDIDATE or (flat and names & _IDENTITY and not names & _PAGING))


def _envelopes_in(content: _Object, envelopes: frozenset[str]) -> dict[str, t.Any]:
    """Return what may hold the records: HAL calls its list as it likes, OData `value`."""
    known = {key: item for key, item in content.items() if _name(key) in envelopes}
    embedded = known.get(_EMBEDDED)
    if isinstance(embedded, dict) and len(embedded) == 1:
        known[_EMBEDDED] = _listed(*embedded.values())
    if not known and any(key.startswith("@odata.") for key in content):
        known = {key: item for key, item in content.items() if key == "value"}
    return known


def _listed(value: object) -> object:
    """Return a value, one record as a list of one."""
    return [value] if isinstance(value, dict) and _numbered(value) is None and value else value


def _numbered(content: _Object) -> list[object] | None:
    """Return the elements of an object that is a list of PHP's, else None.

    Something that was put into the array may stand beside them: a total, links.
    """
    numbers = [key for key in content if _INDEX.fullmatch(key)]
    if len(numbers) == len(content):
        return list(content.values())
    rest = {key: item for key, item in content.items() if key not in numbers}
    is_list = all(isinstance(content[key], dict) for key in numbers) and _only_meta(rest)
    return [content[key] for key in numbers] if numbers and is_list else None


def _is_empty(value: object) -> bool:
    return not (value.strip() if isinstance(value, str) else value)


def _name(key: str) -> str:
    """Return a key without its XML namespace and case."""
    return key.rpartition(":")[2].casefold()
