"""A small API of lists, each as a test wants it, that pages, filters and remembers."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable
from dataclasses import dataclass, field

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Record = dict[str, t.Any]
Answering = Callable[[Request], Response | None]


@dataclass
class Api:
    """The lists by path.

    Attributes:
        server: Where they are.
        lists: The records of each path; another path answers 404.
        asked: Path and query parameters of each request, in order.
        before_answer: May answer in place of the list.
    """

    server: HTTPServer
    lists: dict[str, list[t.Any]] = field(default_factory=lambda: {"/candidates": []})
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    before_answer: Answering = lambda _request: None

    def answer(self, request: Request) -> Response:
        """Return a page of a list."""
        self.asked.append((request.path, request.args.to_dict()))
        answered = self.before_answer(request)
        if answered is not None:
            return answered
        if request.path not in self.lists:
            return Response(status=404)
        size, page = (int(request.args.get(name, 1)) for name in ("per_page", "page"))
        records = self.lists[request.path][(page - 1) * size : page * size]
        return Response(json.dumps({"data": records}), content_type="application/json")

    def requests(self, path: str) -> list[dict[str, str]]:
        """Return the query parameters of the requests for a path."""
        return [params for asked, params in self.asked if asked == path]

    def config(self, *definitions: Record, **settings: t.Any) -> Record:
        """Return settings that talk to this API."""
        return {
            "api_url": self.server.url_for(""),
            "api_key": "k",
            "extra_streams": list(definitions),
            "max_retries": 0,
            **settings,
        }
