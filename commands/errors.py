"""One line instead of a traceback: what a person sees when something goes wrong (contract, section 5)."""

import re

from clickhouse_connect.driver.exceptions import ClickHouseError
from pydantic import ValidationError

from deploy.embedded.errors import StackError


class CommandError(Exception):
    """A command cannot do its work; the message is the one line a person sees."""


def one_line(error: Exception) -> str | None:
    """The line for an error that a person can act on; None for a fault in Jejak, whose traceback is wanted."""
    from aiokafka.errors import KafkaError  # noqa: PLC0415 - slow to import, and most commands do without

    match error:
        case ValidationError():
            problems = (f"JEJAK_{'.'.join(map(str, item['loc'])).upper()}: {item['msg']}" for item in error.errors())
            return f"settings: {'; '.join(problems)}"
        case KafkaError():
            return _kafka_line(error)
        case ClickHouseError():
            return _clickhouse_line(error)
        case OSError(filename=str(filename)):
            return f"{error.strerror}: {filename}"
        case CommandError() | StackError() | OSError() | ValueError():
            return str(error)
        case _:
            return None


def _kafka_line(error: Exception) -> str:
    from aiokafka.errors import KafkaConnectionError  # noqa: PLC0415 - as above

    what = error.args[0] if error.args else type(error).__name__
    return f"Kafka cannot be reached: {what}" if isinstance(error, KafkaConnectionError) else f"Kafka: {what}"


def _clickhouse_line(error: Exception) -> str:
    text = _first_line(error)
    address = re.search(r"\((http[^()\s]+)\)$", text)
    if address and "Max retries exceeded" in text:
        return f"ClickHouse cannot be reached at {address[1]}"
    return f"ClickHouse: {text}"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:500] if str(error).strip() else type(error).__name__
