"""Model fields that are made of several slots: employment, contacts, residence."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from operator import itemgetter

from tap_compleetpersy.model.address import (
    LOCATION_PARTS,
    country,
    is_state,
    land_of_zip,
    one_line,
    read_land,
    split_address,
    split_town,
)
from tap_compleetpersy.model.attachment_types import attachment_type
from tap_compleetpersy.model.contacts import (
    email_type,
    is_usual_email,
    is_usual_phone,
    phone_type,
    read_mails,
    read_phones,
    use_of,
)
from tap_compleetpersy.model.names import compose_names
from tap_compleetpersy.model.reader import value_of

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tap_compleetpersy.model.reader import Found


@dataclass(slots=True)
class Notes:
    """What is known and noted while one element is composed.

    Attributes:
        doubts: Gets one short kind for everything not understood; never a value.
        outcome: Reads a status.
        status: The candidate's own status, for openings without one.
        is_plain: Nothing in the record was lost or misread, as is known of plain records.
    """

    doubts: list[str]
    outcome: Callable[[str], str | None]
    status: str | None = None
    is_plain: bool = False


Values: t.TypeAlias = dict[str, t.Any]
"""Takes the values of the fields that a function here makes, by their names."""

Way: t.TypeAlias = tuple[int, str, "str | None", "str | None"]
"""Rank, value, what the key says about its use, what the element says."""


def employment(found: Found, _notes: Notes, values: Values) -> None:
    """Find company and title: the current employer's, else the first one's.

    Both are of one employer. Paths of the user's go first, flat keys last.
    """
    company, title = _employer(found["employers"]) if "employers" in found else (None, None)
    values["company"] = _first(found, "company", company)
    values["title"] = _first(found, "title", title)


def _employer(histories: list[Found]) -> tuple[str | None, str | None]:
    # Employers stand in a history, or a history is a list of them.
    employers = [one for each in histories for one in each.get("employers", (each,))]
    chosen, position = employers[0], None
    for employer in employers:
        for each in employer.get("positions", ()):
            if "current" in each and each["current"][1] is True:
                position = each
                break
        if position is not None or value_of(employer, "current") is True:
            chosen = employer
            break
    if position is None:
        position = next(iter(chosen.get("positions", ())), {})
    company = value_of(chosen, "employer") or value_of(position, "employer")
    return company, value_of(position, "position")


def _first(found: Found, slot: str, composed: str | None) -> str | None:
    rank, own = found.get(slot, (0, None))
    return t.cast("str | None", own) if rank < 0 or composed is None else composed


def names(found: Found, notes: Notes, values: Values) -> None:
    """Compose given and family name; a whole name fills what is missing."""
    first, last = value_of(found, "first_name"), value_of(found, "last_name")
    if "name_prefix" in found or ("whole_name" in found and not (first and last)):
        whole, prefix = value_of(found, "whole_name"), value_of(found, "name_prefix")
        (first, last), is_clear = compose_names(first, last, whole, prefix)
        if not is_clear:
            notes.doubts.append("whole name: not split")
    values["first_name"], values["last_name"] = first, last


def reach(found: Found, notes: Notes, values: Values) -> None:
    """Collect telephone numbers and mail addresses, each pair of value and type once."""
    numbers: list[Way] = []
    addresses: list[Way] = []
    _gather(found, None, numbers, addresses)
    phones: dict[tuple[str, str | None], None] = {}
    for _, number, by_key, by_element in _preferred(numbers):
        if is_usual_phone(number):  # most are: one call less for them
            phones[number, phone_type(by_key, by_element)] = None
            continue
        read_numbers = read_phones(number)
        if read_numbers is None:
            notes.doubts += _invalid("phone_numbers", number, addresses)
            continue
        for one, said in read_numbers:
            phones[one, phone_type(by_key, said or by_element)] = None
    emails: dict[tuple[str, str | None], None] = {}
    for _, address, by_key, by_element in _preferred(addresses):
        if is_usual_email(address):
            emails[address, email_type(by_key, by_element)] = None
            continue
        read_addresses = read_mails(address)
        if read_addresses is None:
            notes.doubts += _invalid("email_addresses", address, numbers)
            continue
        for one, said in read_addresses:
            emails[one, email_type(by_key, said or by_element)] = None
    values["phone_numbers"] = [{"phone_number": number, "type": use} for number, use in phones]
    values["email_addresses"] = [{"email_address": address, "type": use} for address, use in emails]


def _invalid(field: str, text: str, others: list[Way]) -> list[str]:
    """Return the doubt of a text that is no number, or no address.

    Where one path leads to both, it is none of the kind that the text looks like.
    """
    if "://" in text:
        return []  # an address of a web page
    kind = "email_addresses" if "@" in text else "phone_numbers"
    is_other = kind != field and any(way[1] == text for way in others)
    return [] if is_other else [f"{field}: invalid"]


def _preferred(ways: list[Way]) -> list[Way]:
    """Return what the user's paths found, whose ranks are negative, else everything."""
    for way in ways:
        if way[0] < 0:
            return [way for way in ways if way[0] < 0]
    return ways


def _gather(found: Found, use: str | None, numbers: list[Way], addresses: list[Way]) -> None:
    place = use_of(found["at"][1]) if "at" in found else None
    if "use" in found or place:
        use = use_of(value_of(found, "use") or "") or place or use
    if "contacts" in found:
        for element in found["contacts"]:
            _gather(element, use, numbers, addresses)
    if "phone_numbers" in found:
        # What is carried on the person is a mobile telephone, whatever it is used for.
        own = place if place in {"MOBILE", "FAX"} else use
        numbers += [(rank, value, by_key, own) for rank, value, by_key in found["phone_numbers"]]
    if "email_addresses" in found:
        addresses += [
            (rank, value, by_key, use) for rank, value, by_key in found["email_addresses"]
        ]


def residence(found: Found, notes: Notes, values: Values) -> None:
    """Compose the first postal address that says anything; flat keys come last.

    Where `Land` may be a country or a state, there is a doubt.
    """
    values["location"] = _residence(found, notes.doubts)


def _residence(found: Found, doubts: list[str]) -> dict[str, str | None] | None:
    location: dict[str, str | None] | None = None
    for address in (*_addresses(found), found):
        location = _location(address, found, doubts)
        if location is not None or not address.keys().isdisjoint(_OWN_PARTS):
            break
    if found.keys().isdisjoint(_OWN_PARTS) and address.keys().isdisjoint(_OWN_PARTS):
        return location
    if location is None and address is not found:
        location = _location(found, found, doubts)
    own = {
        part: value_of(found, f"location.{part}") or value_of(address, f"location.{part}")
        for part in LOCATION_PARTS
    }
    parts = {part: own[part] or (location or {}).get(part) for part in LOCATION_PARTS}
    parts["country"] = parts["country"] and country(parts["country"])
    if own["raw"] is None and value_of(address, "raw") is None:
        parts["raw"] = _line_of(parts)
    return parts


def _line_of(parts: dict[str, str | None]) -> str | None:
    """Return the parts of a location as one line."""
    return one_line(parts, [line for line in (parts["street_1"], parts["street_2"]) if line])


def compile_location(
    selected: Collection[str] | None,
) -> Callable[[dict[str, str | None] | None], dict[str, str | None] | None] | None:
    """Return the function that narrows a location to its selected parts; None when all are.

    The line `raw` is composed again from what is left, since it repeats the others.
    """
    names = [part for part in LOCATION_PARTS if part != "raw"]
    if selected is None or all(f"location.{part}" in selected for part in names):
        return None
    kept = [part for part in names if f"location.{part}" in selected]

    def narrow(location: dict[str, str | None] | None) -> dict[str, str | None] | None:
        if location is None:
            return None
        parts = dict.fromkeys(LOCATION_PARTS) | {part: location[part] for part in kept}
        return (parts | {"raw": _line_of(parts)}) if any(parts.values()) else None

    return narrow


_OWN_PARTS: t.Final = frozenset(f"location.{part}" for part in LOCATION_PARTS)


def _addresses(found: Found) -> list[Found]:
    within: list[Found] = []
    if "contacts" in found:
        for contact in found["contacts"]:
            if "addresses" in contact or "contacts" in contact:
                within += _addresses(contact)
    return within + found["addresses"] if "addresses" in found else within


def _location(address: Found, root: Found, doubts: list[str]) -> dict[str, str | None] | None:
    raw = value_of(address, "raw")
    raw = raw and ", ".join(_split(raw))
    if raw and len(address) == 1 and ("city" in root or "zip_code" in root):
        # `Address` is the street when the flat record has the town beside it.
        return _location({**root, "address_lines": [(0, raw, None)]}, root, doubts)
    lines = _lines(address)
    land, state = _land_and_state(address, doubts)
    street_1, street_2 = (*lines, None, None)[:2]
    city = address["city"][1] if "city" in address else None
    zip_code = address["zip_code"][1] if "zip_code" in address else None
    if city and not zip_code:
        zip_code, city = split_town(city)
    if raw and not (lines or city or zip_code):
        street_1, zip_code, city, said = split_address(raw)
        land = land or said
    if zip_code and not land and "-" in zip_code:
        land = land_of_zip(zip_code)
    parts: dict[str, str | None] = {
        "city": city,
        "country": land,
        "raw": raw,
        "state": state,
        "street_1": street_1,
        "street_2": street_2,
        "zip_code": zip_code,
    }
    if raw is None:
        parts["raw"] = raw = one_line(parts, lines)
    return parts if raw else None


def _lines(address: Found) -> list[str]:
    """Return street and further lines as a letter has them, `c/o` and post office box last."""
    street, number = value_of(address, "street"), value_of(address, "building_number")
    lines: list[str] = []
    if "address_lines" in address:
        lines = [line for _, line, _ in sorted(address["address_lines"], key=itemgetter(0))]
    if street:
        lines.insert(0, f"{street} {number}" if number else street)
    for slot, words in (("care_of", "c/o"), ("po_box", "Postfach")):
        if (said := value_of(address, slot)) is not None:
            named = said.casefold().startswith((words.casefold(), "p.o", "po box", "pf "))
            lines.append(said if named else f"{words} {said}")
    return _split(*lines)


def _split(*texts: str) -> list[str]:
    """Return the lines of some texts: people type several into one field."""
    return [line for text in "\n".join(texts).splitlines() if (line := text.strip(" ,"))]


def _land_and_state(address: Found, doubts: list[str]) -> tuple[str | None, str | None]:
    """Return country and state; a federal state is none of the countries."""
    state, said = value_of(address, "state"), value_of(address, "country")
    if said is not None and is_state(said):
        said, state = None, state or said
    if "land" not in address:
        return said and country(said), state
    land, of_land, is_clear = read_land(address["land"][1], value_of(address, "zip_code"))
    if not is_clear:
        doubts.append("location.country: unclear")
    return (said and country(said)) or land, state or of_land


def judgement(found: Found, notes: Notes, values: Values) -> None:
    """Read the outcome of an application, and keep the status that it was read from."""
    said = found["outcome"][1] if "outcome" in found else notes.status
    outcome = None if said is None else notes.outcome(said)
    if said is not None and outcome is None:
        notes.doubts.append("outcome: unknown")
    values["outcome"], values["remote_status"] = outcome, said


def kind_of_attachment(found: Found, _notes: Notes, values: Values) -> None:
    """Say what kind of document an attachment is."""
    values["type"] = attachment_type(value_of(found, "type"), value_of(found, "file_name"))
