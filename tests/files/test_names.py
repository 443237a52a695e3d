"""Names that strangers chose become names that every file system takes."""

from __future__ import annotations

import typing as t
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_compleetpersy.files.index import extension_of
from tap_compleetpersy.files.store import safe_name

HOSTILE: t.Final = {
    "Lebenslauf.pdf": "Lebenslauf.pdf",
    "../../etc/passwd": "_.._etc_passwd",
    "/etc/passwd": "_etc_passwd",
    "..\\..\\boot.ini": "_.._boot.ini",
    "C:\\Windows\\x.exe": "C__Windows_x.exe",
    "\\\\server\\share": "__server_share",
    "..": "attachment",
    ".": "attachment",
    "": "attachment",
    "   ": "attachment",
    ".htaccess": "htaccess",
    "~/.ssh/id_rsa": "~_.ssh_id_rsa",
    "CON": "_CON",
    "con.pdf": "_con.pdf",
    "NUL .txt": "_NUL.txt",
    "LPT1.tar.gz": "_LPT1.tar.gz",
    "COM¹": "_COM¹",
    "aux": "_aux",
    "a\x00b.pdf": "ab.pdf",
    "a\nb\r.pdf": "ab.pdf",
    "gpj.\u202efdp.exe": "gpj.fdp.exe",
    "a\u200b.pdf": "a.pdf",
    "Mu\u0308ller.pdf": "Müller.pdf",
    "👩‍💻 CV.pdf": "👩💻 CV.pdf",
    "\ud800.pdf": "pdf",
    "x.pdf.": "x.pdf",
    "x.pdf ": "x.pdf",
    'a<b>c:"d|e?f*.pdf': "a_b_c__d_e_f_.pdf",
    "file:///etc/passwd": "file____etc_passwd",
    "%2e%2e%2fx": "%2e%2e%2fx",
}


@pytest.mark.parametrize(("name", "expected"), HOSTILE.items(), ids=map(repr, HOSTILE))
def test_hostile_names(name: str, expected: str) -> None:
    assert safe_name(name) == expected


def test_no_name_is_a_name() -> None:
    assert safe_name(None) == "attachment"


def test_a_long_name_keeps_its_extension() -> None:
    name = safe_name("ü" * 300 + ".pdf")
    assert len(name.encode()) <= 150
    assert name.endswith("ü.pdf")


def test_the_same_name_twice() -> None:
    taken = {"cv.pdf"}
    assert safe_name("CV.pdf", taken) == "CV (2).pdf"
    taken.add("cv (2).pdf")
    assert safe_name("cv.PDF", taken) == "cv (3).PDF"


@given(st.text(st.characters(codec=None)), st.lists(st.text(), max_size=3))
def test_whatever_the_name_it_is_one_file_in_the_folder(name: str, taken: list[str]) -> None:
    others = {safe_name(other).casefold() for other in taken}
    safe = safe_name(name, others)
    assert safe.casefold() not in others
    assert 0 < len(safe.encode()) <= 150
    assert PurePosixPath(safe).parts == (safe,)
    assert PureWindowsPath(safe).parts == (safe,)
    assert not safe.startswith(".")
    assert safe == safe.strip(" .")
    assert unicodedata.normalize("NFC", safe) == safe
    assert all(unicodedata.category(char)[0] != "C" for char in safe)


@pytest.mark.parametrize(
    ("name", "content_type", "extension"),
    [
        ("CV.PDF", None, ".pdf"),
        ("CV", "application/pdf", ".pdf"),
        ("CV", "application/pdf; charset=x", ".pdf"),
        ("CV.pdf/../../x", "image/png", ".png"),
        ("CV.exe;x", None, ""),
        (None, None, ""),
        ("x.superlongextension", "text/plain", ".txt"),
        ("x.p\u0000df", "a/b", ""),
    ],
)
def test_extensions(name: str | None, content_type: str | None, extension: str) -> None:
    assert extension_of(name, content_type) == extension
