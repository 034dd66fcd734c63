"""Alert rules over made-up series: files of `promtool test rules`, evaluated by `tests/support/promql.py`.

Only alerts are looked at: which fire at an instant, with which labels and annotations.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import promql_parser

from tests.support.promql import NAME, STALE, Labels, Series, evaluate, without

Json = dict[str, Any]
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SERIES = re.compile(r"(\w+)(?:\{(.*)\})?")
_LABEL = re.compile(r'(\w+)="([^"]*)"')
#: `1+2x3`: 1, 3, 5, 7; `1x3`: 1, 1, 1, 1; `_x3`: three that are missing.
_RUN = re.compile(r"(?P<first>-?[\d.]+|_|stale)(?P<step>[+-][\d.]+)?(?:x(?P<times>\d+))?")
_TEMPLATE = re.compile(r"\{\{ *(.*?) *\}\}")


def seconds(text: str) -> float:
    """A duration, such as `1m30s`."""
    return float(sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([smhd])", str(text))))


def series_of(test: Json) -> Series:
    """A test's input series."""
    interval = seconds(test["interval"])
    found: dict[Labels, list[tuple[float, Any]]] = {}
    for given in test["input_series"]:
        head = _SERIES.fullmatch(given["series"])
        assert head, given
        labels = frozenset([(NAME, head[1]), *_LABEL.findall(head[2] or "")])
        values = [value for run in given["values"].split() for value in _run(run)]
        found[labels] = [(number * interval, value) for number, value in enumerate(values) if value is not None]
    return Series(found)


def _run(text: str) -> list[Any]:
    run = _RUN.fullmatch(text)
    assert run, text
    times = int(run["times"] or 0)
    if run["first"] == "_":
        return [None] * max(times, 1)
    if run["first"] == "stale":
        return [STALE]
    return [float(run["first"]) + number * float(run["step"] or 0) for number in range(times + 1)]


@dataclass
class Rule:
    """An alert rule, and since when it has been true for whom.

    Attributes:
        text: as the file has it.
        since: labels → seconds.
        values: labels → the expression's value at the last evaluation.
    """

    text: Json
    since: dict[Labels, float] = field(default_factory=dict)
    values: dict[Labels, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._parsed = promql_parser.parse(self.text["expr"])

    def step(self, series: Series, at: float) -> None:
        """Evaluate the expression at the next instant."""
        found = evaluate(self._parsed, series, at)
        assert isinstance(found, dict)
        self.values = {without(labels, NAME): value for labels, value in found.items()}
        self.since = {labels: self.since.get(labels, at) for labels in self.values}

    def firing(self, at: float) -> list[Json]:
        """The alerts that fire."""
        patience = seconds(self.text.get("for", "0s"))
        return [self._alert(labels) for labels, since in self.since.items() if at - since >= patience]

    def _alert(self, labels: Labels) -> Json:
        told = dict(labels)
        annotations = {
            name: _TEMPLATE.sub(lambda found: _filled(found[1], told, self.values[labels]), text)
            for name, text in self.text["annotations"].items()
        }
        return {"exp_labels": told | self.text["labels"], "exp_annotations": annotations}


def firing(rules: list[Json], test: Json, evaluation_interval: str) -> dict[tuple[str, float], list[Json]]:
    """Alert and instant → what fires, for every instant that the test asks about and every alert."""
    series, step = series_of(test), seconds(evaluation_interval)
    wanted = {seconds(case["eval_time"]) for case in test["alert_rule_test"]}
    running = [Rule(rule) for rule in rules]
    found: dict[tuple[str, float], list[Json]] = {}
    for number in range(int(max(wanted) // step) + 1):
        at = number * step
        for rule in running:
            rule.step(series, at)
            if at in wanted:
                found[rule.text["alert"], at] = rule.firing(at)
    return found


def _filled(expression: str, labels: dict[str, str], value: float) -> str:
    """A template's value. A label that the alert does not have is an error; Prometheus would write nothing."""
    source, _, formatter = (part.strip() for part in expression.partition("|"))
    if source.startswith("$labels."):
        return labels[source.removeprefix("$labels.")]
    assert source == "$value", expression
    return {"": _plain, 'printf "%.0f"': "{:.0f}".format, "humanizeDuration": _duration}[formatter](value)


def _plain(value: float) -> str:
    """As Go prints a float64."""
    if value and not 1e-4 <= abs(value) < 1e21:
        raise NotImplementedError(value)
    return repr(int(value)) if value == int(value) and abs(value) < 1e6 else f"{value:.16g}"


def _duration(value: float) -> str:
    if abs(value) < 60:
        return f"{value:.4g}s"
    whole = int(value)
    parts = [(whole // 86400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "m"), (whole % 60, "s")]
    first = next(number for number, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count}{unit}" for count, unit in parts[first:])
