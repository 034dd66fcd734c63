"""Logs: structured, one line an event; JSON off a terminal, readable on one.

The libraries below repeat themselves: without a broker aiokafka writes the same line ten times a second, for as long
as it takes. What they say is kept, for at times it is the only hint, but once in a while and with a count.
"""

import logging
import sys
import threading
import time

import structlog

from processors.telemetry.repeated import EVERY_SECONDS

#: Loggers of the libraries, whose warnings and errors are written and nothing below them.
_LIBRARIES = ("faust", "mode", "aiokafka", "aiohttp", "asyncio")
#: They raise what they log, and it is logged where it is caught, with what to do.
_DOUBLED = ("clickhouse_connect", "urllib3")
#: What they log as a warning although it is normal; the worker reports it itself.
_NORMAL = ("because it is rebalancing", "Marking the coordinator dead", "Timer ", "local member_id was not recognized")


class Calm(logging.Filter):
    """Lets each of a library's messages through once in a while, and says how often it was not."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Called by logging for every line."""
        template = str(record.msg)
        if record.name.partition(".")[0] not in _LIBRARIES:
            # Faust's services log each of their steps, under the name of the module that subclasses them.
            return record.levelno >= logging.WARNING or not template.startswith("[^")
        if any(words in template for words in _NORMAL):
            return False
        key, now = (record.name, template), time.monotonic()
        at, left_out = self._seen.get(key, (-EVERY_SECONDS, 0))
        if now - at < EVERY_SECONDS:
            self._seen[key] = (at, left_out + 1)
            return False
        self._seen[key] = (now, 0)
        if left_out:
            record.msg = f"{record.getMessage()} ({left_out} more like it since the last)"
            record.args = ()
        return True


def _thread_died(died: threading.ExceptHookArgs) -> None:
    """Python would print the stack beside the log, in no line's shape."""
    if died.exc_value is not None:
        name = died.thread.name if died.thread else None
        structlog.get_logger().error("a thread ended by an exception", thread=name, exc_info=died.exc_value)


def set_up_logs(*, level: int = logging.INFO) -> None:
    """Send structlog's and the standard library's records the same way, to stderr.

    Arguments:
        level: the standard library's level from which on lines are written.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    on_terminal = sys.stderr.isatty()
    last: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer()
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *([] if on_terminal else [structlog.processors.format_exc_info]),
            last,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(Calm())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Python's own warnings would be lines of another shape, and of no use to an operator.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    for chatty in (*_LIBRARIES, "aiohttp.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
        # A command keeps them silent; a worker's log is where they belong.
        logging.getLogger(chatty).propagate = True
    for doubled in _DOUBLED:
        logging.getLogger(doubled).setLevel(logging.CRITICAL)
    threading.excepthook = _thread_died
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
