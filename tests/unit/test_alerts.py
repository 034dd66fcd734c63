"""The alert rules over made-up series: what they fire on, the first burst included, and what of a healthy system not.

The series and what is expected are `deploy/prometheus/alerts_test.yaml`, in the format of `promtool test rules`.
"""

import copy
import math
import shutil
import subprocess
from typing import Any

import promql_parser
import pytest

from tests.support.alert_rules import firing, seconds, series_of
from tests.support.promql import NAME, evaluate
from tests.unit.deployment import DEPLOY, documents

FOLDER = DEPLOY / "prometheus"
(FILE,) = documents(FOLDER / "alerts_test.yaml")
RULES = [rule for name in FILE["rule_files"] for (part,) in [documents(FOLDER / name)] for group in part["groups"]
         for rule in group["rules"]]  # fmt: skip


def in_order(alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(alerts, key=lambda alert: sorted(alert["exp_labels"].items()))


def complaints(rules: list[dict[str, Any]], test: dict[str, Any]) -> list[str]:
    """Where what fires is not what the test expects."""
    found = firing(rules, test, FILE["evaluation_interval"])
    return [
        f"{case['alertname']} at {case['eval_time']}: {real}"
        for case in test["alert_rule_test"]
        if in_order(real := found[case["alertname"], seconds(case["eval_time"])]) != in_order(case["exp_alerts"])
    ]


@pytest.mark.parametrize("test", FILE["tests"], ids=lambda test: test["name"])
def test_the_alerts_fire_on_trouble_and_on_nothing_else(test: dict[str, Any]) -> None:
    assert complaints(RULES, test) == []


def test_every_alert_is_seen_firing_and_silent() -> None:
    cases = [case for test in FILE["tests"] for case in test["alert_rule_test"]]
    names = {rule["alert"] for rule in RULES}
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == names
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == names


@pytest.mark.parametrize(
    ("alert", "expression"),
    [
        ("JejakDeadLetters", "sum by (topic, reason) (increase(jejak_records_rejected_total[15m])) > 0"),
        ("JejakDeadLetters", "sum by (topic, reason) (jejak_records_rejected_total) > 0"),
        ("JejakInsertRetries", "increase(jejak_insert_retries_total[20m]) > 3"),
        ("JejakLagWithoutProgress", "sum by (topic) (jejak_lag_records) > 0"),
        ("JejakNoWorker", 'absent(up{job="jejak"})'),
    ],
)
def test_a_rule_that_misses_the_first_burst_or_cries_wolf_is_noticed(alert: str, expression: str) -> None:
    rules = copy.deepcopy(RULES)
    next(rule for rule in rules if rule["alert"] == alert)["expr"] = expression
    assert [complaint for test in FILE["tests"] for complaint in complaints(rules, test)]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="Prometheus' own evaluator is not installed")
def test_prometheus_own_evaluator_agrees() -> None:
    ran = subprocess.run(
        ["promtool", "test", "rules", "alerts_test.yaml"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def value_of(expression: str, values: str, at: str = "10m", interval: str = "1m") -> Any:
    """An expression's value over `x` with these values; None for no answer, a number for one without labels."""
    test = {"interval": interval, "input_series": [{"series": "x", "values": values}]}
    found = evaluate(promql_parser.parse(expression), series_of(test), seconds(at))
    assert isinstance(found, dict)
    return found.get(frozenset(), found.get(frozenset([(NAME, "x")])))


@pytest.mark.parametrize(
    ("expression", "values", "value"),
    [
        # Windows leave their first instant out, as in Prometheus 3; promtool 2.42 was tried and agreed on every rule.
        ("x", "0+1x20", 10),
        ("x", "5 _x20", None),
        ("x", "0x4 7 stale _x20", None),
        ("x offset 4m", "0+1x20", 6),
        ("increase(x[5m])", "0+6x20", 30),
        ("increase(x[5m])", "_x10 50x9", None),
        ("increase(x[5m])", "9x8 0 4x20", 5),
        ("rate(x[5m])", "0+6x20", 0.1),
        ("deriv(x[5m])", "0+6x20", 0.1),
        ("deriv(sum(x)[5m:1m])", "0+6x20", 0.1),
        ("changes(x[5m])", "1x7 2 3x9", 2),
        ("absent(x)", "_x20", 1),
        ("absent(x)", "0x20", None),
        ("x > 3", "0+1x20", 10),
        ("x > 10", "0+1x20", None),
        ("x and x > 10", "0+1x20", None),
        ("x unless x offset 10m", "0+1x20", None),
        ("x unless x offset 11m", "0+1x20", 10),
        ("(x > 10) or x", "0+1x20", 10),
        ("max(x)", "0+1x20", 10),
    ],
)
def test_the_evaluator_knows_prometheus_functions(expression: str, values: str, value: float | None) -> None:
    assert value_of(expression, values) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize("expression", ["x * 2 > 1", "topk(1, x)", "avg(x)", "predict_linear(x[5m], 60)", 'x{a=~"b"}'])
def test_the_evaluator_refuses_what_it_does_not_know(expression: str) -> None:
    with pytest.raises((NotImplementedError, KeyError)):
        value_of(expression, "1x20")


def test_a_quantile_of_nothing_is_no_number() -> None:
    assert math.isnan(next(iter(evaluate_buckets("0x20", "0x20").values())))
    assert next(iter(evaluate_buckets("10x20", "20x20").values())) == pytest.approx(4.0)


def evaluate_buckets(one: str, all_of_them: str) -> dict[Any, float]:
    given = [{"series": 'x{le="2"}', "values": one}, {"series": 'x{le="6"}', "values": all_of_them}]
    given.append({"series": 'x{le="+Inf"}', "values": all_of_them})
    expression = promql_parser.parse("histogram_quantile(0.75, sum by (le) (x))")
    found = evaluate(expression, series_of({"interval": "1m", "input_series": given}), 300)
    assert isinstance(found, dict)
    return found
