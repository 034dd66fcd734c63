"""The list of metrics: what `/metrics` shows, what the page says, and what the list says are one thing."""

import re
import sys
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from processors.metric_list import METRICS, PROCESS_METRICS
from processors.metrics import Metrics
from processors.metrics_page import page

ROOT = Path(__file__).parents[2]


def _described(text: str) -> dict[str, tuple[str, str]]:
    """Kind and help of every metric in Prometheus' text, by name."""
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    helps = dict(re.findall(r"^# HELP (\S+) (.+)$", text, re.MULTILINE))
    return {name: (kind, helps[name]) for name, kind in kinds.items()}


@pytest.mark.skipif(sys.platform != "linux", reason="the process' own metrics are Linux' alone")
def test_metrics_serves_what_is_listed_and_nothing_else() -> None:
    metrics = Metrics()
    metrics.lag.labels("t", "0").set(1)
    served = _described(generate_latest(metrics.registry).decode())
    assert served.keys() == {metric.name for metric in METRICS}
    for metric in METRICS:
        kind, told = served[metric.name]
        assert kind == metric.kind, metric
        assert told == metric.meaning or metric in PROCESS_METRICS, metric


def test_names_follow_prometheus_conventions() -> None:
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names))
    for metric in METRICS:
        assert re.fullmatch(r"(jejak|process)_[a-z_]+", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric
        assert bool(metric.buckets) == (metric.kind == "histogram"), metric
        if metric.unit in ("seconds", "bytes"):
            assert metric.unit in metric.name, metric


def test_no_metric_tells_tenants_or_people_apart() -> None:
    labels = {label for metric in METRICS for label in metric.labels}
    assert labels <= {"topic", "partition", "reason", "version"}


def test_the_page_of_metrics_is_made_from_the_list() -> None:
    written = (ROOT / "docs" / "metrics.md").read_text()
    assert written == page(), "run `python -m processors.metrics_page > docs/metrics.md`"
