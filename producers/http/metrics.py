"""The door's metrics: each is one line of `METRICS`, which `/metrics` and the page docs/collecting.md are made of.

No label has a workspace, a key or an address: of those there are without end, and some tell who somebody is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics

from producers.http.problems import Refusal


class Endpoint(StrEnum):
    """The ways in; the values are the label `endpoint`."""

    EVENTS = "events"
    WHATSAPP = "whatsapp"
    TRACKER = "tracker"


class Dropped(StrEnum):
    """Why something good is not appended; the values are the label `reason`."""

    #: A bot, by its user agent.
    BOT = "bot"
    #: A browser without a visitor id, which is how the tracker keeps somebody anonymous.
    ANONYMOUS = "anonymous"
    #: The click on a form's button, whose form follows.
    SUBMIT_BUTTON = "submit_button"
    #: What the sender's product has and the contract has no event for.
    NO_EVENT = "no_event"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name, its kind, and one sentence for authors of dashboards and alerts."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...] = ()


#: All values of each label, so that a series is there, at 0, before its first count.
LABEL_VALUES: Mapping[str, tuple[str, ...]] = {
    "endpoint": tuple(Endpoint),
    "reason": tuple(Refusal),
    "why": tuple(Dropped),
}
_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)

RECEIVED = Metric("jejak_collect_received_total", "counter", "Events in requests that were read.", ("endpoint",))
APPENDED = Metric("jejak_collect_appended_total", "counter", "Events that Kafka has acknowledged.", ("endpoint",))
REFUSED = Metric("jejak_collect_refused_total", "counter", "Requests that were refused.", ("endpoint", "reason"))
DROPPED = Metric("jejak_collect_dropped_total", "counter", "Events left out on purpose.", ("why",))
LETTERS = Metric(
    "jejak_collect_dead_letters_total", "counter", "Dead letters that Kafka has acknowledged.", ("endpoint",)
)
SECONDS = Metric(
    "jejak_collect_acknowledged_seconds", "histogram", "From appending a request's records to Kafka's acknowledgement."
)
IN_FLIGHT = Metric("jejak_collect_in_flight_bytes", "gauge", "Bytes of bodies and of records not acknowledged yet.")
CONNECTIONS = Metric("jejak_collect_connections", "gauge", "Open connections.")
READY = Metric("jejak_collect_ready", "gauge", "1 while `/readyz` answers 200.")
SOURCES_BROKEN = Metric(
    "jejak_collect_sources_broken", "gauge", "1 while the sources file cannot be used, and the one before counts."
)
METRICS = (RECEIVED, APPENDED, REFUSED, DROPPED, LETTERS, SECONDS, IN_FLIGHT, CONNECTIONS, READY, SOURCES_BROKEN)


class Counters:
    """The counters of one way in, looked up once: a request counts several times."""

    def __init__(self, received: Counter, appended: Counter, letters: Counter) -> None:
        self.received = received
        self.appended = appended
        self.letters = letters


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        # Each counter's time of creation would be another series, which is of no use.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.received = self._counter(RECEIVED)
        self.appended = self._counter(APPENDED)
        self.refused = self._counter(REFUSED)
        self.dropped = self._counter(DROPPED)
        self.letters = self._counter(LETTERS)
        self.seconds = Histogram(SECONDS.name, SECONDS.meaning, registry=self.registry, buckets=_SECONDS)
        self.in_flight = self._gauge(IN_FLIGHT)
        self.connections = self._gauge(CONNECTIONS)
        self.ready = self._gauge(READY)
        self.sources_broken = self._gauge(SOURCES_BROKEN)
        ProcessCollector(registry=self.registry)

    def of(self, endpoint: Endpoint) -> Counters:
        """The counters of one way in."""
        return Counters(*(counter.labels(endpoint) for counter in (self.received, self.appended, self.letters)))

    def _counter(self, metric: Metric) -> Counter:
        counter = Counter(metric.name, metric.meaning, metric.labels, registry=self.registry)
        for values in product(*(LABEL_VALUES[label] for label in metric.labels)) if metric.labels else ():
            counter.labels(*values)
        return counter

    def _gauge(self, metric: Metric) -> Gauge:
        return Gauge(metric.name, metric.meaning, metric.labels, registry=self.registry)


def table() -> str:
    """The metrics as a table in Markdown, for the documents."""
    lines = ["| metric | kind | labels | meaning |", "|---|---|---|---|"]
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
        lines.append(f"| `{metric.name}` | {metric.kind} | {labels} | {metric.meaning} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
