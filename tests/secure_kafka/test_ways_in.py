"""Every way in that the settings know: SASL in all its mechanisms, TLS, and client certificates."""

import json
from pathlib import Path

import pytest

from tests.support.events import example, new_workspace
from tests.support.jejak import jejak
from tests.support.kafka import RawRecord
from tests.support.secure_kafka import ADMIN, MECHANISMS, PRODUCER, WORKER, Door, SecureKafka
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker


@pytest.mark.parametrize("door", [Door.SASL_PLAINTEXT, Door.SASL_SSL], ids=lambda door: door.name)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_command_comes_in_by_every_mechanism(space: Space, secure: SecureKafka, door: Door, mechanism: str) -> None:
    ran = jejak("topics", settings=space.environment | secure.variables(ADMIN, door, mechanism))
    assert ran.status == 0, ran.stderr
    assert ran.stdout.count("present") == 8
    assert ran.stderr == ""


@pytest.mark.parametrize(
    ("door", "mechanism"),
    [(Door.SASL_PLAINTEXT, "PLAIN"), (Door.SASL_SSL, "SCRAM-SHA-512"), (Door.SSL, "")],
    ids=["user and password", "SCRAM over TLS", "client certificate"],
)
def test_the_worker_does_all_its_work_with_its_own_rights(
    space: Space, secure: SecureKafka, tmp_path: Path, door: Door, mechanism: str
) -> None:
    """It reads, stores, writes dead letters and commits; what it needs and has no right to would stop it."""
    workspace, letters = new_workspace(), len(space.dead_letters())
    appended = jejak(
        "produce",
        settings=space.environment | secure.variables(PRODUCER, Door.SASL_SSL, "SCRAM-SHA-256"),
        stdin=json.dumps(example("message.incoming", workspace)).encode(),
    )
    assert appended.status == 0, appended.stderr
    with running_worker(space, tmp_path, changes=secure.variables(WORKER, door, mechanism)) as worker:
        wait_until(lambda: space.stored(where="workspace_id = {w:String}", w=workspace) == 1, "the event is stored")
        space.append([RawRecord("messages", b"no JSON")])
        wait_until(lambda: len(space.dead_letters()) == letters + 1, "the bad record is a dead letter")
        space.until_committed()
        assert worker.alive
