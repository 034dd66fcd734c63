"""The settings in aiokafka's words: what every client of Kafka is given, in whichever package it is."""

import ssl
from typing import Any

from schemas.constants import MAX_DEAD_LETTER_BYTES
from schemas.settings import Settings

#: Of one request of a producer. It is above every topic's limit, so that the broker decides what is too large.
MAX_REQUEST_BYTES = 2 * MAX_DEAD_LETTER_BYTES


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


async def started(client: Any) -> Any:
    """Start a client of aiokafka; one that cannot start keeps nothing open.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    try:
        await client.start()
    except BaseException:
        await client.stop()
        raise
    return client
