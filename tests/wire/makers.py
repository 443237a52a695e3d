"""Who makes records: ways of PHP, npm and PyPI, and what each starts from."""

from __future__ import annotations

import html
import json
import re
import typing as t
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tap_compleetpersy.sandbox.facts import Candidate
from tap_compleetpersy.sandbox.shapes import flat, hrxml

HERE = Path(__file__).parent
PHP = ("php", "-d", "display_errors=stderr", str(HERE / "records.php"))
NODE = ("node", str(HERE / "convert.mjs"))
PYTHON = (str(HERE.parents[1] / ".venv-wire" / "bin" / "python"), str(HERE / "convert.py"))
_XML_NAME = re.compile(r"[A-Za-zÄÖÜäöü_][\w.-]*")
_FIRM = re.compile("(<EmployerOrgName>)([^<]+)")
_LEAST = 2


@dataclass(frozen=True, slots=True)
class Maker:
    """One way to make records of people.

    Attributes:
        name: As the table shows it.
        command: Reads people from stdin, and writes a JSON list of records.
        narrow: Leaves out of somebody what this way cannot carry; None for somebody whose id it
            cannot.
        write: Writes people for the command.
        shape: Of the facts: the records are compared with what it can say.
        lost: What this way loses, in words.
        loses: Leaves out what is written and is not in the records.
    """

    name: str
    command: Sequence[str]
    narrow: Callable[[Candidate], Candidate | None]
    write: Callable[[Sequence[Candidate]], str]
    shape: str = "hrxml"
    lost: str = "–"
    loses: Callable[[Candidate], Candidate] = lambda person: person


def for_xml(person: Candidate) -> Candidate:
    """Leave the custom fields that an element may be named after, and that are texts or lists.

    A list of one is an element as any other: nobody can tell that it was a list.
    """
    return replace(
        person,
        custom_fields={
            key: value
            for key, value in person.custom_fields.items()
            if _XML_NAME.fullmatch(key)
            and (isinstance(value, str) or (isinstance(value, list) and len(value) >= _LEAST))
        },
    )


def for_table(person: Candidate) -> Candidate:
    """Leave out what is no column: custom fields, and further numbers and mails of a kind."""
    phones = {(phone.kind, phone.use == "business"): phone for phone in person.phones}
    emails = {email.use == "business": email for email in person.emails}
    return replace(
        person, custom_fields={}, phones=tuple(phones.values()), emails=tuple(emails.values())
    )


def xml_of(people: Sequence[Candidate]) -> str:
    """Write people as HR-XML: lists are repeated elements, ids have attributes, firms CDATA."""
    root = ET.Element("Candidates")
    for person in people:
        _append(root, "Candidate", hrxml(person))
    for element in root.iter("IdValue"):
        element.set("name", "Persy")
    written = ET.tostring(root, encoding="unicode", xml_declaration=True)
    return _FIRM.sub(lambda firm: f"{firm[1]}<![CDATA[{html.unescape(firm[2])}]]>", written)


def without_firms(person: Candidate) -> Candidate:
    """Leave out the texts of CDATA sections, of which PHP makes empty objects."""
    return replace(
        person, employments=tuple(replace(job, company=None) for job in person.employments)
    )


def only_lists(person: Candidate) -> Candidate:
    """Leave only the custom fields that are lists."""
    fields = for_xml(person).custom_fields
    lists = {key: one for key, one in fields.items() if isinstance(one, list)}
    return replace(person, custom_fields=lists)


def for_numbers(person: Candidate) -> Candidate | None:
    """Leave out every text that a converter makes another number of, such as `007` and `1.50`."""
    if _changes(person.remote_id):
        return None
    person = for_xml(person)
    return replace(
        person,
        custom_fields={key: one for key, one in person.custom_fields.items() if not _changes(one)},
        address=person.address
        and replace(
            person.address,
            zip_code=None if _changes(person.address.zip_code) else person.address.zip_code,
        ),
        phones=tuple(phone for phone in person.phones if not _changes(phone.number)),
        openings=tuple(one for one in person.openings if not _changes(one.remote_id)),
    )


def _changes(text: object) -> bool:
    """Whether a text is no longer the same once it was a number of JavaScript's."""
    if not isinstance(text, str):
        return False
    try:
        number = float(text)
    except ValueError:
        return False
    return text != (str(int(number)) if number.is_integer() else str(number))


def _append(parent: ET.Element, name: str, value: object) -> None:
    if isinstance(value, list):
        for item in value:
            _append(parent, name, item)
    elif isinstance(value, dict):
        element = ET.SubElement(parent, name)
        for key, item in value.items():
            _append(element, key, item)
    elif value is not None:
        ET.SubElement(parent, name).text = str(value)


def _json_of(write: Callable[[Candidate], Mapping[str, t.Any]]) -> Callable[..., str]:
    return lambda people: json.dumps([write(person) for person in people], ensure_ascii=False)


def _xml(name: str, *command: str, **more: t.Any) -> Maker:
    return Maker(name, command, **{"narrow": for_xml, "write": xml_of, **more})


def _php(name: str, way: str) -> Maker:
    return Maker(name, (*PHP, way), lambda person: person, _json_of(hrxml))


_NUMBERS: t.Final[dict[str, t.Any]] = {
    "narrow": for_numbers,
    "lost": "what looks like a number: zeros before and behind it, ids above 2^53",
}
MAKERS: t.Final = (
    _xml(
        "PHP: `json_encode` of SimpleXML", *PHP, "simplexml",
        lost="text in CDATA: null, and counted", loses=without_firms,
    ),
    _xml("PHP: the same with `LIBXML_NOCDATA`", *PHP, "simplexml-nocdata"),
    _xml("PHP: SimpleXML cast to an array", *PHP, "simplexml-array"),
    _xml("PHP: SimpleXML with `JSON_FORCE_OBJECT`", *PHP, "force-object"),
    _xml("PHP: Symfony `XmlEncoder`", *PHP, "symfony-xml"),
    _php("PHP: `json_encode` of `DateTimeImmutable`", "datetime"),
    _php("PHP: Carbon", "carbon"),
    _php("PHP: Symfony `DateTimeNormalizer`", "symfony-dates"),
    _php("PHP: lists after `array_filter`", "array-filter"),
    Maker("PHP: rows of PDO", (*PHP, "pdo"), for_table, _json_of(flat), "flat"),
    _xml(
        "npm: xml2js", *NODE, "xml2js",
        lost="which custom field is a list: each is", narrow=only_lists,
    ),
    _xml("npm: xml2js without arrays", *NODE, "xml2js-flat"),
    _xml("npm: fast-xml-parser", *NODE, "fast-xml-parser", **_NUMBERS),
    _xml("npm: fast-xml-parser, `parseTagValue: false`", *NODE, "fast-xml-parser-text"),
    _xml("npm: xml-js, compact", *NODE, "xml-js"),
    _xml("PyPI: xmltodict", *PYTHON, "xmltodict"),
    _xml("PyPI: xmljson, BadgerFish", *PYTHON, "badgerfish", **_NUMBERS),
    _xml("PyPI: xmljson, Parker", *PYTHON, "parker", **_NUMBERS),
    _xml("PyPI: xmljson, GData", *PYTHON, "gdata", **_NUMBERS),
)  # fmt: skip
FRAMEWORKS: t.Final[Mapping[str, str]] = {
    "paginate": "Laravel `paginate`",
    "simplePaginate": "Laravel `simplePaginate`",
    "cursorPaginate": "Laravel `cursorPaginate`",
    "resources": "Laravel resources",
    "plain": "a bare list",
}
"""Ways of `serve.php` to page."""
OTHERS: t.Final[Mapping[str, str]] = {
    "drf-pages": "Django REST framework, `PageNumberPagination`",
    "drf-offsets": "Django REST framework, `LimitOffsetPagination`",
    "drf-cursors": "Django REST framework, `CursorPagination`",
    "fastapi-pages": "fastapi-pagination, `Page`",
    "fastapi-offsets": "fastapi-pagination, `LimitOffsetPage`",
    "fastapi-links": "fastapi-pagination, `links.Page`",
    "fastapi-cursors": "fastapi-pagination, `CursorPage`",
    "flask-smorest": "flask-smorest and marshmallow, `Blueprint.paginate`",
    "express-jsonapi": "Express and jsonapi-serializer",
    "express-paginate": "Express and express-paginate",
    "express-feathers": "Feathers, its service in memory",
}
"""Ways of the servers in other languages, named as the first word says."""
SERVERS: t.Final[Mapping[str, Sequence[str]]] = {
    "drf": (PYTHON[0], str(HERE / "serve_django.py")),
    "fastapi": (PYTHON[0], str(HERE / "serve_fastapi.py")),
    "flask": (PYTHON[0], str(HERE / "serve_flask.py")),
    "express": ("node", str(HERE / "serve.mjs")),
}
"""First word of a way to the command that serves so, but for the port."""
