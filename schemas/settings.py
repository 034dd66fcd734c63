"""The settings: environment variables (or `.env`) with the prefix `JEJAK_` (contract, section 5).

A `Settings` is made once, when a process starts, and passed on; nothing else reads the environment.
"""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.constants import DEAD_LETTERS, TOPIC_PREFIX


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError(f"no such time zone: {name!r}") from None
    return name


def _clickhouse_url(url: SecretStr) -> SecretStr:
    """Tell what is wrong without quoting it: a password may be in it."""
    try:
        parts = urlsplit(url.get_secret_value())
        good = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
    except ValueError:
        good = False
    if not good:
        raise ValueError("is not of the form http[s]://user:password@host:port/database")
    return url


def _readable(path: str | None) -> str | None:
    if path:
        try:
            Path(path).open("rb").close()
        except OSError as error:
            raise ValueError(f"cannot be read: {path}: {error.strerror}") from None
    return path or None


File = Annotated[str | None, AfterValidator(_readable)]


class Settings(BaseSettings):
    """Where Kafka and ClickHouse are, and how to speak to them."""

    model_config = SettingsConfigDict(
        env_prefix="JEJAK_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = None
    kafka_ssl_cafile: File = None
    kafka_ssl_certfile: File = None
    kafka_ssl_keyfile: File = None
    #: After how many seconds of silence the group gives a worker's partitions to another.
    kafka_session_seconds: Annotated[float, Field(ge=6, le=300)] = 15.0
    topic_prefix: str = TOPIC_PREFIX
    consumer_group: str = "jejak"
    clickhouse_url: Annotated[SecretStr, AfterValidator(_clickhouse_url)] = SecretStr(
        "http://default:@127.0.0.1:8123/jejak"
    )
    clickhouse_ca_file: File = None
    clickhouse_cluster: Annotated[str, Field(pattern=r"^[\w.-]*$")] | None = None
    #: Health and metrics of the worker; 0 takes a free port, which is logged.
    http_port: Annotated[int, Field(ge=0, le=65535)] = 6066
    #: Where the worker listens for probes; probes come from outside.
    http_host: str = "0.0.0.0"  # noqa: S104
    #: Where the front door listens; 0 takes a free port, which is printed.
    collect_host: str = "127.0.0.1"
    collect_port: Annotated[int, Field(ge=0, le=65535)] = 8081
    #: The TOML file that says who may send events to the front door.
    collect_sources: Annotated[str | None, AfterValidator(lambda path: path or None)] = None
    #: Whether the front door also serves the pages of a small shop, to try it out.
    collect_shop: bool = False
    #: What happens to web events whose user agent is a bot's.
    collect_bots: Literal["drop", "keep"] = "drop"
    #: How many bytes the front door holds at most: bodies, and records that Kafka has not acknowledged.
    collect_in_flight_bytes: Annotated[int, Field(ge=16 * 2**20)] = 48 * 2**20
    #: From which level on the worker logs; debug has a line for every INSERT.
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    #: Where the pages and the API listen; 0 takes a free port, which is printed.
    pages_host: str = "127.0.0.1"
    pages_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    #: Who may: a file of users, the addresses of a proxy that knows users, a file of API keys.
    pages_users: str | None = None
    pages_trusted_proxy: str | None = None
    pages_api_keys: str | None = None
    #: For days in commands, and for instants on the pages.
    timezone: Annotated[str, AfterValidator(_known_zone)] = "UTC"

    def topic(self, name: str) -> str:
        """The full name of a topic of the catalogue."""
        return self.topic_prefix + name

    @property
    def dead_letter_topic(self) -> str:
        """Where rejected records go."""
        return self.topic(DEAD_LETTERS)
