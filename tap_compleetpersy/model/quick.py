"""The quick way: pages of plain records, read by a function that was made for them.

Records of a tenant look alike. What their keys mean is found out once (`layout`); from then on
the bytes of a page are decoded into structures and handed to one function (`generation`). A page is
plain if it is what its structures are encoded to; then nothing in it was missed. Otherwise it is
written in the one form that msgspec writes, and after that tried record by record. What cannot be
told without looking at values is left to the general way, which is slower and reads everything.
The fuzzer compares what both give.
"""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Sequence

import msgspec

from tap_compleetpersy.model.custom_values import ELEMENT_NAMES, ENTRY_NAMES, is_custom_key
from tap_compleetpersy.model.generation import entry, generate, written
from tap_compleetpersy.model.layout import Layout, NotPlain, is_odd_key
from tap_compleetpersy.model.listing import repeated_names
from tap_compleetpersy.model.reader import DISCARD, THROUGH, Found, Node, visit
from tap_compleetpersy.model.remote_data import CUSTOM_PREFIX, compile_places, selected_value
from tap_compleetpersy.model.text import LARGEST, MAX_DEPTH, fold
from tap_compleetpersy.model.wrappers import NOTHING, date_choice

if t.TYPE_CHECKING:
    from tap_compleetpersy.model.custom_fields import Drift, Typing
    from tap_compleetpersy.model.generation import Generated
    from tap_compleetpersy.model.rules import Rules

_FIELDS_KEPT: t.Final = 5_000
"""A server that invents keys must not fill memory."""
_VALUES_KEPT: t.Final = 1_000
_LONG: t.Final = 80
_NUL: t.Final = b"\\u0000"
"""As it is written; no database takes it."""
_COST: t.Final = 4
"""So many plain records pay for one that is not."""

_encode: t.Final = msgspec.json.Encoder().encode
_encode_into: t.Final = msgspec.json.Encoder().encode_into
_decode: t.Final = msgspec.json.Decoder().decode
raw_items: t.Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_UNFIT: t.Final = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)


_TIDYING: t.Final[tuple[t.Callable[[bytes], bytes], ...]] = (
    bytes,
    lambda text: msgspec.json.format(text, indent=-1),
    lambda text: _encode(_decode(text)),
)
"""Ways to bring JSON into the form that msgspec writes, the cheapest first."""


class Plain(t.NamedTuple):
    """What a plain record holds.

    Attributes:
        found: As of `reader.walk`; an opening is a structure and what was found in it.
        custom: Names of the custom fields, those of containers first.
        custom_fields: As emitted, JSON.
        drift: What typing them found.
        listed: `integration_fields` as JSON.
        record: The structure; encoded, it is the record as received, without spaces.
        has_claimed: Paths of the user's read custom fields, which may not be understood.
    """

    found: Found
    custom: t.Collection[str]
    custom_fields: bytes
    drift: tuple[Drift, ...]
    listed: bytes
    record: msgspec.Struct
    has_claimed: bool


class QuickReader:
    """Reads the plain records of one tenant; it learns what they look like."""

    def __init__(  # noqa: PLR0913 - what reading depends on
        self,
        tree: Node,
        opening: Node,
        rules: Rules,
        typing: Typing,
        *,
        patience: float = 250,
        selected: t.Collection[str] | None = None,
    ) -> None:
        """Begin without knowing any record.

        Args:
            tree: As of `rules.candidate_tree`.
            opening: As of `rules.opening_tree`.
            rules: For the names of elements.
            typing: Of custom fields.
            patience: So many records that are not plain make it stop looking for plain ones,
                unless there are four times as many of these: trying in vain costs time.
            selected: As of `compile_integration_fields`.
        """
        self._layout = Layout(tree, opening, repeated_names(rules))
        self._typing, self._custom = typing, _CustomFields(typing, selected)
        self._narrow = None if selected is None else compile_places(rules, selected)
        self._credit = _COST * patience
        self._is_stripped = bool(rules.exclude_fields)
        self._made: dict[bool, tuple[Generated, str]] = {}
        self._again = bytearray()
        """What was decoded last, encoded again: memory that is asked for once."""
        self._tidied_by = 0
        """Which of `_TIDYING` made the last page such as msgspec writes."""
        self._compile()

    def page(self, records: bytes) -> list[Plain | None]:
        """Return what each record of a JSON list holds; None for one of the general way."""
        if self._credit <= 0:
            return [None] * len(raw_items(records))
        structures, self._tidied_by = self._fitting(self._many, records, self._tidied_by)
        if structures is None:
            structures = self._one_by_one(raw_items(records))
        read = self.made(has_escapes=b"\\" in records)[0]
        found = [None if each is None else self._plain(read, each) for each in structures]
        self._credit += len(found) - (1 + _COST) * found.count(None)
        return found

    def made(self, *, has_escapes: bool = True) -> tuple[Generated, str]:
        """Return the function for the records seen so far, and its source; see `generate`."""
        if has_escapes not in self._made:
            self._made[has_escapes] = generate(
                self._layout, self._narrow, has_escapes=has_escapes, is_stripped=self._is_stripped
            )
        return self._made[has_escapes]

    def _compile(self) -> None:
        self._one = msgspec.json.Decoder(self._layout.top.type).decode
        self._many = msgspec.json.Decoder(list[self._layout.top.type]).decode  # type: ignore[name-defined]
        self._made = {}

    def _one_by_one(self, texts: Sequence[msgspec.Raw]) -> list[t.Any]:
        structures = [self._fitting(self._one, bytes(text))[0] for text in texts]
        others: list[object] = []
        for text, structure in zip(texts, structures, strict=True):
            if structure is None:
                with contextlib.suppress(*_UNFIT):
                    others.append(_decode(text))
        if self._layout.learn(others):
            self._compile()
            structures = [self._fitting(self._one, bytes(text))[0] for text in texts]
        return structures

    def _fitting(
        self, decode: t.Callable[[bytes], t.Any], text: bytes, first: int = 0
    ) -> tuple[t.Any, int]:
        """Return JSON decoded, if all of it is plain, else None; and which of `_TIDYING` led there.

        `first` is the one to begin with.
        """
        for number in range(first, len(_TIDYING)):
            try:
                tidied = _TIDYING[number](text)
                decoded = decode(tidied)
                _encode_into(decoded, self._again)
                if _NUL not in tidied and self._again == tidied:
                    return decoded, number
            except _UNFIT:
                continue
        return None, 0

    def _plain(self, read: Generated, structure: msgspec.Struct) -> Plain | None:
        custom = self._custom
        custom.begin()
        try:
            found, listed = read(structure, custom)
            for node, value in custom.claimed:
                visit(node, value, found, MAX_DEPTH)
            members = custom.members()
        except NotPlain:
            return None
        return Plain(
            found,
            members.keys(),
            self._typing.joined(members),
            tuple(custom.drift),
            f"[{''.join(listed)[1:]}]".encode(),
            structure,
            bool(custom.claimed),
        )


_Member: t.TypeAlias = "tuple[str, str, str | None]"
"""What a custom field becomes: its entry of `integration_fields`, its member of `custom_fields`,
the kind of its drift."""


class _Known(dict[object, "_Member"]):
    """A custom field that was seen, and what each of its values becomes, as far as kept.

    Attributes:
        head: What stands before its value; empty when it is not listed.
        tail: What stands behind it.
        claimed_by: Where a path of the user's reads it: then it is a default field.
        is_name: Its key may be part of an entry that says its own name.
        may_hold: It may hold such entries.
        in_parts: It is selected by property, so that not all of a value is listed.
    """

    __slots__ = ("claimed_by", "head", "in_parts", "is_name", "is_usual", "may_hold", "tail")

    def __init__(self, heads: tuple[str, str], claimed_by: Node | None, name: str) -> None:
        super().__init__()
        self.head, self.tail = heads
        self.claimed_by = claimed_by
        self.is_name, self.may_hold = name in ENTRY_NAMES, name in ELEMENT_NAMES
        self.is_usual = not self.is_name and claimed_by is None
        self.in_parts = False


class _CustomFields:
    """Takes the custom fields of one record after the other."""

    def __init__(self, typing: Typing, selected: t.Collection[str] | None) -> None:
        self._typing, self._selected = typing, selected
        self._known: dict[str, dict[str, _Known]] = {}
        self._left = _FIELDS_KEPT
        self.begin()

    def begin(self) -> None:
        """Forget the record before."""
        self.claimed: list[tuple[Node, object]] = []
        self.drift: list[Drift] = []
        self._members: dict[str, str] = {}
        self._members_at_top: dict[str, str] = {}
        self._drift_at_top: list[Drift] = []

    def members(self) -> dict[str, str]:
        """Return the members of `custom_fields`, those of containers first."""
        if self._members_at_top:
            if not self._members.keys().isdisjoint(self._members_at_top):
                raise NotPlain
            self._members |= self._members_at_top
            self.drift += self._drift_at_top
        return self._members

    def at_top(self, key: str, value: object, listed: list[str]) -> None:
        """Take a custom field at the top of the record."""
        fields = self._known.setdefault("", {})
        field = fields.get(key)
        if field is None:
            field = self._field(fields, None, "", key)
        text, member, kind = self._read(field, key, value)
        listed.append(text)
        self._members_at_top[key] = member
        if kind is not None:
            self._drift_at_top.append((kind, key))

    def container(self, node: Node, dotted: str, value: object, listed: list[str]) -> None:
        """Take the fields of a container; claimed ones are listed before the others."""
        members, names, late = self._members, 0, []
        if type(value) is not dict or not members.keys().isdisjoint(value):
            if value is None or value in ("", []):
                return
            raise NotPlain
        fields = self._known.get(dotted)
        if fields is None:
            fields = self._known[dotted] = {}
        for key, item in value.items():
            field = fields.get(key)
            if field is None:
                field = self._field(fields, node, dotted, key)
            known = field.get(item) if type(item) is str else None
            text, member, kind = known or self._read(field, key, item)
            if not field.is_usual:
                names += field.is_name
                if field.claimed_by is not None:
                    self.claimed.append((field.claimed_by, item))
                    listed.append(text)
                    continue
            members[key] = member
            late.append(text)
            if kind is not None:
                self.drift.append((kind, key))
        if names and names == len(value):
            raise NotPlain  # perhaps one entry that says its own name
        listed += late

    def _read(self, field: _Known, key: str, value: object) -> _Member:
        """Return what a value becomes; that is remembered, for many fields have few values."""
        kind = type(value)
        # True is 1 to a dictionary, and -0.0 is 0.0.
        token = value if kind is str else (kind, value) if kind in _EXACT else _encode(value)
        known = field.get(token)
        if known is None:
            if kind in (dict, list) and (
                field.may_hold or key == "comment" or not _is_simple(value) or _may_be_entry(value)
            ):
                raise NotPlain
            if kind is dict and field.claimed_by is not None:
                raise NotPlain
            known = (self._listed(field, key, value), *self._typing.write(key, value))
            if len(field) < _VALUES_KEPT and (kind in _EXACT or len(t.cast("str", token)) < _LONG):
                field[token] = known
        return known

    def _listed(self, field: _Known, key: str, value: object) -> str:
        """Return the entry of a field, if it is listed."""
        if field.in_parts:
            value = selected_value(f"{CUSTOM_PREFIX}{key}", value, self._selected or ())
            if type(value) is dict and (not value or _may_be_entry(value)):
                raise NotPlain  # what is left may be something else than it was
        is_listed = field.head and value is not DISCARD
        return f"{field.head}{written(value)}{field.tail}" if is_listed else ""

    def _field(self, fields: dict[str, _Known], node: Node | None, dotted: str, key: str) -> _Known:
        """Return a custom field that was not seen before."""
        if is_odd_key(key) or not is_custom_key(key) or not self._left:
            raise NotPlain
        child = None if node is None or not node.children else node.child(key)
        heads = entry(key, "CUSTOM", key)
        if child is not None:
            is_plain = child is not THROUGH and child.leaves and child.is_plain
            if not is_plain or self._selected is not None:
                raise NotPlain
            heads = entry(f"{dotted}{key}", "DEFAULT", key)
        name = f"{CUSTOM_PREFIX}{key}"
        if self._selected is not None and name not in self._selected:
            heads = "", ""
        self._left -= 1
        made = fields[key] = _Known(heads, child, fold(key))
        made.in_parts = any(other.startswith(f"{name}.") for other in self._selected or ())
        return made


_EXACT: t.Final = frozenset({bool, int, type(None)})
"""Types of values that are equal only if they are written alike."""


def _may_be_entry(value: object) -> bool:
    """Whether a value may say its own name or label, or be a date of HR-XML."""
    return type(value) is dict and (
        all(fold(key) in ENTRY_NAMES for key in value) or date_choice(value) is not NOTHING
    )


def _is_simple(value: object) -> bool:
    """Whether nothing in a value can be anything but what it seems."""
    if type(value) is list:
        return all(_is_simple(item) for item in value)
    if type(value) is not dict:
        return type(value) is not int or -LARGEST <= value <= LARGEST
    is_odd = not value or any(is_odd_key(key) or key == "comment" for key in value)
    return not is_odd and all(map(_is_simple, value.values()))
