"""docs/metrics.md, made from the list of metrics: `python -m processors.telemetry.metrics_page > docs/metrics.md`."""

from processors.telemetry.metric_list import METRICS, PROCESS_METRICS, Metric

_HEAD = """\
# Metrics

What a worker serves at `/metrics` on `JEJAK_HTTP_PORT`, for Prometheus. This page is generated from
`processors/telemetry/metric_list.py` by `python -m processors.telemetry.metrics_page > docs/metrics.md`; a test
compares the two. The front door has metrics of its own ([collecting.md](collecting.md#metrics)).

A histogram is three series: `_bucket` with the label `le`, `_sum` and `_count`. No metric has a workspace label,
because the number of workspaces has no limit. Each worker exports the lag of its own partitions; the group's lag is the
sum over all workers. Every series of a counter starts at 0 when the worker starts, so `increase` counts its first
records too. Topic labels are full names.

"""


def page() -> str:
    """The whole page."""
    own = [metric for metric in METRICS if metric not in PROCESS_METRICS]
    return (
        _HEAD
        + _table(own)
        + "\nOn Linux there are also the standard metrics of a Prometheus client:\n\n"
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
