from __future__ import annotations

import copy
import tracemalloc
import typing as t
from collections.abc import Iterable, Iterator

import pytest

from tap_compleetpersy.explorer.catalog import chosen_by, compare
from tap_compleetpersy.explorer.survey import (
    MOST_FIELDS,
    MOST_PARTS,
    Chosen,
    RemoteField,
    Survey,
    survey,
)
from tap_compleetpersy.model.candidate import ReadCandidate, Rules, compile_reader
from tap_compleetpersy.model.custom_types import Sample
from tap_compleetpersy.sync.catalog import stream_schemas
from tests.documented import DEFAULT

Json = dict[str, t.Any]


def sampled(records: Iterable[Json], rules: Rules | None = None) -> Iterator[ReadCandidate]:
    read = compile_reader(rules or Rules())
    for record in records:
        yield ReadCandidate(read(record), record)


def surveyed(*records: Json, chosen: Chosen | None = None, **rules: t.Any) -> Survey:
    given = Rules(**rules)
    return survey(sampled(records, given), given, chosen, show_values=True)


def person(number: int, opening: Json | None = None, **custom: object) -> Json:
    openings = [] if opening is None else [opening]
    return {"Id": number, "UserArea": custom, "PositionOpening": openings}


def field(found: Survey, key: str) -> RemoteField:
    return next(field for field in found.fields if field.key == key)


def catalog(
    *records: Json, deselected: Iterable[tuple[str, ...]] = (), off: Iterable[str] = ()
) -> Json:
    """Make the catalog that discovery makes of the records, and deselect some of it."""
    sample = Sample()
    for seen in sampled(records):
        sample.add(seen.candidate.custom)
    streams: list[Json] = []
    for name, schema in stream_schemas(sample.properties()).items():
        metadata = [{"breadcrumb": [], "metadata": {"selected": name not in off}}]
        for path in deselected:
            if path[0] == name:
                breadcrumb = [part for key in path[1:] for part in ("properties", key)]
                metadata.append({"breadcrumb": breadcrumb, "metadata": {"selected": False}})
        streams.append({"tap_stream_id": name, "schema": schema, "metadata": metadata})
    return {"streams": streams}


def test_every_field_of_the_default_candidate_and_its_opening() -> None:
    found = surveyed(DEFAULT)
    assert (found.candidates, found.openings) == (1, 1)
    assert {(f.model, f.kind, f.key, f.type) for f in found.fields} >= {
        ("candidates", "CUSTOM", "Gehaltswunsch", "string"),
        ("candidates", "CUSTOM", "Eintrittsdatum", "date"),
        ("candidates", "CUSTOM", "Sprachen", "array of string"),
        ("candidates", "DEFAULT", "CandidateSupplier.EntityName", "string"),
        ("candidates", "DEFAULT", "CandidateProfile.PersonalData.ContactMethod", "array of object"),
        ("opening", "DEFAULT", "PositionRecordInfo.Id.IdValue", "integer"),
        ("opening", "DEFAULT", "Status", "string"),
    }
    assert next(f.kind for f in found.fields if f.model == "candidates") == "CUSTOM"


def test_a_container_of_custom_fields_is_opened() -> None:
    inner = {"Gehalt": 42, "Ort": {"PLZ": "80331"}}
    found = surveyed(*(person(n, Weiteres=inner, Liste=[{"a": n}, {"a": 7}]) for n in range(3)))
    parts = {f.key: (f.part_of, f.type, f.filled, f.feeds) for f in found.fields if f.part_of}
    assert parts == {
        "Weiteres.Gehalt": ("Weiteres", "integer", 3, ("custom_fields",)),
        "Weiteres.Ort": ("Weiteres", "object", 3, ("custom_fields",)),
        "Weiteres.Ort.PLZ": ("Weiteres", "integer", 3, ("custom_fields",)),
        "Liste.a": ("Liste", "array of integer", 3, ("custom_fields",)),
    }
    keys = [each.key for each in found.fields]
    assert keys.index("Weiteres.Gehalt") == keys.index("Weiteres") + 1


def test_a_part_whose_name_may_be_data_is_shown_only_when_values_are() -> None:
    people = [person(n, Noten={"Mathe": 1, "ida@example.org": 2, f"Name {n}": 3}) for n in range(3)]
    keys = {
        shown: {each.key for each in survey(sampled(people), Rules(), show_values=shown).fields}
        for shown in (False, True)
    }
    assert {key for key in keys[False] if key.startswith("Noten.")} == {"Noten.Mathe"}
    assert {"Noten.ida@example.org", "Noten.Name 1"} <= keys[True]


def test_parts_are_no_fields_of_a_catalog() -> None:
    people = [person(n, Weiteres={"Gehalt": 42}) for n in range(3)]
    chosen = chosen_by(catalog(*people), Rules())
    part = field(compare(surveyed(*people, chosen=chosen), chosen), "Weiteres.Gehalt")
    assert (part.selected, part.change, part.is_own) == (True, None, False)


def test_an_object_with_many_names_fills_no_memory() -> None:
    people = (person(n, Namen={f"n{n}x{each}": 1 for each in range(100)}) for n in range(3))
    parts = [each for each in surveyed(*people).fields if each.part_of]
    assert len(parts) == MOST_PARTS


def test_each_field_names_the_columns_that_it_feeds() -> None:
    feeds = {each.key: each.feeds for each in surveyed(DEFAULT).fields}
    assert feeds["CandidateSupplier.EntityName"] == ("source",)
    assert set(feeds["CandidateProfile.EmploymentHistory.EmployerOrg"]) == {"company", "title"}
    assert "phone_numbers" in feeds["CandidateProfile.PersonalData.ContactMethod"]
    assert feeds["Gehaltswunsch"] == ("custom_fields",)
    assert feeds["PositionProfile.PositionDetail.PositionTitle"] == ("jobs.name",)
    assert feeds["Status"] == ("applications.outcome",)


def test_a_key_that_a_better_one_or_a_configured_path_replaces_names_what_it_feeds() -> None:
    found = surveyed(person(1, Quelle="Messe"), field_paths={"source": "UserArea.Quelle"})
    assert field(found, "UserArea.Quelle").feeds == ("source",)
    nobody = surveyed({"Id": 1, "CandidateProfile": {"BirthDate": "1990-01-01"}})
    assert field(nobody, "CandidateProfile.BirthDate").feeds == ()


def test_custom_fields_of_openings_are_told_from_those_of_candidates() -> None:
    opening = {"Id": 1, "Title": "T", "UserArea": {"Prio": "1"}}
    found = surveyed(person(1, opening, Prio="hoch"))
    custom = [(f.model, f.key, f.examples) for f in found.fields if f.kind == "CUSTOM"]
    assert custom == [("candidates", "Prio", ("hoch",)), ("opening", "Prio", ("1",))]


def test_fill_rates_count_the_records_of_the_model() -> None:
    opening = {"Id": 1, "Title": "T"}
    found = surveyed(person(1, A="x"), person(2, opening, A=""), person(3, B=None), person(4))
    assert field(found, "A").fill_rate == 0.25
    assert field(found, "B").fill_rate == 0
    assert field(found, "Title").fill_rate == 1


def test_the_label_is_the_tenants() -> None:
    record = person(1, K17={"Label": "Gehaltswunsch", "Value": "1"})
    assert field(surveyed(record), "K17").label == "Gehaltswunsch"


def test_excluded_fields_are_not_shown() -> None:
    found = surveyed(person(1, Geheim="x", Offen="y"), exclude_fields=frozenset({"Geheim"}))
    assert {f.key for f in found.fields if f.kind == "CUSTOM"} == {"Offen"}
    assert "Geheim" not in str(found)


def test_examples_are_masked_unless_asked_for() -> None:
    found = survey(sampled([DEFAULT]), Rules())
    assert field(found, "Gehaltswunsch").examples == ("99.999",)
    assert "Müller" not in str(found)


def test_without_a_catalog_nothing_is_selected_or_changed() -> None:
    assert {(f.selected, f.change) for f in surveyed(person(1, A="x")).fields} == {(None, None)}


OPENING = {"Id": 1, "Title": "T", "Status": "neu"}


def test_what_a_catalog_selects() -> None:
    record = person(1, OPENING, A="x", B="y") | {"FirstName": "Eva"}
    deselected = [("candidates", "custom_fields", "B"), ("candidates", "first_name")]
    chosen = chosen_by(catalog(record, deselected=deselected), Rules())
    found = surveyed(record, chosen=chosen)
    selected = {f.key: f.selected for f in found.fields}
    assert selected == {
        "A": True, "B": False, "Id": True, "FirstName": False,
        "PositionOpening": False, "Title": True, "Status": True,
    }  # fmt: skip


def test_nothing_of_a_stream_that_is_not_selected() -> None:
    record = person(1, OPENING, A="x")
    chosen = chosen_by(catalog(record, off=["candidates"]), Rules())
    found = surveyed(record, chosen=chosen)
    assert {f.selected for f in found.fields if f.model == "candidates"} == {False}
    assert {f.selected for f in found.fields if f.model == "opening"} == {True}
    chosen = chosen_by(catalog(record, off=["jobs", "applications"]), Rules())
    found = surveyed(record, chosen=chosen)
    assert {f.selected for f in found.fields if f.model == "opening"} == {False}


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ("1", "2", None),
        ("1", "zwei", "integer → string"),
        (True, 1, "boolean → integer"),
        ("text", "2", None),
        (1.5, 2, None),
        ("01.02.2026", "01.02.2026 10:00", "date → date-time"),
        ("01.02.2026 10:00", "01.02.2026", None),
        (["a"], "b", None),
        ("a", None, None),
    ],
)
def test_what_changed_since_the_catalog(before: object, now: object, change: str | None) -> None:
    chosen = chosen_by(catalog(person(1, A=before)), Rules())
    found = compare(surveyed(person(1, A=now), chosen=chosen), chosen)
    assert field(found, "A").change == change


def test_new_and_gone_fields() -> None:
    chosen = chosen_by(catalog(person(1, Alt="01.02.2026", Bleibt="x")), Rules())
    found = compare(surveyed(person(1, Neu="x", Bleibt="x"), chosen=chosen), chosen)
    custom = {f.key: (f.change, f.type, f.filled) for f in found.fields if f.kind == "CUSTOM"}
    assert custom == {
        "Neu": ("new", "string", 1),
        "Bleibt": (None, "string", 1),
        "Alt": ("gone", "date", 0),
    }


def test_a_server_that_invents_keys_does_not_fill_memory() -> None:
    found = surveyed(*(person(n, None, **{f"K{n}": "x"}) for n in range(MOST_FIELDS + 50)))
    assert len(found.fields) <= 2 * MOST_FIELDS


@pytest.mark.full
def test_memory_does_not_grow_with_the_sample() -> None:
    def people(number: int) -> Iterator[Json]:
        for n in range(number):
            record = copy.deepcopy(DEFAULT)
            record["CandidateRecordInfo"]["Id"]["IdValue"] = str(n)
            record["UserArea"]["Gehaltswunsch"] = f"{n}.000"
            yield record

    def peak(number: int) -> int:
        tracemalloc.start()
        survey(sampled(people(number)), Rules())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)  # what is loaded and cached once
    assert peak(2_000) < 1.2 * peak(500)
