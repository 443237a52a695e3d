"""A list of candidates as flask-smorest, with marshmallow, pages it: see `serve_django`."""

from __future__ import annotations

import json
import os
import sys
import typing as t
from pathlib import Path

from flask import Flask, abort, request
from flask_smorest import Api, Blueprint, Page
from marshmallow import INCLUDE, Schema, fields, post_dump

RECORDS: list[tuple[float, str, str]] = json.loads(
    Path(os.environ["WIRE_RECORDS"]).read_text(encoding="utf-8")
)


class Filter(Schema):
    """What may be asked for."""

    modified_since = fields.AwareDateTime()

    class Meta:
        unknown = INCLUDE


class Candidate(Schema):
    """A record as it was made."""

    record = fields.Raw()

    @post_dump
    def bare(self, dumped: dict[str, t.Any], **_: t.Any) -> t.Any:
        """Return the record alone."""
        return dumped["record"]


class Cut(Page):
    """Pages of a list."""

    @property
    def item_count(self) -> int:
        """Count all."""
        return len(self.collection)


app = Flask(__name__)
app.config |= {"API_TITLE": "Candidates", "API_VERSION": "1", "OPENAPI_VERSION": "3.0.2"}
t.cast("t.Any", app.json).sort_keys = False  # else the order of somebody's numbers is lost
blueprint = Blueprint("candidates", __name__, url_prefix="/persy/api/v1")


@blueprint.route("/candidates")
@blueprint.arguments(Filter, location="query")
@blueprint.response(200, Candidate(many=True))
@blueprint.paginate(Cut, page_size=10, max_page_size=100)
def candidates(asked: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """Return everybody; the decorator cuts the page."""
    if request.headers.get("Authorization") != "Bearer wire-key":
        abort(401)
    since = asked["modified_since"].timestamp() if "modified_since" in asked else 0
    return [{"record": json.loads(text)} for updated, text, _ in RECORDS if updated >= since]


if __name__ == "__main__":
    Api(app).register_blueprint(blueprint)
    app.run(port=int(sys.argv[1]))
