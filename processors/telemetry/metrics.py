"""The worker's metrics as objects that count, each made from its entry in the list (`metric_list`)."""

from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics

from processors.telemetry import metric_list as listed
from processors.telemetry.metric_list import Metric
from schemas.settings import Settings


class Metrics:
    """The metrics of one worker, in a registry of their own."""

    def __init__(self, settings: Settings | None = None) -> None:
        """All counters are at 0, with every label that they can have.

        Arguments:
            settings: the topics' prefix, which is part of their names in labels.
        """
        self._settings = settings or Settings()
        # Each counter's time of creation would be another series, which is of no use.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.consumed = self._counter(listed.CONSUMED)
        self.rejected = self._counter(listed.REJECTED)
        self.tombstones = self._counter(listed.SKIPPED)
        self.dead_letters = self._counter(listed.DEAD_LETTERS)
        self.dead_letter_retries = self._counter(listed.DEAD_LETTER_RETRIES)
        self.dead_letters_waiting = self._gauge(listed.DEAD_LETTERS_WAITING)
        self.dead_letters_unread = self._gauge(listed.DEAD_LETTERS_UNREAD)
        self.rows = self._counter(listed.STORED)
        self.bytes = self._counter(listed.STORED_BYTES)
        self.block_rows = self._histogram(listed.BLOCK_ROWS)
        self.block_seconds = self._histogram(listed.BLOCK_SECONDS)
        self.insert_retries = self._counter(listed.INSERT_RETRIES)
        self.commit_failures = self._counter(listed.COMMIT_FAILURES)
        self.freshness = self._histogram(listed.FRESHNESS)
        self.lag = self._gauge(listed.LAG)
        self.oldest_batch = self._gauge(listed.OLDEST_BATCH)
        self.batches_in_flight = self._gauge(listed.BATCHES_IN_FLIGHT)
        self.bytes_in_flight = self._gauge(listed.BYTES_IN_FLIGHT)
        self.ready = self._gauge(listed.READY)
        self.clickhouse_up = self._gauge(listed.CLICKHOUSE_UP)
        self.partitions_held = self._gauge(listed.PARTITIONS_HELD)
        self.partitions_stopped = self._gauge(listed.PARTITIONS_STOPPED)
        self.rebalances = self._counter(listed.REBALANCES)
        self.loop_delay = self._gauge(listed.LOOP_DELAY)
        self._gauge(listed.BUILD).labels(version("jejak")).set(1)
        ProcessCollector(registry=self.registry)

    def _counter(self, metric: Metric) -> Counter:
        counter = Counter(metric.name, metric.meaning, metric.labels, registry=self.registry)
        for values in metric.series(self._settings):
            counter.labels(*values)
        return counter

    def _gauge(self, metric: Metric) -> Gauge:
        return Gauge(metric.name, metric.meaning, metric.labels, registry=self.registry)

    def _histogram(self, metric: Metric) -> Histogram:
        return Histogram(metric.name, metric.meaning, metric.labels, registry=self.registry, buckets=metric.buckets)

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
