"""The exported documents: valid by their own standards, and of one mind with the validation."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry

from schemas.asyncapi import asyncapi
from schemas.catalogue import BY_NAME, CATALOGUE
from schemas.constants import DEAD_LETTERS, TOPICS
from schemas.examples import EXAMPLES
from schemas.export import ASYNCAPI_FILE, documents, file_name, write_documents
from schemas.json_schema import json_schema
from schemas.rejection import Reason, RejectedError
from schemas.settings import Settings
from schemas.validation import validate
from tests.unit.bad_records import BAD, GOOD, BadRecord, GoodRecord
from tests.unit.event_strategies import mutated_events

SPECIFICATION = Path(__file__).parents[1] / "contract_schemas" / "asyncapi-3.0.0.json"
VALIDATORS = {item.name: Draft202012Validator(json_schema(item), registry=Registry()) for item in CATALOGUE}
DOCUMENT = asyncapi()
DEAD_LETTER_HEADERS = {"topic", "partition", "offset", "stage", "exception.class.name", "exception.message"}

#: Parts of the names of bad records that are bad by what JSON Schema cannot say.
BEYOND_JSON_SCHEMA = ("NUL in", "surrogate")


def in_question(record: BadRecord) -> bool:
    return record.reason in {Reason.NOT_CLOUDEVENT, Reason.INVALID_DATA} and not any(
        part in record.name for part in BEYOND_JSON_SCHEMA
    )


def conforms(attributes: Any) -> bool:
    name = attributes.get("type") if isinstance(attributes, dict) else None
    validator = VALIDATORS.get(name) if isinstance(name, str) else None
    return validator is not None and validator.is_valid(attributes)


@pytest.mark.parametrize("name", list(BY_NAME))
def test_each_schema_is_json_schema_2020_12(name: str) -> None:
    schema = json_schema(BY_NAME[name])
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:jejak:event:{name}"
    assert schema["title"] == name
    assert schema["description"]


@pytest.mark.parametrize("name", list(BY_NAME))
def test_each_type_has_an_example_that_is_an_event_of_its_topic(name: str) -> None:
    item = BY_NAME[name]
    assert validate(json.dumps(EXAMPLES[name]).encode(), topic=item.topic).type is item
    assert json_schema(item)["examples"] == [EXAMPLES[name]]
    VALIDATORS[name].validate(EXAMPLES[name])


def test_the_examples_are_different_events_in_the_order_of_the_catalogue() -> None:
    assert list(EXAMPLES) == list(BY_NAME)
    assert len({(example["source"], example["id"]) for example in EXAMPLES.values()}) == len(EXAMPLES)


@pytest.mark.parametrize("record", GOOD, ids=lambda record: record.name)
def test_the_schema_accepts_what_validation_accepts(record: GoodRecord) -> None:
    assert conforms(json.loads(record.value))


@pytest.mark.parametrize("record", [record for record in BAD if in_question(record)], ids=lambda record: record.name)
def test_the_schema_refuses_what_it_can_say(record: BadRecord) -> None:
    assert not conforms(json.loads(record.value))


@settings(max_examples=300)
@given(mutated_events())
def test_the_schema_never_refuses_an_accepted_event(attributes: dict[str, Any]) -> None:
    try:
        validate(json.dumps(attributes).encode())
    except RejectedError:
        return
    assert conforms(attributes)


def test_the_asyncapi_document_is_valid_by_the_official_schema() -> None:
    official = json.loads(SPECIFICATION.read_text(encoding="utf-8"))
    validator = Draft7Validator(official, registry=Registry())
    assert [error.message for error in validator.iter_errors(DOCUMENT)] == []


def test_the_official_schema_is_really_applied() -> None:
    official = json.loads(SPECIFICATION.read_text(encoding="utf-8"))
    spoilt = json.loads(json.dumps(DOCUMENT))
    spoilt["channels"]["labels"]["bindings"]["kafka"]["partitions"] = 0
    assert not Draft7Validator(official, registry=Registry()).is_valid(spoilt)


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for item in node for found in references(item)] if isinstance(node, list) else []


def test_every_reference_in_the_asyncapi_document_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        node = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def test_the_channels_are_the_topics_with_their_settings() -> None:
    assert [channel["address"] for channel in DOCUMENT["channels"].values()] == [
        f"journey.{name}" for name in (*TOPICS, DEAD_LETTERS)
    ]
    for name, channel in DOCUMENT["channels"].items():
        kafka = channel["bindings"]["kafka"]
        assert kafka["partitions"] == 4
        assert kafka["topicConfiguration"] == {
            "cleanup.policy": ["delete"],
            "retention.ms": -1,
            "max.message.bytes": (16 if name == DEAD_LETTERS else 2) * 1024 * 1024,
        }


def test_each_message_stands_in_its_own_channel_only() -> None:
    for item in CATALOGUE:
        holders = [name for name, channel in DOCUMENT["channels"].items() if item.name in channel["messages"]]
        assert holders == [item.topic]


def test_shared_definitions_mean_the_same_in_every_schema() -> None:
    seen: dict[str, Any] = {}
    for item in CATALOGUE:
        for name, definition in json_schema(item)["$defs"].items():
            assert seen.setdefault(name, definition) == definition


def test_a_dead_letter_has_the_headers_of_kafka_connect() -> None:
    message = DOCUMENT["components"]["messages"]["dead-letter"]
    headers = message["headers"]
    assert set(headers["required"]) == {f"__connect.errors.{name}" for name in DEAD_LETTER_HEADERS}
    Draft202012Validator(headers).validate(message["examples"][0]["headers"])


def test_the_settings_name_topics_and_brokers() -> None:
    chosen = Settings(topic_prefix="x.", kafka_bootstrap_servers="a:1, b:2", kafka_security_protocol="SASL_SSL")
    document = documents(chosen)[ASYNCAPI_FILE]
    assert document["channels"]["labels"]["address"] == "x.labels"
    assert document["servers"] == {
        "broker-1": {"host": "a:1", "protocol": "kafka-secure"},
        "broker-2": {"host": "b:2", "protocol": "kafka-secure"},
    }


def test_the_documents_are_written_one_per_type_and_asyncapi(tmp_path: Path) -> None:
    written = write_documents(tmp_path / "new" / "schemas")
    assert [path.name for path in written] == [*map(file_name, BY_NAME), ASYNCAPI_FILE]
    assert {path.name: json.loads(path.read_text(encoding="utf-8")) for path in written} == documents()
