"""Where the facts may stand in a record: HR-XML 2.x, flat English, flat German.

Paths are dotted and tried in order. Case, namespaces, attribute marks, separators
and the spelling of umlauts do not matter (`text.fold`), so one spelling is enough.
Lists on the way are looked into. The names are those of `docs/wire.md`, and the
usual variants of other HR systems.
"""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterable


def within(prefixes: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """Return each name under each prefix, the prefix being the outer loop."""
    names = tuple(names)
    return tuple(
        f"{prefix}.{name}" if prefix and name else prefix or name
        for prefix in prefixes
        for name in names
    )


_USES = ("Privat", "Private", "Personal", "Home", "Geschäftlich", "Work", "Business")
_FURTHER_USES = (
    "Dienstlich", "Beruflich", "Büro", "Firma", "Office", "Zuhause", "Arbeit", "Dienst",
)  # fmt: skip


def with_uses(*names: str, uses: tuple[str, ...] = _USES) -> tuple[str, ...]:
    """Return the keys that say a use, as flat shapes do: `PhoneWork`, `WorkPhone`.

    The names alone are among them, but for uses of the caller's.
    """
    return (
        *(names if uses is _USES else ()),
        *(f"{name}{use}" for name in names for use in uses),
        *(f"{use}{name}" for name in names for use in uses),
    )


_PROFILES = ("CandidateProfile.PersonalData", "CandidateProfile", "PersonalData")
_SAID = ("", "Name", "Label", "Bezeichnung")
_RECORD_INFO = ("CandidateRecordInfo", "CandidateProfile.CandidateRecordInfo")

# --- the record itself ---------------------------------------------------------
REMOTE_ID: t.Final = (
    *within(_RECORD_INFO, ("Id.IdValue", "Id")),
    "CandidateId.IdValue", "CandidateId", "Id.IdValue", "Id", "KandidatId", "BewerberId",
)  # fmt: skip
CREATED: t.Final = (
    *within(_RECORD_INFO, ("CreatedDate", "CreationDate", "CreatedAt")),
    "RemoteCreatedAt", "CreatedAt", "CreatedDate", "CreatedOn", "CreationDate", "DateCreated",
    "Created", "Erstellt", "ErstelltAm", "Erstelldatum", "Erstellungsdatum", "AngelegtAm",
    "Angelegt",
)  # fmt: skip
UPDATED: t.Final = (
    *within(_RECORD_INFO, ("LastModificationDate", "ModificationDate", "UpdatedAt")),
    "RemoteUpdatedAt", "UpdatedAt", "UpdatedDate", "UpdatedOn", "LastModificationDate",
    "ModificationDate", "LastModifiedDate", "LastModifiedAt", "LastModified", "LastUpdated",
    "LastUpdatedAt", "LastUpdate", "ModifiedAt", "ModifiedDate", "ModifiedOn", "DateModified",
    "DateUpdated", "Modified", "Updated", "Geändert", "GeändertAm", "Änderungsdatum",
    "LetzteÄnderung", "Aktualisiert", "AktualisiertAm",
)  # fmt: skip
CONFIDENTIAL: t.Final = (
    *within(_RECORD_INFO, ("Confidential",)),
    "Confidential", "IsConfidential", "Vertraulich", "Sperrvermerk",
)  # fmt: skip
CANDIDATE_STATUS: t.Final = (
    *within(_RECORD_INFO, ("Status",)),
    *within(("Status", "CandidateStatus", "Bewerberstatus"), _SAID),
)  # fmt: skip
SOURCE: t.Final = (
    "CandidateSupplier.EntityName", "CandidateProfile.CandidateSupplier.EntityName",
    "CandidateSupplier", "Source.Name", "Source", "CandidateSource", "Quelle.Name", "Quelle",
    "Herkunft", "Bewerberquelle",
)  # fmt: skip

# --- the person ----------------------------------------------------------------
_PERSON_NAMES = (*within(_PROFILES, ("PersonName",)), "PersonName", "Name", "Person")
FIRST_NAME: t.Final = (
    *within(_PERSON_NAMES, ("GivenName", "FirstName", "Vorname", "First")),
    "FirstName", "GivenName", "Vorname", "Vornamen", "Rufname",
    *within(_PERSON_NAMES, ("PreferredGivenName",)),
)  # fmt: skip
LAST_NAME: t.Final = (
    *within(_PERSON_NAMES, ("FamilyName", "LastName", "Surname", "Nachname", "Last")),
    "LastName", "FamilyName", "Surname", "Nachname", "Familienname", "Zuname",
)  # fmt: skip
_WHOLE_NAMES = (
    "FormattedName", "FullName", "DisplayName", "Gesamtname", "VollständigerName",
    "Bewerbername", "Kandidatenname", "CandidateName", "Name",
)  # fmt: skip
WHOLE_NAME: t.Final = (*within(_PERSON_NAMES, ("FormattedName", "LegalName")), *_WHOLE_NAMES)
NAME_PREFIX: t.Final = (
    *within(_PERSON_NAMES, ("FamilyName.prefix", "Affix")),
    *within(_PERSON_NAMES, ("Namenszusatz", "Namensvorsatz", "Vorsatzwort")),
    "Namenszusatz", "Namensvorsatz", "Vorsatzwort", "Namenspräfix", "Adelstitel",
)  # fmt: skip

# --- employment: one element of these lists is one employer ----------------------
_HISTORIES = ("CandidateProfile.EmploymentHistory", "EmploymentHistory")
EMPLOYERS: t.Final = within(_HISTORIES, ("EmployerOrg", "EmployerHistory", ""))
POSITIONS: t.Final = within(EMPLOYERS, ("PositionHistory",))
_ORG_NAMES = ("OrgName.OrganizationName", "OrganizationName", "OrgName")
EMPLOYER_NAME: t.Final = (
    *within(EMPLOYERS, ("EmployerOrgName", "EmployerName", *_ORG_NAMES)),
    *within(POSITIONS, _ORG_NAMES),
)
POSITION_TITLE: t.Final = within(POSITIONS, ("Title", "PositionTitle"))
_CURRENT = ("CurrentEmployer", "Current", "CurrentIndicator")
CURRENT_POSITION: t.Final = within(POSITIONS, _CURRENT)
CURRENT_EMPLOYER: t.Final = within(EMPLOYERS, _CURRENT)
FLAT_COMPANY: t.Final = (
    "Company.Name", "Company", "CompanyName", "CurrentCompany", "CurrentEmployer", "Employer",
    "Firma.Name", "Firma", "Unternehmen", "Arbeitgeber", "AktuelleFirma", "AktuellerArbeitgeber",
)  # fmt: skip
FLAT_TITLE: t.Final = (
    "Title", "JobTitle", "CurrentTitle", "CurrentPosition", "CurrentJobTitle", "Position",
    "AktuellePosition", "Berufsbezeichnung", "Jobtitel", "Tätigkeit", "Beruf",
)  # fmt: skip

# --- contacts: one element of these lists is one way to reach the person ---------
CONTACTS: t.Final = (
    *within(_PROFILES, ("ContactMethod",)),
    "ContactMethod", "Contact", "Kontakt",
)  # fmt: skip
PHONE_LISTS: t.Final = ("PhoneNumbers", "Phones", "Telephones", "Telefonnummern", "Telefone")
EMAIL_LISTS: t.Final = ("EmailAddresses", "Emails", "EMailAdressen")
COMMUNICATIONS: t.Final = within((*_PROFILES, ""), ("Communication",))
"""Of HR-XML 3: a channel, its use, and the number in parts, the address or the URI."""
USE_NAMES: t.Final = ("Use", "Type", "Typ", "Art")
USE: t.Final = (
    *within((*CONTACTS, *PHONE_LISTS, *EMAIL_LISTS), USE_NAMES),
    *within(COMMUNICATIONS, ("UseCode", "Use")),
)
PLACE_OF_USE: t.Final = (
    *within((*CONTACTS, *PHONE_LISTS, *EMAIL_LISTS), ("Location",)),
    *within(COMMUNICATIONS, ("ChannelCode",)),
)
_TELEPHONES = (
    "Telephone", "Phone", "PhoneNumber", "Telefon", "Telefonnummer", "Festnetz", "Mobile",
    "MobilePhone", "MobileNumber", "PhoneMobile", "Cell", "CellPhone", "Mobil", "Mobiltelefon",
    "Mobilnummer", "TelefonMobil", "Handy", "Handynummer", "Fax", "FaxNumber", "Telefax",
    "Faxnummer",
)  # fmt: skip
_MORE_USES = ("Dienstliche", "Geschäftliche", "Mobile", "Tagsüber", "Abends")
_LISTED_USES = (*_USES, *_FURTHER_USES)
_NUMBERED = ("Telefon", "Telefonnummer", "Tel", "Phone", "Handy", "Mobil", "Mobile")
_PHONE_FIELDS = (
    *with_uses(*_TELEPHONES),
    *with_uses("Tel", "Rufnummer", uses=("Privat", "Geschäftlich", "Mobil")),
    *with_uses("Telefon", "Telefonnummer", uses=_MORE_USES),
    *with_uses(
        "Telefon", "Telefonnummer", "Tel", "Phone", "Mobil", "Handy", "Fax", uses=_FURTHER_USES
    ),
    "Tel", "Rufnummer", "TelNr", "TelefonNr", "Festnetznummer",
    *(f"{name}{number}" for name in _NUMBERED for number in (1, 2, 3)),
    "HandyNr", "MobilNr", "FaxNr", "TelefonnummerMobil", "TelMobil", "MobilTel", "TelefonHandy",
    "Diensthandy", "Firmentelefon", "Bürotelefon", "Kontakttelefon",
    "TelefonFax", "PhoneFax", "TelefonFestnetz", "Mobilfunk", "Mobilfunknummer",
    "Mobiltelefonnummer", "MobilePhoneNumber", "CellPhoneNumber", "TelephoneNumber",
    "Telefaxnummer", "WhatsApp", "PrimaryPhone", "SecondaryPhone", "ContactPhone",
)  # fmt: skip
_NUMBERS = ("FormattedNumber", "Number", "")
PHONES: t.Final = (
    *within(within(CONTACTS, _TELEPHONES), _NUMBERS),
    *within(PHONE_LISTS, ("FormattedNumber", "PhoneNumber", "Number", "Nummer", "Value", "")),
    *within(
        PHONE_LISTS, (*_LISTED_USES, "Mobil", "Mobile", "Handy", "Cell", "Festnetz", "Fax")
    ),
    *_PHONE_FIELDS,
    *within(_TELEPHONES, ("FormattedNumber",)),
    *within(
        ("Telefon", "Phone", "Telephone"),
        ("Number", "Nummer", *_LISTED_USES, "Mobil", "Mobile", "Handy", "Festnetz", "Fax"),
    ),
    *within(COMMUNICATIONS, ("FormattedNumber", "")),
)  # fmt: skip
_EMAILS = ("Email", "EmailAddress", "EMailAdresse", "Mail", "MailAdresse")
_EMAIL_FIELDS = (
    "InternetEmailAddress",
    *with_uses(*_EMAILS),
    *with_uses("Email", "Mail", "EMailAdresse", uses=_FURTHER_USES),
    *(f"{name}{number}" for name in _EMAILS for number in (1, 2)),
    "PrimaryEmail", "SecondaryEmail", "ContactEmail",
)  # fmt: skip
EMAILS: t.Final = (
    *within(CONTACTS, ("InternetEmailAddress", *_EMAILS)),
    *within(EMAIL_LISTS, ("EmailAddress", "Email", "Address", "Adresse", "Value", "")),
    *within((*EMAIL_LISTS, "Email", "Mail"), _LISTED_USES),
    *_EMAIL_FIELDS,
    *within(COMMUNICATIONS, ("URI",)),
)

# --- places: one element of these lists is one postal address --------------------
ADDRESSES: t.Final = (
    *within(CONTACTS, ("PostalAddress",)),
    *within(COMMUNICATIONS, ("Address",)),
    *within(_PROFILES, ("PostalAddress",)),
    "PostalAddress", "Address", "Addresses", "Anschrift", "Adresse", "Adressen", "Location",
)  # fmt: skip


def _of_place(*names: str) -> tuple[str, ...]:
    return within((*ADDRESSES, ""), names)


CITY: t.Final = _of_place(
    "Municipality", "City", "CityName", "Town", "Ort", "Stadt", "Wohnort", "PLZOrt"
)
COUNTRY: t.Final = _of_place(
    "CountryCode", "Country.Code", "Country.Iso", "Country", "Country.Name", "CountryName", "Staat"
)
LAND: t.Final = _of_place("Land", "Land.Name", "Land.Bezeichnung")
"""A country or, in Germany and Austria, a state."""
STATE: t.Final = _of_place(
    "Region", "State", "Province", "Bundesland", "Kanton", "CountrySubDivisionCode"
)
ZIP_CODE: t.Final = _of_place("PostalCode", "ZipCode", "Zip", "Postcode", "PLZ", "Postleitzahl")
STREET: t.Final = _of_place(
    "DeliveryAddress.StreetName", "StreetName", "Street", "StreetAddress", "Street1", "Straße",
    "StraßeNr", "StraßeHausnummer", "StraßeUndHausnummer",
)  # fmt: skip
BUILDING_NUMBER: t.Final = _of_place(
    "DeliveryAddress.BuildingNumber", "BuildingNumber", "HouseNumber", "StreetNumber", "Hausnummer",
    "HausNr",
)  # fmt: skip
ADDRESS_LINES: t.Final = _of_place(
    "DeliveryAddress.AddressLine", "AddressLine", "AddressLine1", "Address1", "AddressLine2",
    "Address2", "Street2", "Adresszusatz", "Anschriftzusatz", "Adresszeile2", "Zusatz",
    "Anschriftenzusatz", "Straßenzusatz", "Straße2", "Adresse2", "Adresszusatz2", "AddressAddition",
    "DeliveryAddress.Unit", "StraßeZusatz", "LineOne", "LineTwo",
)  # fmt: skip
CARE_OF: t.Final = _of_place("CareOf", "c/o")
PO_BOX: t.Final = _of_place("DeliveryAddress.PostOfficeBox", "PostOfficeBox", "POBox", "Postfach")
RAW_ADDRESS: t.Final = (
    *_of_place("Raw", "FormattedAddress"),
    *within(CONTACTS, ("PostalAddress",)),
    "PostalAddress", "Address", "Anschrift", "Adresse", "Location",
)  # fmt: skip

# --- openings: one element of these lists is one application ---------------------
OPENINGS: t.Final = (
    *within(("PositionOpenings",), ("PositionOpening", "")),
    "PositionOpening", "CandidateProfile.PositionOpening",
    *within(("Openings",), ("Opening", "PositionOpening", "")),
    *within(("Applications",), ("Application", "PositionOpening", "")),
    *within(("Jobs",), ("Job", "PositionOpening", "")),
    *within(("Vacancies",), ("Vacancy", "")),
    *within(("Stellen",), ("Stelle", "")),
    *within(("Bewerbungen",), ("Bewerbung", "")),
    "Opening", "Application", "Stelle", "Bewerbung",
)  # fmt: skip
_POSITION = ("PositionOpening", "Opening", "Position", "Job", "Stelle", "Vacancy")
OPENING_ID: t.Final = (
    "PositionRecordInfo.Id.IdValue", "PositionRecordInfo.Id",
    *within(_POSITION, ("PositionRecordInfo.Id.IdValue", "Id.IdValue", "Id")),
    "PositionOpeningId", "OpeningId", "PositionId", "JobId", "VacancyId", "StelleId", "StellenId",
    "Id.IdValue", "Id",
)  # fmt: skip
_TITLES = ("PositionTitle", "Title", "Titel", "Name", "Bezeichnung")
OPENING_NAME: t.Final = (
    *within(
        ("PositionProfile.PositionDetail", "PositionDetail", "PositionProfile"),
        ("PositionTitle", "Title"),
    ),
    *within(_POSITION, ("PositionProfile.PositionDetail.PositionTitle", *_TITLES)),
    *_TITLES, "JobTitle", "OpeningTitle", "Stellentitel", "Stellenbezeichnung", "Jobtitel",
    "Position", "Job", "Stelle",
)  # fmt: skip
OPENING_STATUS: t.Final = within(
    ("Status", "ApplicationStatus", "Bewerbungsstatus", "Stage", "Phase"), _SAID
)
APPLICATION_DATE: t.Final = (
    "ApplicationDate", "ApplicationDateTime", "DateApplied", "AppliedAt", "AppliedOn", "Applied",
    "Bewerbungsdatum", "BeworbenAm", "Beworben", "Bewerbungseingang",
)  # fmt: skip

# --- attachments: documents of a candidate -----------------------------------------
ATTACHMENT_ID: t.Final = (
    "AttachmentId.IdValue", "AttachmentId", "DocumentId", "FileId", "Id.IdValue", "Id",
    "AnhangId", "DokumentId", "DateiId",
)  # fmt: skip
FILE_NAME: t.Final = (
    "FileName", "OriginalFileName", "OriginalName", "Name", "Title", "Dateiname", "Titel",
    "Bezeichnung",
)  # fmt: skip
ATTACHMENT_TYPE: t.Final = (
    *within(("Type", "DocumentType", "AttachmentType", "Category", "Kind"), ("Name", "")),
    "Typ", "Dokumenttyp", "Dokumentart", "Kategorie", "Art",
)  # fmt: skip
CONTENT_TYPE: t.Final = ("ContentType", "MimeType", "MediaType", "Mime")
DATA_URL: t.Final = (
    "DataUrl", "Url", "DownloadUrl", "FileUrl", "ContentUrl", "DownloadLink", "Link", "Href", "Uri",
)  # fmt: skip
SIZE: t.Final = (
    "SizeBytes", "Size", "FileSize", "ContentLength", "Length", "Bytes", "Dateigröße", "Größe",
)  # fmt: skip
ATTACHMENT_OPENING: t.Final = (
    "PositionOpeningId.IdValue", "PositionOpeningId",
    *within(_POSITION, ("PositionRecordInfo.Id.IdValue", "Id.IdValue", "Id")),
    "OpeningId", "PositionId", "JobId", "VacancyId", "StelleId", "StellenId",
)  # fmt: skip

# --- what is nobody's field --------------------------------------------------------
CUSTOM_FIELDS: t.Final = within(
    ("", *_PROFILES, "CandidateRecordInfo"),
    (
        "UserArea", "CustomFields", "CustomField", "Zusatzfelder", "Zusatzfeld", "Freifelder",
        "FreieFelder", "IndividuelleFelder", "BenutzerdefinierteFelder", "Merkmale",
        "AdditionalFields", "ExtraFields", "UserFields", "UserDefinedFields",
    ),
)  # fmt: skip
ALIASES: t.Final = (
    ("CandidateProfile.ContactInfo", "CandidateProfile.PersonalData"),
    ("Resume.StructuredXMLResume", "CandidateProfile"),
    ("StructuredXMLResume", "CandidateProfile"),
    ("CandidateProfile.Resume", "Resume"),
    ("CandidatePerson", "CandidateProfile.PersonalData"),
)
"""Elements that hold what others hold: HR-XML 2.5 has contacts and employment in a resume, HR-XML 3
the person beside the profile."""
SECTIONS: t.Final = (
    "CandidateRecordInfo", "CandidateSupplier", "CandidateProfile", "PersonalData",
    "EmploymentHistory", "Resume", "NonXMLResume", "StructuredXMLResume", "DistributeTo",
    "RelatedPositionPostings", *_WHOLE_NAMES,
)  # fmt: skip
"""Parts of HR-XML that no field is read from; they are default fields all the same."""

REPEATED: t.Final = frozenset({
    "positionopening", "contactmethod", "employerorg", "positionhistory", "addressline",
})  # fmt: skip
"""Folded names of elements that come alone as an object and together as a list."""

GROUPS: t.Final = {
    "employers": EMPLOYERS,
    "positions": POSITIONS,
    "contacts": (*CONTACTS, *PHONE_LISTS, *EMAIL_LISTS, *COMMUNICATIONS),
    "addresses": ADDRESSES,
}
"""Lists whose elements each belong together, by their slots."""
