"""The pages of an endpoint: of one list, or of one list for each candidate."""

from __future__ import annotations

import contextlib
import itertools
import typing as t
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from tap_compleetpersy.api.client import Client
from tap_compleetpersy.api.errors import ApiError
from tap_compleetpersy.api.pages import CircleGuard, Page, read_pages
from tap_compleetpersy.api.paginators import paginator_of
from tap_compleetpersy.api.prefetch import read_ahead
from tap_compleetpersy.api.retry import Allowance
from tap_compleetpersy.api.urls import shown
from tap_compleetpersy.model.candidate import ReadCandidate, UnreadableRecord
from tap_compleetpersy.model.ids import compile_ids
from tap_compleetpersy.settings.extra_streams import CANDIDATE_ID, stays_below
from tap_compleetpersy.sync.plan import cutoff_of
from tap_compleetpersy.sync.reading import compile_read, is_within, require_times, rules_of

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.candidate import Candidate, ReadCandidate
    from tap_compleetpersy.model.times import Instant
    from tap_compleetpersy.settings import ExtraStream, Settings
    from tap_compleetpersy.sync.people import Keeps
    from tap_compleetpersy.sync.plan import Bounds
    from tap_compleetpersy.sync.report import ExtraReport

_ABSENT = frozenset({404, 410})
_REFUSED = 403
_SAMPLED_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a page is emitted.

    Attributes:
        bounds: Of the positions.
        candidate_id: `id` of the candidate whose records they are; None: of nobody.
    """

    bounds: Bounds
    candidate_id: str | None = None


ScopedPage = tuple[Page, Scope]


class Endpoint:
    """Reads what an extra stream is made of, once; :meth:`close` ends it from any thread."""

    def __init__(
        self,
        settings: Settings,
        extra: ExtraStream,
        report: ExtraReport,
        *,
        now: Instant,
        keeps: Keeps | None = None,
    ) -> None:
        """Prepare, without any request.

        Args:
            settings: The tap's.
            extra: The definition.
            report: Gets who was asked for and what was not there.
            now: Start of the run: the cutoff of the candidates counts from it.
            keeps: Whether the filter of candidates keeps one; None: it keeps everybody.
        """
        own = settings.of_extra_stream(extra)
        self._settings = settings
        self._extra = extra
        self._report = report
        self._now = now
        self._keeps = keeps
        self._own = own
        # The path of a child holds the id of a person: no log shows it.
        self._label = shown(f"{urlsplit(self._own.api_url).path}{extra.path}")
        most = max(own.max_retries, settings.max_retries)
        allowance = Allowance(most, settings.requests_per_second)
        self._client = Client(own, allowance=allowance, label=self._label)
        self._list = Client(settings, allowance=allowance)
        self._refusal: ApiError | None = None

    def close(self) -> None:
        """End waits, the request in flight and the connections, for good."""
        self._client.close()
        self._list.close()

    def pages(self, bounds: Bounds, prefetch: int) -> Generator[ScopedPage]:
        """Read everything within bounds, and close the endpoint.

        Args:
            bounds: Sent as filters where the server has them.
            prefetch: Pages read ahead by a thread.

        Yields:
            The pages, in the order of the server.

        Raises:
            ApiError: When something cannot be read.
        """
        if bounds.is_empty:
            walk: Iterator[ScopedPage] = iter(())
        elif self._extra.is_child:
            walk = self._children(bounds)
        else:
            walk = ((page, Scope(bounds)) for page in self._read(self._extra.path, bounds))
        try:
            yield from read_ahead(walk, prefetch, self.close) if prefetch else walk
        finally:
            self.close()

    def first_pages(self, bounds: Bounds) -> Iterator[Page]:
        """Read for a sample: the list from its start, or the first page of each candidate.

        Raises:
            ApiError: When something cannot be read.
        """
        if not self._extra.is_child:
            yield from self._read(self._extra.path, bounds)
            return
        for candidate in itertools.islice(self._candidates(set()), _SAMPLED_CANDIDATES):
            if (path := self._path_of(candidate)) is not None:
                with contextlib.closing(self._of_candidate(path, bounds)) as pages:
                    yield from itertools.islice(pages, 1)
        self._require_an_answer()

    def _children(self, bounds: Bounds) -> Iterator[ScopedPage]:
        name = compile_ids(self._settings.account or "", "candidates")
        asked: set[str] = set()
        # An edit or a deletion behind the reader shifts a numbered list, and hides somebody. What
        # is new of whom a run has missed, the next would take for old: so look twice.
        can_shift = paginator_of(self._settings).is_numbered
        has_memory = self._extra.replication_key is not None
        for _ in range(2 if can_shift and has_memory else 1):
            for candidate in self._candidates(asked):
                path = self._path_of(candidate)
                if path is not None:
                    own = bounds.of_candidate(candidate.updated_at)
                    candidate_id = name(candidate.remote_id)
                    for page in self._of_candidate(path, own):
                        yield page, Scope(own, candidate_id)
        self._require_an_answer()

    def _candidates(self, asked: set[str]) -> Iterator[Candidate]:
        """Yield the candidates within the cutoff whom the filter keeps, each once."""
        read = compile_read(rules_of(self._settings))
        cutoff = cutoff_of(self._settings, self._now)
        is_again = bool(asked)
        guard = CircleGuard(self._settings)
        for page in read_pages(self._list, self._settings, since=_moment(cutoff)):
            found: list[ReadCandidate] = []
            for record in page.records:
                try:
                    found.append(read(record))
                except UnreadableRecord:
                    self._report.unasked += not is_again
            if page.number == 1:
                require_times([seen.candidate.updated_at for seen in found], cutoff)
            guard.count(seen.candidate.remote_id for seen in found)
            for seen in found:
                candidate = seen.candidate
                is_new = candidate.remote_id not in asked
                is_due = is_new and is_within(candidate.updated_at, cutoff)
                if is_due and (self._keeps is None or self._keeps(seen)):
                    asked.add(candidate.remote_id)
                    yield candidate

    def _path_of(self, candidate: Candidate) -> str | None:
        """Fill the path in; None for an id that would lead elsewhere."""
        path = self._extra.path.replace(CANDIDATE_ID, quote(candidate.remote_id, safe=""))
        if stays_below(path):
            return path
        self._report.unasked += 1
        return None

    def _of_candidate(self, path: str, bounds: Bounds) -> Generator[Page]:
        """Read what there is of one candidate; a path that is not there has nothing.

        One that is refused is counted: everything else is read, and the position stays.
        """
        self._report.asked += 1
        is_first = True
        try:
            for page in self._read(path, bounds):
                is_first = False
                yield page
        except ApiError as error:
            if is_first and error.status in _ABSENT:
                self._report.absent += 1
            elif is_first and error.status == _REFUSED:
                self._report.refused += 1
                self._refusal = error
            else:
                raise

    def _require_an_answer(self) -> None:
        """Raise what kept everybody's records from being read.

        Raises:
            ApiError: The last refusal.
        """
        answered = self._report.asked - self._report.absent - self._report.refused
        if self._refusal is not None and not answered:
            raise self._refusal

    def _read(self, path: str, bounds: Bounds) -> Iterator[Page]:
        params = dict(self._extra.params)
        since, until = bounds.since, bounds.until
        if bounds.kind == "integer":
            if since is not None and self._own.modified_since_param:
                params[self._own.modified_since_param] = str(since)
            since = until = None
        try:
            pages = read_pages(
                self._client,
                self._own,
                since=_moment(since),
                until=_moment(until),
                path=path,
                params=params,
            )
            yield from map(CircleGuard(self._own).take, pages)
        except ApiError as error:
            raise self._explained(error) from None

    def _explained(self, error: ApiError) -> ApiError:
        """Return which stream a fault is of, and name its own settings."""
        place = self._extra.place
        advice = error.advice.replace("candidates_path", f"{place}.path")
        error.path = self._label
        error.advice = f"{advice} It is the stream {self._extra.name}, defined by {place}."
        return error


def _moment(instant: Instant | None) -> datetime | None:
    return None if instant is None else datetime.fromtimestamp(instant / 1000, tz=UTC)
