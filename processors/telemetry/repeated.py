"""Repeated messages are logged once in a while: a fault that lasts an hour does not fill the log for an hour."""

import time

#: Between two lines that say the same.
EVERY_SECONDS = 30.0


class Repeated:
    """Says whether a line is due."""

    def __init__(self, every: float = EVERY_SECONDS) -> None:
        self._every = every
        self._said: str | None = None
        self._at = 0.0

    def due(self, what: str) -> bool:
        """Whether to log this now: it is news, or was last said long enough ago."""
        now = time.monotonic()
        if what == self._said and now - self._at < self._every:
            return False
        self._said, self._at = what, now
        return True

    def over(self) -> bool:
        """Note that it is over; whether anything had been said."""
        said, self._said = self._said, None
        return said is not None
