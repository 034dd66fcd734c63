"""What docs/producers.md says of a broker that is restarted: its relay goes on, and why idempotence is left off."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, OutOfOrderSequenceNumber

from processors.kafka.topics import ensure_topics
from schemas.settings import Settings
from tests.support.brokers import ApacheKafka
from tests.support.kafka import read_topic
from tests.support.loop import BackgroundLoop
from tests.support.processes import ROOT
from tests.support.readme import File, script

TOPIC = "journey.messages"
#: In place of the client's 40 s; the broker is away for longer.
_TIMEOUT_SECONDS, _AWAY_SECONDS = 3, 8.0
_ROUNDS = 5


def page_code(bootstrap: str, options: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names of the page's relay.py, against this broker and with these options of the producer added."""
    page = (ROOT / "docs" / "producers.md").read_text(encoding="utf-8")
    (text,) = (item.text for item in script(page) if isinstance(item, File) and item.name == "relay.py")
    assert "idempot" not in text
    text = text.replace("127.0.0.1:9092", bootstrap).replace("linger_ms=20,", f"linger_ms=20, {options}")
    text = text.removesuffix("main()\n")
    monkeypatch.chdir(directory)
    names: dict[str, Any] = {}
    exec(compile(text, "relay.py", "exec"), names)
    return names


async def relayed(names: dict[str, Any], database: Any, stop: asyncio.Event) -> None:
    """A service that calls the relay again and again."""
    while not stop.is_set():
        with contextlib.suppress(KafkaError):
            await names["relay"](database)
        await asyncio.sleep(0.2)


async def restart(kafka: ApacheKafka) -> None:
    """Stop the only node in order, and start it again once every batch has waited for too long."""
    node = kafka.cluster.nodes[1]
    await node.stop()
    await asyncio.sleep(_AWAY_SECONDS)
    await node.start()
    await kafka.cluster.until_ready()


@pytest.mark.parametrize("idempotence", ["", "enable_idempotence=True, "], ids=["as it stands", "idempotent"])
def test_the_relay_of_the_page_goes_on_after_a_restart(
    brokers: Callable[..., ApacheKafka],
    loop: BackgroundLoop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    idempotence: str,
) -> None:
    kafka = brokers(1)
    loop.run(ensure_topics(Settings(kafka_bootstrap_servers=kafka.bootstrap)))
    options = f"{idempotence}request_timeout_ms={_TIMEOUT_SECONDS * 1000},"
    names = page_code(kafka.bootstrap, options, tmp_path, monkeypatch)

    async def course() -> None:
        database, stop = names["outbox"](), asyncio.Event()

        def left() -> int:
            return int(database.execute("SELECT count() FROM outbox WHERE NOT sent").fetchone()[0])

        service = asyncio.create_task(relayed(names, database, stop))
        adding = asyncio.create_task(_happening(names, database, stop))
        await asyncio.sleep(1)
        await restart(kafka)
        stop.set()
        await asyncio.gather(adding, service)
        async with asyncio.timeout(30):
            while left():
                with contextlib.suppress(KafkaError):
                    await names["relay"](database)
        sent = [row[0] for row in database.execute("SELECT event FROM outbox ORDER BY number")]
        stored = [record.value.decode() for record in await read_topic(kafka.bootstrap, TOPIC)]
        assert len(sent) > 50
        assert list(dict.fromkeys(stored)) == sent

    loop.run(course(), timeout=180)


async def _happening(names: dict[str, Any], database: Any, stop: asyncio.Event) -> None:
    number = 0
    while not stop.is_set():
        names["happened"](database, f"in-{number}", "message.incoming", {"message_id": f"in-{number}"})
        number += 1
        await asyncio.sleep(0.05)


def test_aiokafka_s_idempotent_producer_is_refused_for_good_after_a_restart_and_a_new_one_is_not(
    brokers: Callable[..., ApacheKafka], loop: BackgroundLoop
) -> None:
    """Why the page says to leave it off. Where this fails, aiokafka has been mended, and the page may say so."""
    kafka = brokers(1)
    loop.run(ensure_topics(Settings(kafka_bootstrap_servers=kafka.bootstrap)))

    async def course() -> None:
        producer = _idempotent(kafka)
        await producer.start()
        refused: set[int] = set()
        stop = asyncio.Event()
        sending = [asyncio.create_task(_sending(producer, number % 4, refused, stop)) for number in range(40)]
        try:
            for _ in range(_ROUNDS):
                await restart(kafka)
                refused.clear()
                await asyncio.sleep(3)
                if refused:
                    break
            assert refused, f"{_ROUNDS} restarts, and no partition is refused"
            (partition, *_) = refused
            with pytest.raises(OutOfOrderSequenceNumber):
                await producer.send_and_wait(TOPIC, b"{}", partition=partition)
            async with _idempotent(kafka) as another:
                await another.send_and_wait(TOPIC, b"{}", partition=partition)
        finally:
            stop.set()
            await asyncio.gather(*sending)
            await asyncio.wait_for(producer.stop(), 20)

    loop.run(course(), timeout=240)


def _idempotent(kafka: ApacheKafka) -> AIOKafkaProducer:
    return AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap, enable_idempotence=True, request_timeout_ms=_TIMEOUT_SECONDS * 1000
    )


async def _sending(producer: AIOKafkaProducer, partition: int, refused: set[int], stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await producer.send_and_wait(TOPIC, json.dumps({"any": "thing"}).encode(), partition=partition)
        except OutOfOrderSequenceNumber:
            refused.add(partition)
        except KafkaError:
            pass
        await asyncio.sleep(0.02)
