"""Every metric of the worker, in one list: name, kind, unit, meaning.

`/metrics` is built from this list and so is docs/metrics.md; a metric that is not here does not exist. The names
follow Prometheus' conventions: base units, the unit last, `_total` behind what only grows. No metric has a label
by workspace, contact or conversation: each value of a label is a separate series for as long as Prometheus
remembers it, and of those there are without end.

Prometheus' `increase` sees a counter grow only from a value that it has read before. So every series of a counter is
there from the start, at 0: `LABEL_VALUES` has the values of each label that a counter may have.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from schemas.constants import TOPICS
from schemas.rejection import AT_THE_DOOR, Reason
from schemas.settings import Settings

Kind = Literal["counter", "gauge", "histogram"]
Unit = Literal["records", "rows", "bytes", "seconds", "batches", "partitions", "times", "descriptors", "flag"]

_ROWS = (1.0, 10.0, 100.0, 1_000.0, 5_000.0, 10_000.0, 25_000.0, 50_000.0, 100_000.0)
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

#: Label → all values that it can have. A label whose values are not known beforehand, such as the partition, is never
#: one of a counter.
LABEL_VALUES: Mapping[str, Callable[[Settings], Sequence[str]]] = {
    "topic": lambda settings: [settings.topic(name) for name in TOPICS],
    "reason": lambda _: [reason.value for reason in Reason if reason not in AT_THE_DOOR],
}


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes:
        name: as Prometheus shows it, a counter's `_total` included.
        kind: a counter only grows, a gauge goes up and down, a histogram counts observations by size.
        unit: what one of it is; a flag is 0 or 1.
        meaning: one sentence for authors of dashboards and alerts.
        labels: its labels; none has more than a few dozen values.
        buckets: a histogram's upper bounds.
    """

    name: str
    kind: Kind
    unit: Unit
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    def series(self, settings: Settings) -> Iterator[tuple[str, ...]]:
        """The labels' values of every series that it can have; none for a metric without labels."""
        if self.labels:
            yield from product(*(LABEL_VALUES[label](settings) for label in self.labels))


# What came in, and its outcome.
CONSUMED = Metric("jejak_records_consumed_total", "counter", "records", "Records taken from Kafka.", ("topic",))
REJECTED = Metric(
    "jejak_records_rejected_total",
    "counter",
    "records",
    "Records that are not valid events, by topic and reason.",
    ("topic", "reason"),
)
SKIPPED = Metric(
    "jejak_records_skipped_total", "counter", "records", "Records skipped because their value is null (tombstones)."
)
DEAD_LETTERS = Metric(
    "jejak_dead_letters_written_total", "counter", "records", "Dead letters that the broker has confirmed."
)
DEAD_LETTER_RETRIES = Metric(
    "jejak_dead_letter_retries_total", "counter", "records", "Dead letters that were refused and are tried again."
)
DEAD_LETTERS_WAITING = Metric(
    "jejak_dead_letters_waiting",
    "gauge",
    "records",
    "Dead letters neither replayed, nor repaired by hand, nor dismissed; counted by one worker of the group.",
    ("topic",),
)
DEAD_LETTERS_UNREAD = Metric(
    "jejak_dead_letters_unread",
    "gauge",
    "records",
    "Older records of the dead letter topic not read for that count; 0 if the count is exact.",
)
STORED = Metric("jejak_rows_stored_total", "counter", "rows", "Rows that ClickHouse has confirmed.")
STORED_BYTES = Metric("jejak_stored_bytes_total", "counter", "bytes", "Bytes of those rows before compression.")

# How the writing goes.
BLOCK_ROWS = Metric("jejak_block_rows", "histogram", "rows", "Rows of one INSERT.", buckets=_ROWS)
BLOCK_SECONDS = Metric(
    "jejak_block_seconds",
    "histogram",
    "seconds",
    "From the first try of an INSERT to its confirmation, retries included.",
    buckets=_SECONDS,
)
INSERT_RETRIES = Metric(
    "jejak_insert_retries_total", "counter", "times", "INSERTs that failed and are tried again; the rows are kept."
)
COMMIT_FAILURES = Metric(
    "jejak_commit_failures_total", "counter", "times", "Offset commits that the broker refused; tried again."
)

# How far behind.
FRESHNESS = Metric(
    "jejak_freshness_seconds",
    "histogram",
    "seconds",
    "From a record's Kafka timestamp (append) to its row being queryable, for the first record of each batch.",
    buckets=_SECONDS,
)
LAG = Metric(
    "jejak_lag_records",
    "gauge",
    "records",
    "Records of a partition held by this worker that are not stored yet, fetched or not.",
    ("topic", "partition"),
)
OLDEST_BATCH = Metric(
    "jejak_oldest_batch_seconds", "gauge", "seconds", "Age of the oldest batch in flight since its fetch; 0 for none."
)
BATCHES_IN_FLIGHT = Metric("jejak_batches_in_flight", "gauge", "batches", "Batches fetched and not stored yet.")
BYTES_IN_FLIGHT = Metric(
    "jejak_in_flight_bytes",
    "gauge",
    "bytes",
    "Bytes of values, packed once decoded, that are fetched and not stored yet.",
)

# The worker itself.
READY = Metric("jejak_ready", "gauge", "flag", "1 while `/readyz` answers 200.")
CLICKHOUSE_UP = Metric(
    "jejak_clickhouse_up", "gauge", "flag", "1 while ClickHouse answers and has the table `events`, at the last check."
)
PARTITIONS_HELD = Metric("jejak_partitions_held", "gauge", "partitions", "Partitions assigned to this worker.")
PARTITIONS_STOPPED = Metric(
    "jejak_partitions_stopped",
    "gauge",
    "flag",
    "1 for a partition held by this worker that stands still because something in it cannot be read; no series for "
    "the others.",
    ("topic", "partition"),
)
REBALANCES = Metric(
    "jejak_rebalances_total", "counter", "times", "Assignments of partitions: one at the start, then one per rebalance."
)
LOOP_DELAY = Metric(
    "jejak_loop_delay_seconds",
    "gauge",
    "seconds",
    "How late the event loop woke a timer: the maximum of the last minute.",
)
BUILD = Metric("jejak_build_info", "gauge", "flag", "1; the label says which version of Jejak runs.", ("version",))

#: Made by prometheus_client's own collector, under the names that every Prometheus dashboard knows. Linux only.
PROCESS_METRICS = (
    Metric("process_resident_memory_bytes", "gauge", "bytes", "Memory that the process holds."),
    Metric("process_virtual_memory_bytes", "gauge", "bytes", "Address space that the process has reserved."),
    Metric("process_cpu_seconds_total", "counter", "seconds", "CPU time that the process has used."),
    Metric("process_start_time_seconds", "gauge", "seconds", "When the process started, as Unix time."),
    Metric("process_open_fds", "gauge", "descriptors", "Open file descriptors."),
    Metric("process_max_fds", "gauge", "descriptors", "How many file descriptors may be open."),
)

METRICS = (
    *(CONSUMED, REJECTED, SKIPPED, DEAD_LETTERS, DEAD_LETTER_RETRIES, STORED, STORED_BYTES),
    *(DEAD_LETTERS_WAITING, DEAD_LETTERS_UNREAD),
    *(BLOCK_ROWS, BLOCK_SECONDS, INSERT_RETRIES, COMMIT_FAILURES),
    *(FRESHNESS, LAG, OLDEST_BATCH, BATCHES_IN_FLIGHT, BYTES_IN_FLIGHT),
    *(READY, CLICKHOUSE_UP, PARTITIONS_HELD, PARTITIONS_STOPPED, REBALANCES, LOOP_DELAY, BUILD),
    *PROCESS_METRICS,
)
