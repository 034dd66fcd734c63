"""The corpus of records that the contract rejects, each with the reason and the field that its message must name.

Unit tests hold `validate` against it, and the tests of the worker send it through Kafka. `GOOD`, the odd records that
must pass, is kept in `good_records` and offered from here as well.
"""

from dataclasses import dataclass

from schemas.rejection import Reason
from tests.unit.bad_attributes import BAD_ATTRIBUTES
from tests.unit.bad_bytes import BAD_BYTES
from tests.unit.bad_data import BAD_DATA
from tests.unit.good_records import GOOD, GoodRecord
from tests.unit.record_builder import RECORDED_MS, Changes, encode, event, topic_of

__all__ = ["BAD", "GOOD", "BadRecord", "GoodRecord"]


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that must be rejected.

    Attributes:
        name: unique; also the id of its event, where the event's id is not what is bad.
        value: the Kafka value.
        topic: the topic it comes by, without the prefix.
        reason: the kind of rejection.
        mentions: what the message must contain; the field's path wherever there is a field.
        recorded_ms: the Kafka timestamp to give it.
    """

    name: str
    value: bytes
    topic: str
    reason: Reason
    mentions: str
    recorded_ms: int = RECORDED_MS


_MISPLACED = (
    ("message.incoming", "sessions"),
    ("session.started", "messages"),
    ("ctwa.click", "messages"),
    ("contact.updated", "touches"),
    ("pipeline_status.defined", "pipelines"),
    ("pipeline.changed", "pipeline-statuses"),
    ("label.added", "contacts"),
)


def _changed(name: str, type_name: str, changes: Changes, reason: Reason, mentions: str) -> BadRecord:
    return BadRecord(name, encode(event(type_name, changes, name)), topic_of(type_name), reason, mentions)


def _misplaced(type_name: str, topic: str) -> BadRecord:
    name = f"{type_name} in {topic}"
    return BadRecord(name, encode(event(type_name, {}, name)), topic, Reason.WRONG_TOPIC, "type")


BAD: tuple[BadRecord, ...] = (
    *(BadRecord(name, value, "messages", reason, mentions) for name, value, reason, mentions in BAD_BYTES),
    *(_changed(*line) for line in BAD_ATTRIBUTES),
    *(_changed(name, kind, changes, Reason.INVALID_DATA, mentions) for name, kind, changes, mentions in BAD_DATA),
    *(_misplaced(*line) for line in _MISPLACED),
)
