"""ClickHouse as the pages ask it: one client for all threads, made when it is needed, and made anew after a failure."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import Error as ClickHouseError

from pages.problems import away
from processors.telemetry.repeated import Repeated
from projections.clickhouse import connect
from projections.faults import explain_clickhouse
from schemas.settings import Settings

log = structlog.get_logger()

#: How long an answer may take; a page that takes longer is worth nothing to who waits for it.
_SECONDS = 20


class ClickHouse:
    """Opens the client, and turns its errors into problems."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is connected yet."""
        self._settings = settings
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._failing = Repeated()
        #: Why the last question failed; None if it was answered.
        self.problem: str | None = None

    @contextmanager
    def asked(self) -> Iterator[Client]:
        """A client for one answer.

        Raises:
            ProblemError: 503, ClickHouse cannot be reached or refuses. What is wrong is in the log.
        """
        try:
            yield self._connected()
        except (ClickHouseError, OSError) as error:
            self._client = None
            self.problem = explain_clickhouse(error)
            if self._failing.due(self.problem):
                log.warning("ClickHouse does not answer", error=self.problem)
            raise away("ClickHouse does not answer just now; ask again in a moment") from error
        self.problem = None
        self._failing.over()

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = connect(self._settings, connect_timeout=3, send_receive_timeout=_SECONDS)
            return self._client
