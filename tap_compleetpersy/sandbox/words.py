"""What the fictional tenant is made of: seeded draws, and the words that they pick from.

Faker draws names, streets and companies; what must fit together (a city and its
state) or must be exact (status words) is written down here.
"""

from __future__ import annotations

import random
import typing as t
from collections.abc import Sequence

T = t.TypeVar("T")


class Draw(random.Random):
    """A seeded source of randomness: the same seed draws the same on every machine.

    Its questions are faster than ``choice`` and ``randint``, which matters for a million people.
    """

    def pick(self, pool: Sequence[T]) -> T:
        """Return any element of a pool that is not empty."""
        return pool[int(self.random() * len(pool))]

    def chance(self, probability: float) -> bool:
        """Whether something happens that does so with this probability (0 to 1)."""
        return self.random() < probability

    def below(self, limit: int) -> int:
        """Return an integer from 0 up to the limit, exclusive."""
        return int(self.random() * limit)


PROFESSIONS = (
    *("Mechatroniker", "Industriemechaniker", "Elektroniker für Betriebstechnik"),
    *("Zerspanungsmechaniker", "Fachkraft für Lagerlogistik", "Staplerfahrer"),
    *("Maschinenbediener", "Produktionshelfer", "Schweißer", "Konstruktionsmechaniker"),
    *("Kaufmann für Büromanagement", "Sachbearbeiter Einkauf", "Personalsachbearbeiter"),
    *("Buchhalter", "Softwareentwickler", "IT-Systemadministrator", "Projektleiter"),
    *("Qualitätsprüfer", "Pflegefachkraft", "Erzieher", "Medizinische Fachangestellte"),
    *("Koch", "Servicekraft", "Berufskraftfahrer", "Anlagenmechaniker SHK"),
    *("Maler und Lackierer", "Dachdecker", "Vertriebsmitarbeiter Außendienst"),
    *("Kundenberater", "Ausbildung Feinwerkmechaniker"),
)
OPENING_TITLES = (
    *(f"{profession} (m/w/d)" for profession in PROFESSIONS),
    *(f"{profession} (m/w/d) - Schichtbetrieb & Zeitarbeit" for profession in PROFESSIONS),
)
FIRST_OPENING_ID = 81

SOURCES = (
    *("StepStone", "Indeed", "Empfehlung", "Karriereseite", "Agentur für Arbeit", "Xing"),
    *("Messe", "Initiativ"),
)
FORMER_SOURCES = frozenset({"Xing"})

CANDIDATE_STATUSES = ("active", "aktiv", "neu", "in Bearbeitung", "archiviert", "Bewerberpool")
OPENING_STATUSES = (
    *("neu", "eingegangen", "in Bearbeitung", "Interview", "interview"),
    *("Vorstellungsgespräch", "eingeladen", "Angebot", "offer", "Absage", "abgelehnt"),
    *("rejected", "zurückgezogen", "withdrawn", "Zusage", "hired", "eingestellt"),
    *("Verfahren eingestellt", "Wiedervorlage", "nicht geeignet"),
)

# zip code, city, state, country as Persy holds it: a code mostly, sometimes a name
PLACES = (
    ("80331", "München", "Bayern", "DE"),
    ("86150", "Augsburg", "Bayern", "DE"),
    ("90402", "Nürnberg", "Bayern", "DE"),
    ("97070", "Würzburg", "Bayern", "DE"),
    ("93047", "Regensburg", "Bayern", "Deutschland"),
    ("70173", "Stuttgart", "Baden-Württemberg", "DE"),
    ("72070", "Tübingen", "Baden-Württemberg", "DE"),
    ("79098", "Freiburg im Breisgau", "Baden-Württemberg", "Germany"),
    ("10115", "Berlin", "Berlin", "DE"),
    ("20095", "Hamburg", "Hamburg", "DE"),
    ("28195", "Bremen", "Bremen", "DE"),
    ("50667", "Köln", "Nordrhein-Westfalen", "DE"),
    ("40213", "Düsseldorf", "Nordrhein-Westfalen", "DE"),
    ("48143", "Münster", "Nordrhein-Westfalen", "Deutschland"),
    ("60311", "Frankfurt am Main", "Hessen", "DE"),
    ("35390", "Gießen", "Hessen", "DE"),
    ("01067", "Dresden", "Sachsen", "DE"),
    ("04109", "Leipzig", "Sachsen", "DE"),
    ("99084", "Erfurt", "Thüringen", "DE"),
    ("18055", "Rostock", "Mecklenburg-Vorpommern", "DE"),
    ("1010", "Wien", "Wien", "AT"),
    ("5020", "Salzburg", "Salzburg", "Österreich"),
    ("8001", "Zürich", "Zürich", "CH"),
    ("50-001", "Wrocław", "Dolnośląskie", "PL"),
)

# Beside Faker's names: what breaks naive code.
NOTABLE_FIRST_NAMES = (
    *("Jürgen", "Søren", "Łukasz", "Zoë", "André", "Karl-Heinz", "Anne Sophie"),
    *("Çağla", "D'Angelo"),
)
NOTABLE_LAST_NAMES = (
    *("Müller", "Groß", "Öztürk", "von der Heide", "Lüdenscheidt", "Dvořák"),
    *("Ó Briain", "Strauß"),
)

# Numbers that the Bundesnetzagentur keeps free for film and television.
LANDLINES = ("+49 89 99998", "030 23125", "040/66969", "(069) 90009", "0221-4710")
MOBILES = ("0171 39200", "+49 176 040690")

INVALID_MAILS = (
    *("keine", "n/a", "bewerber@", "@example.org"),
    *("max mustermann@example.org", "wird@nachgereicht@example.de"),
)
MAIL_DOMAINS = ("example.org", "example.com", "example.de", "mail.example.org")
# File name, type and content type of what candidates send: letters, then photos.
DOCUMENTS = (
    ("Lebenslauf.pdf", "CV", "application/pdf"),
    ("Anschreiben.pdf", "Anschreiben", "application/pdf"),
    ("Zeugnisse (Übersicht).pdf", "Zeugnis", "application/pdf"),
    ("Bewerbungsfoto.jpg", "Foto", "image/jpeg"),
    ("Porträt.png", "Foto", "image/png"),
)
PHOTOS = range(3, 5)

# What a document says, by how its file name begins.
EMPLOYERS = ("Werkzeugbau Huber GmbH", "Gießerei Süd AG", "Lüftungstechnik Böhm & Söhne KG")
GRADES = ("sehr gut", "gut", "zur vollsten Zufriedenheit", "mit großem Fleiß")
LETTERS = {
    "Lebenslauf": (
        "Persönliches: wohnhaft in {city}, Führerschein Klasse B",
        "",
        "Berufserfahrung",
        "{begin} bis {end}: {profession}, {company}",
        "seit {end}: {profession}, Schichtführung, Übergabe und Prüfung von Aufträgen",
        "",
        "Ausbildung",
        "bis {begin}: Ausbildung, Abschluss {grade}",
        "",
        "Kenntnisse: Qualitätssicherung, Rüsten und Warten, Englisch fließend, Türkisch gut",
        "{city}, eigenhändig unterschrieben",
    ),
    "Anschreiben": (
        "Sehr geehrte Damen und Herren,",
        "",
        "mit großem Interesse habe ich Ihre Anzeige gelesen: {profession} in {city}.",
        "Von {begin} bis {end} war ich bei {company} als {profession} tätig",
        "und möchte mich nun beruflich verändern. Zuverlässigkeit, Sorgfalt",
        "und Flexibilität gehören für mich selbstverständlich dazu.",
        "",
        "Über eine Einladung zum Gespräch würde ich mich freuen.",
        "",
        "Mit freundlichen Grüßen aus {city}",
    ),
    "Zeugnis": (
        "{company}, {city}",
        "",
        "Von {begin} bis {end} war der Mensch, den es nicht gibt, bei uns beschäftigt",
        "als {profession}. Übertragene Aufgaben wurden {grade} erledigt.",
        "Das Verhalten gegenüber Vorgesetzten, Kollegen und Gästen war stets höflich.",
        "Wir bedauern das Ausscheiden und wünschen für die Zukunft alles Gute.",
        "",
        "{city}, im Frühjahr {end}, gez. Personalabteilung",
    ),
}
ROLES = ("Recruiter", "Disponent", "Niederlassungsleitung", "Administrator")
NOTES = (
    "Telefonisch erreicht, möchte ab nächstem Monat anfangen.",
    "Rückruf vereinbart.",
    "Zeugnisse fehlen noch, per E-Mail nachgefordert.",
    "Sehr gutes Gespräch, für die Frühschicht geeignet.",
    "Wünscht sich kürzere Wege, Führerschein vorhanden.",
)
