"""Replaying: what is said of a letter that the broker does not take, and that nothing is marked then."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError, TopicAuthorizationFailedError

from processors.dead_letters import replay as module
from processors.dead_letters.replay import Outcome, Replayed, Replayer
from processors.dead_letters.stored import StoredDeadLetter
from schemas.settings import Settings


class Producer:
    """Stands in for aiokafka's: a broker that knows one topic and refuses what it is told to refuse by value."""

    def __init__(self, refusals: dict[bytes, Exception]) -> None:
        self.refusals = refusals
        self.taken: list[tuple[str, bytes | None]] = []
        self.client = self

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def fetch_all_metadata(self) -> Any:
        return SimpleNamespace(topics=lambda: {"journey.messages"}, partitions_for_topic=lambda _: {0, 1})

    async def send(self, topic: str, value: bytes | None, **_: Any) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if value in self.refusals:
            future.set_exception(self.refusals[value])
        else:
            self.taken.append((topic, value))
            future.set_result(SimpleNamespace(topic=topic, partition=0, offset=0))
        return future


def letter(value: bytes, topic: str = "messages") -> StoredDeadLetter:
    return StoredDeadLetter(0, 0, 0, None, value, (), {"topic": f"journey.{topic}", "partition": "0"})


def replayed(
    monkeypatch: pytest.MonkeyPatch, refusals: dict[bytes, Exception], *letters: StoredDeadLetter
) -> tuple[list[Replayed], Producer]:
    producer = Producer(refusals)
    monkeypatch.setattr(module, "AIOKafkaProducer", lambda **_: producer)

    async def run() -> list[Replayed]:
        async with Replayer(Settings(_env_file=None), force=True) as replayer:
            return await replayer.replay(letters)

    return asyncio.run(run()), producer


def test_a_record_too_large_for_its_topic_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    told, producer = replayed(monkeypatch, {b"large": MessageSizeTooLargeError()}, letter(b"large"), letter(b"small"))
    assert [item.outcome for item in told] == [Outcome.FAILED, Outcome.REPLAYED]
    assert told[0].why == "topic journey.messages takes no record of its size, 5 bytes (max.message.bytes)"
    assert producer.taken == [("journey.messages", b"small"), ("journey.dead-letters", None)]


def test_a_missing_topic_is_said_and_not_created(monkeypatch: pytest.MonkeyPatch) -> None:
    told, producer = replayed(monkeypatch, {}, letter(b"x", "labels"))
    assert told[0].why == "topic journey.labels is missing, run `jejak topics`, or hidden by ACLs"
    assert producer.taken == []


@pytest.mark.parametrize("error", [KafkaConnectionError("gone"), TopicAuthorizationFailedError()])
def test_any_other_refusal_ends_it_after_what_was_taken_is_marked(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    producer = Producer({b"refused": error})
    monkeypatch.setattr(module, "AIOKafkaProducer", lambda **_: producer)

    async def run() -> None:
        async with Replayer(Settings(_env_file=None), force=True) as replayer:
            await replayer.replay([letter(b"refused"), letter(b"taken")])

    with pytest.raises(type(error)):
        asyncio.run(run())
    assert producer.taken == [("journey.messages", b"taken"), ("journey.dead-letters", None)]
