"""Apache Kafka with locks: users with passwords, TLS, client certificates and ACLs, all made for one module of tests.

The ACLs come from `deploy/kafka/acls.sh`, so what is tested is what operators run.
"""

import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path

from tests.support.apache_kafka import java
from tests.support.apache_kafka.cluster import Cluster, plain_configs
from tests.support.apache_kafka.config import Listener, NodeConfig
from tests.support.apache_kafka.ports import free_port
from tests.support.brokers import ApacheKafka
from tests.support.certificates import Authority
from tests.support.loop import BackgroundLoop
from tests.support.processes import ROOT

#: The cluster's super user, and the four that the script of ACLs is about.
SUPER, WORKER, ADMIN, PRODUCER = "admin", "jejak-worker", "jejak-admin", "jejak-producer"
COLLECT = "jejak-collect"
USERS = (SUPER, WORKER, ADMIN, PRODUCER, COLLECT)
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
_ACL_TOOL = "org.apache.kafka.tools.AclCommand"
_ACL_SECONDS = 300.0
_PLAIN_LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
_SCRAM_LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required"


class Door(IntEnum):
    """The listeners of the broker, in their order."""

    SASL_PLAINTEXT = 0
    SASL_SSL = 1
    SSL = 2


def password_of(user: str) -> str:
    """A user's password, with all that has a meaning in URLs."""
    return f"s3cr3t@:/#?%+&-{user}"


class SecureKafka:
    """One broker, and the variables by which the project's processes come in.

    Attributes:
        trusted: the authority of the broker's certificate.
        stranger: one that the broker does not know.
    """

    def __init__(self, directory: Path, loop: BackgroundLoop) -> None:
        self._directory = directory
        self.trusted, self.stranger = Authority(directory, "trusted"), Authority(directory, "stranger")
        self._client = self.trusted.issue(WORKER)
        self.foreign = self.stranger.issue(f"foreign-{WORKER}")
        config = _config(directory, self.trusted)
        login = {"sasl_plain_username": SUPER, "sasl_plain_password": password_of(SUPER), "sasl_mechanism": "PLAIN"}
        cluster = Cluster([config], {"security_protocol": "SASL_PLAINTEXT", **login})
        self._kafka = ApacheKafka(directory, loop, cluster)
        self.bootstrap = self._kafka.bootstrap

    def variables(
        self, user: str, door: Door = Door.SASL_PLAINTEXT, mechanism: str = "PLAIN", password: str | None = None
    ) -> dict[str, str]:
        """The settings of a user at a listener."""
        found = {
            "JEJAK_KAFKA_BOOTSTRAP_SERVERS": self._kafka.cluster.addresses(door),
            "JEJAK_KAFKA_SECURITY_PROTOCOL": door.name,
        }
        if door is not Door.SASL_PLAINTEXT:
            found["JEJAK_KAFKA_SSL_CAFILE"] = str(self.trusted.file)
        if door is Door.SSL:
            assert user == WORKER, "only the worker has a certificate"
            return found | {
                "JEJAK_KAFKA_SSL_CERTFILE": str(self._client.chain),
                "JEJAK_KAFKA_SSL_KEYFILE": str(self._client.key),
            }
        return found | {
            "JEJAK_KAFKA_SASL_MECHANISM": mechanism,
            "JEJAK_KAFKA_SASL_USERNAME": user,
            "JEJAK_KAFKA_SASL_PASSWORD": password_of(user) if password is None else password,
        }

    def grant(self, topic_prefix: str, group: str) -> None:
        """Run the script of ACLs for these names."""
        tool, properties = self._directory / "kafka-acls.sh", self._directory / "admin.properties"
        # The script takes a command of several words, and Java's class path has an asterisk in it.
        tool.write_text(f'#!/bin/sh\nexec {shlex.join(java.command(_ACL_TOOL))} "$@"\n')
        tool.chmod(0o700)
        properties.write_text(
            "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n"
            f"sasl.jaas.config={_PLAIN_LOGIN} username={_quoted(SUPER)} password={_quoted(password_of(SUPER))};\n"
        )
        subprocess.run(
            ["bash", str(ROOT / "deploy" / "kafka" / "acls.sh")],
            env={
                "PATH": "/usr/bin:/bin",
                "KAFKA_ACLS": f"{tool} --bootstrap-server {self.bootstrap} --command-config {properties}",
                "TOPIC_PREFIX": topic_prefix,
                "CONSUMER_GROUP": group,
            },
            check=True,
            capture_output=True,
            timeout=_ACL_SECONDS,
        )

    def stop(self) -> None:
        """End it for good."""
        self._kafka.stop()


@contextmanager
def running_secure_kafka(directory: Path, loop: BackgroundLoop) -> Iterator[SecureKafka]:
    """Such a broker, gone at the end."""
    kafka = SecureKafka(directory, loop)
    try:
        yield kafka
    finally:
        kafka.stop()


def _config(directory: Path, trusted: Authority) -> NodeConfig:
    (plain,) = plain_configs(directory / "kafka")
    return NodeConfig(
        plain.number,
        plain.directory,
        tuple(Listener(door.name, free_port(), door.name) for door in Door),
        plain.controllers,
        _locks(trusted),
        scram=tuple(
            f"{mechanism}=[name={user},password={password_of(user)}]" for mechanism in MECHANISMS[1:] for user in USERS
        ),
    )


def _locks(trusted: Authority) -> dict[str, str]:
    """Properties of a broker that asks everybody who they are, and lets nobody do what no ACL allows."""
    logins = " ".join(f"user_{user}={_quoted(password_of(user))}" for user in USERS)
    plain = f"{_PLAIN_LOGIN} username={_quoted(SUPER)} password={_quoted(password_of(SUPER))} {logins};"
    found = {
        "listener.security.protocol.map": ",".join(
            [*(f"{door.name}:{door.name}" for door in Door), "CONTROLLER:SASL_PLAINTEXT"]
        ),
        "sasl.enabled.mechanisms": ",".join(MECHANISMS),
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": plain,
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(trusted.issue("broker", "127.0.0.1", "localhost").both),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(trusted.file),
        "listener.name.ssl.ssl.client.auth": "required",
        # CN=jejak-worker,OU=…,O=… is the user jejak-worker.
        "listener.name.ssl.ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/,DEFAULT",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{SUPER}",
    }
    for listener in ("sasl_plaintext", "sasl_ssl"):
        found[f"listener.name.{listener}.plain.sasl.jaas.config"] = plain
        for mechanism in ("scram-sha-256", "scram-sha-512"):
            found[f"listener.name.{listener}.{mechanism}.sasl.jaas.config"] = f"{_SCRAM_LOGIN};"
    return found


def _quoted(text: str) -> str:
    return f'"{text}"'
