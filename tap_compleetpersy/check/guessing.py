"""Which keys of unknown records hold the fields of the model, and how sure that is.

What values look like decides, names of keys help: a mail address validates, an id is in every
record once, the last update is never before the creation, a title follows from the id of its
opening. Of two keys with equal evidence neither is taken; both are named.
"""

from __future__ import annotations

import functools
import itertools
import re
import typing as t
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from tap_compleetpersy.api.unfolding import plain_path, unfold
from tap_compleetpersy.check.evidence import Guess
from tap_compleetpersy.check.examination import folded_path
from tap_compleetpersy.check.naming import is_named, name_rank
from tap_compleetpersy.check.structure import (
    Column,
    Object,
    Section,
    columns_of,
    marked_fields,
    marked_lists,
    sections_of,
)
from tap_compleetpersy.model import paths
from tap_compleetpersy.model.address import is_state, known_country
from tap_compleetpersy.model.contacts import TAKEN, is_email, number_of_parts, read_phones
from tap_compleetpersy.model.fields import OPENING
from tap_compleetpersy.model.outcomes import built_in
from tap_compleetpersy.model.text import fold
from tap_compleetpersy.model.wrappers import flat

CONTAINER: t.Final = "custom_fields"
"""The field of a guess that is a container of custom fields."""
_MOSTLY = 0.8
_USUAL = 0.5
_FEW_RECORDS = 8
"""So many records prove nothing by being different."""
_FAR_MORE = 0.15
"""So many given names are more than there are among other words."""
_ELEMENTS = 3
"""So many elements of a list are looked at."""

_Fed = Mapping[str, Mapping[str, int]]


def guess(records: Sequence[object], fed: _Fed, wanted: Collection[str]) -> tuple[Guess, ...]:
    """Return what the wanted fields of the model may be read from, in records as received.

    Some fields are fed by paths, so many times each: these paths are not guessed.
    """
    objects = [flat(record) for record in records if isinstance(record, dict)]
    fields, by_id = marked_fields(objects), marked_lists(objects)
    opened = _folded(map(plain_path, fields))
    wanted = {*wanted, *(name for name, each in fed.items() if _folded(each) <= opened)}
    fed = {name: each for name, each in fed.items() if name not in wanted}
    objects = [unfold(record, by_id) for record in objects]
    sections = sections_of(objects)
    found = [*_openings(sections, wanted)]
    openings = _folded(paths.OPENINGS)
    openings |= _folded(path for one in found if one.field == "openings" for path in one.paths)
    lists = openings | _folded(path for path, section in sections.items() if section.is_list)
    if "phone_numbers" in wanted:
        found += _numbers_of_parts(sections)
    found += _people(objects, openings, lists, fed, wanted - {one.field for one in found})
    objects = [unfold(record, fields) for record in objects]
    taken = openings | _folded(itertools.chain(*fed.values(), *(one.paths for one in found)))
    found += _containers(objects, [*map(plain_path, fields)], taken, lists)
    forms = {plain_path(path): path for path in (*by_id, *fields)}
    return tuple(
        one._replace(paths=tuple(forms.get(path, path) for path in one.paths))
        if one.field in {"openings", CONTAINER}
        else one
        for one in found
    )


def field_paths(guesses: Sequence[Guess]) -> dict[str, str | list[str]]:
    """Return the setting `field_paths` of what is sure."""
    return {
        one.field: one.paths[0] if len(one.paths) == 1 else [*one.paths]
        for one in guesses
        if one.sureness == "sure" and one.field != CONTAINER
    }


# --- paths and choices ---------------------------------------------------------------


def _folded(names: Iterable[str]) -> set[str]:
    """Return paths in the spelling that compares."""
    return set(map(folded_path, names))


def _parent(path: str) -> str:
    """Return the folded path of the object that holds a key."""
    return folded_path(path).rpartition(".")[0]


def _is_below(path: str, sections: Collection[str]) -> bool:
    """Whether a path leads through one of some folded ones."""
    folded = folded_path(path)
    return any(folded.startswith(f"{section}.") for section in sections)


def _holds(path: str, taken: Collection[str]) -> bool:
    """Whether one of some folded paths leads through this one."""
    before = f"{folded_path(path)}."
    return any(each.startswith(before) for each in taken)


def _guessed(name: str, columns: Iterable[Column]) -> Iterator[Guess]:
    """Yield one column as sure, several as rivals, nothing for none."""
    found = tuple(column.path for column in columns)
    if found:
        yield Guess(name, found, "sure" if len(found) == 1 else "perhaps")


def _named(columns: Iterable[Column], names: Sequence[str]) -> list[Column]:
    """Return the columns that have one of the names."""
    return [column for column in columns if name_rank(column.path, names) < len(names)]


def _best(columns: Iterable[Column], names: Sequence[str]) -> list[Column]:
    """Return the columns with the best name: those without any where none has one."""
    ranks = {column: (name_rank(column.path, names), column.depth) for column in columns}
    best = min(ranks.values(), default=None)
    return [column for column, rank in ranks.items() if rank == best]


# --- what values look like -----------------------------------------------------------

_ID = re.compile(r"(?=.*\d)[\w./:{}+-]{1,64}|[0-9a-fA-F-]{16,}")
_PHONE = re.compile(r"(?:\+|0|\()[\d\s()/.-]{6,}")
_SEPARATED = re.compile(r"\+|.*\d[ /()-]+\d", re.DOTALL)
_ZIP = re.compile(r"(?:[A-Z]{1,2}-)?\d{4,5}")
_POSTCODE = re.compile(r"[A-Z0-9 -]{4,10}")
_STREET = re.compile(r"[^\W\d][^\d@]{2,}\s\d{1,4}\s?[a-zA-Z]?(?:\s?[-/]\s?\d+\s?[a-zA-Z]?)?")
_NAME = re.compile(r"[^\W\d_][^\d@_/;:]{0,39}")
_WORD = re.compile(r"[^\W\d]")
_ONE_WORD = re.compile(r"\s*\S+\s*")
_BOARD = re.compile(
    "stepstone|indeed|linkedin|xing|monster|jobware|arbeitsagentur|kununu|empfehlung|initiativ"
    "|homepage|website|karriereseite|webseite|google|facebook|instagram|meinestadt|kimeta"
    "|jobbörse|ebay|kleinanzeigen",
    re.IGNORECASE,
)

_FIRST_NAMES: t.Final = frozenset(
    """
    adam agnieszka ahmed ahmet alexander alexandra alfred ali amelie amir ana andrea andreas
    andrzej angela angelika anja anke anna anne anneliese annette antje anton antonia arne
    artur astrid aylin barbara beate ben benjamin bernd bettina bianca birgit björn brigitte
    britta carmen carolin charlotte christa christian christiane christina christine christoph
    claudia clara dagmar daniel daniela david dennis dieter dirk dominik doris edith elena
    elfriede elif elisabeth elke ella elsa emil emilia emma emre erich erika ernst erwin esra
    eva ewa fabian fatma felix finn florian frank franz franziska friedrich fritz gabriele
    georg gerd gerda gerhard gisela gudrun günter günther hanna hannah hannelore hans harald
    hasan hatice heidi heike heiko heinrich heinz helga helmut henry herbert hermann hildegard
    holger horst ibrahim ida ilse ina ines inge ingeborg ingrid irene iris isabel ivan jakob
    jan jana jasmin jennifer jens jessica joachim jochen johann johanna johannes john jonas
    jörg josef juan julia julian jürgen jutta kai karin karl karla katarzyna katharina kathrin
    katja katrin kerstin kevin klaus konrad kristina krystyna kurt lara laura lea lena leon
    leonie lina lisa lothar louis luca luis luisa lukas maja malte manfred manuela marc marcel
    marcus margarete maria marie marina mario marion markus marlies marta martha martin
    martina mateusz mathilde matthias max maximilian mehmet melanie mia michael michaela
    michelle mike mila mohamed mohammed monika moritz mustafa nadine natalie nele nico nicole
    niklas nina norbert olaf oliver olga oskar ola patrick patricia paul paula peter petra
    philipp pia piotr rainer ralf ralph rebecca regina reinhard renate rita robert roland rolf
    rosa rudolf ruth sabine sabrina samuel sandra sara sarah sascha sebastian silke silvia
    simon simone sofia sonja sophia sophie stefan stefanie steffen stephan susanne sven
    svetlana sylvia tanja theo thomas tim tina tobias tom torsten udo ulrich ulrike ursula ute
    uwe valentina vanessa vera verena veronika viktor viktoria volker walter waltraud werner
    wilhelm willi wolfgang yasmin yusuf zeynep
    """.split()  # noqa: SIM905 - names
)
"""Given names that many people have, in German-speaking countries."""


def _is_first_name(text: str) -> bool:
    """Whether the first word of a text is a usual given name."""
    words = text.casefold().replace("-", " ").split()
    return bool(words) and words[0] in _FIRST_NAMES


def _is_short_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and len(text.split()) < 4  # noqa: PLR2004 - words


def _is_text(text: str) -> bool:
    return bool(_WORD.search(text)) and not is_email(text)


def _is_plain_country(text: str) -> bool:
    """Whether this is a country; a single letter may be the class of a driving licence."""
    return len(text) > 1 and known_country(text) is not None


def _is_phone(text: str) -> bool:
    return bool(_PHONE.fullmatch(text) and read_phones(text))


def _mostly(
    holds: Callable[[str], object], least: float = _MOSTLY, number: int = 0
) -> Callable[[Column], bool]:
    """Return whether something holds for the least share of the texts, and there are enough."""
    return lambda column: column.share(holds) >= least and len(column.texts) >= number


_every = functools.partial(_mostly, least=1, number=_FEW_RECORDS)
_TEXT = _mostly(_is_text, _USUAL)
_PERSON = _mostly(_NAME.fullmatch, _USUAL)


def _are_ids(column: Column) -> bool:
    """Whether every record has a value, and all of them are written as ids are."""
    is_everywhere = len(column.texts) == len(column.values)
    return is_everywhere and not column.is_time and column.share(_ID.fullmatch) == 1


def _is_id(column: Column) -> bool:
    return len({*column.texts}) == len(column.texts) and _are_ids(column)


def _is_own(column: Column) -> bool:
    """Whether the values are the people's, and not those of a few recruiters."""
    texts = column.texts
    return len(texts) < _FEW_RECORDS or len({*texts}) > _USUAL * len(texts)


def _are_phones(column: Column) -> bool:
    """Whether the values are written as nothing but telephone numbers are."""
    is_sure = column.share(_is_phone) >= _MOSTLY and column.share(_SEPARATED.match) > _USUAL
    return is_sure and _is_own(column)


# --- people --------------------------------------------------------------------------


class Role(t.NamedTuple):
    """How a field of the model is known by.

    Attributes:
        names: Parts of keys, the most telling first.
        fits: What its values must look like.
        proves: What values look like that can be nothing else.
        others: Parts of keys that tell of something else.
        many: Whether several keys may feed it.
        lists: Parts of keys of the lists that it may stand in; with `many`, in any.
    """

    names: tuple[str, ...]
    fits: Callable[[Column], bool]
    proves: Callable[[Column], bool] = lambda _: False
    others: tuple[str, ...] = ()
    many: bool = False
    lists: tuple[str, ...] = ()


_CAREER = (
    "history", "employ", "werdegang", "arbeitgeber", "career", "laufbahn", "beschaeftig", "work",
    "experience",
)  # fmt: skip
_FOREIGN = (
    "geburt", "birth", "firma", "arbeitgeber", "company", "employer", "recruiter", "betreuer",
    "ansprechpartner", "notfall", "emergency", "wunsch",
)  # fmt: skip

ROLES: t.Final[Mapping[str, Role]] = {
    "remote_id": Role(
        ("kandidatid", "bewerberid", "candidateid", "applicantid", "uuid", "guid", "kennung",
         "nummer", "number", "schluessel", "id", "nr", "ref", "key", "no"),
        _is_id, others=("extern", "hash", "parent", "mandant", "tenant"),
    ),
    "email_addresses": Role(
        ("mail",), _mostly(is_email, _USUAL),
        lambda c: c.share(is_email) >= _MOSTLY and _is_own(c), others=_FOREIGN, many=True,
    ),
    "phone_numbers": Role(
        ("telefon", "phone", "mobil", "handy", "rufnummer", "fax", "fon"),
        _mostly(_is_phone, _USUAL), _are_phones, others=_FOREIGN, many=True,
    ),
    "first_name": Role(
        ("vorname", "firstname", "givenname", "given", "forename", "rufname", "vname", "fname"),
        _PERSON, others=("geburt", "birth", "firma"),
    ),
    "last_name": Role(
        ("nachname", "lastname", "familienname", "familyname", "family", "surname", "zuname",
         "nname", "lname"),
        _PERSON, others=("geburt", "birth", "firma", "maiden"),
    ),
    "location.street_1": Role(
        ("strasse", "street", "anschrift"), _TEXT, _mostly(_STREET.fullmatch), others=_FOREIGN
    ),
    "location.zip_code": Role(
        ("plz", "postleitzahl", "postalcode", "postcode", "zip"), _mostly(_POSTCODE.fullmatch),
        others=_FOREIGN,
    ),
    "location.city": Role(
        ("wohnort", "stadt", "city", "municipality", "town", "locality", "gemeinde", "ortsname",
         "ort"),
        _PERSON, others=(*_FOREIGN, "einsatz", "arbeits"),
    ),
    "location.country": Role(
        ("land", "country", "staat"), _mostly(known_country, _USUAL), _every(_is_plain_country),
        others=(*_FOREIGN, "angehoerig", "national", "citizen", "sprach", "lang", "bundes"),
    ),
    "location.state": Role(
        ("bundesland", "region", "province", "state"), _mostly(is_state, _USUAL),
        _every(is_state), others=_FOREIGN,
    ),
    "company": Role(
        ("firma", "arbeitgeber", "employer", "company", "betrieb", "unternehmen"), _TEXT,
        others=("wunsch",), lists=_CAREER,
    ),
    "title": Role(
        ("jobtitle", "taetigkeit", "beruf", "position", "funktion", "function", "role", "rolle",
         "occupation", "headline"),
        _TEXT, others=("jahr", "year", "erfahrung", "experience", "wunsch", "key"), lists=_CAREER,
    ),
    "source": Role(
        ("quelle", "herkunft", "source", "kanal", "channel"), _TEXT,
        lambda c: c.share(_BOARD.search) > 0.3,  # noqa: PLR2004 - the rest are firms of one's own
    ),
}  # fmt: skip
_UPDATED: t.Final = (
    "modif", "updat", "aenderung", "aender", "aktualis", "chang", "bearbeit", "mutation",
    "touched", "stand",
)  # fmt: skip
_CREATED: t.Final = ("creat", "erstell", "angelegt", "anlage", "erfass", "eingang", "made")


def _people(
    objects: Sequence[Object],
    openings: Collection[str],
    lists: Collection[str],
    fed: _Fed,
    wanted: Collection[str],
) -> list[Guess]:
    """Return what the fields of a person may be read from; what is sure is read once.

    That is what is in no list, and what the first elements of lists have, but for openings.
    """
    taken = _folded(itertools.chain(*fed.values()))

    def free(columns: Iterable[Column], behind: Collection[str]) -> list[Column]:
        left = [column for column in columns if folded_path(column.path) not in taken]
        return [column for column in left if not _is_below(column.path, behind)]

    columns = free(columns_of(objects), lists)
    listed = [free(columns_of(objects, element), openings) for element in range(_ELEMENTS)]
    found = [one for one in _times(columns) if one.field in wanted]

    def left() -> list[Column]:
        sure = {path for one in found if one.sureness == "sure" for path in one.paths}
        return [column for column in columns if column.path not in sure]

    for name, role in ROLES.items():
        if name in wanted:
            found += _of_role(name, role, [*left(), *_in_lists(role, listed)])
    unsure = {*wanted} - {one.field for one in found if one.sureness == "sure"}
    cities = [path for one in found if one.field == "location.city" for path in one.paths]
    places = [column for column in columns if column.path in cities] or left()
    more = [*_names(left()), *_zip_and_city(columns, places)]
    return [*found, *(one for one in more if one.field in unsure), *_beside(columns, fed)]


def _in_lists(role: Role, listed: Sequence[Sequence[Column]]) -> Iterator[Column]:
    """Yield the columns of lists that a role may stand in."""
    for column in itertools.chain(*listed) if role.many else listed[0]:
        if role.many or any(is_named(key, role.lists) for key in column.parent.split(".")):
            yield column


def _of_role(name: str, role: Role, columns: Sequence[Column]) -> Iterator[Guess]:
    """Yield what fits and has the better name, else what can be nothing else."""
    least = 1 if name == "remote_id" else _USUAL
    found = [
        column
        for column in columns
        if (_named([column], role.names) or role.proves(column))
        and not is_named(column.path, role.others)
        and role.fits(column)
        and (column.filled >= least or (role.many and role.proves(column)))
    ]
    if role.many:
        if found:
            yield Guess(name, tuple(dict.fromkeys(column.path for column in found)))
        return
    if not found and name == "remote_id":  # what alone is written as ids are
        ids = [column for column in columns if _is_id(column) and not column.share(_is_phone)]
        found = [column for column in ids if len(column.texts) >= _FEW_RECORDS]
    yield from _guessed(name, _best(found, role.names))


def _beside(columns: Sequence[Column], fed: _Fed) -> Iterator[Guess]:
    """Yield further numbers and addresses in an object that is known for some."""
    for name, role in ROLES.items():
        parents = {_parent(path) for path in fed.get(name, ())} - {""}
        inside = [each for each in columns if role.many and _parent(each.path) in parents]
        proven = [each for each in inside if role.proves(each)]
        for one in _of_role(name, role, _named(proven, role.names)):
            around = set(map(_parent, one.paths))
            known = [path for path in fed[name] if _parent(path) in around]
            yield one._replace(paths=(*one.paths, *known))  # one whole, read by these alone


def _numbers_of_parts(sections: Mapping[str, Section]) -> Iterator[Guess]:
    """Yield the object that is a telephone number in parts: an area, a subscriber and so on."""
    for path, section in sections.items():
        numbers = [number_of_parts(element) for element in section.elements]
        has_parts = len(TAKEN & {fold(key) for key in section.keys}) > 1
        if has_parts and sum(each is not None for each in numbers) >= _MOSTLY * len(numbers):
            yield Guess("phone_numbers", (path,))
            return


def _times(columns: Sequence[Column]) -> Iterator[Guess]:
    """Yield update and creation: the one is never before the other."""
    times = [column for column in columns if column.is_time and column.filled >= _USUAL]
    times = [column for column in times if column.has_clock] or times
    updated, created = (_best(_named(times, names), names) for names in (_UPDATED, _CREATED))
    rest = [column for column in times if column not in (*updated, *created)]
    updated = updated or _extreme(rest, latest=True)
    created = created or _extreme(rest, latest=False)
    if len(times) == 2 and len(one := updated or created) == 1:  # noqa: PLR2004
        updated, created = updated or _others(times, one), created or _others(times, one)
    yield from _guessed("remote_updated_at", _others(updated, created))
    yield from _guessed("remote_created_at", _others(created, updated))


def _others(columns: Sequence[Column], known: Sequence[Column]) -> list[Column]:
    """Return the columns but for one that is known."""
    return [column for column in columns if [column] != known]


def _extreme(times: Sequence[Column], *, latest: bool) -> list[Column]:
    """Return the time that is never before the others, or never after; all where none differs."""

    def leads(one: Column) -> bool:
        pairs = [(one, other) if latest else (other, one) for other in times if other is not one]
        return all(later.never_before(earlier) for later, earlier in pairs)

    return [column for column in times if len(times) > 1 and leads(column)]


def _names(columns: Sequence[Column]) -> Iterator[Guess]:
    """Yield first and last names: the first are known ones, the last stand beside them."""
    names = [
        column
        for column in columns
        if column.filled >= _USUAL and column.share(_is_short_name) >= _MOSTLY
        and column.share(known_country) < _USUAL and _is_own(column)
    ]  # fmt: skip
    first = max(names, key=lambda column: column.share(_is_first_name), default=None)
    if first is None or first.share(_is_first_name) < _FAR_MORE:
        return
    yield Guess("first_name", (first.path,))
    yield from _guessed("last_name", [
        column
        for column in names
        if column is not first and column.parent == first.parent
        and len(column.texts) >= _FEW_RECORDS and column.share(_ONE_WORD.fullmatch) >= _MOSTLY
    ])  # fmt: skip


def _zip_and_city(columns: Sequence[Column], cities: Sequence[Column]) -> Iterator[Guess]:
    """Yield codes of four or five digits that each have one place beside them, and the places."""
    pairs = [
        (code, city)
        for code in columns
        if code.share(_ZIP.fullmatch) == 1 and not code.is_time
        for city in cities
        if city is not code and city.parent == code.parent and _PERSON(city) and code.decides(city)
    ]
    for place, name in enumerate(("location.zip_code", "location.city")):
        yield from _guessed(name, dict.fromkeys(pair[place] for pair in pairs))


# --- openings ------------------------------------------------------------------------

_LISTS: t.Final = (
    "bewerbung", "stelle", "vakanz", "vacanc", "opening", "applic", "job", "ausschreib",
    "position", "posting", "projekt", "process", "mandat", "auftrag", "requisition",
)  # fmt: skip
_OTHER_LISTS: t.Final = (
    "history", "employ", "werdegang", "lebenslauf", "arbeitgeber", "schul", "ausbild", "educat",
    "sprach", "lang", "doku", "docum", "anhang", "attach", "datei", "file", "kontakt", "contact",
)  # fmt: skip
_OPENING_IDS: t.Final = (
    "stelleid", "jobid", "positionid", "openingid", "vakanzid", "stellennr", "id", "nummer",
    "kennung", "nr", "ref", "key", "code",
)  # fmt: skip
_TITLES: t.Final = ("titel", "title", "bezeichnung", "name", "label", "text")
_STATUSES: t.Final = ("status", "stand", "stufe", "phase", "state", "stage", "schritt", "step")
_APPLIED: t.Final = ("beworben", "applied", "bewerbung", "eingang", "datum", "date")


def _openings(sections: Mapping[str, Section], wanted: Collection[str]) -> Iterator[Guess]:
    """Yield the list of openings, known by its name, or by titles that follow from ids."""
    if not any(name in wanted for name in OPENING.extensible):
        return
    known = [path for path in sections if folded_path(path) in _folded(paths.OPENINGS)]
    found = {
        path: _opening(path, section.elements)
        for path, section in sections.items()
        if not is_named(path, _OTHER_LISTS)
        and (section.is_list or is_named(path, _LISTS))
        and (path in known or "jobs.remote_id" in wanted)
    }
    most = max((evidence for evidence, _ in found.values()), default=0)
    chosen = [path for path, (evidence, _) in found.items() if evidence == most > 0]
    if len(chosen) > 1:
        yield Guess("openings", tuple(chosen), "perhaps")
    for path in chosen if len(chosen) == 1 else ():
        parts = [part for part in found[path][1] if part.field in wanted]
        if parts or path not in known:  # paths of parts lead through a list that is named
            yield Guess("openings", (path,))
        yield from parts


def _opening(path: str, elements: Sequence[Object]) -> tuple[int, list[Guess]]:
    """Return the evidence for openings, a name and titles that follow from ids, and their parts.

    Where no id is found, there is none.
    """
    columns = columns_of(elements)
    ids = [column for column in columns if _are_ids(column)]
    if not ids:
        return 0, []
    texts = [column for column in columns if not column.is_time and _TEXT(column)]
    statuses = [column for column in texts if column.share(built_in) >= _USUAL]
    titles = [column for column in texts if column not in statuses]
    pairs = [(i, title) for i in ids for title in titles if i is not title and i.decides(title)]
    ids = _best({i for i, _ in pairs} or ids, _OPENING_IDS)
    titled = _best({title for i, title in pairs if i in ids} or titles, _TITLES)
    statuses = _best(statuses or _named(titles, _STATUSES), _STATUSES)
    if len({status.parent for status in statuses}) == 1:  # a code and its text
        statuses = _best(statuses, _TITLES)
    found = {
        "jobs.remote_id": ids,
        "jobs.name": titled,
        "applications.outcome": statuses,
        "applications.remote_created_at": _best([c for c in columns if c.is_time], _APPLIED),
    }
    ordered = {name: sorted(each, key=lambda column: column.path) for name, each in found.items()}
    parts = (one for name, each in ordered.items() for one in _guessed(name, each))
    return (
        (is_named(path, _LISTS) and bool(titled)) + bool(pairs),
        [one._replace(paths=tuple(f"{path}.{each}" for each in one.paths)) for one in parts],
    )


# --- containers of custom fields -----------------------------------------------------

_CONTAINERS: t.Final = (
    "zusatz", "zusaetz", "frei", "custom", "extra", "user", "individ", "merkmal", "eigen",
    "attribut", "feld", "field", "answer", "antwort", "frage", "angabe", "info",
)  # fmt: skip
_FEW_FIELDS: t.Final = 3
_NO_CONTAINERS: t.Final = (
    "link", "meta", "self", "href", "embedded", "owner", "recruiter", "betreuer", "createdby",
    "manager", "ansprech", *_OTHER_LISTS,
)  # fmt: skip


def _containers(
    objects: Sequence[Object], opened: Sequence[str], taken: Collection[str], lists: Collection[str]
) -> Iterator[Guess]:
    """Yield the objects, or lists of named entries, that hold no field of the model.

    One without a telling name must be the only one that most records have, with some keys: else
    it may be a custom field itself. Values prove the opened ones to be of entries; fields are read
    from the paths that are taken.
    """
    sections = sections_of(objects)
    proven = {path for path in opened if not _holds(path, taken)}
    proven |= _cores(columns_of(objects), taken)
    found = [
        path
        for path, section in sections.items()
        if section.holds_entries
        and not is_named(path, _NO_CONTAINERS)
        and (path in proven or not (folded_path(path) in taken or _holds(path, taken)))
        and not _is_below(path, {*taken, *lists})
        and not _is_around_entries(path, sections)
    ]
    outer = [path for path in found if not _is_below(path, _folded(found))]
    known = _folded(paths.CUSTOM_FIELDS)
    usual = [path for path in outer if folded_path(path) in known and path not in proven]
    unknown = [path for path in outer if path not in usual]
    named = [path for path in unknown if is_named(path, _CONTAINERS) or path in proven]
    most = [path for path in unknown if sections[path].records >= _MOSTLY * len(objects)]
    large = [
        path for path in most if sections[path].is_list or len(sections[path].keys) >= _FEW_FIELDS
    ]
    chosen = named or (large if len(large) == 1 else [])
    if chosen:
        yield Guess(CONTAINER, (*usual, *chosen))
    elif unknown:
        yield Guess(CONTAINER, tuple(unknown), "perhaps")


def _cores(columns: Sequence[Column], taken: Collection[str]) -> set[str]:
    """Return the object that most of the model is read from, if it holds more than that."""
    inner = [column for column in columns if column.depth]
    parents = Counter(column.parent for column in inner if folded_path(column.path) in taken)
    (core, count), *_ = parents.most_common(1) or [("", 0)]
    rest = [each for each in inner if each.parent == core and folded_path(each.path) not in taken]
    return {core} if rest and count >= _FEW_RECORDS else set()


def _is_around_entries(path: str, sections: Mapping[str, Section]) -> bool:
    """Whether nothing but one list of entries stands here."""
    keys = sections[path].keys
    inner = sections.get(f"{path}.{next(iter(keys), '')}")
    return len(keys) == 1 and inner is not None and inner.is_list and inner.holds_entries
