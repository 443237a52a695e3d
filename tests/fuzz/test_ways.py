"""Both ways of reading say the same; what that covers, and that a difference is noticed."""

from __future__ import annotations

import re
import typing as t

import msgspec
import pytest

from tap_compleetpersy.model.candidate import Rules, compile_quick_reader, leaves_structure
from tests.fuzz.checks import OLD_CATALOG, BrokenLawError
from tests.fuzz.fuzzing import compare_ways, name_of, smallest_pages, start_records
from tests.fuzz.pages import dense, page_of, records_of
from tests.fuzz.ways import MOST, RULES_OF_TENANTS, Tenant, Ways, pages, tenant_of
from tests.thinning import thinned


@pytest.mark.parametrize("start", thinned(range(0, 12_000, 1000), every=3))
def test_both_ways_say_the_same(start: int) -> None:
    _, findings = compare_ways(1, range(start, start + 40))
    assert findings == []


@pytest.mark.full
@pytest.mark.parametrize("start", range(0, 24_000, 1000))
def test_both_ways_say_the_same_of_a_thousand(start: int) -> None:
    _, findings = compare_ways(2, range(start, start + 1000))
    assert findings == []


def test_tenants_have_all_rules_shapes_and_selections() -> None:
    tenants = [tenant_of(1, start, start_records()) for start in range(0, 60_000, 1000)]
    assert all(leaves_structure(rules) for rules in RULES_OF_TENANTS)
    assert {tenant.rules for tenant in tenants} == {*RULES_OF_TENANTS}
    assert {tenant.selected is None for tenant in tenants} == {True, False}
    assert {tenant.has_remote_data for tenant in tenants} == {True, False}
    assert {tenant.types == OLD_CATALOG for tenant in tenants} == {True, False}
    first = {dense(tenant.records[0]) for tenant in tenants}
    assert first == {dense(records[0]) for records in start_records()}


def test_pages_hold_all_payloads_of_a_tenant_and_depend_on_nothing_else() -> None:
    tenant = tenant_of(1, 0, start_records())
    sent = [*pages(tenant, 1, range(300))]
    assert sent == [*pages(tenant, 1, range(300))]
    assert sent != [*pages(tenant, 2, range(300))]
    sizes = [len(records_of(page)) for _, page in sent]
    assert max(sizes) > MOST // 2
    assert sum(sizes) > 300


def tenant() -> Tenant:
    return Tenant(Rules(), {}, None, has_remote_data=True, records=[])


PAGE = page_of(b'{"Id":"%d","FirstName":"Ada"}' % number for number in range(20))


def test_records_are_counted_that_were_read_alike() -> None:
    ways = Ways(tenant())
    assert ways.compare(PAGE) == 20
    assert ways.compare(b'[{"Id":{"$":"1"}}]') == 0


def misreading(*arguments: t.Any, **named: t.Any) -> t.Callable[[bytes], list[t.Any]]:
    """Return a quick way that misreads record 7 once it has read record 3."""
    read, known = compile_quick_reader(*arguments, **named), set()

    def misread(page: bytes) -> list[t.Any]:
        found: list[t.Any] = read(page)
        for place, seen in enumerate(found):
            known.add(seen.candidate.remote_id)
            if seen.candidate.remote_id == "7" and "3" in known:
                values = seen.candidate.values | {"first_name": "Eva"}
                candidate = msgspec.structs.replace(seen.candidate, values=values)
                found[place] = msgspec.structs.replace(seen, candidate=candidate)
        return found

    return misread


def test_a_difference_is_noticed_and_shown_by_the_fewest_records(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.fuzz.ways.compile_quick_reader", misreading)
    with pytest.raises(BrokenLawError, match="values as in the general way") as broken:
        Ways(tenant()).compare(PAGE)
    shown = smallest_pages(tenant(), [PAGE, PAGE], name_of(broken.value))
    assert [re.findall(rb"\d+", page) for page in shown] == [[b"3"], [b"7"]]


@pytest.mark.parametrize("letter", [b"\xff", b"\xc3", b"\xed\xa0\x80"])
def test_letters_that_are_no_utf_8_are_compared_as_they_are_read_leniently(letter: bytes) -> None:
    page = PAGE.replace(b"Ada", b"Ad" + letter, 1)
    assert Ways(tenant()).compare(page) == 20
