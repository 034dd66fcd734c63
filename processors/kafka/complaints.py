"""Complaints: faults that aiokafka only writes to its log, kept for the explanation of an error.

Apart from the explaining because every command listens, and most do without Kafka's client, which is slow to import.
"""

import logging


class Complaints(logging.Handler):
    """Remembers the last exception that aiokafka logged.

    Attributes:
        last: that exception; None before the first, and after `forget`.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last: BaseException | None = None
        logging.getLogger("aiokafka").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging."""
        arguments = record.args if isinstance(record.args, tuple) else ()
        heard = [item for item in arguments if isinstance(item, BaseException)]
        if heard:
            self.last = heard[-1]

    def forget(self) -> None:
        """What was heard so far does not explain what comes now."""
        self.last = None

    def close(self) -> None:
        """Listen no more."""
        logging.getLogger("aiokafka").removeHandler(self)
        super().close()
