"""Dead letters: what they say, and that each is the broker's before `send` returns."""

import asyncio
import hashlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError, NotEnoughReplicasError

from processors.dead_letters import dead_letter as module
from processors.dead_letters.dead_letter import DeadLetters, dead_letter
from processors.telemetry.metrics import Metrics
from processors.tuning import Tuning
from schemas.constants import REASON_PREFIX
from schemas.dead_letter import DeadLetter
from schemas.rejection import Reason, RejectedError
from schemas.settings import Settings

TUNING = Tuning(retry_first_seconds=0.001, retry_max_seconds=0.002)
ERROR = RejectedError(Reason.INVALID_DATA, "data.contact_id: Field required")


def record(value: bytes = b"{}", headers: tuple[tuple[str, bytes], ...] = (), key: bytes | None = b"k") -> Any:
    return SimpleNamespace(topic="journey.messages", partition=3, offset=12345, key=key, value=value, headers=headers)


class Producer:
    """Stands in for aiokafka's: takes each letter after the refusals that were planned for it."""

    def __init__(self, refusals: list[Exception], starts: list[Exception]) -> None:
        self.refusals, self.starts = refusals, starts
        self.taken: list[tuple[bytes | None, bytes, list[tuple[str, bytes]]]] = []
        self.topics: set[str] = set()
        self.stopped = 0

    async def start(self) -> None:
        if self.starts:
            raise self.starts.pop(0)

    async def stop(self) -> None:
        self.stopped += 1

    async def send_and_wait(self, topic: str, value: bytes, *, key: bytes | None, headers: Any) -> None:
        await asyncio.sleep(0)
        if self.refusals:
            raise self.refusals.pop(0)
        self.topics.add(topic)
        self.taken.append((key, value, headers))


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Producer]:
    """Sends letters past the planned refusals; returns the producer that took them."""

    def send_all(
        letters: list[DeadLetter], refusals: list[Exception], starts: list[Exception] | None = None
    ) -> Producer:
        producer = Producer(refusals, starts or [])
        monkeypatch.setattr(module, "AIOKafkaProducer", lambda **_: producer)
        settings = Settings(_env_file=None, topic_prefix="p.")
        asyncio.run(DeadLetters(settings, TUNING, Metrics()).send(letters))
        return producer

    return send_all


def test_a_dead_letter_is_the_record_and_six_headers_behind_its_own() -> None:
    own = (("content-type", b"x"), ("twice", b"1"), ("twice", b"\xff"), (REASON_PREFIX + "topic", b"an older story"))
    letter = dead_letter(record(b"\xff\x00", own, None), ERROR)
    assert (letter.key, letter.value) == (None, b"\xff\x00")
    assert tuple(letter.headers[: len(own)]) == own
    assert letter.headers[len(own) :] == [
        ("__connect.errors.topic", b"journey.messages"),
        ("__connect.errors.partition", b"3"),
        ("__connect.errors.offset", b"12345"),
        ("__connect.errors.stage", b"VALUE_CONVERTER"),
        ("__connect.errors.exception.class.name", b"InvalidData"),
        ("__connect.errors.exception.message", b"data.contact_id: Field required"),
    ]


def test_a_reason_that_quotes_a_lone_surrogate_can_be_written() -> None:
    letter = dead_letter(record(), RejectedError(Reason.UNKNOWN_TYPE, "type: \ud83d ☕"))
    assert letter.headers[-1][1] == b"type: \\ud83d " + "☕".encode()


def test_without_its_value_a_letter_tells_the_hash_and_the_size_of_it() -> None:
    letter = dead_letter(record(b"large" * 1000, (("own", b"h"),)), ERROR)
    short = letter.without_value()
    assert (short.key, short.value) == (letter.key, b"")
    assert short.headers == [
        *letter.headers,
        ("jejak.value.sha256", hashlib.sha256(b"large" * 1000).hexdigest().encode()),
        ("jejak.value.bytes", b"5000"),
    ]
    assert letter.value == b"large" * 1000


def test_all_letters_go_to_the_dead_letter_topic(send: Callable[..., Producer]) -> None:
    letters = [dead_letter(record(b"%d" % number), ERROR) for number in range(5)]
    producer = send(letters, [])
    assert [value for _, value, _ in producer.taken] == [b"0", b"1", b"2", b"3", b"4"]
    assert producer.topics == {"p.dead-letters"}


def test_what_is_refused_is_tried_again_until_the_broker_has_it_and_the_rest_is_not_doubled(
    send: Callable[..., Producer],
) -> None:
    letters = [dead_letter(record(b"%d" % number), ERROR) for number in range(5)]
    producer = send(letters, [NotEnoughReplicasError(), NotEnoughReplicasError(), KafkaConnectionError()])
    assert sorted(value for _, value, _ in producer.taken) == [b"0", b"1", b"2", b"3", b"4"]


def test_a_broker_that_cannot_be_reached_is_tried_again(send: Callable[..., Producer]) -> None:
    producer = send([dead_letter(record(), ERROR)], [], [KafkaConnectionError(), KafkaConnectionError()])
    assert len(producer.taken) == 1
    assert producer.stopped == 2


def test_only_a_letter_refused_for_its_size_loses_its_value(send: Callable[..., Producer]) -> None:
    letters = [dead_letter(record(b"large"), ERROR), dead_letter(record(b"small"), ERROR)]
    producer = send(letters, [MessageSizeTooLargeError()])
    by_value = {value: dict(headers) for _, value, headers in producer.taken}
    assert by_value.keys() == {b"small", b""}
    assert by_value[b""]["jejak.value.bytes"] == b"5"
    assert by_value[b""][REASON_PREFIX + "offset"] == b"12345"
    assert "jejak.value.bytes" not in by_value[b"small"]


def test_an_error_that_is_not_the_brokers_is_not_taken_for_one(send: Callable[..., Producer]) -> None:
    with pytest.raises(ZeroDivisionError):
        send([dead_letter(record(), ERROR)], [ZeroDivisionError()])
