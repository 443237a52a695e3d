"""Countries and postal addresses; the names that the CLDR does not have are tables here."""

from __future__ import annotations

import re
import typing as t
import unicodedata
from functools import lru_cache

COMMON: t.Final[dict[str, str]] = {
    "Deutschland": "DE", "Germany": "DE", "Österreich": "AT", "Austria": "AT",
    "Schweiz": "CH", "Switzerland": "CH",
}  # fmt: skip
"""Where most live: known without the tables of the CLDR, which take 80 ms."""
GERMAN_NAMES: t.Final[dict[str, str]] = {
    "DE": "Deutschland", "AT": "Österreich", "CH": "Schweiz", "FR": "Frankreich", "IT": "Italien",
    "NL": "Niederlande", "PL": "Polen", "TR": "Türkei", "RO": "Rumänien", "CZ": "Tschechien",
    "ES": "Spanien", "BE": "Belgien", "LU": "Luxemburg", "DK": "Dänemark", "LI": "Liechtenstein",
}  # fmt: skip
"""The same for what a German letter shows; a test compares them with the CLDR."""

_OTHER_NAMES: t.Final = """
    AE: Arabische Emirate; VAE; UAE; Emirate
    AQ: Antarktika
    AR: Argentinische Republik; Argentine Republic
    AX: Aland; Åland-Inseln
    BA: Bosnien; Bosnien-Herzegowina; Bosnia; Bosnia-Herzegovina
    BE: België; Belgique
    BF: Obervolta; Upper Volta
    BJ: Dahomey
    BN: Brunei; Negara Brunei Darussalam
    BQ: Bonaire, Sint Eustatius und Saba; Karibische Niederlande
    BV: Bouvet-Insel
    BW: Botswana
    BY: Weißrussland; Belorussland; White Russia; Byelorussia
    CC: Kokos-(Keeling-)Inseln; Kokosinseln (Keelinginseln); Cocos Islands
    CD: Demokratische Republik Kongo; Kongo, Demokratische Republik; DR Kongo; Zaire;
        Kongo-Kinshasa; Democratic Republic of the Congo; DR Congo;
        Congo, The Democratic Republic of the
    CF: Zentralafrika
    CG: Kongo; Republik Kongo; Kongo-Brazzaville; Congo; Republic of the Congo; Kongo, Republik
    CH: Schweizerische Eidgenossenschaft; Swiss Confederation; Suisse; Svizzera;
        Confoederatio Helvetica; Schweitz
    CI: Elfenbeinküste; Côte d'Ivoire; Cote d Ivoire; Ivory Coast
    CN: Volksrepublik China; VR China; People's Republic of China; China, Volksrepublik
    CV: Kap Verde; Kapverden; Cape Verde; Cabo Verde
    CX: Weihnachtsinseln
    CZ: Tschechische Republik; Tschechei; Czech Republic; Czechia; Česko; Česká republika
    DE: BRD; Bundesrepublik Deutschland; Bundesrep. Deutschland; Bundesrepublik;
        Federal Republic of Germany; Allemagne; Germania; Dtl; Dtld; Deutschl; Alemania; Niemcy;
        Almanya
    DK: Danmark
    DZ: Demokratische Volksrepublik Algerien
    EG: Arabische Republik Ägypten
    ES: España
    FI: Suomi
    FK: Falklandinseln (Malwinen); Falkland Islands (Malvinas); Malwinen
    FM: Mikronesien, Föderierte Staaten von; Föderierte Staaten von Mikronesien;
        Micronesia, Federated States of; Federated States of Micronesia
    FO: Färöer-Inseln; Faroer
    FR: Französische Republik; French Republic
    GA: Gabunische Republik; Gabonese Republic
    GB: England; Great Britain; Großbritannien; UK; U.K.; Schottland; Scotland; Wales;
        Groß Britannien; Nordirland; Northern Ireland; Vereinigtes Königreich;
        Vereinigtes Königreich Großbritannien und Nordirland;
        United Kingdom of Great Britain and Northern Ireland; Britain
    GF: Französisch-Guyana
    GM: The Gambia
    GR: Hellenische Republik; Hellenic Republic; Hellas
    GS: South Georgia und die Südlichen Sandwichinseln
    GW: Guinea Bissau
    HK: Hong Kong; Hongkong; Sonderverwaltungsregion Hongkong;
        Hong Kong Special Administrative Region of China
    HM: Heard und McDonaldinseln
    HR: Hrvatska
    HU: Magyarország
    IE: Republik Irland; Eire
    IM: Insel Man
    IO: Britisches Territorium im Indischen Ozean; British Indian Ocean Territory
    IR: Persien
    IT: Italienische Republik; Italian Republic; Italia; Repubblica Italiana
    JO: Haschemitisches Königreich Jordanien; Hashemite Kingdom of Jordan
    KG: Kirgisien; Kirgisische Republik; Kirgistan; Kirgisistan; Kyrgyz Republic
    KH: Kampuchea
    KN: Saint Kitts und Nevis; Saint Kitts and Nevis
    KP: Nordkorea; Demokratische Volksrepublik Korea; Korea, Demokratische Volksrepublik;
        DVR Korea; Democratic People's Republic of Korea; Korea, Democratic People's Republic of
    KR: Südkorea; Republik Korea; Korea, Republik; Republic of Korea; Korea, Republic of
    KY: Cayman-Inseln
    LA: Laos, Demokratische Volksrepublik; Demokratische Volksrepublik Laos;
        Lao People's Democratic Republic
    LB: Libanesische Republik; Lebanese Republic
    LC: Saint Lucia
    LK: Ceylon
    LU: Luxembourg
    MD: Moldawien; Moldau; Moldova; Republik Moldau
    MF: Saint Martin (Französischer Teil); Saint Martin (French part)
    MK: Mazedonien; Macedonia; EJR Mazedonien; North Macedonia
    MM: Birma; Burma
    MO: Macao; Macau; Sonderverwaltungsregion Macao; Macao Special Administrative Region of China
    MP: Nördliche Marianen; Commonwealth Nördliche Mariana-Inseln;
        Commonwealth of the Northern Mariana Islands
    MX: Vereinigte Mexikanische Staaten; United Mexican States
    NL: Holland; Die Niederlande; Nederland; Netherlands, Kingdom of the
    NO: Norge
    PL: Polska
    PM: Saint Pierre und Miquelon; St. Pierre und Miquelon
    PN: Pitcairn
    PS: Palästina; Palästina, Staat; Staat Palästina; State of Palestine; Palestine;
        Palestine, State of
    PT: Portugiesische Republik; Portuguese Republic
    RO: Romania
    RS: Srbija
    RU: Russische Föderation; Russian Federation
    SB: Salomoninseln
    SE: Sverige
    SH: St. Helena, Ascension und Tristan da Cunha; Saint Helena, Ascension and Tristan da Cunha
    SJ: Svalbard und Jan Mayen
    SI: Slovenija
    SK: Slowakische Republik; Slovak Republic; Slovensko
    SX: Saint-Martin (Niederländischer Teil); Sint Maarten (Dutch part)
    SY: Syrische Arabische Republik; Syrian Arab Republic
    SZ: Swasiland; Swaziland
    TF: Französische Süd- und Antarktisgebiete; French Southern Territories
    TG: Togoische Republik; Togolese Republic
    TH: Siam
    TL: Osttimor; East Timor
    TN: Tunesische Republik
    TR: Turkey; Türkiye
    TW: Taiwan, Chinesische Provinz; Taiwan, Province of China; Republik China; Republic of China
    TZ: Tanzania
    UA: Ukraine
    UM: United States Minor Outlying Islands
    US: U.S.A.; USA; U.S.; Vereinigte Staaten von Amerika; Vereinigte Staaten; Amerika;
        United States of America; The United States
    UY: Republik Östlich des Uruguay; Eastern Republic of Uruguay
    VA: Vatikan; Vatikanstadt; Heiliger Stuhl; Heiliger Stuhl (Staat Vatikanstadt); Holy See;
        Holy See (Vatican City State)
    VC: Saint Vincent und die Grenadinen; St. Vincent und die Grenadinen
    VG: Britische Jungferninseln; Virgin Islands, British
    VI: Amerikanische Jungferninseln; Virgin Islands, U.S.
    VN: Viet Nam; Vietnam
    ZW: Rhodesien; Zimbabwe
"""
"""Official, former and usual names; those of the CLDR are not repeated where it has them."""

OTHER_NAMES: t.Final = {
    code: tuple(" ".join(names.split()).split("; "))
    for code, names in (row.split(": ") for row in re.split(r"\n {4}\b", _OTHER_NAMES.strip()))
}

_FORMS: t.Final = """
    arab arabische bolivarian bolivarische bundesrepublik co commonwealth cooperative das
    democratic demokratische demokratischer der des die duchy emirat federal federative
    foederale foederative fuerstentum grand grossherzogtum independent islamic islamische
    islamischer kingdom koenigreich kooperative lao of operative people peoples
    plurinational plurinationaler principality republic republik s socialist sozialistische
    staat state sultanat sultanate the unabhaengiger und union unitary united vereinigte
    vereinigten vereinigung volksrepublik von
"""
"""Folded words that official names have around the usual one."""

_AMBIGUOUS: t.Final = frozenset({
    "korea", "kongo", "congo", "china", "mikronesien", "micronesia",
    "irland", "ireland", "staaten", "states", "emirate", "emirates", "amerika", "america",
})  # fmt: skip
"""Rests that the words around decide: only whole names of these count."""

_SHORT: t.Final = {
    "sankt": "st", "saint": "st", "rep": "republik", "kgr": "koenigreich",
    "bundesrep": "bundesrepublik",
}  # fmt: skip
"""Folded words that are written in several ways."""

PLATES: t.Final = (
    "a=AT b=BE d=DE e=ES f=FR h=HU i=IT j=JP l=LU m=MT n=NO p=PT s=SE v=VA t=TH k=KH c=CU z=ZM "
    "and=AD arm=AM aus=AU bds=BB bih=BA brn=BH bru=BN cdn=CA cdo=CD cgo=CD "
    "eak=KE eat=TZ eau=UG est=EE fin=FI fji=FJ fl=LI gbz=GI gbm=IM gbj=JE gbg=GG gca=GT "
    "hkj=JO irl=IE irq=IQ lao=LA lar=LY lt=LT mal=MY mne=ME mgl=MN nmk=MK "
    "nam=NA nep=NP nz=NZ pl=PL rca=CF rch=CL rg=GN rim=MR rl=LB rm=MG rmm=ML rn=NE "
    "rok=KR rp=PH rsm=SM rus=RU slo=SI srb=RS sud=SD sme=SR tj=TJ tm=TM usa=US wag=GM wal=SL "
    "wan=NG wd=DM wg=GD wl=LC wv=VC yv=VE zre=CD"
)
"""Signs on number plates, where they are no codes of ISO 3166."""

PAIRS: t.Final = {
    "UK": "GB", "EL": "GR", "FL": "LI", "RA": "AR", "RC": "TW", "RH": "HT", "RI": "ID",
    "RL": "LB", "RM": "MG", "RN": "NE", "RP": "PH", "YV": "VE",
}  # fmt: skip
"""The same in two capitals: everything else of two capitals stays as it is."""

SPORTS: t.Final = (
    "ger=DE sui=CH ned=NL por=PT gre=GR cro=HR den=DK bul=BG lat=LV rsa=ZA uae=AE mas=MY phi=PH "
    "ina=ID vie=VN kor=KR chi=CL uru=UY par=PY alg=DZ ksa=SA iri=IR leb=LB lba=LY mad=MG ngr=NG "
    "nig=NE sri=LK mya=MM mon=MC kuw=KW bah=BS hai=HT gua=GT hon=HN crc=CR esa=SV "
    "ang=AO bot=BW zim=ZW zam=ZM gam=GM tog=TG tan=TZ sud=SD"
)
"""Codes of sports and forms, where they are none of ISO 3166."""

_STATES: t.Final = (
    "Baden-Württemberg", "Bayern", "Berlin", "Brandenburg", "Bremen", "Hamburg", "Hessen",
    "Mecklenburg-Vorpommern", "Niedersachsen", "Nordrhein-Westfalen", "NRW", "Rheinland-Pfalz",
    "Saarland", "Sachsen", "Sachsen-Anhalt", "Schleswig-Holstein", "Thüringen", "Freistaat Bayern",
    "Freistaat Sachsen", "Freistaat Thüringen", "Bavaria", "Hesse", "Lower Saxony", "Saxony",
    "North Rhine-Westphalia", "Rhineland-Palatinate", "Thuringia", "Saxony-Anhalt",
    "Burgenland", "Kärnten", "Niederösterreich", "Oberösterreich", "Salzburg", "Steiermark",
    "Tirol", "Vorarlberg", "Wien", "Hansestadt Hamburg", "Freie und Hansestadt Hamburg",
    "Freie Hansestadt Bremen",
)  # fmt: skip

_STATE_CODES: t.Final = frozenset({
    "BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH",
})  # fmt: skip
"""Of Germany, as ISO 3166-2 has them after `DE-`; most are countries, too."""
_NO_COUNTRY_HERE: t.Final = frozenset({"BY", "HB", "HE", "HH", "NW", "RP"})
"""Those that are states under `Land` whatever else the address says."""

LOCATION_PARTS: t.Final = ("city", "country", "raw", "state", "street_1", "street_2", "zip_code")

_OFFICIAL = frozenset(_FORMS.split())
_ALPHA_2 = re.compile(r"[A-Za-z]{2}")
_ALPHA_3: t.Final = 3
# Two-letter codes of CLDR that are no countries of ISO 3166.
_NO_COUNTRIES = frozenset({
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ",
})  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "o", "ł": "l", "đ": "d", "&": " "})
_BETWEEN = re.compile(r"\s*[()/;|]\s*|\s+[-\u2013]\s+")
_CODE_FIRST = re.compile(r"(?P<code>[A-Z]{1,3})[-\s]+(?P<name>[^\W\d_]{4,}.*)")
_GERMAN_ZIP = re.compile(r"(?:D(?:E)?[- ]?)?[0-9]{5}")
_TOWN = re.compile(
    r"([0-9]{4} [A-Z]{2}|[0-9]{3} [0-9]{2}|[0-9]{2}-[0-9]{3}|(?:[A-Z]{1,2}-)?[0-9]{4,5})"
    r" ([^\W\d_].*)"
)
_STREET = re.compile(r"[^\W\d_].*[0-9].*")
_LONGEST: t.Final = 100


def country(text: str) -> str:
    """Return the ISO 3166 alpha-2 code of a country where it is known, else the text as given.

    German and English names and alpha-3 codes come from the CLDR (`babel`); official and old
    names, number plates and the codes of sports from the tables above.
    """
    # Upper-case pairs need no table but that of the few plates that are no codes.
    if len(text) == 2 and text.isascii() and text.isalpha() and text.isupper():  # noqa: PLR2004
        return PAIRS.get(text, text)
    return known_country(text) or text


@lru_cache(maxsize=1024)
def known_country(text: str) -> str | None:
    """Return the code of a country's name or code, None when it is none that is known."""
    if len(text) > _LONGEST:
        return None
    if (code := COMMON.get(text)) is not None:
        return code
    if (code := _countries().get(text.casefold())) is not None:
        return code
    if "," in text:
        name, form = (part.strip() for part in text.split(",", 1))
        if (code := _named(f"{form} {name}")) is not None:
            return code
    if (code := _named(text)) is not None:
        return code
    # `Deutschland (DE)`, `DE - Deutschland`: all parts that are known must agree.
    parts = [part for part in _BETWEEN.split(text) if part]
    if len(parts) == 1 and (found := _CODE_FIRST.fullmatch(text)):
        parts = [found["code"], found["name"]]
    codes = {_named(part) for part in parts}
    return codes.pop() if len(parts) > 1 and len(codes) == 1 else None


def _named(text: str) -> str | None:
    """Return the code of a name, or of what is left of an official one: `Republik Polen`."""
    words = _folded(text).split()
    if (code := _countries().get(" ".join(words))) is not None:
        return code
    rest = [word for word in words if word not in _OFFICIAL]
    name = " ".join(rest)
    if len(rest) == len(words) or name in _AMBIGUOUS or len(name) < _ALPHA_3 + 1:
        return None
    return _countries().get(name)


def _folded(text: str) -> str:
    """Return what the spellings of a name share, without case, accents, umlauts, hyphens."""
    text = unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS)
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", bare.replace(".", ""))
    return " ".join("und" if word == "and" else _SHORT.get(word, word) for word in words)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    # Imported late: most addresses carry a code, and the tables take 50 ms.
    from babel.core import Locale, get_global  # noqa: PLC0415

    german, english = dict(Locale("de").territories), dict(Locale("en").territories)
    codes = {code for code in german if _ALPHA_2.fullmatch(code)} - _NO_COUNTRIES
    names = {code.casefold(): code for code in codes}
    names |= dict(pair.split("=") for pair in f"{PLATES} {SPORTS}".split())
    for alias, targets in get_global("territory_aliases").items():
        # Three letters or three digits.
        if len(alias) == _ALPHA_3 and len(targets) == 1 and targets[0] in codes:
            names[alias.casefold()] = targets[0]
    said = [(code, str(table[code])) for code in codes for table in (german, english)]
    said += [(code, name) for code, others in OTHER_NAMES.items() for name in others]
    for code, name in said:
        names[_folded(name)] = code
        names.setdefault(_folded(name.translate(_DROPPED)), code)
    return names


_DROPPED = str.maketrans("äöüÄÖÜ", "aouAOU")
"""How umlauts look where somebody had no keys for them: `Osterreich`."""


@lru_cache(maxsize=1024)
def is_state(text: str) -> bool:
    """Whether a text is the name of a federal state of Germany or Austria."""
    return len(text) <= _LONGEST and _folded(text) in _states()


def read_land(text: str, zip_code: str | None) -> tuple[str | None, str | None, bool]:
    """Return country, state and whether it is clear which one `Land` is.

    Five digits of the same address are a German postal code: `BE` is Berlin there.
    """
    if is_state(text):
        return None, text, True
    code = text.upper()
    bare = code.removeprefix("DE-")
    if bare not in _STATE_CODES:
        return country(text), None, True
    is_german = bare != code or (zip_code and _GERMAN_ZIP.fullmatch(zip_code))
    if is_german or code in _NO_COUNTRY_HERE:
        return None, text, True
    return (country(code), None, True) if zip_code else (None, None, False)


def split_town(text: str) -> tuple[str | None, str]:
    """Return postal code and city of `95028 Hof`, as forms ask for "PLZ/Ort"."""
    found = _TOWN.fullmatch(text)
    return (found[1], found[2]) if found else (None, text)


def split_address(text: str) -> tuple[str | None, str | None, str | None, str | None]:
    """Return street, postal code, city and country of `Am Tor 1, 95028 Hof, Polen`.

    All are None where more is said, or less: nobody knows what is what.
    """
    street, _, rest = text.partition(", ")
    town, _, land = rest.partition(", ")
    zip_code, city = split_town(town)
    if zip_code is None or "," in land or not _STREET.fullmatch(street):
        return None, None, None, None
    return street, zip_code, city, country(land) if land else None


def land_of_zip(zip_code: str) -> str | None:
    """Return the country that a postal code says: `A-1010`."""
    sign, mark, rest = zip_code.partition("-")
    return known_country(sign) if mark and sign.isalpha() and rest[:1].isdigit() else None


@lru_cache(maxsize=1)
def _states() -> frozenset[str]:
    return frozenset(map(_folded, _STATES))


@lru_cache(maxsize=1024)
def country_name(code: str) -> str:
    """Return the German name of a country code, as a German letter shows it."""
    if (name := GERMAN_NAMES.get(code)) is not None:
        return name
    from babel.core import Locale  # noqa: PLC0415  (see above)

    return str(Locale("de").territories.get(code, code))


def one_line(parts: dict[str, str | None], lines: list[str]) -> str | None:
    """Return an address in one line, as a German letter shows it.

    The country is named when it is not Germany; the state only where there is nothing else.
    """
    zip_code, city, land = parts["zip_code"], parts["city"], parts["country"]
    town = f"{zip_code} {city}" if zip_code and city else zip_code or city
    shown = [*lines, town] if town else [*lines]
    if land and (land != "DE" or not shown):
        shown.append(country_name(land))
    return ", ".join(shown) or parts["state"]
