"""The settings that decide how records are read, and the trees made of them."""

from __future__ import annotations

import typing as t
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tap_compleetpersy.model import paths
from tap_compleetpersy.model.contacts import PARTS, TAKEN, number_of_parts, use_of_path
from tap_compleetpersy.model.declaration import Element, Fact
from tap_compleetpersy.model.fields import CANDIDATE, CHILDREN, OPENING
from tap_compleetpersy.model.reader import JOINED, Leaf, Node
from tap_compleetpersy.model.text import compile_readers, dotted, fold
from tap_compleetpersy.model.wrappers import DATE_CHOICES, is_date_object

if t.TYPE_CHECKING:
    from collections.abc import Callable, Collection

OPENINGS: t.Final = "openings"

_EXTENSIBLE: t.Final = frozenset({OPENINGS}).union(
    *(element.extensible for element in (CANDIDATE, OPENING, *CHILDREN.values()))
)

FieldPaths: t.TypeAlias = Mapping[str, t.Any]
"""Model field to path or paths; dotted names may come nested."""

Readers: t.TypeAlias = "Mapping[str, Callable[[object], object]]"


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """How to read the records of one tenant; the settings of the same names."""

    account: str = ""
    time_zone: str = "Europe/Berlin"
    field_paths: FieldPaths = field(default_factory=dict)
    outcomes: Mapping[str, t.Any] = field(default_factory=dict)
    exclude_fields: frozenset[str] = frozenset()
    custom_fields_paths: tuple[str, ...] = ()
    """Without any, the usual ones."""

    @property
    def own(self) -> dict[str, tuple[str, ...]]:
        """`field_paths` as of `flat_field_paths`."""
        return flat_field_paths(self.field_paths)

    @property
    def readers(self) -> Readers:
        """A function for each reader that facts name."""
        return compile_readers(zoneinfo.ZoneInfo(self.time_zone))

    @property
    def openings(self) -> tuple[str, ...]:
        """Dotted paths of openings, those of `field_paths` first."""
        return (*self.own.get(OPENINGS, ()), *paths.OPENINGS)

    @property
    def containers(self) -> tuple[str, ...]:
        """Dotted paths of the objects that hold custom fields."""
        return self.custom_fields_paths or paths.CUSTOM_FIELDS


def flat_field_paths(field_paths: FieldPaths) -> dict[str, tuple[str, ...]]:
    """Return `field_paths` in one form: dotted model field to paths.

    Meltano turns dotted keys into nested objects; both mean the same.

    Raises:
        ValueError: Naming the unknown field, or the one whose paths are no texts.
    """
    flat: dict[str, tuple[str, ...]] = {}
    for name, value in dotted(field_paths):
        known = name.removeprefix("candidates.")
        if known not in _EXTENSIBLE:
            message = f"field_paths: no model field is named '{name}'"
            raise ValueError(message)
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, Sequence) or not all(
            isinstance(path, str) and path.strip(". ") for path in given
        ):
            message = f"field_paths: '{name}' needs a path or a list of paths"
            raise ValueError(message)
        flat[known] = flat.get(known, ()) + tuple(path.strip() for path in given)
    # What a resource of JSON:API has as attributes may be given with that, too.
    return {
        name: (*given, *(path.removeprefix(_WITHIN) for path in given if path.startswith(_WITHIN)))
        for name, given in flat.items()
    }


_WITHIN: t.Final = "attributes."


def candidate_tree(
    rules: Rules, readers: Readers | None = None, selected: Collection[str] | None = None
) -> Node:
    """Return the paths of candidates, compiled.

    Args:
        rules: For the extra paths.
        readers: In place of those of the rules.
        selected: Model fields whose paths are wanted (`location.city` or
            `location`); None for all, and for the candidate's openings.
    """
    root = _planted(_skeleton(rules), CANDIDATE, rules, readers, selected)
    if selected is None:
        nodes = [root.at(path.split(".")) for path in paths.OPENINGS]
        nodes += [node for path in rules.own.get(OPENINGS, ()) for node in _own_nodes(root, path)]
        for node in nodes:
            node.become(collected=OPENINGS)
    return root


def _skeleton(rules: Rules) -> Node:
    """Return the nodes that structure a record, without anything to read."""
    root = Node()
    for alias, path in paths.ALIASES:
        *parents, name = alias.split(".")
        root.at(parents).adopt(name, root.at(path.split(".")))
    for group, prefixes in paths.GROUPS.items():
        for prefix in prefixes:
            root.at(prefix.split(".")).become(group=group)
    for prefix in rules.containers:
        root.at(prefix.split(".")).become(custom=True)
    for section in paths.SECTIONS:
        root.at([section])
    return root


def opening_tree(
    rules: Rules, readers: Readers | None = None, selected: Collection[str] | None = None
) -> Node:
    """Return the paths within an opening; arguments as of `candidate_tree`."""
    return _planted(Node(), OPENING, rules, readers, selected)


def child_tree(name: str, rules: Rules) -> Node:
    """Return the paths within a record of a child stream."""
    return _planted(Node(), CHILDREN[name], rules)


def _planted(
    root: Node,
    element: Element,
    rules: Rules,
    readers: Readers | None = None,
    selected: Collection[str] | None = None,
) -> Node:
    """Return a tree with the paths to the wanted facts of an element, those of users included."""
    own, readers = _own_paths(element, rules), readers or rules.readers

    def is_wanted(fact: Fact) -> bool:
        return _is_wanted(fact, element, selected, rules.exclude_fields)

    for fact in filter(is_wanted, element.facts.values()):
        for rank, path in enumerate(fact.paths):
            segments = path.split(".")
            mark = use_of_path(segments[-2:]) if fact.many else JOINED if fact.joined else None
            _add(root.at(segments), fact, rank, mark, readers)
    for name, fact in element.extensible.items():
        given = own.get(name, ()) if is_wanted(fact) else ()
        for rank, path in enumerate(given, -len(given)):
            mark = use_of_path(path.split(".")) if fact.many else None
            for node in _own_nodes(root, path, fact.read):
                _add(node, fact, rank, mark, readers)
            _group(root, fact, path, own, readers["text"])
    return root


def _own_paths(element: Element, rules: Rules) -> Mapping[str, tuple[str, ...]]:
    """Return `field_paths`; those of openings, given from the record's root, within the opening."""
    if element is not OPENING:
        return rules.own
    lists = sorted(rules.openings, key=len, reverse=True)

    def within(path: str) -> str:
        return next((path[len(p) + 1 :] for p in lists if path.startswith(f"{p}.")), path)

    return {name: tuple(map(within, given)) for name, given in rules.own.items()}


def _is_wanted(
    fact: Fact, element: Element, selected: Collection[str] | None, excluded: Collection[str]
) -> bool:
    """Whether a fact is read: what repeats several fields only if all of them may be known."""
    fields = element.fields.get(fact.name, (fact.name,))
    if fact.tells_all and excluded:
        keys = {fold(key.rpartition(".")[2]) for key in excluded}
        others = (element.facts[name] for name in fields if name in element.facts)
        if any(fold(path.rpartition(".")[2]) in keys for other in others for path in other.paths):
            return False
    if selected is None:
        return True
    if fact.tells_all:
        return all(_is_selected((field,), selected) for field in fields)
    return _is_selected(fields, selected)


def _is_selected(fields: Collection[str], selected: Collection[str]) -> bool:
    """Whether one of the fields is selected.

    A part of `location` counts as selected with the whole, unless single parts
    are listed.
    """

    def counts(name: str) -> bool:
        parent = name.rpartition(".")[0]
        as_whole = parent in selected and not any(one.startswith(f"{parent}.") for one in selected)
        return name in selected or as_whole

    return any(map(counts, fields))


def _add(node: Node, fact: Fact, rank: int, mark: object, readers: Readers) -> None:
    """Read a fact at a node, and what may stand in its place (see `wrappers`)."""
    leaf = Leaf(fact.name, rank, readers[fact.read], fact.many, mark)
    node.leaves = (*node.leaves, leaf)
    if fact.read == "time":
        node.whole = date_object
        for name in DATE_CHOICES:
            reader = "month" if name.startswith("Year") else "time"
            child = node.at([name], own=node.own)
            child.leaves = (*child.leaves, leaf._replace(read=readers[reader]))
    elif fact.name == "phone_numbers":
        node.whole, node.taken = number_of_parts, TAKEN
        node.folded.parts = PARTS


def date_object(value: dict[str, t.Any]) -> object:
    """Return a time of PHP's as it is, for the readers of times; else None."""
    return value if is_date_object(value) else None


def _group(
    root: Node,
    fact: Fact,
    path: str,
    own: Mapping[str, tuple[str, ...]],
    read: Callable[[object], object],
) -> None:
    """Let the element around the end of a configured path be one whole, which may say a use.

    Not so where a path of `field_paths` leads through it to anything else.
    """
    group, parent = _group_of(fact), path.rpartition(".")[0]
    if group is None or "." not in path:
        return
    facts = {each.name for each in CANDIDATE.extensible.values() if _group_of(each) == group}
    through = {name for name in own if any(each.startswith(f"{parent}.") for each in own[name])}
    node = root.at(parent.split("."), own=True) if through <= facts else None
    if node is not None and node.own and node.is_plain:
        node.become(group=group)
        for rank, word in enumerate(paths.USE_NAMES if group == "contacts" else ()):
            at = node.at([word], own=True)
            at.leaves = (*at.leaves, Leaf("use", rank, read))


def _group_of(fact: Fact) -> str | None:
    """Return the slot for elements whose values belong together, if a fact is one of theirs."""
    if fact.many:
        return "contacts"
    return "addresses" if fact.name.startswith("location.") else None


def _own_nodes(root: Node, path: str, kind: str = "text") -> list[Node]:
    """Return the ends of a configured path, whose last names may be one key with dots.

    A path to the `date` of a time of PHP's means the whole, whose zone counts.
    """
    segments = path.split(".")
    ends = [
        root.at([*segments[:length], ".".join(segments[length:])], own=True)
        for length in range(len(segments))
    ]
    if kind == "time" and len(segments) > 1 and fold(segments[-1]) == "date":
        ends.append(root.at(segments[:-1], own=True))
    return ends
