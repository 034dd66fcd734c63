"""What each user may do by `deploy/kafka/acls.sh`, and that it may do nothing else."""

import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import for_code
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from schemas.kafka_options import client_options
from schemas.settings import Settings
from tests.support.events import example, new_workspace
from tests.support.front_door import message, running_front_door
from tests.support.jejak import jejak
from tests.support.kafka import RawRecord
from tests.support.secure_kafka import ADMIN, COLLECT, PRODUCER, WORKER, SecureKafka, password_of
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.web_events import page_view
from tests.support.worker import running_worker

Attempt = Callable[[dict[str, Any], Space], Coroutine[Any, Any, None]]


def _options(secure: SecureKafka, user: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        name.removeprefix("JEJAK_").lower(): value for name, value in secure.variables(user).items()
    }
    return client_options(Settings(_env_file=None, **values))


async def _write(options: dict[str, Any], topic: str) -> None:
    async with AIOKafkaProducer(**options, acks="all", request_timeout_ms=5_000) as producer:
        await producer.send_and_wait(topic, b"{}")


async def _commit(options: dict[str, Any], topic: str, group: str) -> None:
    consumer = AIOKafkaConsumer(**options, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.commit({TopicPartition(topic, 0): OffsetAndMetadata(0, "")})
    finally:
        await consumer.stop()


async def _read(options: dict[str, Any], topic: str) -> None:
    consumer = AIOKafkaConsumer(**options, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.seek_to_beginning()
        await consumer.getmany(timeout_ms=5_000)
    finally:
        await consumer.stop()


async def _administer(options: dict[str, Any], ask: Callable[[AIOKafkaAdminClient], Coroutine[Any, Any, Any]]) -> None:
    """Ask, and raise what the answer says of the first thing that was asked for."""
    admin = AIOKafkaAdminClient(**options)
    await admin.start()
    try:
        answer = await ask(admin)
    finally:
        await admin.close()
    code = _first_code(answer)
    if code:
        raise for_code(code)


def _first_code(answer: Any) -> int:
    """The error code of what was asked for, in each of the forms of aiokafka's answers."""
    if not isinstance(answer, list):
        answer = next(value for value in answer.to_object().values() if isinstance(value, list))
    return int(answer[0]["error_code"] if isinstance(answer[0], dict) else answer[0].resources[0][0])


def _new_topic(name: str) -> Callable[[AIOKafkaAdminClient], Coroutine[Any, Any, Any]]:
    return lambda admin: admin.create_topics([NewTopic(name, 1, 1)])


#: What the worker's user must not be able to do, though it knows all the names.
FORBIDDEN: dict[str, Attempt] = {
    "append to a topic of events": lambda options, space: _write(options, space.settings.topic("messages")),
    "commit for another group": lambda options, space: _commit(options, space.settings.topic("messages"), "others"),
    "know of a topic outside the prefix": lambda options, _: _administer(
        options, lambda admin: admin.describe_topics(["other.messages"])
    ),
    "create a topic": lambda options, space: _administer(options, _new_topic(space.settings.topic("more"))),
    "create a topic elsewhere": lambda options, _: _administer(options, _new_topic("other.more")),
    "delete a topic": lambda options, space: _administer(
        options, lambda admin: admin.delete_topics([space.settings.topic("messages")])
    ),
    "add partitions": lambda options, space: _administer(
        options, lambda admin: admin.create_partitions({space.settings.topic("messages"): NewPartitions(9)})
    ),
    "set how long a topic is kept": lambda options, space: _administer(
        options,
        lambda admin: admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, space.settings.topic("messages"), configs={"retention.ms": "1"})]
        ),
    ),
}


@pytest.fixture(scope="module", autouse=True)
def somebody_elses_topic(space: Space) -> None:
    space.loop.run(_administer(client_options(space.settings), _new_topic("other.messages")))


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_worker_may_not(space: Space, secure: SecureKafka, what: str) -> None:
    with pytest.raises(Exception, match="AuthorizationFailed"):
        space.loop.run(FORBIDDEN[what](_options(secure, WORKER), space))
    # The same is no trouble for the super user, so it was the rights that it failed for.
    if what in ("append to a topic of events", "commit for another group", "know of a topic outside the prefix"):
        space.loop.run(FORBIDDEN[what](client_options(space.settings), space))


def test_a_producer_may_append_events_and_nothing_else(space: Space, secure: SecureKafka) -> None:
    options = _options(secure, PRODUCER)
    space.loop.run(_write(options, space.settings.topic("touches")))
    with pytest.raises(Exception, match="AuthorizationFailed"):
        space.loop.run(_write(options, space.settings.dead_letter_topic))
    with pytest.raises(Exception, match="AuthorizationFailed"):
        space.loop.run(_read(options, space.settings.topic("touches")))
    with pytest.raises(Exception, match="AuthorizationFailed"):
        space.loop.run(_commit(options, space.settings.topic("touches"), space.settings.consumer_group))


def test_an_operator_can_use_every_command_about_kafka(space: Space, secure: SecureKafka, tmp_path: Any) -> None:
    settings = space.environment | secure.variables(ADMIN)
    workspace = new_workspace()
    with running_worker(space, tmp_path, changes=secure.variables(WORKER)):
        space.append_events([example("message.incoming", workspace)])
        space.append([RawRecord("messages", b"no JSON", key=workspace.encode())])
        space.until_committed()
        status = jejak("status", "--json", settings=settings)
        assert status.status == 0, status.stdout + status.stderr
        assert len(json.loads(status.stdout)["group"]["members"]) == 1
        letters = jejak("dead-letters", "list", "--json", settings=settings)
        assert letters.status == 0, letters.stderr
        assert workspace in letters.stdout
        replayed = jejak("dead-letters", "replay", "--force", settings=settings)
        assert replayed.status == 0, replayed.stderr
        wait_until(lambda: space.lag() == 0, "what was put back is read")
        rebuilt = jejak("rebuild", "--from", "kafka", settings=settings, timeout=120)
        assert rebuilt.status == 0, rebuilt.stderr
    assert space.stored(where="workspace_id = {w:String}", w=workspace) == 1


def test_the_front_door_appends_events_and_dead_letters_and_may_do_nothing_else(
    space: Space, secure: SecureKafka, tmp_path: Path
) -> None:
    with running_front_door(space, tmp_path, secure.variables(COLLECT)) as door:
        assert door.events(message("secure")).status == 200
        assert door.track(page_view(), page_view(url=None)).json == {"appended": 1, "rejected": 1}
        assert password_of(COLLECT) not in door.logged()
    assert [letter.reason for letter in space.dead_letters()].count("UnusableWebEvent") == 1
    options = _options(secure, COLLECT)
    with pytest.raises(Exception, match="AuthorizationFailed"):
        space.loop.run(_read(options, space.settings.topic("touches")))
    with pytest.raises(Exception, match="AuthorizationFailed"):
        space.loop.run(_commit(options, space.settings.topic("touches"), space.settings.consumer_group))
