from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proof.habits import Habits
from tests.proof.in_process import discover, in_process
from tests.proof.project import Project
from tests.proof.remote import Add
from tests.proof.serving import Tenant, serving
from tests.proof.world import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for all worlds of a module."""
    tenant = Tenant()
    Add().happen(tenant.remote)
    with in_process(), serving(tenant) as url:
        yield Server(url, tenant, discover(Project().settings(url, Habits(), 24)))
