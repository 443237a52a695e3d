"""Records as packages of PyPI make them from XML: see `makers`."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET

import xmljson
import xmltodict


def records(way: str, xml: str) -> object:
    """Return the candidates of an XML document."""
    if way == "xmltodict":
        return xmltodict.parse(xml)["Candidates"]["Candidate"]
    convention = getattr(xmljson, way)
    made = convention.data(ET.fromstring(xml))  # noqa: S314 - we wrote it
    return made.get("Candidates", made)["Candidate"]


if __name__ == "__main__":
    json.dump(records(sys.argv[1], sys.stdin.read()), sys.stdout, ensure_ascii=False)
