"""PromQL's functions over a window's samples, and its quantile of a histogram: Prometheus' own arithmetic."""

import math
from collections.abc import Callable
from itertools import pairwise

Sample = tuple[float, float]


def _increase(samples: list[Sample], begin: float, end: float) -> float | None:
    """Prometheus' `extrapolatedRate` for a counter."""
    if len(samples) < 2:
        return None
    (first_at, first), (last_at, last) = samples[0], samples[-1]
    grown = last - first + sum(a for (_, a), (_, b) in pairwise(samples) if b < a)
    sampled = last_at - first_at
    between = sampled / (len(samples) - 1)
    to_start, to_end = first_at - begin, end - last_at
    to_start = between / 2 if to_start >= between * 1.1 else to_start
    to_end = between / 2 if to_end >= between * 1.1 else to_end
    if grown > 0:
        to_start = min(to_start, sampled * first / grown)
    return grown * (sampled + to_start + to_end) / sampled


def _rate(samples: list[Sample], begin: float, end: float) -> float | None:
    grown = _increase(samples, begin, end)
    return None if grown is None else grown / (end - begin)


def _deriv(samples: list[Sample], _: float, __: float) -> float | None:
    if len(samples) < 2:
        return None
    mean_at = math.fsum(at for at, _ in samples) / len(samples)
    mean = math.fsum(value for _, value in samples) / len(samples)
    spread = math.fsum((at - mean_at) ** 2 for at, _ in samples)
    return math.fsum((at - mean_at) * (value - mean) for at, value in samples) / spread


def _changes(samples: list[Sample], _: float, __: float) -> float:
    return float(sum(a != b for (_, a), (_, b) in pairwise(samples)))


#: Function → its value over samples of a window, with its begin and end; None for none.
OVER_TIME: dict[str, Callable[[list[Sample], float, float], float | None]] = {
    "increase": _increase,
    "rate": _rate,
    "deriv": _deriv,
    "changes": _changes,
}


def quantile_of(quantile: float, buckets: list[tuple[float, float]]) -> float:
    """A quantile of a histogram, by the upper bounds and counts of its buckets."""
    total = buckets[-1][1]
    if total == 0:
        return math.nan
    rank = quantile * total
    index = next(number for number, (_, count) in enumerate(buckets) if count >= rank)
    if index == len(buckets) - 1:
        return buckets[-2][0]
    below, before = buckets[index - 1] if index else (0.0, 0.0)
    bound, count = buckets[index]
    return below + (bound - below) * (rank - before) / (count - before)
