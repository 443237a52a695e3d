"""The vocabulary of the fictional tenant: jobs, statuses, places, extensions.

Faker draws names, streets and companies; what must fit together (a city and its
state) or must be exact (status words) is written down here.
"""

from __future__ import annotations

PROFESSIONS = (
    "Mechatroniker",
    "Industriemechaniker",
    "Elektroniker für Betriebstechnik",
    "Zerspanungsmechaniker",
    "Fachkraft für Lagerlogistik",
    "Staplerfahrer",
    "Maschinenbediener",
    "Produktionshelfer",
    "Schweißer",
    "Konstruktionsmechaniker",
    "Kaufmann für Büromanagement",
    "Sachbearbeiter Einkauf",
    "Personalsachbearbeiter",
    "Buchhalter",
    "Softwareentwickler",
    "IT-Systemadministrator",
    "Projektleiter",
    "Qualitätsprüfer",
    "Pflegefachkraft",
    "Erzieher",
    "Medizinische Fachangestellte",
    "Koch",
    "Servicekraft",
    "Berufskraftfahrer",
    "Anlagenmechaniker SHK",
    "Maler und Lackierer",
    "Dachdecker",
    "Vertriebsmitarbeiter Außendienst",
    "Kundenberater",
    "Ausbildung Feinwerkmechaniker",
)
OPENING_TITLES = (
    *(f"{profession} (m/w/d)" for profession in PROFESSIONS),
    *(f"{profession} (m/w/d) - Schichtbetrieb & Zeitarbeit" for profession in PROFESSIONS),
)
FIRST_OPENING_ID = 81

SOURCES = (
    "StepStone",
    "Indeed",
    "Empfehlung",
    "Karriereseite",
    "Agentur für Arbeit",
    "Xing",
    "Messe",
    "Initiativ",
)

CANDIDATE_STATUSES = ("active", "aktiv", "neu", "in Bearbeitung", "archiviert", "Bewerberpool")
OPENING_STATUSES = (
    "neu",
    "eingegangen",
    "in Bearbeitung",
    "Interview",
    "interview",
    "Vorstellungsgespräch",
    "eingeladen",
    "Angebot",
    "offer",
    "Absage",
    "abgelehnt",
    "rejected",
    "zurückgezogen",
    "withdrawn",
    "Zusage",
    "hired",
    "eingestellt",
    "Verfahren eingestellt",
    "Wiedervorlage",
    "nicht geeignet",
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
    "Jürgen",
    "Søren",
    "Łukasz",
    "Zoë",
    "André",
    "Karl-Heinz",
    "Anne Sophie",
    "Çağla",
    "D'Angelo",
)
NOTABLE_LAST_NAMES = (
    "Müller",
    "Groß",
    "Öztürk",
    "von der Heide",
    "Lüdenscheidt",
    "Dvořák",
    "Ó Briain",
    "Strauß",
)

# Numbers that the Bundesnetzagentur keeps free for film and television.
LANDLINES = ("+49 89 99998", "030 23125", "040/66969", "(069) 90009", "0221-4710")
MOBILES = ("0171 39200", "+49 176 040690")

INVALID_MAILS = (
    "keine",
    "n/a",
    "bewerber@",
    "@example.org",
    "max mustermann@example.org",
    "wird@nachgereicht@example.de",
)
MAIL_DOMAINS = ("example.org", "example.com", "example.de", "mail.example.org")
DOCUMENTS = (
    ("Lebenslauf.pdf", "CV", "application/pdf"),
    ("Anschreiben.pdf", "Anschreiben", "application/pdf"),
    ("Zeugnisse (Übersicht).pdf", "Zeugnis", "application/pdf"),
    ("Bewerbungsfoto.jpg", "Foto", "image/jpeg"),
)
