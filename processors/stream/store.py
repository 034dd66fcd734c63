"""The store: blocks of rows into the table `events`, retried for as long as it takes.

A failure of ClickHouse is never raised into an agent: the offsets stay where they are, the group stays joined, and
the same rows are sent again. The fold absorbs a block that arrived twice.

A block is stored once ClickHouse has confirmed it *and* all tables and materialized views behind `events` were there
from before until after (`projections/reach.py`). While one of them is missing, nothing is inserted.
"""

import asyncio
import random
import time
from collections.abc import Callable

import structlog
from clickhouse_connect.driver.client import Client

from processors.stream.group_commit import Block
from processors.stream.row import COLUMNS, FORMAT
from processors.telemetry.metrics import Metrics
from processors.telemetry.repeated import Repeated
from processors.tuning import Tuning
from projections.cluster import Cluster
from projections.faults import explain_clickhouse
from projections.reach import ChangedError, Look, OutOfReachError, Reach, is_same
from projections.roots import Merge
from projections.runs.standing import follow_everywhere

#: A block's rows differ, or nearly: to fold it before it is written costs a tenth of an INSERT, and readers fold
#: whatever they find. To cut it up and read it on several threads costs more on the way than it saves: a worker writes
#: one block after the other, and has the next one to gather meanwhile.
_SETTINGS = {"optimize_on_insert": 0, "input_format_parallel_parsing": 0}

log = structlog.get_logger()


class ClickHouseStore:
    """Writes blocks by one INSERT each; the materialized views carry them on."""

    def __init__(
        self, connect: Callable[[], Client], tuning: Tuning, metrics: Metrics, cluster: Cluster | None = None
    ) -> None:
        """Nothing is asked or written yet.

        Arguments:
            connect: opens a client of Jejak's database.
            tuning: how long to wait between two tries.
            metrics: count what is stored.
            cluster: the cluster that the tables are on, if they are on one.
        """
        self._connect = connect
        self._tuning = tuning
        self._metrics = metrics
        self._client: Client | None = None
        self._reach = Reach(cluster)
        #: What the look behind the last block found; None after a failure, and then it is asked first.
        self._seen: Look | None = None
        self.last_error: str | None = None
        #: Whether it is one of Jejak's own reasons to store nothing, not ClickHouse's.
        self.holds_back = False
        self.busy = False
        self._failing = Repeated()

    async def write(self, block: Block) -> None:
        """Store a block, however often it has to be tried. Returns once ClickHouse has confirmed all of it."""
        self.busy = True
        body = b"".join(packed.body for packed in block.packed)
        delay = self._tuning.retry_first_seconds
        begun = time.monotonic()
        while True:
            try:
                await asyncio.to_thread(self._insert, body, block.merges)
            except Exception as error:  # whatever it is, the rows are not stored, and skipping them is not an option
                self._note_failure(error, block.rows, delay)
                await asyncio.sleep(delay * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
                delay = min(delay * 2, self._tuning.retry_max_seconds)
            else:
                break
        self.last_error = None
        self.holds_back = False
        self.busy = False
        if self._failing.over():
            log.info("ClickHouse accepts rows again")
        seconds = time.monotonic() - begun
        self._metrics.stored(block.rows, block.size, seconds)
        log.debug("stored", rows=block.rows, seconds=round(seconds, 3))

    def _insert(self, body: bytes, merges: set[Merge]) -> None:
        if self._client is None:
            self._client = self._connect()
        client = self._client
        before, self._seen = self._seen or self._reach.look(client), None
        client.raw_insert("events", COLUMNS, body, settings=_SETTINGS, fmt=FORMAT, compression="zstd")
        follow_everywhere(client, merges)
        behind = self._reach.look(client)
        if not is_same(before, behind):
            raise ChangedError("tables or views were recreated during an INSERT; its rows are sent again")
        self._seen = behind

    def _note_failure(self, error: Exception, rows: int, delay: float) -> None:
        self._client = self._seen = None
        self.holds_back = isinstance(error, OutOfReachError | ChangedError)
        self.last_error = str(error) if self.holds_back else explain_clickhouse(error)
        self._metrics.insert_retries.inc()
        if self._failing.due(self.last_error):
            log.warning(
                "insert failed; it is tried again", rows=rows, next_try_s=round(delay, 1), error=self.last_error
            )
