"""What is wrong with Kafka, in one line that says what to do.

aiokafka raises "Unable to bootstrap" whatever the reason was, and only logs the reason; so what was
heard there (`processors.kafka.complaints`) is the better half of the explanation.
"""

import asyncio
import re
import socket
import ssl

from aiokafka import errors

#: What Kafka answers to a user without the right.
AUTHORISATION = (
    errors.TopicAuthorizationFailedError,
    errors.GroupAuthorizationFailedError,
    errors.ClusterAuthorizationFailedError,
)
_AUTHENTICATION = (
    errors.AuthenticationFailedError,
    errors.SaslAuthenticationFailed,
    errors.UnsupportedSaslMechanismError,
    errors.IllegalSaslStateError,
)
#: What a broker does that is spoken to in another protocol, and one that wants a certificate and gets none it trusts.
_CLOSED = (
    "it closes the connection; check JEJAK_KAFKA_SECURITY_PROTOCOL, and JEJAK_KAFKA_SSL_CERTFILE where it wants a "
    "client certificate"
)


def explain_kafka(error: BaseException, heard: BaseException | None = None) -> str:
    """One line for a person.

    Arguments:
        error: what was raised.
        heard: what aiokafka logged meanwhile.
    """
    if isinstance(error, AUTHORISATION):
        return f"Kafka denies this user the right to it ({_what(error)}); grant it by an ACL"
    if not isinstance(error, errors.KafkaConnectionError):
        reason = _reason(error)
        return f"Kafka cannot be reached: {reason}" if reason else f"Kafka: {_what(error)}"
    at = ", ".join(f"{host}:{port}" for host, port in re.findall(r"\('([^']*)', (\d+)", str(error)))
    reason = _reason(heard) if heard else None
    told = reason or (_what(heard) if heard else _what(error))
    return f"Kafka cannot be reached{' at ' + at if at else ''}: {told}"


def one_reason(heard: BaseException) -> str:
    """The cause alone, for callers that already say that Kafka cannot be reached."""
    return _reason(heard) or _what(heard)


def _reason(error: BaseException) -> str | None:
    """The cause in other words than the exception's; None if that says it best."""
    told = None
    match error:
        case socket.gaierror():
            told = "the host name is unknown; check JEJAK_KAFKA_BOOTSTRAP_SERVERS"
        case ssl.SSLCertVerificationError():
            told = f"its certificate is not trusted ({error.verify_message}); check JEJAK_KAFKA_SSL_CAFILE"
        case ssl.SSLError():
            told = f"TLS fails ({error.reason}); check JEJAK_KAFKA_SECURITY_PROTOCOL and the certificates"
        case TimeoutError() | asyncio.TimeoutError() | errors.RequestTimedOutError():
            told = "no answer in time; check the address, the network, and JEJAK_KAFKA_SECURITY_PROTOCOL"
        case ConnectionRefusedError():
            told = "nothing listens there; check JEJAK_KAFKA_BOOTSTRAP_SERVERS and that the broker runs"
        case ConnectionError():
            told = _CLOSED
    if isinstance(error, _AUTHENTICATION):
        told = (
            f"it refuses the user ({_what(error)}); check JEJAK_KAFKA_SASL_USERNAME, JEJAK_KAFKA_SASL_PASSWORD "
            "and JEJAK_KAFKA_SASL_MECHANISM"
        )
    elif isinstance(error, errors.KafkaConnectionError) and "closed" in str(error):
        told = _CLOSED
    return told


def _what(error: BaseException) -> str:
    """The exception's own words, on one line."""
    text = error.args[0] if error.args and isinstance(error.args[0], str) else ""
    return " ".join(text.split())[:300] or type(error).__name__
