"""Who is not let in is told so in one line that says what to look at, by every command, and by the worker."""

from pathlib import Path

import pytest

from tests.support.jejak import jejak
from tests.support.secure_kafka import ADMIN, PRODUCER, WORKER, Door, SecureKafka, password_of
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import start_worker

#: A command of each way to Kafka: client for administration, consumer, producer.
COMMANDS = {
    "topics": ("topics",),
    "dead-letters": ("dead-letters", "list"),
    "produce": ("produce",),
    "status": ("status",),
}
WRONG = "wr0ng@:/#?%"
#: What is wrong, and the words that the line must have.
CASES = {
    "a wrong password": ("refuses the user", "JEJAK_KAFKA_SASL_PASSWORD"),
    "a wrong password, by SCRAM": ("refuses the user", "JEJAK_KAFKA_SASL_PASSWORD"),
    "nobody's name": ("refuses the user", "JEJAK_KAFKA_SASL_USERNAME"),
    "an unknown authority": ("certificate is not trusted", "JEJAK_KAFKA_SSL_CAFILE"),
    "no client certificate": ("JEJAK_KAFKA_SSL_CERTFILE",),
    "a stranger's certificate": ("JEJAK_KAFKA_SSL_CERTFILE",),
    "no TLS where TLS is": ("JEJAK_KAFKA_SECURITY_PROTOCOL",),
    "TLS where none is": ("JEJAK_KAFKA_SECURITY_PROTOCOL",),
    "no password where one is asked for": ("JEJAK_KAFKA_SECURITY_PROTOCOL",),
}


def variables(secure: SecureKafka, case: str) -> dict[str, str]:
    """The settings that are wrong in just this way."""
    plain, tls, mutual = (secure.variables(WORKER, door) for door in Door)
    certificate = secure.foreign
    return {
        "a wrong password": plain | {"JEJAK_KAFKA_SASL_PASSWORD": WRONG},
        "a wrong password, by SCRAM": tls
        | {"JEJAK_KAFKA_SASL_MECHANISM": "SCRAM-SHA-256", "JEJAK_KAFKA_SASL_PASSWORD": WRONG},
        "nobody's name": plain | {"JEJAK_KAFKA_SASL_USERNAME": "nobody"},
        "an unknown authority": tls | {"JEJAK_KAFKA_SSL_CAFILE": str(secure.stranger.file)},
        "no client certificate": mutual | {"JEJAK_KAFKA_SSL_CERTFILE": "", "JEJAK_KAFKA_SSL_KEYFILE": ""},
        "a stranger's certificate": mutual
        | {
            "JEJAK_KAFKA_SSL_CERTFILE": str(certificate.chain),
            "JEJAK_KAFKA_SSL_KEYFILE": str(certificate.key),
        },
        "no TLS where TLS is": tls | {"JEJAK_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"},
        "TLS where none is": plain
        | {"JEJAK_KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "JEJAK_KAFKA_SSL_CAFILE": str(secure.trusted.file)},
        "no password where one is asked for": plain | {"JEJAK_KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"},
    }[case]


def _tells_nothing_secret(text: str) -> bool:
    return WRONG not in text and password_of(WORKER) not in text


@pytest.mark.parametrize(
    ("command", "case"),
    # Each way for each command, where the first fault is met; each fault for one of them.
    [*((command, "a wrong password") for command in COMMANDS), *(("topics", case) for case in list(CASES)[1:])],
)
def test_a_command_is_refused_in_one_line(space: Space, secure: SecureKafka, command: str, case: str) -> None:
    ran = jejak(*COMMANDS[command], settings=space.environment | variables(secure, case), stdin=b"{}")
    assert ran.is_one_clear_line("Kafka", *CASES[case]), ran
    assert _tells_nothing_secret(ran.stdout + ran.stderr)


@pytest.mark.parametrize(
    "case", ["a wrong password, by SCRAM", "an unknown authority", "no client certificate", "TLS where none is"]
)
def test_a_worker_says_why_it_waits_and_gets_to_work_nowhere(
    space: Space, secure: SecureKafka, tmp_path: Path, case: str
) -> None:
    """It does not end: an orchestrator would start it again and again, and rights may come while it waits."""
    with start_worker(space, tmp_path, changes=variables(secure, case)) as worker:
        wait_until(lambda: all(word in worker.get("/readyz")[1] for word in CASES[case]), "it says what is wrong")
        assert worker.get("/readyz")[0] == 503
        assert worker.get("/healthz")[0] == 200
        wait_until(lambda: any(CASES[case][0] in line for line in worker.logged().splitlines()), "so does its log")
        assert "Traceback" not in worker.logged()
        assert _tells_nothing_secret(worker.logged() + worker.get("/readyz")[1] + worker.get("/metrics")[1])


def test_who_lacks_a_right_is_told_so_in_one_line(space: Space, secure: SecureKafka) -> None:
    """Each is let in, but may not do just this."""
    for user, command in ((PRODUCER, ("dead-letters", "list")), (ADMIN, ("status",)), (WORKER, ("topics",))):
        settings = space.environment | secure.variables(user) | {"JEJAK_CONSUMER_GROUP": "others"}
        ran = jejak(*command, settings=settings)
        assert ran.is_one_clear_line("Kafka", "ACL") or ran.is_one_clear_line("topics", "ACL"), ran


def test_a_worker_without_a_right_to_its_group_says_so_and_joins_once_it_has_it(
    space: Space, secure: SecureKafka, tmp_path: Path
) -> None:
    group = f"{space.name}-late"
    changes = secure.variables(WORKER) | {"JEJAK_CONSUMER_GROUP": group}
    with start_worker(space, tmp_path, changes=changes) as worker:
        wait_until(lambda: "grant it by an ACL" in worker.get("/readyz")[1], "it says so", 60)
        assert group in worker.get("/readyz")[1]
        wait_until(lambda: "grant it by an ACL" in worker.logged(), "so does its log")
        secure.grant(space.settings.topic_prefix, group)
        worker.until_ready()
