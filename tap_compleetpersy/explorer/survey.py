"""From candidates, one after the other, to fields and what they hold, in memory that is flat."""

from __future__ import annotations

import hashlib
import heapq
import itertools
import typing as t
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace

from tap_compleetpersy.check.examination import SHOWABLE
from tap_compleetpersy.model.custom_types import Evidence, type_name
from tap_compleetpersy.model.fields import OPENING
from tap_compleetpersy.model.listing import compile_listing, compile_opening_listing
from tap_compleetpersy.model.provenance import CUSTOM, Claim, compile_provenance
from tap_compleetpersy.model.remote_data import (
    compile_opening_data,
    compile_remote_data,
    excludes_openings,
)
from tap_compleetpersy.model.text import clean_value, text_of
from tap_compleetpersy.model.wrappers import is_date_object

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.candidate import ReadCandidate
    from tap_compleetpersy.model.rules import Rules

MOST_FIELDS = 5000
"""Fields of a model that are told apart; a server that invents keys must not fill memory."""
MOST_PARTS = 50
"""The same of the parts of a custom field."""
_DEEPEST = 3
_LEAST = 2

EXACT = 1024
"""So many different values are counted exactly, more are estimated."""

_OF_OPENINGS: t.Final = frozenset(OPENING.extensible)
"""Fields that an opening feeds."""

_EXAMPLES = 3
_LONGEST_EXAMPLE = 60
_HASH_BYTES = 8

Model: t.TypeAlias = t.Literal["candidates", "opening"]
Kind: t.TypeAlias = t.Literal["DEFAULT", "CUSTOM"]
Part: t.TypeAlias = Callable[[Mapping[str, object]], dict[str, t.Any]]
"""Copies what may leave of a record."""


@dataclass(frozen=True, slots=True)
class RemoteField:
    """One field of the remote records, as a sample shows it.

    Attributes:
        key: Remote key; of a default field its dotted path, within the opening for an
            opening's.
        label: What the tenant calls it, else the last part of the key.
        model: Whether candidates or the openings on them have it.
        kind: A field of the vendor's, or of the tenant's own.
        type: `boolean`, `integer`, `number`, `date`, `date-time`, `string`, `object`, or
            `array of` one of these.
        filled: Records in which it has a value.
        records: Records of the model that were read.
        distinct: Different values; beyond 1024 an estimate.
        shortest: Characters of the shortest value; None without values.
        longest: The same of the longest.
        examples: Values, or their masks (`Xxxxxx`, `99.999`).
        feeds: Columns that took a value of it, as `field_paths` names them; a custom field's is
            `custom_fields`.
        selected: Whether it leaves by the catalog given; None without a catalog.
        change: Against the catalog: `new`, `gone`, `integer → string`; None for no change
            and without a catalog.
        part_of: Key of the custom field, an object or a list of them, that it is a part of.
    """

    key: str
    label: str
    model: Model
    kind: Kind
    type: str
    filled: int = 0
    records: int = 0
    distinct: int = 0
    shortest: int | None = None
    longest: int | None = None
    examples: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    selected: bool | None = None
    change: str | None = None
    part_of: str | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is a custom field of candidates, and a whole one."""
        return self.kind == "CUSTOM" and self.model == "candidates" and self.part_of is None

    @property
    def fill_rate(self) -> float:
        """Share of the records in which the field has a value, from 0 to 1."""
        return self.filled / self.records if self.records else 0.0

    def as_json(self) -> dict[str, t.Any]:
        """Return the field as the JSON output has it."""
        return asdict(self) | {"fill_rate": round(self.fill_rate, 4)}


@dataclass(frozen=True, slots=True)
class Survey:
    """The fields of a sample, and how many candidates with how many openings it has.

    Those of candidates come first, then those of openings; custom ones before default ones.
    """

    fields: tuple[RemoteField, ...]
    candidates: int
    openings: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a catalog lets leave.

    Of a candidate's record and of an opening's element, None where no stream of them is selected;
    and which types it gives to custom fields, by remote key, and which of these are selected.
    """

    candidates: Part | None
    openings: Part | None
    types: Mapping[str, str]
    selected: frozenset[str]


def survey(
    sample: Iterable[ReadCandidate],
    rules: Rules,
    chosen: Chosen | None = None,
    *,
    show_values: bool = False,
) -> Survey:
    """Return the fields of a sample, counted in memory that does not grow with it.

    Args:
        sample: Candidates with their records as received.
        rules: How the records are read; excluded fields are not shown.
        chosen: What a catalog lets leave, if one is given.
        show_values: Whether examples are values instead of their masks.
    """
    candidates, openings = _Tally("candidates"), _Tally("opening")
    copy, copy_opening = compile_remote_data(rules), compile_opening_data(rules)
    listing, opening_listing = compile_listing(rules), compile_opening_listing(rules)
    no_openings, trace = excludes_openings(rules), compile_provenance(rules)
    for seen in sample:
        candidates.records += 1
        listing(copy(seen.raw), candidates.add_default)
        for key, value in seen.candidate.custom.items():
            candidates.add(key, "CUSTOM", value, seen.candidate.labels.get(key, key))
            for path, part in _parts(value):
                candidates.add_part(key, path, part)
        if chosen is not None and chosen.candidates is not None:
            listing(chosen.candidates(seen.raw), candidates.leave)
        for opening in () if no_openings else seen.candidate.openings:
            openings.records += 1
            opening_listing(copy_opening(opening.raw), openings.add)
            if chosen is not None and chosen.openings is not None:
                opening_listing(chosen.openings(opening.raw), openings.leave)
        for claim in trace(seen.raw).claims:
            tally = openings if claim.fields and set(claim.fields) <= _OF_OPENINGS else candidates
            tally.feed(claim)
    fields = [
        field
        for tally in (candidates, openings)
        for field in tally.fields(compared=chosen is not None, show_values=show_values)
    ]
    return Survey(tuple(fields), candidates.records, openings.records)


def _parts(value: object, prefix: str = "", room: int = _DEEPEST) -> Iterator[tuple[str, object]]:
    """Yield what stands in an object, or of each name in a list of them, by its dotted path."""
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        names = dict.fromkeys(name for each in value for name in each)
        value = {name: [each[name] for each in value if name in each] for name in names}
    if not room or not isinstance(value, dict) or is_date_object(value):
        return
    for name, item in value.items():
        yield f"{prefix}{name}", item
        yield from _parts(item, f"{prefix}{name}.", room - 1)


class _Tally:
    """Statistics of the fields of one model."""

    def __init__(self, model: Model) -> None:
        self.records = 0
        self._model = model
        self._statistics: dict[tuple[Kind, str], Statistics] = defaultdict(Statistics)
        self._parts: dict[str, dict[str, Statistics]] = defaultdict(lambda: defaultdict(Statistics))
        self._leaving: set[tuple[Kind, str]] = set()

    def add(self, key: str, kind: Kind, value: object, label: str) -> None:
        """Take note of a field of the record in hand."""
        if (kind, key) in self._statistics or len(self._statistics) < MOST_FIELDS:
            self._statistics[kind, key].add(clean_value(value), label)

    def add_part(self, key: str, path: str, value: object) -> None:
        """Take note of a part of a custom field of the record in hand."""
        if ("CUSTOM", key) not in self._statistics:
            return
        parts = self._parts[key]
        if path in parts or len(parts) < MOST_PARTS:
            parts[path].add(clean_value(value), path.rpartition(".")[2])

    def add_default(self, key: str, kind: Kind, value: object, label: str) -> None:
        """Take note of a field of the vendor's; the tenant's own come from the model."""
        if kind == "DEFAULT":
            self.add(key, kind, value, label)

    def leave(self, key: str, kind: Kind, value: object, label: str) -> None:  # noqa: ARG002 - the signature of a listing
        """Take note that a field leaves by the catalog."""
        if (kind, key) in self._statistics:
            self._leaving.add((kind, key))

    def feed(self, claim: Claim) -> None:
        """Take note of the columns that a value feeds, for the field that holds it."""
        names = claim.path.split(".")
        for begin, end in itertools.combinations(range(len(names) + 1), 2):
            # Of an opening's field, the key is the path within the opening.
            if begin and self._model == "candidates":
                return
            found = self._statistics.get(("DEFAULT", ".".join(names[begin:end])))
            if found is not None:
                found.feeds |= dict.fromkeys(claim.fields)
                return

    def fields(self, *, compared: bool, show_values: bool) -> Iterable[RemoteField]:
        """Yield the fields, custom ones first, in the order of their first sight."""
        is_own = self._model == "candidates"
        for (kind, key), found in sorted(self._statistics.items(), key=lambda item: item[0][0]):
            whole = RemoteField(
                key=key,
                model=self._model,
                kind=kind,
                records=self.records,
                feeds=(CUSTOM,) if is_own and kind == "CUSTOM" else tuple(found.feeds),
                selected=(kind, key) in self._leaving if compared else None,
                **found.told(show_values=show_values),
            )
            yield whole
            for path, part in self._parts.get(key, {}).items() if kind == "CUSTOM" else ():
                # What only one record has, or is no plain name, may be data of somebody.
                if show_values or (part.filled >= _LEAST and SHOWABLE.fullmatch(path)):
                    told = part.told(show_values=show_values)
                    yield replace(whole, key=f"{key}.{path}", part_of=key, **told)


class Distinct:
    """Counts different texts by their smallest hashes (k minimum values).

    With k = 1024 the estimate is within some 3 % (its standard error is 1 / √(k - 2)).
    """

    __slots__ = ("_largest_first", "_smallest")

    def __init__(self) -> None:
        """Start without values."""
        self._smallest: set[int] = set()
        self._largest_first: list[int] = []  # negative: a heap has its smallest first

    def add(self, text: str) -> None:
        """Take note of a value; only a hash of it is kept."""
        digest = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=_HASH_BYTES)
        number = int.from_bytes(digest.digest(), "big")
        if number in self._smallest:
            return
        if len(self._smallest) < EXACT:
            heapq.heappush(self._largest_first, -number)
        elif number < -self._largest_first[0]:
            self._smallest.remove(-heapq.heapreplace(self._largest_first, -number))
        else:
            return
        self._smallest.add(number)

    def count(self) -> int:
        """Return the number of different values, beyond `EXACT` an estimate."""
        if len(self._smallest) < EXACT:
            return len(self._smallest)
        share = -self._largest_first[0] / 256**_HASH_BYTES
        return int((EXACT - 1) / share)


class Statistics:
    """What a field has had in the records of a sample."""

    __slots__ = (
        "_distinct", "_evidence", "_examples", "feeds", "filled", "label", "longest", "shortest",
    )  # fmt: skip

    def __init__(self) -> None:
        """Start without values."""
        self.label = ""
        self.feeds: dict[str, None] = {}
        self.filled = 0
        self.shortest: int | None = None
        self.longest: int | None = None
        self._evidence = Evidence()
        self._distinct = Distinct()
        self._examples: dict[str, str] = {}

    def add(self, value: object, label: str) -> None:
        """Take note of a cleaned value, null included, and of what the tenant calls it."""
        self.label = label
        text = text_of(value)
        if not text:
            return
        self.filled += 1
        self._evidence.add(value)
        self._distinct.add(text)
        length = len(text)
        if self.shortest is None or length < self.shortest:
            self.shortest = length
            self._examples["shortest"] = text[:_LONGEST_EXAMPLE]
        if self.longest is None or length > self.longest:
            self.longest = length
            self._examples["longest"] = text[:_LONGEST_EXAMPLE]
        if len(self._examples) < _EXAMPLES and text not in self._examples.values():
            self._examples["other"] = text[:_LONGEST_EXAMPLE]

    @property
    def distinct(self) -> int:
        """How many different values there are."""
        return self._distinct.count()

    @property
    def type(self) -> str:
        """The type that discovery would give the field."""
        return type_name(self._evidence.schema())

    def told(self, *, show_values: bool) -> dict[str, t.Any]:
        """Return label, type, counts and examples, by their names in `RemoteField`."""
        names = ("label", "type", "filled", "distinct", "shortest", "longest")
        told = {name: getattr(self, name) for name in names}
        return told | {"examples": self.examples(show_values=show_values)}

    def examples(self, *, show_values: bool) -> tuple[str, ...]:
        """Return a few different values or masks, of the shortest and the longest among them."""
        values = self._examples.values()
        return tuple(dict.fromkeys(values if show_values else map(mask, values)))

    def example(self, *, show_values: bool) -> str:
        """Return one value or mask; nothing without values."""
        return next(iter(self.examples(show_values=show_values)), "")


def mask(text: str) -> str:
    """Return the form of a value without its letters and digits: `Xx-99`."""
    return "".join(map(_masked, text))


def _masked(character: str) -> str:
    if character.isdigit():
        return "9"
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return character if character.isascii() and character.isprintable() else " "
