"""One line instead of a traceback: what a person sees when something goes wrong (contract, section 5)."""

from clickhouse_connect.driver.exceptions import ClickHouseError
from pydantic import ValidationError

from deploy.embedded.errors import StackError


class CommandError(Exception):
    """A command cannot do its work; the message is the one line a person sees."""


def one_line(error: Exception) -> str | None:
    """The line for an error that a person can act on; None for a fault in Jejak, whose traceback is wanted."""
    from aiokafka.errors import KafkaError  # noqa: PLC0415 - slow to import, and most commands do without

    if isinstance(error, CommandError | StackError):
        return str(error)
    if isinstance(error, ValidationError):
        problems = "; ".join(f"JEJAK_{'.'.join(map(str, p['loc'])).upper()}: {p['msg']}" for p in error.errors())
        return f"settings: {problems}"
    if isinstance(error, KafkaError):
        return f"Kafka: {error}"
    if isinstance(error, ClickHouseError):
        return f"ClickHouse: {_first_line(error)}"
    if isinstance(error, OSError | ValueError):
        return str(error)
    return None


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:500] if str(error).strip() else type(error).__name__
