"""A list of candidates as fastapi-pagination pages it: see `serve_django`."""

from __future__ import annotations

import json
import os
import sys
import typing as t
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi_pagination import LimitOffsetPage, Page, add_pagination, paginate
from fastapi_pagination.cursor import CursorPage
from fastapi_pagination.ext.sqlalchemy import paginate as paginate_query
from fastapi_pagination.links import Page as LinkedPage
from sqlalchemy import StaticPool, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

RECORDS: list[tuple[float, str, str]] = json.loads(
    Path(os.environ["WIRE_RECORDS"]).read_text(encoding="utf-8")
)
ENGINE = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)


class Base(DeclarativeBase):
    """Of tables."""


class Person(Base):
    """A record as JSON text: cursors are keys of a query."""

    __tablename__ = "people"
    number: Mapped[int] = mapped_column(primary_key=True)
    updated: Mapped[float]
    record: Mapped[str]


def listed(since: float) -> t.Any:
    """Page a list in memory."""
    return paginate([json.loads(text) for updated, text, _ in RECORDS if updated >= since])


def queried(since: float) -> t.Any:
    """Page a query."""

    def read(people: Sequence[Person]) -> Sequence[t.Any]:
        return [json.loads(one.record) for one in people]

    query = select(Person).where(Person.updated >= since).order_by(Person.number)
    with Session(ENGINE) as session:
        return paginate_query(session, query, transformer=read)


WAYS: dict[str, tuple[t.Any, Callable[[float], t.Any]]] = {
    "fastapi-pages": (Page[t.Any], listed),
    "fastapi-offsets": (LimitOffsetPage[t.Any], listed),
    "fastapi-links": (LinkedPage[t.Any], listed),
    "fastapi-cursors": (CursorPage[t.Any], queried),
}
MODEL, READ = WAYS[os.environ["WIRE_FRAMEWORK"]]
app = FastAPI()


@app.get("/persy/api/v1/candidates", response_model=MODEL)
def candidates(request: Request, modified_since: datetime | None = None) -> t.Any:
    """Return a page."""
    if request.headers.get("Authorization") != "Bearer wire-key":
        raise HTTPException(401)
    return READ(modified_since.timestamp() if modified_since else 0)


add_pagination(app)

if __name__ == "__main__":
    Base.metadata.create_all(ENGINE)
    with Session(ENGINE) as session:
        session.add_all(
            Person(number=number, updated=updated, record=text)
            for number, (updated, text, _) in enumerate(RECORDS)
        )
        session.commit()
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning")
