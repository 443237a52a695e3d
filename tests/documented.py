"""The candidate that the documentation of the wire shows, and what is read from it by hand.

The word-for-word example of the assumed contract, in the default shape.
"""

from __future__ import annotations

import typing as t

DEFAULT: dict[str, t.Any] = {
    "CandidateRecordInfo": {
        "Id": {"IdValue": "4711"},
        "Status": "active",
        "Confidential": "0",
        "CreatedDate": "2026-03-28 14:05:11",
        "LastModificationDate": "2026-11-02 09:13:54",
    },
    "CandidateSupplier": {"EntityName": "StepStone"},
    "CandidateProfile": {
        "PersonalData": {
            "PersonName": {
                "GivenName": "Jürgen",
                "FamilyName": "Müller-Lüdenscheidt",
                "FormattedName": "Jürgen Müller-Lüdenscheidt",
            },
            "ContactMethod": [
                {
                    "Use": "personal",
                    "Telephone": {"FormattedNumber": "+49 89 1234567"},
                    "Mobile": {"FormattedNumber": "0171 1234567"},
                },
                {"Use": "personal", "InternetEmailAddress": "j.mueller@example.org"},
                {
                    "Use": "personal",
                    "PostalAddress": {
                        "CountryCode": "DE",
                        "PostalCode": "80331",
                        "Region": "Bayern",
                        "Municipality": "München",
                        "DeliveryAddress": {
                            "StreetName": "Sendlinger Straße",
                            "BuildingNumber": "12a",
                        },
                    },
                },
            ],
        },
        "EmploymentHistory": {
            "EmployerOrg": [
                {
                    "EmployerOrgName": "Werkzeugbau Huber GmbH",
                    "PositionHistory": [
                        {"Title": "Industriemechaniker", "CurrentEmployer": "true"}
                    ],
                }
            ]
        },
    },
    "PositionOpening": [
        {
            "PositionRecordInfo": {"Id": {"IdValue": "88"}},
            "PositionProfile": {"PositionDetail": {"PositionTitle": "Mechatroniker (m/w/d)"}},
            "Status": "interview",
            "ApplicationDate": "2026-03-28 14:05:11",
        }
    ],
    "UserArea": {
        "Gehaltswunsch": "42.000",
        "Fuehrerschein": "B",
        "Eintrittsdatum": "01.02.2027",
        "Schichtbereit": "1",
        "Sprachen": ["Deutsch", "Polnisch"],
    },
}

_LOCATION = {
    "city": "München",
    "country": "DE",
    "raw": "Sendlinger Straße 12a, 80331 München",
    "state": "Bayern",
    "street_1": "Sendlinger Straße 12a",
    "street_2": None,
    "zip_code": "80331",
}
VALUES: dict[str, t.Any] = {
    "first_name": "Jürgen",
    "last_name": "Müller-Lüdenscheidt",
    "company": "Werkzeugbau Huber GmbH",
    "title": "Industriemechaniker",
    "confidential": False,
    "source": "StepStone",
    "phone_numbers": [
        {"phone_number": "+49 89 1234567", "type": "HOME"},
        {"phone_number": "0171 1234567", "type": "MOBILE"},
    ],
    "email_addresses": [{"email_address": "j.mueller@example.org", "type": "PRIVATE"}],
    "location": _LOCATION,
    "remote_created_at": "2026-03-28T13:05:11.000Z",
    "remote_updated_at": "2026-11-02T08:13:54.000Z",
}
