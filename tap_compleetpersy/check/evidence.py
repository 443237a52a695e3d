"""What was asked and what came, and what is said about it: values only."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from tap_compleetpersy.errors import ApiError
from tap_compleetpersy.model.times import Instant
from tap_compleetpersy.settings import Settings

Sureness = t.Literal["sure", "perhaps"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, after redirects, and the seconds that it took; or an error, if there is none."""

    status: int | None
    error: ApiError | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    document: object = field(default=None, repr=False)
    path: str = ""
    seconds: float = 0

    @property
    def what(self) -> str:
        """The outcome in a few words, without any content."""
        return self.error.what if self.error else f"status {self.status}"


@dataclass(frozen=True, slots=True)
class Listing:
    """A reply to a request for candidates, reduced to what can be compared.

    A mark tells a record from others: its id, else its content. Id and update time are None where
    the model finds none. The total is what the server says the whole list has.

    Attributes:
        page_size: How many records were asked for at most: so many may have another page.
        bound: The updated time since or until which, if there was one.
        is_exact: Whether the text that was sent says the bound to the second.
    """

    reply: Reply
    records: tuple[object, ...] = field(default=(), repr=False)
    marks: tuple[str, ...] = field(default=(), repr=False)
    ids: tuple[str | None, ...] = field(default=(), repr=False)
    times: tuple[Instant | None, ...] = field(default=(), repr=False)
    total: int | None = None
    page_size: int = 0
    bound: Instant = 0
    is_exact: bool = True

    def __len__(self) -> int:
        """Count the records."""
        return len(self.marks)

    @property
    def known_times(self) -> list[Instant]:
        """Update times, where the model finds one."""
        return [time for time in self.times if time is not None]

    @property
    def is_usable(self) -> bool:
        """Whether records could be looked for at all; one that is not has none."""
        return self.reply.error is None

    @property
    def is_whole(self) -> bool:
        """Whether the server says that these are all."""
        return self.total is not None and self.total <= len(self)


NOT_ASKED: t.Final = Listing(Reply(None, ApiError("not asked", "")))
"""In place of a list that was not asked for, or not found."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to get at the list; in words how the key was sent, if it was in several places."""

    auth_method: str
    path: str
    with_paging: bool
    reply: Reply


@dataclass(frozen=True, slots=True)
class Examination:
    """Counts of what the model makes of the records of one listing.

    Attributes:
        records: How many records there are.
        readable: How many are candidates with an id.
        distinct: How many different ids these have.
        fed: Model field to path to the number of records that it fed.
        forms: Form of a time, such as ``yyyy-mm-dd hh:mm:ss``, to how often it occurs.
        misread: The same for what stands where a time should, and is none.
        doubts: Kind of a value that was not understood to how often.
        applications: How many openings the records have.
        unknown: How many of these have a status that says nothing about the outcome.
        unknown_statuses: How many different statuses that are.
        statuses: Those of them that look like words of the system, to how often each occurs.
        custom: Names of custom fields.
        unclaimed: Dotted names of keys that no path leads to.
        hidden: How many further names are not shown, since they may be data.
    """

    records: int = 0
    readable: int = 0
    distinct: int = 0
    fed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    forms: Mapping[str, int] = field(default_factory=dict)
    misread: Mapping[str, int] = field(default_factory=dict)
    doubts: Mapping[str, int] = field(default_factory=dict)
    applications: int = 0
    unknown: int = 0
    unknown_statuses: int = 0
    statuses: Mapping[str, int] = field(default_factory=dict)
    custom: tuple[str, ...] = ()
    unclaimed: tuple[str, ...] = ()
    hidden: int = 0


class Guess(t.NamedTuple):
    """What a field of the model may be read from: as `field_paths` names it, or `custom_fields`.

    Several dotted paths are all taken if sure, else rivals.
    """

    field: str
    paths: tuple[str, ...]
    sureness: Sureness = "sure"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything seen so far; each step answers another one.

    Attributes:
        given: The settings to check.
        settings: The same, with what was found to fit better: a judge suggests where
            the two differ.
        attempts: All tries to get at the list.
        first: The first page.
        examination: What the model makes of it.
        guesses: What fields that no known path feeds may be read from.
        size: How many records the smaller pages below were asked for.
        start: The list with a page size and no page: its beginning.
        second: The second page, as the settings given say it.
        sized: Whether the page size is honoured; None: cannot tell.
        moved: Whether the settings given lead to another page; None: cannot tell.
        tried: Further ways of paging, by name.
        since: Names that were tried for the lower bound.
        middle: Asked since an update time in the middle of those seen.
        lower: The same, or with another `date_format` or name, where that was needed and works.
        newest: Asked since the newest.
        until: Asked until the middle.
        past_end: Of a page behind the last.
        attachments: Of one candidate.
        requests: How many were sent.
        exhausted: Whether a step wanted one more request than there are.
    """

    given: Settings
    settings: Settings
    attempts: tuple[Attempt, ...] = ()
    first: Listing = NOT_ASKED
    examination: Examination = field(default_factory=Examination)
    guesses: tuple[Guess, ...] = ()
    size: int = 0
    start: Listing = NOT_ASKED
    second: Listing = NOT_ASKED
    sized: bool | None = None
    moved: bool | None = None
    tried: tuple[str, ...] = ()
    since: tuple[str, ...] = ()
    middle: Listing = NOT_ASKED
    lower: Listing = NOT_ASKED
    newest: Listing = NOT_ASKED
    until: Listing = NOT_ASKED
    past_end: Reply | None = None
    attachments: Reply | None = None
    requests: int = 0
    exhausted: bool = False

    @property
    def has_list(self) -> bool:
        """Whether a list of candidates answered."""
        return self.first is not NOT_ASKED

    def fit(self, **changes: t.Any) -> Evidence:  # noqa: ANN401 - any settings
        """Return the evidence with settings that fit better."""
        return replace(self, settings=replace(self.settings, **changes))

    def differs(self, *names: str) -> bool:
        """Whether another value of one of these settings was found."""
        return any(getattr(self.given, name) != getattr(self.settings, name) for name in names)

    @property
    def changes(self) -> dict[str, t.Any]:
        """The settings that differ from those given."""
        names = [each.name for each in fields(Settings) if self.differs(each.name)]
        return {name: getattr(self.settings, name) for name in names}

    def found(self, name: str) -> t.Any:  # noqa: ANN401 - any setting
        """Return the value found for a setting, or None when it stays as given."""
        return getattr(self.settings, name) if self.differs(name) else None


Verdict = t.Literal["holds", "fails", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One assumption, and what the server's answers say about it.

    The evidence is statuses, counts, forms, and names of keys and headers. The setting says
    otherwise, if the verdict calls for a change: with the value, as JSON, or None when nobody can
    know it. Data is lost if records would not arrive, or not completely, were it left as it is.
    """

    assumption: str
    verdict: Verdict
    evidence: str
    setting: str | None = None
    value: t.Any = None
    loses_data: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """Collects the findings about one assumption: its name is mostly that of a setting."""

    name: str
    evidence: Evidence
    findings: list[Finding]

    def about(self, name: str) -> Say:
        """Return what says something about another assumption, behind this one."""
        return replace(self, name=name)

    def __call__(
        self,
        verdict: Verdict,
        told: str,
        setting: str | None = None,
        value: object = None,
        *,
        loses_data: bool = False,
    ) -> None:
        """Say whether the assumption holds, and by which setting it would."""
        self.findings.append(Finding(self.name, verdict, told, setting, value, loses_data))

    def unfit(self, told: str, *, loses_data: bool = True) -> None:
        """Say that the setting of that name does not fit, and which value was found to."""
        value = self.evidence.found(self.name)
        self("fails", told, self.name, value, loses_data=loses_data)
