"""The way to Kafka: the settings in aiokafka's words."""

import ssl
from collections.abc import Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

# Importing it is what gives every consumer our way of reading.
from processors.fetch import fetching  # noqa: F401
from schemas.settings import Settings


def ssl_context(settings: Settings) -> ssl.SSLContext | None:
    """The TLS context, None where the protocol has no TLS.

    Raises:
        OSError: a certificate file cannot be read.
        ValueError: it holds none, or the key does not belong to the certificate.
    """
    if "SSL" not in settings.kafka_security_protocol:
        return None
    try:
        context = ssl.create_default_context(cafile=settings.kafka_ssl_cafile)
    except ssl.SSLError:
        raise ValueError(
            f"settings: JEJAK_KAFKA_SSL_CAFILE: no PEM certificates in {settings.kafka_ssl_cafile}"
        ) from None
    if settings.kafka_ssl_certfile:
        _load_own_certificate(context, settings.kafka_ssl_certfile, settings.kafka_ssl_keyfile)
    return context


def _load_own_certificate(context: ssl.SSLContext, certificate: str, key: str | None) -> None:
    try:
        # Without a password OpenSSL would ask for one on the terminal, and wait.
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError:
        raise ValueError(
            "settings: JEJAK_KAFKA_SSL_CERTFILE and JEJAK_KAFKA_SSL_KEYFILE: "
            f"{certificate} and {key or certificate} are not a PEM certificate and its key without a passphrase"
        ) from None


def sasl_password(settings: Settings) -> str | None:
    """The password in clear, for the client that needs it."""
    return settings.kafka_sasl_password.get_secret_value() if settings.kafka_sasl_password else None


def client_options(settings: Settings) -> dict[str, Any]:
    """Keyword arguments that every aiokafka client takes.

    Raises:
        ValueError: there is no user, and the protocol wants one; a certificate file is none.
        OSError: a certificate file cannot be read.
    """
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap_servers,
        "security_protocol": settings.kafka_security_protocol,
        "ssl_context": ssl_context(settings),
    }
    if settings.kafka_security_protocol.startswith("SASL"):
        for name in ("kafka_sasl_username", "kafka_sasl_password"):
            if not getattr(settings, name):
                raise ValueError(f"settings: JEJAK_{name.upper()}: required by {settings.kafka_security_protocol}")
        options |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism or "PLAIN",
            "sasl_plain_username": settings.kafka_sasl_username,
            "sasl_plain_password": sasl_password(settings),
        }
    return options


def consumer_options(settings: Settings) -> dict[str, Any]:
    """Keyword arguments that every consumer of ours takes: records of aborted transactions are never read.

    Raises:
        ValueError, OSError: as above.
    """
    return client_options(settings) | {"isolation_level": "read_committed"}


async def existing_partitions(consumer: AIOKafkaConsumer, topics: Iterable[str]) -> list[TopicPartition]:
    """The partitions of those topics that exist, in their order. Nothing need be assigned to the consumer.

    All topics are asked for at once: asked for by name, a missing one would be created by many a broker. The consumer
    itself knows the partitions only of what it reads, and `topics()` tells none.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    cluster = await consumer._client.fetch_all_metadata()
    return [
        TopicPartition(topic, number)
        for topic in topics
        for number in sorted(cluster.partitions_for_topic(topic) or ())
    ]
