"""Which keys of unknown records hold the fields of the model, and how sure that is.

What values look like decides, names of keys help: a mail address validates, an id is in every
record once, the last update is never before the creation, a title follows from the id of its
opening. Of two keys with equal evidence neither is taken; both are named.
"""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from tap_compleetpersy.api.unfolding import plain_path, unfold
from tap_compleetpersy.check.columns import (
    Column,
    Section,
    columns_of,
    is_named,
    name_rank,
    sections_of,
)
from tap_compleetpersy.check.evidence import Guess
from tap_compleetpersy.check.examination import folded_path
from tap_compleetpersy.check.forms import marked_fields, marked_lists
from tap_compleetpersy.model import paths
from tap_compleetpersy.model.address import is_state, known_country
from tap_compleetpersy.model.contacts import TAKEN, is_email, number_of_parts, read_phones
from tap_compleetpersy.model.fields import OPENING
from tap_compleetpersy.model.outcomes import built_in
from tap_compleetpersy.model.text import fold
from tap_compleetpersy.model.wrappers import flat

_MOSTLY = 0.8
_USUAL = 0.5
_FEW_RECORDS = 8
"""So many records prove nothing by being different."""


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


def _share(column: Column, holds: Callable[[str], object]) -> float:
    texts = column.texts
    return sum(bool(holds(text)) for text in texts) / len(texts) if texts else 0


def _mostly(holds: Callable[[str], object], least: float = _MOSTLY) -> Callable[[Column], bool]:
    return lambda column: _share(column, holds) >= least


_ID = re.compile(r"(?=.*\d)[\w./:{}+-]{1,64}")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F-]{16,}")
_PHONE = re.compile(r"(?:\+|0|\()[\d\s()/.-]{6,}")
_ZIP = re.compile(r"(?:[A-Z]{1,2}-)?\d{4,5}")
_POSTCODE = re.compile(r"[A-Z0-9 -]{4,10}")
_STREET = re.compile(r"[^\W\d][^\d@]{2,}\s\d{1,4}\s?[a-zA-Z]?(?:\s?[-/]\s?\d+\s?[a-zA-Z]?)?")
_NAME = re.compile(r"[^\W\d_][^\d@_/;:]{0,39}")
_WORD = re.compile(r"[^\W\d]")
_BOARDS = (
    "stepstone", "indeed", "linkedin", "xing", "monster", "jobware", "arbeitsagentur", "kununu",
    "empfehlung", "initiativ", "homepage", "website", "karriereseite", "webseite", "google",
    "facebook", "instagram", "meinestadt", "kimeta", "jobbörse", "ebay", "kleinanzeigen",
)  # fmt: skip


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


def _is_text(text: str) -> bool:
    return bool(_WORD.search(text)) and not is_email(text)


def _is_written_as_id(column: Column) -> bool:
    """Whether every record has a value, and all of them are written as ids are."""
    as_id = _share(column, lambda text: _ID.fullmatch(text) or _HEXADECIMAL.fullmatch(text))
    return column.is_everywhere and not column.is_time and as_id == 1


def _is_id(column: Column) -> bool:
    """Whether every record has another value, and all of them are written as ids are."""
    return column.is_unique and _is_written_as_id(column)


def _is_phone(text: str) -> bool:
    return bool(_PHONE.fullmatch(text) and read_phones(text))


def _is_phones(column: Column) -> bool:
    """Whether the values are written as nothing but telephone numbers are."""
    return _share(column, _is_phone) >= _MOSTLY and _share(column, _is_separated) > _USUAL


def _is_own(column: Column) -> bool:
    """Whether the values are the people's, and not those of a few recruiters."""
    texts = column.texts
    return len(texts) < _FEW_RECORDS or len(set(texts)) > _USUAL * len(texts)


def _is_person_name(column: Column) -> bool:
    short = _share(column, lambda text: _NAME.fullmatch(text) and len(text.split()) < 4)  # noqa: PLR2004 - words
    return short >= _MOSTLY and _is_own(column) and _share(column, known_country) < _USUAL


_TEXT = _mostly(_is_text, _USUAL)
_PERSON = _mostly(_NAME.fullmatch, _USUAL)
_CAREER = (
    "history", "employ", "werdegang", "arbeitgeber", "career", "laufbahn", "beschaeftig", "work",
    "experience",
)  # fmt: skip
_FOREIGN = ("geburt", "birth", "firma", "arbeitgeber", "company", "employer", "recruiter")

ROLES: t.Final[Mapping[str, Role]] = {
    "remote_id": Role(
        ("kandidatid", "bewerberid", "candidateid", "applicantid", "uuid", "guid", "kennung",
         "nummer", "number", "schluessel", "id", "nr", "ref", "key", "no"),
        _is_id, others=("extern", "hash", "parent", "mandant", "tenant"),
    ),
    "email_addresses": Role(
        ("mail",), _mostly(is_email, _USUAL),
        lambda c: _share(c, is_email) >= _MOSTLY and _is_own(c), others=_FOREIGN, many=True,
    ),
    "phone_numbers": Role(
        ("telefon", "phone", "mobil", "handy", "rufnummer", "fax", "fon"),
        _mostly(_is_phone, _USUAL), lambda c: _is_phones(c) and _is_own(c),
        others=_FOREIGN, many=True,
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
        _PERSON,
        others=(*_FOREIGN, "einsatz", "arbeits"),
    ),
    "location.country": Role(
        ("land", "country", "staat"), _mostly(known_country, _USUAL),
        lambda c: _share(c, known_country) == 1 and len(c.texts) >= _FEW_RECORDS,
        others=(*_FOREIGN, "angehoerig", "national", "citizen", "sprach", "lang", "bundes"),
    ),
    "location.state": Role(
        ("bundesland", "region", "province", "state"), _mostly(is_state, _USUAL),
        lambda c: _share(c, is_state) == 1 and len(c.texts) >= _FEW_RECORDS, others=_FOREIGN,
    ),
    "company": Role(
        ("firma", "arbeitgeber", "employer", "company", "betrieb", "unternehmen"), _TEXT,
        lists=_CAREER,
    ),
    "title": Role(
        ("jobtitle", "taetigkeit", "beruf", "position", "funktion", "function", "role", "rolle",
         "occupation", "headline"),
        _TEXT, others=("jahr", "year", "erfahrung", "experience", "wunsch", "key"), lists=_CAREER,
    ),
    "source": Role(
        ("quelle", "herkunft", "source", "kanal", "channel"), _TEXT,
        lambda c: _share(c, _names_board) > 0.3,  # noqa: PLR2004 - the rest are firms of one's own
    ),
}  # fmt: skip
_UPDATED: t.Final = (
    "modif", "updat", "aenderung", "aender", "aktualis", "chang", "bearbeit", "mutation",
    "touched", "stand",
)  # fmt: skip
_CREATED: t.Final = ("creat", "erstell", "angelegt", "anlage", "erfass", "eingang", "made")


def _is_separated(text: str) -> bool:
    return text.startswith("+") or bool(re.search(r"\d[ /()-]+\d", text))


def _names_board(text: str) -> bool:
    return any(board in text.casefold() for board in _BOARDS)


def guess(
    records: Sequence[object], fed: Mapping[str, Mapping[str, int]], wanted: Collection[str]
) -> tuple[Guess, ...]:
    """Return what fields of the model may be read from.

    Args:
        records: As received.
        fed: Fields that something feeds, to path to count; these paths are not guessed.
        wanted: Fields to guess.
    """
    objects = [flat(record) for record in records if isinstance(record, dict)]
    fields, by_id = marked_fields(objects), marked_lists(objects)
    opened = {folded_path(plain_path(path)) for path in fields}
    wanted = {
        *wanted,
        *(name for name, each in fed.items() if set(map(folded_path, each)) <= opened),
    }
    objects = [unfold(record, by_id) for record in objects]
    sections = sections_of(objects)
    taken = {folded_path(path) for name, each in fed.items() if name not in wanted for path in each}
    found = [*_openings(sections, wanted)]
    openings = {folded_path(path) for path in paths.OPENINGS}
    openings |= {
        folded_path(path) for one in found if one.field == "openings" for path in one.paths
    }
    lists = {folded_path(path) for path, section in sections.items() if section.is_list} | openings

    def left(columns: Sequence[Column], behind: Collection[str]) -> list[Column]:
        free = [column for column in columns if folded_path(column.path) not in taken]
        return [column for column in free if not _is_below(column.path, behind)]

    columns = left(columns_of(objects), lists)
    listed = [
        left(columns_of(objects, of_lists=True, element=place), openings) for place in range(3)
    ]
    found += (one for one in _numbers_of_parts(sections) if one.field in wanted)
    wanted = {*wanted} - {one.field for one in found if one.field == "phone_numbers"}
    found += [one for one in _people(columns, listed, wanted) if one.field in wanted]
    found += _beside(columns, {name: each for name, each in fed.items() if name not in wanted})
    taken |= {folded_path(path) for one in found for path in one.paths}
    forms = {plain_path(path): path for path in (*by_id, *fields)}
    sections = sections_of([unfold(record, fields) for record in objects])
    proven = {path for path in map(plain_path, fields) if not _holds_more(path, taken)}
    proven |= _cores(columns_of(objects), taken)
    found += _containers(sections, taken, lists, _MOSTLY * len(objects), proven)
    return tuple(
        one._replace(paths=tuple(forms.get(path, path) for path in one.paths))
        if one.field in {"openings", CONTAINER}
        else one
        for one in found
    )


def _is_below(path: str, sections: Collection[str]) -> bool:
    """Whether a path leads through one of some folded ones."""
    folded = folded_path(path)
    return any(folded.startswith(f"{section}.") for section in sections)


def _is_within(path: str, names: Collection[str]) -> bool:
    """Whether a key on a path, but for the last, has one of the names in it."""
    return any(is_named(key, names) for key in path.split(".")[:-1])


def field_paths(guesses: Sequence[Guess]) -> dict[str, str | list[str]]:
    """Return the setting `field_paths` of what is sure."""
    return {
        one.field: one.paths[0] if len(one.paths) == 1 else [*one.paths]
        for one in guesses
        if one.sureness == "sure" and one.field != CONTAINER
    }


def _numbers_of_parts(sections: Mapping[str, Section]) -> Iterator[Guess]:
    """Yield the objects that are telephone numbers in parts: an area, a subscriber and so on."""
    for path, section in sections.items():
        numbers = [number_of_parts(element) for element in section.elements]
        has_parts = len(TAKEN & {fold(key) for key in section.keys}) > 1
        if has_parts and sum(each is not None for each in numbers) >= _MOSTLY * len(numbers):
            yield Guess("phone_numbers", (path,))
            return


def _beside(columns: Sequence[Column], fed: Mapping[str, Mapping[str, int]]) -> Iterator[Guess]:
    """Find further numbers and addresses in an object that is known for some."""
    for name, role in ROLES.items():
        parents = {folded_path(path).rpartition(".")[0] for path in fed.get(name, ())} - {""}
        inside = [each for each in columns if role.many and folded_path(each.parent) in parents]
        proven = [each for each in inside if role.proves(each)]
        if guessed := _of_role(name, role, _named(proven, role.names)):
            around = {folded_path(path).rpartition(".")[0] for path in guessed.paths}
            known = [path for path in fed[name] if folded_path(path).rpartition(".")[0] in around]
            yield guessed._replace(paths=(*guessed.paths, *known))  # one whole, read by these alone


def _people(
    columns: Sequence[Column], listed: Sequence[Sequence[Column]], wanted: Collection[str]
) -> Iterator[Guess]:
    """Yield what the fields of a person may be read from.

    Args:
        columns: That are in no list.
        listed: That are in one, but for openings, of its first elements each.
        wanted: Fields.
    """
    free = list(columns)

    def take(guessed: Guess) -> Guess:
        if guessed.sureness == "sure":
            free[:] = [column for column in free if column.path not in guessed.paths]
        return guessed

    for guessed in _times(columns, wanted):
        yield take(guessed)
    left, cities = set(wanted), free
    for name, role in ROLES.items():
        within = [each for each in listed[0] if _is_within(each.path, role.lists)]
        within = [each for elements in listed for each in elements] if role.many else within
        if name in left and (chosen := _of_role(name, role, [*free, *within])):
            left -= {name} if chosen.sureness == "sure" else set()
            if name == "location.city":
                cities = [column for column in free if column.path in chosen.paths]
            yield take(chosen)
    for guessed in (*_names(free, left), *_zip_and_city(columns, cities, left)):
        yield guessed


def _of_role(name: str, role: Role, columns: Sequence[Column]) -> Guess | None:
    """Return what fits and has the better name, else what can be nothing else."""
    least = 1 if name == "remote_id" else _USUAL
    found = [
        column
        for column in columns
        if (column.filled >= least or (role.many and role.proves(column)))
        and not is_named(column.path, role.others)
        and role.fits(column)
        and (name_rank(column.path, role.names) is not None or role.proves(column))
    ]
    if role.many:
        return Guess(name, tuple(dict.fromkeys(_paths(found)))) if found else None
    if not found and name == "remote_id":  # what alone is written as ids are
        found = [column for column in columns if _is_id(column) and not _share(column, _is_phone)]
        found = [column for column in found if len(column.texts) >= _FEW_RECORDS]
    return _guessed(name, _best(found, role.names))


def _paths(columns: Iterable[Column]) -> tuple[str, ...]:
    return tuple(column.path for column in columns)


def _guessed(name: str, columns: Collection[Column]) -> Guess | None:
    """Return one column as sure, several as rivals."""
    if not columns:
        return None
    return Guess(name, _paths(columns), "sure" if len(columns) == 1 else "perhaps")


def _best(columns: Collection[Column], names: Sequence[str]) -> list[Column]:
    """Return the columns with the best name: those without any where none has one."""

    def rank(column: Column) -> tuple[int, int]:
        named = name_rank(column.path, names)
        return len(names) if named is None else named, column.depth

    best = min(map(rank, columns), default=None)
    return [column for column in columns if rank(column) == best]


def _named(columns: Iterable[Column], names: Sequence[str]) -> list[Column]:
    """Return the columns that have one of the names."""
    return [column for column in columns if name_rank(column.path, names) is not None]


def _times(columns: Sequence[Column], wanted: Collection[str]) -> Iterator[Guess]:
    """Return update and creation: the one is never before the other."""
    times = [column for column in columns if column.is_time and column.filled >= _USUAL]
    if any(column.has_clock for column in times):
        times = [column for column in times if column.has_clock]
    updated, created = (_best(_named(times, names), names) for names in (_UPDATED, _CREATED))
    rest = [column for column in times if column not in (*updated, *created)]
    updated = updated or _extreme(rest, latest=True)
    created = created or _extreme(rest, latest=False)
    if len(updated) == 1 and len(times) == 2 and not created:  # noqa: PLR2004
        created = [column for column in times if column is not updated[0]]
    if len(created) == 1 and len(times) == 2 and not updated:  # noqa: PLR2004
        updated = [column for column in times if column is not created[0]]
    for name, found, other in (
        ("remote_updated_at", updated, created),
        ("remote_created_at", created, updated),
    ):
        rest = [column for column in found if len(other) != 1 or column is not other[0]]
        if name in wanted and (guessed := _guessed(name, rest)):
            yield guessed


def _extreme(times: Sequence[Column], *, latest: bool) -> list[Column]:
    """Return the time that is never before the others, or never after; all where none differs."""
    if len(times) < 2:  # noqa: PLR2004 - nothing to compare
        return []
    return [
        column
        for column in times
        if all(
            column.never_before(other) if latest else other.never_before(column)
            for other in times
            if other is not column
        )
    ]


def _names(columns: Sequence[Column], wanted: Collection[str]) -> Iterator[Guess]:
    """Return first and last names: the first are known ones, the last stand beside them."""
    names = [column for column in columns if column.filled >= _USUAL and _is_person_name(column)]
    first = max(names, key=lambda column: _share(column, _is_first_name), default=None)
    known = 0 if first is None else _share(first, _is_first_name)
    if first is None or known < 0.15:  # noqa: PLR2004 - far more than among other words
        return
    if "first_name" in wanted:
        yield Guess("first_name", (first.path,))
    beside = [
        column
        for column in names
        if column is not first and column.parent == first.parent
        and len(column.texts) >= _FEW_RECORDS
        and _share(column, lambda text: len(text.split()) == 1) >= _MOSTLY
    ]  # fmt: skip
    if "last_name" in wanted and (guessed := _guessed("last_name", beside)):
        yield guessed


def _zip_and_city(
    columns: Sequence[Column], cities: Sequence[Column], wanted: Collection[str]
) -> Iterator[Guess]:
    """Yield codes of four or five digits that each have one place beside them, and the places."""
    pairs = [
        (code, city)
        for code in columns
        if _share(code, _ZIP.fullmatch) == 1 and not code.is_time
        for city in cities
        if city is not code and city.parent == code.parent and _PERSON(city) and code.decides(city)
    ]
    for name, place in (("location.zip_code", 0), ("location.city", 1)):
        guessed = _guessed(name, dict.fromkeys(pair[place] for pair in pairs))
        if guessed is not None and name in wanted:
            yield guessed


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


class _Opening(t.NamedTuple):
    """A list of a record that may be of openings."""

    path: str
    parts: tuple[Guess, ...]
    is_known: bool
    is_named: bool
    is_proven: bool


def _openings(sections: Mapping[str, Section], wanted: Collection[str]) -> Iterator[Guess]:
    """Yield the list of openings, known by its name, or by titles that follow from ids."""
    if not any(name in wanted for name in OPENING.extensible):
        return
    found = [
        one
        for path, section in sections.items()
        if not is_named(path, _OTHER_LISTS)
        and (section.is_list or is_named(path, _LISTS))
        and (one := _opening(path, section.elements)) is not None
        and (one.is_known or "jobs.remote_id" in wanted)
    ]
    chosen = [one for one in found if one.is_named and one.is_proven] or [
        one for one in found if one.is_named or one.is_proven
    ]
    if not chosen:
        return
    if len(chosen) > 1:
        yield Guess("openings", tuple(one.path for one in chosen), "perhaps")
        return
    parts = [part for part in chosen[0].parts if part.field in wanted]
    if parts or not chosen[0].is_known:  # paths of parts lead through a list that is named
        yield Guess("openings", (chosen[0].path,))
    yield from parts


def _opening(path: str, elements: Sequence[dict[str, t.Any]]) -> _Opening | None:
    """Return a list in which an id was found, and perhaps a title that follows from it."""
    columns = columns_of(elements)
    ids = [column for column in columns if _is_written_as_id(column)]
    texts = [column for column in columns if not column.is_time and _TEXT(column)]
    statuses = [column for column in texts if _share(column, built_in) >= _USUAL]
    titles = [column for column in texts if column not in statuses]
    pairs = [(i, title) for i in ids for title in titles if i is not title and i.decides(title)]
    best_ids = _best({i for i, _ in pairs} or ids, _OPENING_IDS)
    best_titles = _best({title for i, title in pairs if i in best_ids} or titles, _TITLES)
    if not best_ids:
        return None
    best_statuses = _best(statuses or _named(titles, _STATUSES), _STATUSES)
    if len({status.parent for status in best_statuses}) == 1:  # a code and its text
        best_statuses = _best(best_statuses, _TITLES)
    times = [column for column in columns if column.is_time]
    found = {
        "jobs.remote_id": best_ids,
        "jobs.name": best_titles,
        "applications.outcome": best_statuses,
        "applications.remote_created_at": _best(times, _APPLIED),
    }
    parts = [one for name, each in found.items() if (one := _guessed(name, sorted(each)))]
    parts = [one._replace(paths=tuple(f"{path}.{each}" for each in one.paths)) for one in parts]
    known = folded_path(path) in {folded_path(each) for each in paths.OPENINGS}
    return _Opening(
        path, tuple(parts), known, is_named(path, _LISTS) and bool(best_titles), bool(pairs)
    )


# --- custom fields ---------------------------------------------------------------------

CONTAINER: t.Final = "custom_fields"
_CONTAINERS: t.Final = (
    "zusatz", "zusaetz", "frei", "custom", "extra", "user", "individ", "merkmal", "eigen",
    "attribut", "feld", "field", "answer", "antwort", "frage", "angabe", "info",
)  # fmt: skip
_FEW_FIELDS: t.Final = 3
_NO_CONTAINERS: t.Final = (
    "link", "meta", "self", "href", "embedded", "owner", "recruiter", "betreuer", "createdby",
    "manager", "ansprech", *_OTHER_LISTS,
)  # fmt: skip


def _cores(columns: Sequence[Column], taken: Collection[str]) -> set[str]:
    """Return the object that most of the model is read from, if it holds more than that."""
    inner = [column for column in columns if column.depth]
    parents = Counter(column.parent for column in inner if folded_path(column.path) in taken)
    (core, count), *_ = parents.most_common(1) or [("", 0)]
    rest = [each for each in inner if each.parent == core and folded_path(each.path) not in taken]
    return {core} if rest and count >= _FEW_RECORDS else set()


def _holds(path: str, taken: Collection[str]) -> bool:
    """Whether a path, or one below it, is taken."""
    return folded_path(path) in taken or _holds_more(path, taken)


def _holds_more(path: str, taken: Collection[str]) -> bool:
    """Whether a path below one is taken."""
    return any(each.startswith(f"{folded_path(path)}.") for each in taken)


def _is_around_entries(path: str, sections: Mapping[str, Section]) -> bool:
    """Whether nothing but one list of entries stands here."""
    keys = sections[path].keys
    inner = sections.get(f"{path}.{next(iter(keys), '')}")
    return len(keys) == 1 and inner is not None and inner.is_list and inner.holds_entries


def _containers(
    sections: Mapping[str, Section],
    taken: Collection[str],
    lists: Collection[str],
    most: float,
    proven: Collection[str],
) -> Iterator[Guess]:
    """Yield the objects, or lists of named entries, that hold no field of the model.

    One without a telling name must be the only one that most records have, with some keys: else
    it may be a custom field itself. Those proven are of entries, by their values.
    """
    known = {folded_path(path) for path in paths.CUSTOM_FIELDS}
    found = [
        path
        for path, section in sections.items()
        if section.holds_entries
        and not is_named(path, _NO_CONTAINERS)
        and (path in proven or not _holds(path, taken))
        and not _is_below(path, {*taken, *lists})
    ]
    found = [path for path in found if not _is_around_entries(path, sections)]
    outer = [path for path in found if not _is_below(path, {folded_path(one) for one in found})]
    unknown = [path for path in outer if folded_path(path) not in known or path in proven]
    named = [path for path in unknown if is_named(path, _CONTAINERS) or path in proven]
    usual_size = [
        path
        for path in unknown
        if sections[path].records >= most
        and (sections[path].is_list or len(sections[path].keys) >= _FEW_FIELDS)
    ]
    chosen = named or (usual_size if len(usual_size) == 1 else [])
    if chosen:
        usual = [path for path in outer if path not in unknown]
        yield Guess(CONTAINER, (*usual, *chosen))
    elif unknown:
        yield Guess(CONTAINER, tuple(unknown), "perhaps")
