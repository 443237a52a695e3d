from __future__ import annotations

import pytest
from jsonschema import Draft7Validator

from tap_compleetpersy.model.declaration import Field
from tap_compleetpersy.model.fields import (
    APPLICATION_FIELDS,
    CANDIDATE_FIELDS,
    JOB_FIELDS,
    record_schema,
)

TABLES = {"candidates": CANDIDATE_FIELDS, "jobs": JOB_FIELDS, "applications": APPLICATION_FIELDS}


@pytest.mark.parametrize(
    ("stream", "names"),
    [
        (
            "candidates",
            """
            id remote_id changed_at remote_deleted_at first_name last_name company title
            confidential source phone_numbers email_addresses location custom_fields
            integration_fields remote_created_at remote_updated_at remote_data
            """,
        ),
        ("jobs", "id remote_id changed_at remote_deleted_at name remote_data"),
        (
            "applications",
            """
            id remote_id changed_at remote_deleted_at outcome job_id candidate_id
            remote_created_at remote_data remote_status
            """,
        ),
    ],
    ids=["candidates", "jobs", "applications"],
)
def test_the_fields_of_the_contract(stream: str, names: str) -> None:
    assert [field.name for field in TABLES[stream]] == names.split()


@pytest.mark.parametrize("fields", TABLES.values(), ids=TABLES)
def test_a_deletion_is_a_record_of_nulls(fields: tuple[Field, ...]) -> None:
    schema = record_schema(fields)
    Draft7Validator.check_schema(schema)
    tombstone = dict.fromkeys(schema["properties"]) | {"id": "a", "remote_id": "b"}
    assert not list(Draft7Validator(schema).iter_errors(tombstone))
    assert list(Draft7Validator(schema).iter_errors(tombstone | {"id": None}))
    assert list(Draft7Validator(schema).iter_errors(tombstone | {"remote_id": None}))
    assert schema["required"] == ["id"]


@pytest.mark.parametrize("fields", TABLES.values(), ids=TABLES)
def test_every_field_is_described(fields: tuple[Field, ...]) -> None:
    for schema in record_schema(fields)["properties"].values():
        assert schema["description"].endswith(".")


def test_discovered_fields_are_properties_of_custom_fields() -> None:
    discovered = {"Hund": {"type": ["string", "null"], "description": "Hund"}}
    custom = record_schema(CANDIDATE_FIELDS, discovered)["properties"]["custom_fields"]
    assert custom["properties"] == discovered
    assert custom["additionalProperties"] is True


def test_schemas_share_nothing() -> None:
    first, second = record_schema(JOB_FIELDS), record_schema(JOB_FIELDS)
    first["properties"]["name"]["type"].append("integer")
    assert second == record_schema(JOB_FIELDS)


def test_first_paths_are_those_of_the_default_shape() -> None:
    paths = {
        field.name: field.all_facts[0].paths[0] for field in CANDIDATE_FIELDS if field.all_facts
    }
    assert paths["first_name"] == "CandidateProfile.PersonalData.PersonName.GivenName"
    assert paths["remote_updated_at"] == "CandidateRecordInfo.LastModificationDate"
    assert paths["source"] == "CandidateSupplier.EntityName"
