"""The AsyncAPI 3.0 document: which topic holds which events, under which key, and what a dead letter looks like.

AsyncAPI speaks from the application's side: Jejak receives the seven topics and sends dead letters. It also sends
events (`jejak produce`), just as any other producer does, and those operations are what a producer reads.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from schemas.catalogue import CATALOGUE, EventType
from schemas.constants import (
    CLEANUP_POLICY,
    CONTACTS,
    CONTENT_TYPE_HEADER,
    DEAD_LETTERS,
    LABELS,
    MAX_DEAD_LETTER_BYTES,
    MAX_MESSAGE_BYTES,
    MEDIA_TYPE,
    MESSAGES,
    PARTITIONS,
    PIPELINES,
    REASON_NAMES,
    REASON_PREFIX,
    REJECTED_AT_STAGE,
    RETENTION_MS,
    SESSIONS,
    STATUSES,
    TOPIC_PREFIX,
    TOPICS,
    TOUCHES,
    VALUE_BYTES,
    VALUE_SHA256,
)
from schemas.examples import EXAMPLES
from schemas.json_schema import event_schema
from schemas.rejection import Reason

Json = dict[str, Any]

_BINDING = {"bindingVersion": "0.5.0"}
_REF_TEMPLATE = "#/components/schemas/{model}"
_TOPIC_SUMMARIES: Final[Mapping[str, str]] = {
    SESSIONS: "Service windows of a conversation, and who is assigned to it.",
    MESSAGES: "What the customer wrote and what was answered.",
    PIPELINES: "Where a conversation stands in the pipeline.",
    LABELS: "What a conversation is tagged with.",
    TOUCHES: "What a person did on a website or on a click-to-WhatsApp ad.",
    CONTACTS: "Who a person is, and which ids are the same person.",
    STATUSES: "The definitions of the pipeline's statuses.",
    DEAD_LETTERS: "Rejected records, byte for byte, with the reason in their headers.",
}
_KEY: Final[Json] = {
    "type": "string",
    "description": "workspaceid/ followed by the contact's id, else the visitor's, else the status's. Recommended: it "
    "keeps a person's events of a topic in order, and nothing depends on it.",
    "examples": ["ws_kopi_senja/wa:6281322233344"],
}
_DECIMAL: Final[Json] = {"type": "string", "pattern": "^-?[0-9]+$"}
_REASONS: Final[Mapping[str, Json]] = {
    "topic": {"type": "string", "description": "The topic of the record."},
    "partition": _DECIMAL | {"description": "Its partition, as decimal text."},
    "offset": _DECIMAL | {"description": "Its offset, as decimal text."},
    "stage": {"type": "string", "description": "The step that refused it."},
    "exception.class.name": {
        "type": "string",
        "description": "The kind of rejection.",
        "examples": [reason.value for reason in Reason],
    },
    "exception.message": {"type": "string", "description": "The field and what is wrong with it."},
}
_DEAD_LETTER_HEADERS: Final = {REASON_PREFIX + name: _REASONS[name] for name in REASON_NAMES}
_CUT_HEADERS: Final[Mapping[str, Json]] = {
    VALUE_SHA256: {
        "type": "string",
        "pattern": "^[0-9a-f]{64}$",
        "description": "Only where the broker refused the value's size: the value's digest, as hexadecimal text.",
    },
    VALUE_BYTES: _DECIMAL | {"description": "Only then: the value's length in bytes, as decimal text."},
}


def asyncapi(
    *,
    topic_prefix: str = TOPIC_PREFIX,
    bootstrap_servers: str = "127.0.0.1:9092",
    consumer_group: str = "jejak",
    tls: bool = False,
) -> Json:
    """The AsyncAPI document. The first three arguments are the settings of the same names; `tls`: brokers speak it."""
    schemas, messages = _event_components()
    messages["dead-letter"] = _dead_letter_message(topic_prefix)
    protocol = "kafka-secure" if tls else "kafka"
    hosts = [host.strip() for host in bootstrap_servers.split(",")]
    return {
        "asyncapi": "3.0.0",
        "id": "urn:jejak",
        "info": {
            "title": "Jejak",
            "version": version("jejak"),
            "description": "Events of a chat CRM, projected into journeys, pipelines and leads. The value of every "
            "record is a CloudEvents 1.0 event in structured JSON mode.",
        },
        "defaultContentType": MEDIA_TYPE,
        "servers": {f"broker-{number}": {"host": host, "protocol": protocol} for number, host in enumerate(hosts, 1)},
        "channels": {name: _channel(name, topic_prefix) for name in (*TOPICS, DEAD_LETTERS)},
        "operations": _operations(consumer_group),
        "components": {"schemas": schemas, "messages": messages},
    }


def _event_components() -> tuple[Json, Json]:
    """The schemas and the messages of all types. Definitions of parts are shared, each under its model's name."""
    schemas: Json = {}
    messages: Json = {}
    for item in CATALOGUE:
        schema = event_schema(item, ref_template=_REF_TEMPLATE)
        schemas |= schema.pop("$defs")
        schemas[item.name] = schema
        messages[item.name] = _event_message(item)
    return schemas, messages


def _event_message(item: EventType) -> Json:
    content_type = {"type": "string", "const": MEDIA_TYPE, "description": "Recommended, not required."}
    return {
        "name": item.name,
        "title": item.title or item.name,
        "summary": " ".join((item.model.__doc__ or "").split()),
        "contentType": MEDIA_TYPE,
        "headers": {"type": "object", "properties": {CONTENT_TYPE_HEADER: content_type}},
        "payload": {"$ref": _REF_TEMPLATE.format(model=item.name)},
        "bindings": {"kafka": {"key": _KEY, **_BINDING}},
        "examples": [{"headers": {CONTENT_TYPE_HEADER: MEDIA_TYPE}, "payload": EXAMPLES[item.name]}],
    }


def _dead_letter_message(topic_prefix: str) -> Json:
    values = (topic_prefix + MESSAGES, "2", "1042", REJECTED_AT_STAGE, Reason.INVALID_DATA.value)
    example = dict(zip(_DEAD_LETTER_HEADERS, (*values, "data.contact_id: Field required"), strict=True))
    return {
        "name": "dead-letter",
        "title": "Dead Letter",
        "summary": _TOPIC_SUMMARIES[DEAD_LETTERS],
        "contentType": "application/octet-stream",
        "headers": {
            "type": "object",
            "description": "The record's own headers, and these.",
            "required": list(_DEAD_LETTER_HEADERS),
            "properties": {**_DEAD_LETTER_HEADERS, **_CUT_HEADERS},
            "additionalProperties": True,
        },
        "payload": {"description": "The value of the rejected record, byte for byte; it may not be JSON."},
        "bindings": {"kafka": {"key": {"description": "The key of the rejected record, byte for byte."}, **_BINDING}},
        "examples": [{"name": "missing-contact", "headers": example}],
    }


def _message_names(topic: str) -> list[str]:
    return [item.name for item in CATALOGUE if item.topic == topic] or ["dead-letter"]


def _channel(topic: str, topic_prefix: str) -> Json:
    limit = MAX_DEAD_LETTER_BYTES if topic == DEAD_LETTERS else MAX_MESSAGE_BYTES
    configuration = {"cleanup.policy": [CLEANUP_POLICY], "retention.ms": RETENTION_MS, "max.message.bytes": limit}
    return {
        "address": topic_prefix + topic,
        "summary": _TOPIC_SUMMARIES[topic],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _message_names(topic)},
        "bindings": {"kafka": {"partitions": PARTITIONS, "topicConfiguration": configuration, **_BINDING}},
    }


def _operations(consumer_group: str) -> Json:
    operations: Json = {}
    group = {"kafka": {"groupId": {"type": "string", "const": consumer_group}, **_BINDING}}
    for topic in TOPICS:
        append = "What every producer does, and jejak produce, import, simulate and dead-letters replay."
        operations[f"send-{topic}"] = _operation("send", topic, append)
        receive = "The worker projects each event into the read models; each is read at least once."
        operations[f"receive-{topic}"] = _operation("receive", topic, receive) | {"bindings": group}
    reject = "The worker puts a rejected record here before it commits the record's offset."
    operations[f"send-{DEAD_LETTERS}"] = _operation("send", DEAD_LETTERS, reject)
    inspect = "jejak dead-letters lists, shows, replays and dismisses what was rejected."
    operations[f"receive-{DEAD_LETTERS}"] = _operation("receive", DEAD_LETTERS, inspect)
    return operations


def _operation(action: str, topic: str, summary: str) -> Json:
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": f"#/channels/{topic}"},
        "messages": [{"$ref": f"#/channels/{topic}/messages/{name}"} for name in _message_names(topic)],
    }
