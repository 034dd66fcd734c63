"""docs/metrics.md, made from the list of metrics: `python -m processors.telemetry.metrics_page > docs/metrics.md`."""

from processors.telemetry.metric_list import METRICS, PROCESS_METRICS, Metric

_HEAD = """\
# Metrics

What a worker serves at `/metrics` on `JEJAK_HTTP_PORT`, for Prometheus. Made from
`processors/telemetry/metric_list.py` by `python -m processors.telemetry.metrics_page > docs/metrics.md`; a test holds
the two against each other.

A histogram is three series: `_bucket` with the label `le`, `_sum` and `_count`. No metric tells workspaces apart: their
number has no end, and each would be a series of its own. What a worker holds of lag is in its own series; the sum over
all workers is the group's. Every series of a counter is there from a worker's start, at 0, so that `increase` sees its
first records too; topics are told by their full names.

"""


def page() -> str:
    """The whole page."""
    own = [metric for metric in METRICS if metric not in PROCESS_METRICS]
    return (
        _HEAD
        + _table(own)
        + "\nOn Linux there are also these, as every process with a Prometheus client has them:\n\n"
        + _table(PROCESS_METRICS)
    )


def _table(metrics: tuple[Metric, ...] | list[Metric]) -> str:
    lines = ["| metric | kind | unit | labels | meaning |", "|---|---|---|---|---|"]
    for metric in metrics:
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
        lines.append(f"| `{metric.name}` | {metric.kind} | {metric.unit} | {labels} | {metric.meaning} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
