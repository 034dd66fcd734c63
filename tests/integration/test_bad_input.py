"""The corpora through Kafka: every bad record is a dead letter, every good one a row (contract, section 4)."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from processors.dead_letters.marks import read_mark
from schemas.catalogue import CATALOGUE
from schemas.constants import REASON_PREFIX
from schemas.examples import EXAMPLES
from schemas.rejection import AT_THE_DOOR, Reason
from schemas.validation import validate
from tests.support.kafka import RawRecord, read_topic
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import Worker
from tests.unit.bad_records import BAD, GOOD
from tests.unit.record_builder import encode, event

#: A record's own headers, which must come through in their order, repeated and binary ones included.
OWN = (("content-type", b"application/json"), ("trace", b"\x00\xff"), ("trace", b""), ("ünï", b"x"), ("null", None))


class Outcome(NamedTuple):
    """What was sent, and what became of it."""

    space: Space
    sent: list[RawRecord]
    places: list[tuple[str, int, int]]
    letters: dict[tuple[str, int, int], tuple[bytes | None, bytes, tuple[tuple[str, bytes], ...]]]


def _records() -> list[RawRecord]:
    """Bad and good records in turns, in all partitions, with and without keys and headers; tombstones in between."""
    records: list[RawRecord] = []
    for number in range(max(len(BAD), len(GOOD))):
        how = {"key": (None, b"", b"\xff\x00key", f"k{number}".encode())[number % 4], "partition": number % 4}
        for corpus in (BAD, GOOD):
            if number < len(corpus):
                item = corpus[number]
                headers = OWN if number % 2 else ()
                records.append(
                    RawRecord(item.topic, item.value, headers=headers, timestamp_ms=item.recorded_ms, **how)  # type: ignore[arg-type]
                )
        if number % 50 == 0:
            records.append(RawRecord("messages", None, key=b"gone"))
    return records


@pytest.fixture(scope="module")
def outcome(pipeline: Space) -> Iterator[Outcome]:
    sent = _records()
    places = pipeline.append(sent)
    pipeline.until_committed()
    raw = pipeline.loop.run(read_topic(pipeline.settings.kafka_bootstrap_servers, pipeline.settings.dead_letter_topic))
    letters = {}
    for record in raw:
        if read_mark(record):  # Other tests put letters of theirs back.
            continue
        told = dict(record.headers)
        place = tuple(told[REASON_PREFIX + name].decode() for name in ("topic", "partition", "offset"))
        key = (place[0], int(place[1]), int(place[2]))
        if key[1] < 0:  # What the front door rejects was never a record.
            continue
        assert key not in letters
        letters[key] = (record.key, record.value, tuple(record.headers))
    yield Outcome(pipeline, sent, places, letters)


def test_the_corpus_is_large_enough() -> None:
    assert len({bad.name for bad in BAD}) == len(BAD) >= 40
    assert len(GOOD) >= 40


def test_every_bad_record_is_a_dead_letter_byte_for_byte(outcome: Outcome) -> None:
    bad = {(record.topic, record.value) for record in BAD}
    checked = 0
    for record, place in zip(outcome.sent, outcome.places, strict=True):
        if (record.topic, record.value) not in bad:
            continue
        key, value, headers = outcome.letters[place]
        assert (key, value) == (record.key, record.value)
        assert headers[: len(record.headers)] == record.headers
        assert len(headers) == len(record.headers) + 6
        checked += 1
    assert checked == len(BAD)


def test_a_dead_letter_says_where_it_came_from_and_names_the_field(outcome: Outcome) -> None:
    by_value = {(bad.topic, bad.value): bad for bad in BAD}
    for record, place in zip(outcome.sent, outcome.places, strict=True):
        if (bad := by_value.get((record.topic, record.value or b"-"))) is None or record.value is None:
            continue
        told = {name: text.decode() for name, text in outcome.letters[place][2][len(record.headers) :]}
        names = ("topic", "partition", "offset", "stage", "exception.class.name", "exception.message")
        assert set(told) == {REASON_PREFIX + name for name in names}
        assert (told[REASON_PREFIX + "topic"], told[REASON_PREFIX + "partition"], told[REASON_PREFIX + "offset"]) == (
            place[0],
            str(place[1]),
            str(place[2]),
        )
        assert told[REASON_PREFIX + "exception.class.name"] == bad.reason.value
        assert bad.mentions in told[REASON_PREFIX + "exception.message"], bad.name
        assert told[REASON_PREFIX + "stage"]


def test_no_good_record_and_no_tombstone_is_a_dead_letter(outcome: Outcome) -> None:
    bad = {(record.topic, record.value) for record in BAD}
    kept = [
        place
        for record, place in zip(outcome.sent, outcome.places, strict=True)
        if (record.topic, record.value) not in bad
    ]
    assert len(kept) == len(GOOD) + len([record for record in outcome.sent if record.value is None])
    assert not outcome.letters.keys() & set(kept)


def test_an_event_in_binary_mode_is_told_about_structured_mode(pipeline: Space) -> None:
    example = EXAMPLES["label.added"]
    attributes = {name: text.encode() for name, text in example.items() if isinstance(text, str)}
    headers = [("content-type", b"application/json"), *((f"ce_{name}", text) for name, text in attributes.items())]
    (place,) = pipeline.append([RawRecord("labels", json.dumps(example["data"]).encode(), headers=tuple(headers))])
    pipeline.until_committed()
    raw = pipeline.loop.run(read_topic(pipeline.settings.kafka_bootstrap_servers, pipeline.settings.dead_letter_topic))
    told = [dict(record.headers) for record in raw]
    names = ("topic", "partition", "offset")
    wanted = [str(part).encode() for part in place]
    (mine,) = [item for item in told if [item.get(REASON_PREFIX + name) for name in names] == wanted]
    assert mine[REASON_PREFIX + "exception.class.name"] == b"NotCloudEvent"
    assert b"structured mode" in mine[REASON_PREFIX + "exception.message"]


def _identity(value: bytes) -> tuple[str, str, str]:
    event = validate(value)
    return event.workspace_id, event.source, event.id


def test_every_good_record_is_stored_with_its_instant_and_sequence(outcome: Outcome) -> None:
    rows = outcome.space.query(
        "SELECT workspace_id, event_source, event_id, toUnixTimestamp64Milli(occurred_at) AS at, sequence"
        " FROM events FINAL"
    )
    stored = {(row["workspace_id"], row["event_source"], row["event_id"]): (row["at"], row["sequence"]) for row in rows}
    wanted = {_identity(good.value): (good.instant_ms, good.sequence) for good in GOOD}
    assert len(wanted) == len(GOOD)
    assert {identity: stored.get(identity) for identity in wanted} == wanted


def test_good_records_with_a_title_and_a_contact_are_in_the_journey(outcome: Outcome) -> None:
    rows = outcome.space.query("SELECT workspace_id, event_source, event_id FROM journey")
    shown = {(row["workspace_id"], row["event_source"], row["event_id"]) for row in rows}
    assert len(shown) == len(rows)
    titled = {item.name for item in CATALOGUE if item.title}
    events = [validate(good.value) for good in GOOD]
    wanted = {
        (event.workspace_id, event.source, event.id)
        for event in events
        if event.type.name in titled and event.data.get("contact_id")
    }
    assert len(wanted) > 100
    assert wanted - shown == set()


def test_a_tombstone_is_skipped_and_counted(shared_worker: tuple[Space, object], outcome: Outcome) -> None:
    tombstones = len([record for record in outcome.sent if record.value is None])
    assert shared_worker[1].metric("jejak_records_skipped_total") == tombstones  # type: ignore[attr-defined]
    assert shared_worker[1].metric("jejak_records_rejected_total") >= len(BAD)  # type: ignore[attr-defined]


def test_every_rejected_record_is_counted_by_topic_and_in_the_log(
    shared_worker: tuple[Space, Worker], outcome: Outcome
) -> None:
    space, worker = shared_worker
    secret = "jangan-sampai-bocor"
    value = encode(event("message.incoming", {"data.text": secret, "data.message_id": 7}, secret))
    (place,) = space.append([RawRecord("messages", value, key=secret.encode())])
    space.until_committed()

    def told() -> list[dict[str, Any]]:
        lines = map(json.loads, filter(lambda line: '"records were rejected' in line, worker.logged().splitlines()))
        return list(lines)

    counted = worker.metric("jejak_records_rejected_total")
    wait_until(lambda: sum(line["rejected"] for line in told()) == counted, "every rejection is in some line", 60)
    assert secret not in worker.logged()
    (_, metrics) = worker.get("/metrics")
    for topic in {line["topic"] for line in told()}:
        assert topic.startswith(space.settings.topic_prefix)
        reasons = [line["reasons"] for line in told() if line["topic"] == topic]
        for reason in set(Reason) - AT_THE_DOOR:
            total = sum(item.get(reason.value, 0) for item in reasons)
            assert f'jejak_records_rejected_total{{reason="{reason.value}",topic="{topic}"}} {total:.1f}' in metrics
    examples = {(line["topic"], line["partition"], line["offset"]) for line in told()}
    assert all(None not in example for example in examples)
    assert all(line["message"] for line in told())
    assert len(told()) < counted / 3
    assert place[0] in {line["topic"] for line in told()}


def test_a_value_too_large_for_an_event_is_kept_whole_in_its_dead_letter(pipeline: Space) -> None:
    value = b"x" * 1_900_000
    (place,) = pipeline.append([RawRecord("messages", value, key=b"large")])
    pipeline.until_committed()
    letter = next(
        item for item in pipeline.dead_letters() if item.reasons["offset"] == str(place[2]) and item.key == b"large"
    )
    assert letter.value == value
    assert letter.reasons["exception.class.name"] == "RecordTooLarge"
    assert [name for name, _ in letter.headers] == ["content-type"]
