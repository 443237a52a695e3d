from __future__ import annotations

import copy
import typing as t
from collections.abc import Iterator

import pytest
from hypothesis import strategies as st

from tap_compleetpersy.model.candidate import Rules, compile_reader
from tests.compiling import compiled_once
from tests.documented import DEFAULT, VALUES

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from tap_compleetpersy.model.candidate import Candidate

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
KEYS = st.sampled_from(
    (
        "CandidateRecordInfo", "Id", "IdValue", "hr:Id", "id", "Status", "CandidateProfile",
        "PersonalData", "personaldata", "PersonName", "GivenName", "ContactMethod", "Use",
        "Telephone", "Mobile", "FormattedNumber", "InternetEmailAddress", "Email", "PostalAddress",
        "AddressLine", "DeliveryAddress", "Municipality", "Ort", "Land", "EmploymentHistory",
        "EmployerOrg", "PositionHistory", "CurrentEmployer", "PositionOpening", "Stellen",
        "ApplicationDate", "LastModificationDate", "UserArea", "CustomFields", "Field", "Key",
        "Label", "Value", "@attributes", "@name", "#text", "$", "0", "", "Confidential",
    )
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=25,
)


@pytest.fixture
def default_record() -> dict[str, t.Any]:
    return copy.deepcopy(DEFAULT)


@pytest.fixture
def default_values() -> dict[str, t.Any]:
    return copy.deepcopy(VALUES)


COMPILING = (
    "compile_integration_fields", "compile_opening_data", "compile_provenance", "compile_reader",
    "compile_remote_data", "compile_strip",
)  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def _compiled_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Most tests of a file read by the same rules."""
    with compiled_once(
        request.module, *(name for name in COMPILING if name in vars(request.module))
    ):
        yield


@pytest.fixture(scope="session")
def read() -> Callable[[object], Candidate]:
    return compile_reader(Rules())


@pytest.fixture(scope="session")
def any_json() -> st.SearchStrategy[t.Any]:
    """JSON of any shape, with the names of the wire among its keys."""
    return JSON
