"""A list of candidates as Django REST framework pages it: `serve.php` for Python.

The environment says which records (`WIRE_RECORDS`) and which paginator (`WIRE_FRAMEWORK`); the
argument is the port.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import typing as t
from pathlib import Path
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.urls import path
from django.utils.dateparse import parse_datetime

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of-no-use",  # noqa: S106 - nothing is signed with it
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": Path(tempfile.mkdtemp()) / "people.sqlite",
        }
    },
    REST_FRAMEWORK={"UNAUTHENTICATED_USER": None},
)
django.setup()

from rest_framework import exceptions, pagination, views  # noqa: E402 - wants settings


class Person(models.Model):  # noqa: DJ008 - nobody prints it
    """A record as JSON text."""

    number = models.IntegerField(primary_key=True)
    updated = models.FloatField()
    record = models.TextField()

    class Meta:
        app_label = "wire"


class Pages(pagination.PageNumberPagination):
    page_size, page_size_query_param, max_page_size = 10, "page_size", 100


class Offsets(pagination.LimitOffsetPagination):
    default_limit, max_limit = 10, 100


class Cursors(pagination.CursorPagination):
    page_size, page_size_query_param, max_page_size, ordering = 10, "page_size", 100, "number"


PAGINATORS: dict[str, type[t.Any]] = {
    "drf-pages": Pages,
    "drf-offsets": Offsets,
    "drf-cursors": Cursors,
}


class Candidates(views.APIView):
    """The list."""

    def get(self, request: t.Any) -> t.Any:
        """Return a page."""
        if request.headers.get("Authorization") != "Bearer wire-key":
            raise exceptions.AuthenticationFailed
        people = Person.objects.order_by("number")
        if text := request.query_params.get("modified_since"):
            people = people.filter(updated__gte=parse_datetime(text).timestamp())
        paginator = PAGINATORS[os.environ["WIRE_FRAMEWORK"]]()
        page = paginator.paginate_queryset(people, request, self)
        return paginator.get_paginated_response([json.loads(one.record) for one in page])


urlpatterns = [path("persy/api/v1/candidates", Candidates.as_view())]

if __name__ == "__main__":
    with connection.schema_editor() as editor:
        editor.create_model(Person)
    records = json.loads(Path(os.environ["WIRE_RECORDS"]).read_text(encoding="utf-8"))
    Person.objects.bulk_create(
        Person(number=number, updated=updated, record=record)
        for number, (updated, record, _) in enumerate(records)
    )
    make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application()).serve_forever()
