from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tap_compleetpersy.sandbox.options import Options
from tap_compleetpersy.sandbox.server import running
from tap_compleetpersy.sandbox.state import Sandbox
from tests.attachments.tenant import Tenant

Start = Callable[..., Tenant]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a local Persy whose people have the attachments that a test gives them."""
    with ExitStack() as stack:

        def begin(candidates: int = 3, **options: t.Any) -> Tenant:
            persy: Sandbox = stack.enter_context(
                running(Options(candidates=candidates, seed=5, **options))
            )
            for candidate in persy.store.candidates():
                persy.store.edit(
                    candidate.remote_id, attachments=(), updated_at=candidate.updated_at
                )
            return Tenant(persy, tmp_path)

        yield begin


@pytest.fixture
def tenant(start: Start) -> Tenant:
    """Three people, the first of whom has a CV and a cover letter, the second a photo."""
    tenant = start()
    tenant.give("1001", "9", file_name="Lebenslauf.pdf", type="CV", content=b"%PDF-1")
    tenant.give("1001", "10", file_name="Anschreiben.pdf", type="Dokument", content=b"%PDF-1.7-L")
    tenant.give("1002", "11", file_name="Foto.jpg", type="Bild", content=b"\xff\xd8\xff photo")
    return tenant
