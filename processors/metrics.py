"""Every metric of the worker, in one list: name, kind, unit, meaning."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BATCH_ROWS = (1, 10, 100, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000)
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The metrics of one worker, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.consumed = Counter(
            "jejak_records_consumed", "Records taken from Kafka.", ["topic"], registry=self.registry
        )
        self.rejected = Counter(
            "jejak_records_rejected", "Records sent to the dead letters.", ["reason"], registry=self.registry
        )
        self.tombstones = Counter(
            "jejak_records_skipped", "Records skipped because their value is null.", registry=self.registry
        )
        self.rows = Counter("jejak_rows_stored", "Rows that ClickHouse confirmed.", registry=self.registry)
        self.bytes = Counter("jejak_stored_bytes", "Bytes of those rows before compression.", registry=self.registry)
        self.insert_retries = Counter(
            "jejak_insert_retries", "INSERTs that failed and were tried again.", registry=self.registry
        )
        self.block_rows = Histogram("jejak_block_rows", "Rows of a block.", buckets=_BATCH_ROWS, registry=self.registry)
        self.block_seconds = Histogram(
            "jejak_block_seconds",
            "Seconds from the first try of a block to its confirmation.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.freshness = Histogram(
            "jejak_freshness_seconds",
            "Seconds from a record's Kafka timestamp to its row being queryable, for each batch's first record.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.lag = Gauge(
            "jejak_lag_records", "Records not fetched yet.", ["topic", "partition"], registry=self.registry
        )
        self.oldest_batch = Gauge(
            "jejak_oldest_batch_seconds", "Age of the oldest batch in flight.", registry=self.registry
        )
        self.loop_delay = Gauge(
            "jejak_loop_delay_seconds", "How late the event loop last woke a timer.", registry=self.registry
        )

    def stored(self, rows: int, size: int, seconds: float) -> None:
        """Count one confirmed block.

        Arguments:
            rows: how many.
            size: bytes before compression.
            seconds: from the first try to the confirmation.
        """
        self.rows.inc(rows)
        self.bytes.inc(size)
        self.block_rows.observe(rows)
        self.block_seconds.observe(seconds)
