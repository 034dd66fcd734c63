"""A broker that asks everybody who they are: Apache Kafka only, one for all tests here."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.brokers import Kind
from tests.support.loop import BackgroundLoop
from tests.support.secure_kafka import SUPER, SecureKafka, running_secure_kafka
from tests.support.space import Space, made_space
from tests.support.stack import Stack, chosen_kind


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chosen_kind() is not Kind.APACHE:
        here = Path(__file__).parent
        for item in items:
            if here in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="needs Apache Kafka's own processes: make test-kafka"))


@pytest.fixture(scope="session")
def secure(tmp_path_factory: pytest.TempPathFactory, loop: BackgroundLoop) -> Iterator[SecureKafka]:
    with running_secure_kafka(tmp_path_factory.mktemp("secure"), loop) as kafka:
        yield kafka


@pytest.fixture(scope="session")
def space(secure: SecureKafka, stack: Stack, loop: BackgroundLoop) -> Iterator[Space]:
    """A space on it, with the ACLs of its names. The tests themselves ask as the super user."""
    own = replace(stack, kafka=secure.bootstrap, embedded=True)
    with made_space(own, loop, security=secure.variables(SUPER)) as made:
        secure.grant(made.settings.topic_prefix, made.settings.consumer_group)
        yield made
