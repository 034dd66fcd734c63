"""Dashboards and alerts: their PromQL is PromQL, and every metric in it is the worker's or the front door's."""

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest

from processors.telemetry.metrics import Metrics
from producers.http.metrics import Metrics as DoorMetrics
from tests.unit.deployment import DEPLOY, documents

#: What Prometheus itself says of a scrape.
OTHERS = {"up"}


def samples() -> set[str]:
    """The names of everything that the worker and the front door may show."""
    found: set[str] = set()
    for family in [*Metrics().registry.collect(), *DoorMetrics().registry.collect()]:
        suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(family.type, [""])
        found |= {family.name + suffix for suffix in suffixes}
    return found


def rules() -> list[dict[str, Any]]:
    (document,) = documents(DEPLOY / "prometheus" / "alerts.yaml")
    return [rule for group in document["groups"] for rule in group["rules"]]


def panels() -> Iterator[tuple[str, str]]:
    dashboard = json.loads((DEPLOY / "grafana" / "dashboards" / "operators.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"].replace("$__rate_interval", "1m").replace("$job", "jejak")


EXPRESSIONS = [*((rule["alert"], rule["expr"]) for rule in rules()), *panels()]


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS)
def test_every_expression_is_promql_over_metrics_that_exist(where: str, expression: str) -> None:
    promql_parser.parse(expression)
    used = set(re.findall(r"\b(jejak_\w+|process_\w+|up)\b(?=\{|\[|\)| |$)", expression))
    assert used, where
    assert used - OTHERS - samples() == set()


def test_every_alert_says_whom_to_wake_and_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"].keys() == {"summary", "description"}
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}


def test_every_trouble_an_operator_must_see_has_an_alert() -> None:
    watched = " ".join(rule["expr"] for rule in rules())
    for metric in ("jejak_lag_records", "jejak_oldest_batch_seconds", "jejak_ready", "jejak_records_rejected_total",
                   "jejak_insert_retries_total", "jejak_freshness_seconds_bucket"):  # fmt: skip
        assert metric in watched


def test_prometheus_loads_the_rules_and_scrapes_the_job_they_speak_of() -> None:
    (config,) = documents(DEPLOY / "prometheus" / "prometheus.yaml")
    assert [name for name in config["rule_files"] if not (DEPLOY / "prometheus" / name).exists()] == []
    assert [job["job_name"] for job in config["scrape_configs"]] == ["jejak", "jejak-collect"]
