"""The list of metrics: what `/metrics` shows, what the page says, and what the list says are one thing."""

import re
import sys
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from processors.telemetry.metric_list import LABEL_VALUES, METRICS, PROCESS_METRICS, Metric
from processors.telemetry.metrics import Metrics
from processors.telemetry.metrics_page import page
from schemas.constants import TOPICS
from schemas.rejection import AT_THE_DOOR, Reason
from schemas.settings import Settings

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


@pytest.mark.parametrize("metric", [item for item in METRICS if item.kind == "counter"], ids=lambda item: item.name)
def test_every_series_of_a_counter_is_there_from_the_start(metric: Metric) -> None:
    """The hazard: `increase` sees nothing of the first burst, because no value was there before it."""
    assert set(metric.labels) <= LABEL_VALUES.keys(), "say in LABEL_VALUES which values the label can have"
    served = generate_latest(Metrics(Settings(topic_prefix="acme.")).registry).decode()
    found = re.findall(rf"^{metric.name}(?:{{(.*)}})? (\S+)$", served, re.MULTILINE)
    wanted = 1
    for label in metric.labels:
        wanted *= len(LABEL_VALUES[label](Settings()))
    assert len({labels for labels, _ in found}) == wanted
    if metric not in PROCESS_METRICS:
        assert {value for _, value in found} == {"0.0"}


def test_rejected_records_are_told_apart_by_topic_in_full_and_by_reason() -> None:
    served = generate_latest(Metrics(Settings(topic_prefix="acme.")).registry).decode()
    for topic in TOPICS:
        assert f'jejak_records_consumed_total{{topic="acme.{topic}"}} 0.0' in served
        for reason in set(Reason) - AT_THE_DOOR:
            assert f'jejak_records_rejected_total{{reason="{reason.value}",topic="acme.{topic}"}} 0.0' in served


def test_the_page_of_metrics_is_made_from_the_list() -> None:
    written = (ROOT / "docs" / "metrics.md").read_text()
    assert written == page(), "run `python -m processors.telemetry.metrics_page > docs/metrics.md`"
