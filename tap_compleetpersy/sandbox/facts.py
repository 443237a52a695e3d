"""What the local Persy knows about its people, in no particular wire format.

Facts are the truth that tests compare with. They are written to JSON by
:mod:`tap_compleetpersy.sandbox.shapes`.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

Moment = t.Annotated[datetime, msgspec.Meta(tz=True)]
Use = t.Literal["personal", "business"]
PhoneKind = t.Literal["phone", "mobile", "fax"]

BERLIN = ZoneInfo("Europe/Berlin")


def is_first_pass(local: datetime) -> bool:
    """Whether Berlin's clock will show this time again in October; PHP takes it for the second."""
    return local.utcoffset() != local.replace(fold=1).utcoffset()


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number as somebody typed it."""

    number: str
    kind: PhoneKind = "phone"
    use: Use | None = "personal"


@dataclass(frozen=True, slots=True)
class Email:
    """A mail address as somebody typed it: a few are invalid."""

    address: str
    use: Use | None = "personal"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; the country is a code or a German or English name."""

    country: str | None = None
    zip_code: str | None = None
    state: str | None = None
    city: str | None = None
    street: str | None = None
    building_number: str | None = None
    second_line: str | None = None


@dataclass(frozen=True, slots=True)
class Employment:
    """A position at an employer, the present one or a former one."""

    company: str | None
    title: str | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """A position opening that a candidate applied for.

    Persy has no jobs endpoint, so each candidate carries the title (``docs/wire.md``).
    """

    remote_id: str | None
    title: str | None = None
    status: str | None = None
    applied_at: Moment | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document of a candidate; its content is generated unless it is given."""

    remote_id: str
    file_name: str
    type: str
    content_type: str
    created_at: Moment
    opening_id: str | None = None
    updated_at: Moment | None = None
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """What a recruiter wrote about a candidate."""

    remote_id: str
    text: str
    author: str
    created_at: Moment
    updated_at: Moment


@dataclass(frozen=True, slots=True)
class Recruiter:
    """Somebody who works with Persy."""

    remote_id: str
    first_name: str
    last_name: str
    email: str
    role: str
    updated_at: Moment


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fictional person. Times are aware, in UTC, without fractions of seconds."""

    remote_id: str
    created_at: Moment
    updated_at: Moment
    first_name: str | None = None
    last_name: str | None = None
    status: str | None = None
    confidential: bool | None = None
    source: str | None = None
    phones: tuple[Phone, ...] = ()
    emails: tuple[Email, ...] = ()
    address: Address | None = None
    employments: tuple[Employment, ...] = ()
    openings: tuple[Opening, ...] = ()
    custom_fields: Mapping[str, t.Any] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
