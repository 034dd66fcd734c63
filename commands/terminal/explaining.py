"""One line instead of a traceback: what a person sees when something goes wrong (contract, section 5).

It knows the errors of every library that commands use, so it is imported when there is one to explain.
"""

from aiokafka.errors import KafkaError
from clickhouse_connect.driver.exceptions import ClickHouseError
from pydantic import ValidationError

from commands.terminal.errors import CommandError
from deploy.local.errors import StackError
from processors.kafka.faults import explain_kafka
from projections.faults import explain_clickhouse
from projections.readers.errors import ReadError


def one_line(error: Exception, heard: BaseException | None = None) -> str | None:
    """The line for an error that a person can act on; None for a fault in Jejak, whose traceback is wanted.

    Arguments:
        error: what was raised.
        heard: what aiokafka logged meanwhile (`processors.kafka.complaints`).
    """
    match error:
        case ValidationError():
            return f"settings: {'; '.join(_setting_line(item['loc'], item['msg']) for item in error.errors())}"
        case KafkaError():
            return explain_kafka(error, heard)
        case ClickHouseError():
            return explain_clickhouse(error)
        case OSError(filename=str(filename)):
            return f"{error.strerror}: {filename}"
        case CommandError() | ReadError() | StackError() | OSError() | ValueError():
            return str(error)
        case _:
            return None


def _setting_line(loc: tuple[int | str, ...], message: str) -> str:
    """Which variable is wrong and why."""
    return f"JEJAK_{'.'.join(map(str, loc)).upper()}: {message.removeprefix('Value error, ')}"
