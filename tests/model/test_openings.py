from __future__ import annotations

import typing as t

import pytest

Json = dict[str, t.Any]
Read = t.Any


def opening(remote_id: object, **more: object) -> Json:
    return {"PositionRecordInfo": {"Id": {"IdValue": remote_id}}, **more}


@pytest.mark.parametrize(
    ("openings", "ids"),
    [
        ([opening(1), opening(2)], ["1", "2"]),
        (opening(1), ["1"]),
        ([[opening(1)], opening(2)], ["1", "2"]),
        ({"#text": opening(1)}, ["1"]),
        ([opening(88), opening("88")], ["88"]),
        (None, []),
        ("", []),
        ([], []),
        ({}, []),
        ([None, ""], []),
    ],
    ids=repr,
)
def test_one_or_many_openings(read: Read, openings: object, ids: list[str]) -> None:
    candidate = read({"Id": 1, "PositionOpening": openings})
    assert [opening.remote_id for opening in candidate.openings] == ids
    assert candidate.doubts == ()


def test_a_list_may_have_a_container(read: Read) -> None:
    openings = {"Bewerbung": [{"Id": 5}, {"Id": 6}]}
    others: list[Json] = [
        {"@anzahl": 2}, {"$": {"anzahl": 2}}, {"comment": {}}, {"comment": [{}, {}]},
    ]  # fmt: skip
    for beside in others:
        record = {"Id": 1, "Bewerbungen": beside | openings}
        assert [opening.remote_id for opening in read(record).openings] == ["5", "6"]


@pytest.mark.parametrize(
    "status",
    [
        {"Id": 4, "Name": "Absage"},
        {"key": "neu", "label": "Absage"},
        {"Bezeichnung": {"0": "Absage"}},
        {"@name": "neu", "#": "Absage"},
    ],
)
def test_a_status_may_be_an_object(read: Read, status: object) -> None:
    for record in ({"Stelle": {"Id": 5, "Phase": status}}, {"Stelle": {"Id": 5}, "Status": status}):
        (one,) = read({"Id": 1} | record).openings
        assert (one.status, one.outcome) == ("Absage", "DECLINED")


def test_openings_may_be_keyed_by_their_ids(read: Read) -> None:
    keyed = {"J-5": {"Id": "J-5", "Status": "neu"}, "id_6": {"Id": 6, "Status": "Zusage"}}
    found = read({"Id": 1, "PositionOpening": keyed})
    assert [(one.remote_id, one.outcome) for one in found.openings] == [
        ("J-5", "PENDING"),
        ("6", "HIRED"),
    ]
    unlike = {"Ansprechpartner": {"Id": 5}, "Kunde": {"Id": 6}}
    assert read({"Id": 1, "PositionOpening": unlike}).openings == ()


def test_an_application_may_contain_its_opening(read: Read) -> None:
    element = {"Id": 900, "Status": "hired", "PositionOpening": {"Id": 5, "Title": "Koch"}}
    (one,) = read({"Id": 1, "Applications": [element]}).openings
    assert (one.remote_id, one.name, one.outcome) == ("5", "Koch", "HIRED")


@pytest.mark.parametrize("key", ["PositionOpenings", "Openings", "Stellen", "Bewerbungen", "Jobs"])
def test_other_names_of_the_list(read: Read, key: str) -> None:
    assert [o.remote_id for o in read({"Id": 1, key: [{"Id": 5}, {"Id": 6}]}).openings] == [
        "5",
        "6",
    ]


@pytest.mark.parametrize(
    ("dates", "chosen"),
    [
        (("2026-01-01", "2026-01-02"), 1),
        (("2026-01-02", "2026-01-01"), 0),
        (("2026-01-01", "2026-01-01"), 1),
        (("", ""), 1),
        (("2026-01-01", ""), 0),
        (("", "2026-01-01"), 1),
        (("02.01.2026", "2026-01-01", ""), 0),
    ],
)
def test_the_same_opening_twice_is_one_application(
    read: Read, dates: tuple[str, ...], chosen: int
) -> None:
    entries = [
        opening(88, ApplicationDate=date, Status=("Absage", "hired", "neu")[position])
        for position, date in enumerate(dates)
    ]
    (one,) = read({"Id": 1, "PositionOpening": entries}).openings
    assert one.raw is entries[chosen]
    assert one.outcome == ("DECLINED", "HIRED", "PENDING")[chosen]


def test_the_title_of_an_older_entry_is_not_lost(read: Read) -> None:
    entries = [{"Id": 8, "Title": "Koch", "ApplicationDate": "2026-01-01"}, {"Id": 8}]
    (one,) = read({"Id": 1, "PositionOpening": entries}).openings
    assert one.name == "Koch"


@pytest.mark.parametrize(
    ("own", "candidates", "outcome", "doubts"),
    [
        ("Absage", "hired", "DECLINED", ()),
        ("", "hired", "HIRED", ()),
        (None, "hired", "HIRED", ()),
        ("Runde zwei", "hired", None, ("outcome: unknown",)),
        ("nicht abgelehnt", "", None, ("outcome: unknown",)),
        ("", "", None, ()),
        ("", "active", None, ("outcome: unknown",)),
        ("Verfahren eingestellt", "", None, ("outcome: unknown",)),
    ],
)
def test_the_openings_own_status_goes_first(
    read: Read, own: str | None, candidates: str, outcome: str | None, doubts: tuple[str, ...]
) -> None:
    candidate = read({"Id": 1, "Status": candidates, "PositionOpening": opening(88, Status=own)})
    assert candidate.openings[0].outcome == outcome
    assert candidate.doubts == doubts
