"""What the values of one field have in common, in memory that does not grow with them."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable

from tap_compleetpersy.model.custom_types import Evidence, type_name
from tap_compleetpersy.model.text import text_of

EXACT = 1024
"""So many different values are counted exactly, more are estimated."""

_EXAMPLES = 3
_LONGEST_EXAMPLE = 60
_HASH_BYTES = 8


class Distinct:
    """Counts different texts by their smallest hashes (k minimum values).

    With k = 1024 the estimate is within some 3 % (its standard error is 1 / √(k - 2)).
    """

    __slots__ = ("_largest_first", "_smallest")

    def __init__(self) -> None:
        """Begin without values."""
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
        """Give the number of different values, beyond `EXACT` an estimate."""
        if len(self._smallest) < EXACT:
            return len(self._smallest)
        share = -self._largest_first[0] / 256**_HASH_BYTES
        return int((EXACT - 1) / share)


class Statistics:
    """What a field has had in the records of a sample."""

    __slots__ = ("_distinct", "_evidence", "_examples", "filled", "label", "longest", "shortest")

    def __init__(self) -> None:
        """Begin without values."""
        self.label = ""
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

    @property
    def examples(self) -> tuple[str, ...]:
        """A few different values, the shortest and the longest among them."""
        return tuple(dict.fromkeys(self._examples.values()))


def masked(examples: Iterable[str]) -> tuple[str, ...]:
    """Show the different forms of values."""
    return tuple(dict.fromkeys(map(mask, examples)))


def mask(text: str) -> str:
    """Show the form of a value without its letters and digits: `Xx-99`."""
    return "".join(map(_masked, text))


def _masked(character: str) -> str:
    if character.isdigit():
        return "9"
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return character if character.isascii() and character.isprintable() else " "
