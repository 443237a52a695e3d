"""An API for each test, and runs of the tap against it."""

from __future__ import annotations

import re

import pytest
from pytest_httpserver import HTTPServer

from tests.extra.lists import Api


@pytest.fixture
def api(httpserver: HTTPServer) -> Api:
    """An API without candidates, and without any other list."""
    api = Api(httpserver)
    httpserver.expect_request(re.compile("/.*")).respond_with_handler(api.answer)
    return api
