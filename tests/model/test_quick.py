"""Plain records are read the quick way, and what comes out is what the general way gives.

The fuzzer compares both with many more payloads (`tests/fuzz/checks.py`).
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import typing as t
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tap_compleetpersy.model.candidate import (
    Rules,
    compile_quick_reader,
    compile_reader,
    leaves_structure,
)
from tap_compleetpersy.model.custom_fields import Typing, compile_typed
from tap_compleetpersy.model.generation import received
from tap_compleetpersy.model.listing import compile_integration_fields
from tap_compleetpersy.model.quick import QuickReader
from tap_compleetpersy.model.remote_data import compile_strip
from tap_compleetpersy.model.rules import candidate_tree, opening_tree
from tap_compleetpersy.model.text import compile_readers

Json = dict[str, t.Any]

BERLIN = ZoneInfo("Europe/Berlin")
USUAL = Rules()
TYPES: Json = {"Gehaltswunsch": {"type": ["integer", "null"]}}


class Ways:
    """Both ways of reading under the same rules; the quick one remembers what it saw."""

    def __init__(
        self,
        rules: Rules | None = None,
        patience: float = 250,
        selected: frozenset[str] | None = None,
    ) -> None:
        """Know no record."""
        rules, typing = rules or USUAL, Typing(TYPES, BERLIN)
        self.quick = compile_quick_reader(rules, typing, patience, selected=selected)
        self.read = compile_reader(rules)
        self.listing = compile_integration_fields(rules, selected)
        self.strip = compile_strip(rules.exclude_fields)
        self.typed = compile_typed(TYPES, BERLIN)

    def page(self, page: bytes) -> list[bool]:
        """Compare both ways for a page; tell which of its records were plain."""
        found = self.quick(page)
        items = msgspec.json.decode(page, type=list[msgspec.Raw])
        assert len(found) == len(items)
        for one, item in zip(found, items, strict=True):
            if one is not None:
                self._compare(one, msgspec.json.decode(item))
        return [one is not None for one in found]

    def is_plain(self, *records: Json) -> bool:
        """Compare both ways; tell whether all records were plain."""
        return all(self.page(msgspec.json.encode(records)))

    def listed(self, record: Json) -> bytes:
        """Return what is listed of a plain record."""
        (one,) = self.quick(msgspec.json.encode([record]))
        assert one is not None
        assert one.plain is not None
        return one.plain.listed

    def _compare(self, one: t.Any, record: Json) -> None:
        candidate, plain = one.candidate, one.plain
        expected = self.read(record)
        openings = [
            msgspec.structs.replace(each, raw=self.strip(received(each.raw[0])))
            for each in candidate.openings
        ]
        assert openings == [
            msgspec.structs.replace(each, raw=self.strip(each.raw)) for each in expected.openings
        ]
        assert candidate == msgspec.structs.replace(
            expected, custom={}, labels={}, openings=candidate.openings
        )
        assert list(plain.custom) == list(expected.custom)
        assert plain.listed == msgspec.json.encode(self.listing(record))
        fields, drift = self.typed(expected.custom)
        assert (plain.custom_fields, plain.drift) == (msgspec.json.encode(fields), drift)


@pytest.fixture
def ways() -> Ways:
    return Ways()


def with_area(record: Json, area: t.Any) -> Json:
    return record | {"UserArea": area}


def renamed(record: Json, before: str, after: str) -> Json:
    return {after if key == before else key: value for key, value in record.items()}


def test_the_default_record_is_plain(ways: Ways, default_record: Json) -> None:
    assert ways.is_plain(default_record)
    assert ways.is_plain(default_record, default_record)


def read_after_others(data: st.DataObject, any_json: st.SearchStrategy[t.Any]) -> None:
    ways = Ways()
    for _ in range(4):
        record = {"Id": data.draw(st.integers(1, 9)), "UserArea": data.draw(any_json)}
        top = data.draw(any_json)
        record |= top if isinstance(top, dict) else {}
        page = json.dumps([record], separators=(",", ":")).encode()
        try:
            msgspec.json.decode(page)
        except msgspec.MsgspecError:
            continue  # decoded leniently, hence in the general way
        ways.page(page)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_record_is_read_the_same_after_any_others(
    data: st.DataObject, any_json: st.SearchStrategy[t.Any]
) -> None:
    read_after_others(data, any_json)


@pytest.mark.full
@settings(max_examples=500, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_many_records_are_read_the_same_after_any_others(
    data: st.DataObject, any_json: st.SearchStrategy[t.Any]
) -> None:
    read_after_others(data, any_json)


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r | {"CandidateSupplier": {"EntityName": {"#text": "x", "@lang": "de"}}},
        lambda r: r | {"@attributes": {"lang": "de"}},
        lambda r: r | {"candidatesupplier": r["CandidateSupplier"]},
        lambda r: r | {"CandidateSupplier": {"EntityName": {"Name": "x"}}},
        lambda r: r | {"ContactMethod": {"0": {"Use": "x"}, "1": {"Use": "y"}}},
        lambda r: r | {"CandidateSupplier": {"EntityName": ["x", "y"]}},
        lambda r: with_area(r, {"Field": [{"@name": "a", "#text": "b"}]}),
        lambda r: with_area(r, {"Gehalt": {"Label": "Gehaltswunsch", "Value": "1"}}),
        lambda r: with_area(r, {"Sprachen": {"0": "a", "2": "b"}}),
        lambda r: r | {"CandidateSupplier": {}},
        lambda r: r | {"comment": [{}, {}]},
        lambda r: with_area(r, {"Name": "a", "Value": "b"}),
        lambda r: with_area(r, {"Notiz": "nul\x00"}),
        lambda r: with_area(r, [{"Key": "a", "Value": "b"}]),
        lambda r: with_area(r, "text"),
        lambda r: with_area(r, {"Sprachen": ["Deutsch", {}]}),
        lambda r: {"Candidate": r},
        lambda r: r | {"PositionOpening": {"-1": r["PositionOpening"][0]}},
        lambda r: r | {"Stand": {"timestamp": 1793617200, "timezone": {"name": "UTC"}}},
        lambda r: r | {"CreatedDate": {"timestamp": 1793617200, "timezone": "UTC"}},
        lambda r: r | {"Communication": [{"CountryDialing": "49", "DialNumber": "89 123456"}]},
    ],
    ids=[
        "wrapped text", "attributes", "two spellings", "an object for a text", "numbered elements",
        "several texts for one", "named entries", "labelled value", "numbered values",
        "nothing left", "comments of SimpleXML",
        "perhaps an entry", "NUL", "list of entries", "text for a container",
        "a value of a list lost", "a row of CakePHP", "a number below zero", "a time of Symfony",
        "the same at a path",
        "a number in parts",
    ],
)  # fmt: skip
def test_an_odd_record_is_read_in_the_general_way_and_costs_only_itself(
    ways: Ways, default_record: Json, change: t.Callable[[Json], Json]
) -> None:
    record = copy.deepcopy(default_record)
    assert ways.is_plain(record)
    page = msgspec.json.encode([record, change(record), record])
    assert ways.page(page) == [True, False, True]
    assert ways.is_plain(record)


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r | {"Neues Feld": "x"},
        lambda r: renamed(r, "CandidateSupplier", "hr:CandidateSupplier"),
        lambda r: renamed(r, "CandidateSupplier", "candidate_supplier"),
        lambda r: r | {"CandidateSupplier": None},
        lambda r: r | {"CandidateSupplier": "StepStone"},
        lambda r: r | {"CandidateSupplier": {"EntityName": None}},
        lambda r: r | {"Anschrift": {"Ort": "Hof", "PLZ": "95028"}},
        lambda r: r | {"Anschrift": "Am Markt 1"},
        lambda r: r | {"Verlauf": [{"Wann": "gestern", "Wer": None}, "x"]},
        lambda r: r | {"PositionOpening": r["PositionOpening"][0]},
        lambda r: r | {"PositionOpening": []},
        lambda r: {key: r[key] for key in r if key != "CandidateSupplier"},
        lambda r: with_area(r, {"Kündigungsfrist": {"Anzahl": 4}, "Ja": True, "Liste": [1, None]}),
        lambda r: with_area(r, {"Gehaltswunsch": "viel", "Zahl": 1, "Wahr": True, "Eins": 1.0}),
        lambda r: with_area(r, {}),
        lambda r: with_area(r, []),
        lambda r: with_area(r, None),
    ],
    ids=[
        "another key", "namespace", "another case", "null for a section",
        "text for a section", "null for a text", "another section", "text for an address",
        "a list that nobody reads", "one opening", "no opening", "a section less",
        "composed custom fields", "other types", "an empty container", "PHP's empty container",
        "no container",
    ],
)  # fmt: skip
def test_other_plain_records_are_learned_from(
    ways: Ways, default_record: Json, change: t.Callable[[Json], Json]
) -> None:
    record = copy.deepcopy(default_record)
    assert ways.is_plain(record)
    assert ways.is_plain(record, change(record), record)
    assert ways.is_plain(record)


def as_php(page: list[Json]) -> bytes:
    return json.dumps(page, separators=(",", ":")).replace("/", "\\/").encode()


@pytest.mark.parametrize(
    "write",
    [
        as_php,
        lambda page: json.dumps(page, ensure_ascii=False).encode(),
        lambda page: json.dumps(page, indent=2).encode(),
    ],
    ids=["PHP", "spaces", "lines"],
)
def test_another_form_of_the_same_page_is_plain(
    ways: Ways, default_record: Json, write: t.Callable[[list[Json]], bytes]
) -> None:
    area = {"Notiz": 'a/b "c" \\ \n\t\x1f ü \u2028 \U0001f41d', "München/Süd": ["ä/ö", {"ß": "/"}]}
    page = [default_record, with_area(default_record, area)]
    for _ in range(2):
        assert ways.page(write(page)) == [True, True]


def test_bytes_that_are_no_utf_8_are_never_copied(ways: Ways, default_record: Json) -> None:
    page = msgspec.json.encode([default_record])
    assert ways.is_plain(default_record)
    for letter in (b"\xff", b"\xc3", b"\xed\xa0\x80"):
        broken = page.replace(b"Musterstadt", b"Muster" + letter).replace(
            b'"UserArea":{', b'"UserArea":{"Notiz":"%b",' % letter
        )
        assert broken != page
        assert ways.quick(broken) == [None]


def test_a_resource_of_json_api_is_read_with_its_attributes(ways: Ways) -> None:
    record = {"type": "candidates", "id": "7", "attributes": {"FirstName": "Ada", "Wunsch": "B"}}
    assert not ways.is_plain(record, {**record, "links": {"self": "/candidates/7"}})


def test_a_value_with_its_label_is_one_field_where_nobody_reads_it(ways: Ways) -> None:
    def record(**inside: t.Any) -> Json:
        return {"Id": 1, "Resume": {"Gehalt": inside}}

    assert ways.is_plain(record(Label="Wunsch", Art="brutto"))
    labelled = record(Label="Wunsch", Value=1)
    assert ways.page(msgspec.json.encode([record(Value=1, Art="netto"), labelled])) == [False] * 2
    assert ways.is_plain(record(Label="Wunsch", Art="netto"))


def test_employers_are_read_the_same_in_every_history(ways: Ways) -> None:
    employer = {"EmployerOrgName": "Huber", "PositionHistory": [{"Title": "Koch"}]}
    for history in (employer, [employer], {"EmployerOrg": employer}, {"EmployerOrg": [employer]}):
        assert ways.is_plain({"Id": 1, "EmploymentHistory": history})


def test_a_key_that_comes_twice_counts_once(ways: Ways) -> None:
    page = b'[{"Id":"1","FirstName":"Ada","Id":"2","UserArea":{"a":"x","b":"y","a":"z"}}]'
    assert ways.page(page) == [True]
    assert ways.page(page) == [True]


@pytest.mark.parametrize("number", ["1.0", "1e2", "-0", "-0.0", "1E400", "9" * 30, "0.10"])
def test_odd_numbers_are_what_they_are(ways: Ways, number: str) -> None:
    text = f'{{"Id":"1","Status":{number},"Rest":[{number}],"UserArea":{{"n":{number}}}}}'
    try:
        msgspec.json.decode(text)
    except msgspec.MsgspecError:  # decoded leniently, hence in the general way
        assert ways.quick(f"[{text}]".encode()) == [None]
    else:
        ways.page(f"[{text}]".encode())


def test_fields_are_listed_in_the_order_of_each_record(ways: Ways) -> None:
    keys = ["Vorname", "Nachname", "Firma", "Quelle"]
    assert ways.is_plain({"Id": "1"} | dict.fromkeys(keys[:1], "x"))
    assert ways.is_plain({"Id": "1"} | dict.fromkeys(keys[2:], "x"))
    assert ways.is_plain({"Id": "1"} | dict.fromkeys(keys, "x"))
    backwards = dict.fromkeys(reversed(keys), "x") | {"Id": "1"}
    assert not ways.is_plain(backwards)


def test_openings_by_their_ids_are_read_the_same(ways: Ways) -> None:
    keyed = {"A5": {"Id": "A5", "Status": "neu"}}
    assert ways.is_plain({"Id": 1, "PositionOpening": {"Id": "7"} | keyed})
    assert not ways.is_plain({"Id": 2, "PositionOpening": keyed})


def test_numbers_keep_the_order_of_each_contact(ways: Ways, default_record: Json) -> None:
    def contact(*keys: str) -> Json:
        return {key: {"FormattedNumber": f"030 {number}"} for number, key in enumerate(keys)}

    for keys in (("Telephone",), ("Fax",), ("Telephone", "Fax"), ("Mobile", "Telephone")):
        record = copy.deepcopy(default_record)
        record["CandidateProfile"]["PersonalData"]["ContactMethod"] = [contact(*keys)]
        ways.is_plain(record)


def test_custom_fields_that_vary_cost_no_learning(ways: Ways, default_record: Json) -> None:
    for number in range(0, 2_000, 100):
        page = [with_area(default_record, {f"Feld {number + n}": "x"}) for n in range(100)]
        assert ways.is_plain(*page)


def test_a_server_that_invents_keys_is_read_in_the_general_way(ways: Ways) -> None:
    records = [{"Id": "1", f"Feld {n}": {"x": n}} for n in range(1_200)]
    pages = [records[n : n + 60] for n in range(0, len(records), 60)]
    plain = [ways.page(msgspec.json.encode(page)) for page in pages]
    assert all(plain[0])
    assert not any(plain[-1])


def test_who_never_finds_a_plain_record_stops_looking(default_record: Json) -> None:
    ways = Ways(patience=3)
    wrapped = default_record | {"@attributes": {"a": "b"}}
    assert [ways.is_plain(wrapped) for _ in range(3)] == [False] * 3
    assert not ways.is_plain(default_record)


def test_paths_of_the_users_lead_into_containers(default_record: Json) -> None:
    ways = Ways(Rules(field_paths={"source": "UserArea.Quelle", "company": "UserArea.Firma.Name"}))
    assert ways.is_plain(with_area(default_record, {"A": "b", "Quelle": "Messe"}))
    assert ways.is_plain(with_area(default_record, {"Quelle": ["Messe"]}))
    assert not ways.is_plain(with_area(default_record, {"Firma": {"Name": "Huber"}}))


@pytest.mark.parametrize(
    "selected",
    [
        {"first_name", "location", "custom_fields.Notiz"},
        {"location.city", "phone_numbers", "company", "custom_fields.Gehaltswunsch"},
        {"id"},
    ],
    ids=["names", "parts", "nothing"],
)
def test_what_is_deselected_is_not_listed(default_record: Json, selected: set[str]) -> None:
    ways = Ways(selected=frozenset(selected))
    area = {"Notiz": "a", "Gehaltswunsch": "12", "Liste": ["x"]}
    flat: Json = {
        "Id": "1",
        "FirstName": "Ada",
        "Ort": "Hof",
        "Frei": "x",
        "City": None,
    }
    assert ways.is_plain(default_record, with_area(default_record, area), flat)
    assert ways.is_plain(with_area(default_record, {"Liste": ["x"], "Notiz": "b"}))


@pytest.mark.parametrize("number", [2**63, -(2**63), 10**30])
def test_a_number_that_no_database_takes_is_listed_the_same_within_what_is_selected(
    number: int,
) -> None:
    ways = Ways(selected=frozenset({"phone_numbers", "custom_fields.Frist"}))
    contact = {"Use": number, "Telephone": {"FormattedNumber": "030 901820"}}
    for record in (
        {"Id": "1", "ContactMethod": [contact]},
        {"Id": "1", "UserArea": {"Frist": {"Anzahl": number}, "Notiz": "a"}},
        {"Id": "1", "UserArea": {"Frist": [{"Anzahl": [number]}], "Notiz": "a"}},
    ):
        assert not ways.is_plain(record)
    assert ways.is_plain({"Id": "1", "ContactMethod": [contact | {"Use": 1 - 2**63}]})


def test_a_field_that_is_not_listed_may_be_the_first_of_all() -> None:
    ways = Ways(selected=frozenset({"custom_fields.Notiz"}))
    record: Json = {"UserArea": {"Gehaltswunsch": "12", "Notiz": "a"}, "Id": "1"}
    assert ways.is_plain(record)
    assert [each["key"] for each in msgspec.json.decode(ways.listed(record))] == ["Notiz"]


def test_of_a_custom_field_that_is_selected_by_property_the_rest_is_not_listed(
    default_record: Json,
) -> None:
    ways = Ways(
        selected=frozenset({"custom_fields.Frist", "custom_fields.Frist.Anzahl", "last_name"})
    )
    every = [{"Anzahl": 3, "Einheit": "Wochen"}, [{"Anzahl": 1}, {"Anzahl": 2, "x": "y"}], "bald"]
    records = [with_area(default_record, {"Frist": value}) for value in every]
    assert ways.is_plain(*records)
    listed = ways.listed(records[0])
    assert b"Anzahl" in listed
    assert b"Wochen" not in listed


@pytest.mark.parametrize(
    "excluded",
    [
        {"Frist"},
        {"UserArea.Liste.geheim", "Notiz"},
        {"Use", "PersonName"},
        {"EmployerOrg"},
        {"Status", "Confidential", "Anzahl"},
    ],
    ids=["by name", "by path", "inside lists", "all of an object", "of several"],
)
def test_what_is_excluded_is_read_as_if_it_had_not_come(
    default_record: Json, excluded: set[str]
) -> None:
    rules = Rules(exclude_fields=frozenset(excluded))
    ways = Ways(rules)
    area = {"Notiz": "a", "Gehaltswunsch": "12", "Liste": [{"geheim": "1", "y": "2"}], "Frist": [7]}
    assert leaves_structure(rules)
    assert ways.is_plain(default_record, with_area(default_record, area)), "and it is plain"
    listed = ways.listed(with_area(default_record, area))
    for key in excluded:
        assert key.rpartition(".")[2].encode() not in listed


def test_an_object_that_excluding_empties_was_not_lost_by_php() -> None:
    record = {"Id": 1, "ContactMethod": [{"Telephone": {"FormattedNumber": "030 901820"}}]}
    rules = Rules(exclude_fields=frozenset({"FormattedNumber"}))
    assert compile_reader(rules)(record).doubts == ()
    lost = {"Id": 1, "ContactMethod": [{"Telephone": {}}]}
    assert compile_reader(rules)(lost).doubts == ("phone_numbers: lost",)


@pytest.mark.parametrize("value", ["\x00", {"a": "\x00"}, ["\x00"]], ids=["text", "object", "list"])
def test_a_custom_field_of_nothing_but_nul_is_empty_whatever_is_excluded(value: t.Any) -> None:
    record = {"Id": "1", "UserArea": {"Zeugnis": value, "Notiz": "a"}}
    ways = Ways(Rules(exclude_fields=frozenset({"Notiz"})))
    assert list(ways.read(record).custom) == ["Zeugnis"]
    assert ways.is_plain(record)


def test_an_opening_that_excluding_empties_is_still_one_that_cannot_be_told() -> None:
    record = {"Id": "1", "Stelle": {"Notiz": "a"}}
    ways = Ways(Rules(exclude_fields=frozenset({"Notiz"})))
    assert ways.read(record).doubts == ("opening without id",)
    assert ways.page(msgspec.json.encode([record, {"Id": "2"}])) == [False, True]


@pytest.mark.parametrize(
    "key",
    ["PositionOpening", "LastModificationDate", "idvalue", "Bewerbungen", "attributes", "#text",
     "PositionRecordInfo.Status"],
)  # fmt: skip
def test_who_excludes_what_rows_are_made_by_has_all_read_in_general(key: str) -> None:
    assert not leaves_structure(Rules(exclude_fields=frozenset({key})))


HOSTILE = (
    "__import__('os').system('x')", "f0", "record", "{found}", "'''", "x\u2028y", "\U0001f41d",
    "None if", "%s%b", "{0.__class__}", "Gehalt (brutto)",
)  # fmt: skip


def reader() -> QuickReader:
    rules, readers = Rules(), compile_readers(BERLIN)
    trees = candidate_tree(rules, readers), opening_tree(rules, readers)
    return QuickReader(*trees, rules, Typing({}, BERLIN))


def test_the_source_that_is_written_holds_nothing_that_a_server_sent() -> None:
    quick = reader()
    hostile = {key: dict.fromkeys(HOSTILE, key) for key in HOSTILE}
    record = {"Id": "1", **hostile}
    area = {"Id": "1", "UserArea": dict.fromkeys(HOSTILE, "x")}
    nested = {"CandidateProfile": {"Resume": hostile, "ContactMethod": [hostile, {"Use": "x"}]}}
    page = msgspec.json.encode([record | nested, record, area])
    assert None not in quick.page(page)
    harmless = reader()
    names = {key: f"Key{number}" for number, key in enumerate(HOSTILE)}
    text = json.dumps(json.loads(page))
    for key, name in names.items():
        text = text.replace(json.dumps(key), json.dumps(name))
    harmless.page(text.encode())
    for has_escapes in (True, False):
        source = quick.made(has_escapes=has_escapes)[1]
        assert source == harmless.made(has_escapes=has_escapes)[1]


@pytest.mark.parametrize(
    "text",
    [r"a\/b", r"\u00fc", r"\n\t", r"\"x\"", r"C:\\x", "\x7f", "\u2028", "ü & <b>"],
)
@pytest.mark.parametrize("spaces", [(",", ":"), (", ", ": ")], ids=["dense", "with spaces"])
def test_escapes_are_read_alike_after_pages_without_any(
    ways: Ways, text: str, spaces: tuple[str, str]
) -> None:
    record = {"Id": "1", "Resume": {"Objective": "TEXT"}, "UserArea": {"Hund": "TEXT"}}
    page = json.dumps([record], separators=spaces)
    assert ways.page(page.encode()) == [True]
    assert ways.page(page.replace("TEXT", text).encode()) == [True]
    assert ways.page(page.encode()) == [True]


def test_what_was_learned_does_not_depend_on_hashes() -> None:
    code = (
        "from tests.model.test_quick import reader\n"
        "quick = reader()\n"
        'quick.page(b\'[{"Id":"1","A":{"x":1,"y":2}},{"C":1,"Id":"2","B":[1],'
        '"A":{"z":1,"y":"2"}}]\')\n'
        "print(quick.made()[1])\n"
    )
    sources = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(sources) == 1
