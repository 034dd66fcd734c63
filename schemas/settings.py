"""The settings: environment variables (or `.env`) with the prefix `JEJAK_` (contract, section 5).

A `Settings` is made once by whoever starts something and handed on; nothing reads the environment by itself.
"""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.catalogue import DEAD_LETTERS


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError(f"no such time zone: {name!r}") from None
    return name


class Settings(BaseSettings):
    """Where Kafka and ClickHouse are, and how to speak to them."""

    model_config = SettingsConfigDict(env_prefix="JEJAK_", env_file=".env", extra="ignore", frozen=True)

    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = None
    kafka_ssl_cafile: str | None = None
    kafka_ssl_certfile: str | None = None
    kafka_ssl_keyfile: str | None = None
    #: After how many seconds of silence the group gives a worker's partitions to another.
    kafka_session_seconds: Annotated[float, Field(ge=6, le=300)] = 15.0
    topic_prefix: str = "journey."
    consumer_group: str = "jejak"
    clickhouse_url: SecretStr = SecretStr("http://default:@127.0.0.1:8123/jejak")
    clickhouse_ca_file: str | None = None
    clickhouse_cluster: str | None = None
    #: Health and metrics of the worker; 0 takes a free port, which is logged.
    http_port: Annotated[int, Field(ge=0, le=65535)] = 6066
    #: Where the worker listens for probes; probes come from outside.
    http_host: str = "0.0.0.0"  # noqa: S104
    #: For days in commands.
    timezone: Annotated[str, AfterValidator(_known_zone)] = "UTC"

    def topic(self, name: str) -> str:
        """The full name of a topic of the catalogue."""
        return self.topic_prefix + name

    @property
    def dead_letter_topic(self) -> str:
        """Where rejected records go."""
        return self.topic(DEAD_LETTERS)
