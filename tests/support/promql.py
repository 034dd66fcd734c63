"""PromQL over made-up series: as much of it as the alert rules use, by Prometheus' own definitions.

Parsed by `promql_parser`, which is Prometheus' grammar; evaluated here, so that `make test` needs nothing but Python.
What is not known here is an error, never a guess. Where `promtool` is installed, `tests/unit/test_alerts.py` holds
this against it.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import promql_parser as grammar

from tests.support.promql_functions import OVER_TIME, Sample, quantile_of

Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]

NAME = "__name__"
#: How old an instant's last sample may be.
_LOOKBACK = 300.0
#: Stands for Prometheus' staleness marker: the series ends here.
STALE = object()
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
_COMBINE: dict[str, Callable[[Iterable[float]], float]] = {
    "sum": math.fsum,
    "max": max,
    "min": min,
    "count": lambda values: float(len(list(values))),
}


def without(labels: Labels, *names: str) -> Labels:
    return frozenset(pair for pair in labels if pair[0] not in names)


class Series:
    """Series by their labels, the metric's name among them; samples in the order of their time."""

    def __init__(self, samples: dict[Labels, list[tuple[float, Any]]]) -> None:
        self._samples = samples

    def _matching(self, selector: Any) -> Iterable[tuple[Labels, list[tuple[float, Any]]]]:
        wanted = [(item.name, str(item.op), item.value) for item in selector.matchers.matchers]
        if any(op != "MatchOp.Equal" for _, op, _ in wanted) or selector.at is not None:
            raise NotImplementedError(selector.prettify())
        pairs = {(NAME, selector.name), *((name, value) for name, _, value in wanted)}
        return [(labels, samples) for labels, samples in self._samples.items() if pairs <= labels]

    def instant(self, selector: Any, at: float) -> Vector:
        at -= _seconds(selector.offset)
        found: Vector = {}
        for labels, samples in self._matching(selector):
            index = bisect_right(samples, at, key=lambda sample: sample[0]) - 1
            if index >= 0 and samples[index][1] is not STALE and samples[index][0] > at - _LOOKBACK:
                found[labels] = samples[index][1]
        return found

    def window(self, selector: Any, begin: float, end: float) -> dict[Labels, list[Sample]]:
        shift = _seconds(selector.offset)
        found = {
            labels: [(at, value) for at, value in samples if begin < at + shift <= end and value is not STALE]
            for labels, samples in self._matching(selector)
        }
        return {labels: samples for labels, samples in found.items() if samples}


def _seconds(offset: timedelta | None) -> float:
    return offset.total_seconds() if offset else 0.0


def evaluate(node: Any, series: Series, at: float) -> Vector | float:
    """The value of a parsed expression at an instant."""
    match node:
        case grammar.NumberLiteral():
            return float(node.val)
        case grammar.ParenExpr():
            return evaluate(node.expr, series, at)
        case grammar.VectorSelector():
            return series.instant(node, at)
        case grammar.AggregateExpr():
            return _aggregate(node, series, at)
        case grammar.BinaryExpr():
            return _binary(node, series, at)
        case grammar.Call():
            return _call(node, series, at)
    raise NotImplementedError(node.prettify())


def _vector(node: Any, series: Series, at: float) -> Vector:
    found = evaluate(node, series, at)
    assert isinstance(found, dict), node.prettify()
    return found


def _aggregate(node: Any, series: Series, at: float) -> Vector:
    kept: tuple[str, ...] = ()
    if node.modifier is not None:
        assert str(node.modifier.type) == "AggModifierType.By", node.prettify()
        kept = tuple(node.modifier.labels)
    groups: dict[Labels, list[float]] = {}
    for labels, value in _vector(node.expr, series, at).items():
        groups.setdefault(frozenset(pair for pair in labels if pair[0] in kept), []).append(value)
    return {labels: _COMBINE[str(node.op)](values) for labels, values in groups.items()}


def _binary(node: Any, series: Series, at: float) -> Vector:
    if node.modifier is not None and (node.modifier.matching or node.modifier.return_bool):
        raise NotImplementedError(node.prettify())
    left, op = _vector(node.lhs, series, at), str(node.op)
    right = evaluate(node.rhs, series, at)
    if isinstance(right, float):
        return {labels: value for labels, value in left.items() if _COMPARE[op](value, right)}
    theirs = {without(labels, NAME) for labels in right}
    if op in ("and", "unless"):
        return {labels: value for labels, value in left.items() if (without(labels, NAME) in theirs) == (op == "and")}
    if op == "or":
        ours = {without(labels, NAME) for labels in left}
        return left | {labels: value for labels, value in right.items() if without(labels, NAME) not in ours}
    raise NotImplementedError(node.prettify())


def _call(node: Any, series: Series, at: float) -> Vector:
    name = node.func.name
    if name == "absent":
        return {} if _vector(node.args[0], series, at) else {frozenset(_equalities(node.args[0])): 1.0}
    if name == "histogram_quantile":
        quantile = evaluate(node.args[0], series, at)
        assert isinstance(quantile, float)
        return _quantiles(quantile, _vector(node.args[1], series, at))
    length = node.args[0].range.total_seconds()
    found: Vector = {}
    for labels, samples in _samples(node.args[0], series, at, length).items():
        if (value := OVER_TIME[name](samples, at - length, at)) is not None:
            found[without(labels, NAME)] = value
    return found


def _equalities(node: Any) -> list[tuple[str, str]]:
    is_selector = isinstance(node, grammar.VectorSelector)
    return [(item.name, item.value) for item in node.matchers.matchers] if is_selector else []


def _samples(node: Any, series: Series, at: float, length: float) -> dict[Labels, list[Sample]]:
    if isinstance(node, grammar.MatrixSelector):
        return series.window(node.vector_selector, at - length, at)
    step = node.step.total_seconds()
    found: dict[Labels, list[Sample]] = {}
    tick = math.floor((at - length) / step) * step + step
    while tick <= at:
        for labels, value in _vector(node.expr, series, tick).items():
            found.setdefault(labels, []).append((tick, value))
        tick += step
    return found


def _quantiles(quantile: float, buckets: Vector) -> Vector:
    groups: dict[Labels, list[tuple[float, float]]] = {}
    for labels, value in buckets.items():
        groups.setdefault(without(labels, "le"), []).append((float(dict(labels)["le"]), value))
    return {labels: quantile_of(quantile, sorted(group)) for labels, group in groups.items()}
