"""Counts of what the model makes of some records; of their values only statuses are kept."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from tap_compleetpersy.check.evidence import Examination
from tap_compleetpersy.model.candidate import Rules
from tap_compleetpersy.model.outcomes import compile_outcomes, whole
from tap_compleetpersy.model.provenance import compile_provenance
from tap_compleetpersy.model.text import fold
from tap_compleetpersy.model.wrappers import is_date_object
from tap_compleetpersy.sync.reading import compile_read

_TIMES = frozenset({"remote_created_at", "remote_updated_at", "applications.remote_created_at"})
_UNKNOWN = "outcome: unknown"
_SECONDS_END = 100_000_000_000
_LONGEST_FORM = 30
_LEAST_RECORDS = 2
SHOWABLE = re.compile(r"[^\W\d_][\w:. -]{0,119}")
"""Names of keys that may be shown, if more than one record has them."""
_STATUS = re.compile(r"(?=.{1,60}\Z)(?!.*[0-9]{3})[^\W_][^@\n]*")
_STATUS_WORDS = 6
"""Longer ones are prose, and may tell of somebody."""
_FORMS = (
    (r"\d{4}-\d\d-\d\d", "yyyy-mm-dd"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "dd.mm.yyyy"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "dd-mm-yyyy"),
    (r"[+-]\d\d(?::?\d\d)?$", "+hh:mm"),
    (r"\d\d:\d\d:\d\d", "hh:mm:ss"),
    (r"\d\d:\d\d", "hh:mm"),
    (r"(?<=:\d\d)[.,]\d+", ".fff"),
    (r"(?<=\d)Z$", "Z"),
    (r"(?<=\d)T(?=\d)", "T"),
    (r"\d", "9"),
    (r"[^\W\d_]", "x"),
)
"""Parts of a time, and how each is told."""
_PARTS = re.compile("|".join(f"({part})" for part, _ in _FORMS))
DATE_OBJECT = "a date object of PHP's"
MICROSOFT = "a /Date(…)/ of Microsoft's"
HAS_ZONE = re.compile(rf"{DATE_OBJECT}|a /Date.*|Unix .*|.*(?:Z|\+hh:mm)")


def examine(records: Sequence[object], rules: Rules) -> Examination:
    """Return counts of what happens when records are read as a run reads them."""
    read, trace = compile_read(rules), compile_provenance(rules)
    objects = [record for record in records if isinstance(record, dict)]
    traces = [trace(record) for record in objects]
    candidates = [seen.candidate for seen in map(read, objects) if seen is not None]
    sources = [source for told in traces for source in told.sources]
    fed: dict[str, Counter[str]] = defaultdict(Counter)
    for told in traces:
        for field, path in dict.fromkeys((one.field, one.path) for one in told.sources):
            fed[field][path] += 1
    openings = [opening for candidate in candidates for opening in candidate.openings]
    outcome = compile_outcomes(rules.outcomes)
    unknown = [one.status for one in openings if one.status and outcome(one.status) is None]
    first_spelling = {whole(status): status for status in reversed(unknown)}
    statuses = Counter(first_spelling[whole(status)] for status in unknown)
    doubts = Counter(doubt for candidate in candidates for doubt in candidate.doubts)
    custom, hidden_custom = showable([set(candidate.custom) for candidate in candidates])
    unclaimed, hidden = showable([set(told.unclaimed) for told in traces])
    return Examination(
        records=len(records),
        readable=len(candidates),
        distinct=len({candidate.remote_id for candidate in candidates}),
        fed=dict(fed),
        forms=Counter(form_of(source.value) for source in sources if source.field in _TIMES),
        misread=Counter(form_of(value) for told in traces for value in told.misread_times),
        doubts={kind: count for kind, count in doubts.items() if kind != _UNKNOWN},
        applications=len(openings),
        unknown=doubts[_UNKNOWN],
        unknown_statuses=len(statuses),
        statuses={
            status: count
            for status, count in statuses.items()
            if _STATUS.fullmatch(status) and len(status.split()) <= _STATUS_WORDS
        },
        custom=custom,
        unclaimed=unclaimed,
        hidden=hidden_custom + hidden,
    )


def showable(names: Sequence[set[str]]) -> tuple[tuple[str, ...], int]:
    """Return the names of keys that may be shown, in alphabetical order, and how many may not.

    Those that only one record has may be data (PHP makes keys of names and addresses), and so may
    those with other characters than letters, digits and separators. Spellings of one name count
    together, and the most frequent one is shown.
    """
    spellings: dict[str, Counter[str]] = {}
    for of_record in names:
        for key, name in {folded_path(name): name for name in sorted(of_record)}.items():
            spellings.setdefault(key, Counter())[name] += 1
    shown = sorted(
        counts.most_common(1)[0][0]
        for counts in spellings.values()
        if counts.total() >= _LEAST_RECORDS and all(map(SHOWABLE.fullmatch, counts))
    )
    return tuple(shown), len(spellings) - len(shown)


def folded_path(path: str) -> str:
    """Return a path in the spelling in which spellings do not matter."""
    return ".".join(fold(segment) or segment for segment in path.split("."))


def form_of(value: object) -> str:
    """Return how a time is written, without saying which: ``dd.mm.yyyy hh:mm``.

    Digits and letters that belong to no known part become ``9`` and ``x``.
    """
    if is_date_object(value):
        return DATE_OBJECT
    text = str(value).strip()
    if text.startswith("/Date("):
        return MICROSOFT
    if re.fullmatch(r"\d{9,15}(?:\.\d+)?", text):
        return "Unix seconds" if float(text) < _SECONDS_END else "Unix milliseconds"
    return _PARTS.sub(lambda part: _FORMS[(part.lastindex or 0) - 1][1], text)[:_LONGEST_FORM]
