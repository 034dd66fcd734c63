"""From timings to figures: ratios, and what misses its target."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bench.reading.measure import Timing
from bench.reading.questions import QUESTIONS, Kind, Question

#: What issue 3 asks. Lookups grow with the data by no more than this ...
GROWTH = 1.5
#: ... lists are this many times as fast as the same answer from `events`, or take no longer than so many ms ...
SPEEDUP, FAST_MS = 20.0, 60.0
#: ... and merges slow nothing down by more than this.
SLOWDOWN = 1.2
#: Below this many ms a ratio says more about the machine's mood than about the query.
_NOISE_MS = 5.0

#: What is in the report besides the questions: the command's own way to a page of leads.
OWN_LEADS = Question("own_leads", "jejak leads, 50 newest", Kind.LIST, limit_ms=150)


@dataclass(frozen=True)
class Line:
    """One question's figures, in milliseconds for the asker.

    Attributes:
        question: which.
        small, large: both sizes.
        merged: the large size with 10,000 merges in the largest workspace.
        small_merged: the small size with them.
        fresh: the large size with five unmerged parts on top.
        events: the same answer taken straight from `events` at the large size.
    """

    question: Question
    small: Timing
    large: Timing
    merged: Timing | None = None
    small_merged: Timing | None = None
    fresh: Timing | None = None
    events: Timing | None = None

    @property
    def growth(self) -> float:
        """From the small to the large size."""
        return self.large.client / self.small.client

    @property
    def slowdown(self) -> float | None:
        """By merges, at the size where they are felt more."""
        pairs = [(self.merged, self.large), (self.small_merged, self.small)]
        return max((slow.client / plain.client for slow, plain in pairs if slow), default=None)

    @property
    def speedup(self) -> float | None:
        """Against `events`."""
        return self.events.client / self.large.client if self.events else None

    def missed(self) -> list[str]:
        """The targets that it misses, in words."""
        found = []
        if self.question.kind is Kind.LOOKUP:
            if self.growth > GROWTH and self.large.client - self.small.client > _NOISE_MS:
                found.append(f"grows {self.growth:.1f}×, at most {GROWTH:g}× asked")
        elif self.speedup is not None and self.speedup < SPEEDUP and self.large.client > FAST_MS:
            found.append(f"{self.speedup:.0f}× faster than from events, {SPEEDUP:g}× or {FAST_MS:g} ms asked")
        if self.question.limit_ms and self.large.client > self.question.limit_ms:
            found.append(f"{self.large.client:.0f} ms, {self.question.limit_ms:g} asked")
        if self.slowdown and self.slowdown > SLOWDOWN and self._merges_cost() > _NOISE_MS:
            found.append(f"{self.slowdown:.1f}× slower with merges, at most {SLOWDOWN:g}× asked")
        return found

    def _merges_cost(self) -> float:
        pairs = [(self.merged, self.large), (self.small_merged, self.small)]
        return max((slow.client - plain.client for slow, plain in pairs if slow), default=0.0)


def lines(timings: Mapping[tuple[str, str], Timing]) -> list[Line]:
    """The figures of all questions that were asked.

    Arguments:
        timings: state and question, or `events` and question → timing.
    """
    found = []
    for question in (*QUESTIONS, OWN_LEADS):
        by_state = {state: timing for (state, name), timing in timings.items() if name == question.name}
        if "small" in by_state and "large" in by_state:
            found.append(Line(question, **by_state))
    return found


def summary(found: list[Line]) -> dict[str, Any]:
    """The figures for machines."""
    states = ("small", "large", "small_merged", "merged", "fresh", "events")
    return {
        line.question.name: {
            "title": line.question.title,
            **{state: asdict(timing) for state in states if (timing := getattr(line, state))},
            "growth": round(line.growth, 2),
            "slowdown_by_merges": round(line.slowdown, 2) if line.slowdown else None,
            "speedup": round(line.speedup, 1) if line.speedup else None,
            "missed": line.missed(),
        }
        for line in found
    }
