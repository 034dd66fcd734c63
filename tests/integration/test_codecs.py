"""Every codec that Kafka has, as a producer's setting and as the topic's, from librdkafka, aiokafka and Java."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from confluent_kafka import Producer

from tests.support.apache_kafka import jars, java
from tests.support.apache_kafka.errors import KafkaUnavailableError
from tests.support.raw_batches import CODECS, message
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.worker import running_worker

EACH = 200


def _values(workspace: str) -> Iterator[bytes]:
    return (message(str(number), workspace, text="halo " * 20) for number in range(EACH))


def _librdkafka(space: Space, codec: str, workspace: str) -> None:
    producer = Producer(
        {"bootstrap.servers": space.settings.kafka_bootstrap_servers, "compression.type": codec, "linger.ms": 50}
    )
    headers: list[tuple[str, str | bytes | None]] = [
        ("content-type", b"application/cloudevents+json"),
        ("nul", None),
        ("bin", b"\xff\x00"),
    ]
    for number, value in enumerate(_values(workspace)):
        key = None if number % 2 else f"{workspace}/c".encode()
        producer.produce(space.settings.topic("messages"), value, key=key, headers=headers)
    assert producer.flush(30) == 0


async def _aiokafka(space: Space, codec: str, workspace: str) -> None:
    kind = None if codec == "none" else codec
    async with AIOKafkaProducer(
        bootstrap_servers=space.settings.kafka_bootstrap_servers, compression_type=kind, linger_ms=50
    ) as producer:
        for value in _values(workspace):
            await producer.send(space.settings.topic("messages"), value)


def _java(space: Space, codec: str, workspace: str) -> None:
    """Kafka's own console producer, from its jars."""
    command = java.command(
        "org.apache.kafka.tools.ConsoleProducer",
        *("--bootstrap-server", space.settings.kafka_bootstrap_servers),
        *("--topic", space.settings.topic("messages"), "--compression-codec", codec),
    )
    lines = b"".join(value + b"\n" for value in _values(workspace))
    ran = subprocess.run(command, input=lines, capture_output=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr[-500:]


async def _recompress(space: Space, codec: str) -> None:
    """Let the broker compress by its topic's own setting."""
    admin = AIOKafkaAdminClient(bootstrap_servers=space.settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        setting = {"compression.type": "uncompressed" if codec == "none" else codec}
        await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, space.settings.topic("messages"), configs=setting)]
        )
    finally:
        await admin.close()


def _stored(space: Space) -> dict[str, int]:
    found = space.query("SELECT workspace_id AS w, count() AS n FROM events FINAL GROUP BY w")
    return {row["w"]: row["n"] for row in found}


def test_every_codec_of_every_producer_is_stored(new_space: Callable[..., Space], logs: Path) -> None:
    """200 of 200 with each. The embedded broker is asked by librdkafka and aiokafka, and by Java where Java is."""
    space = new_space()
    expected: dict[str, int] = {}
    with running_worker(space, logs) as worker:
        for codec in CODECS:
            _librdkafka(space, codec, f"rd-{codec}")
            space.loop.run(_aiokafka(space, codec, f"aio-{codec}"))
            expected |= {f"rd-{codec}": EACH, f"aio-{codec}": EACH}
            if _has_java():
                _java(space, codec, f"java-{codec}")
                expected[f"java-{codec}"] = EACH
        space.until_committed()
        assert worker.alive
    assert _stored(space) == expected
    assert not space.dead_letters()


def test_every_codec_of_the_topic_is_stored(stack: Stack, new_space: Callable[..., Space], logs: Path) -> None:
    """A broker that compresses anew makes batches of its own; the embedded one lets nobody set that."""
    if stack.embedded:
        pytest.skip("the embedded broker compresses nothing")
    space = new_space()
    with running_worker(space, logs) as worker:
        for codec in CODECS:
            space.loop.run(_recompress(space, codec))
            _librdkafka(space, "none", f"none-{codec}")
            _librdkafka(space, "gzip", f"gzip-{codec}")
        space.until_committed()
        assert worker.alive
    assert _stored(space) == {f"{own}-{codec}": EACH for own in ("none", "gzip") for codec in CODECS}


def _has_java() -> bool:
    try:
        java.java()
        jars.fetch()
    except KafkaUnavailableError:
        return False
    return True
