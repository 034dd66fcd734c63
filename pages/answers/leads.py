"""Leads: a page of them, and what a span of time brought. No change that pages make reaches a lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pages.desk import Desk
from pages.problems import invalid
from pages.times import milliseconds
from projections.readers.days import EVER_MS, begin_ms
from projections.readers.errors import ReadError
from projections.readers.leads import Lead, count, newest_leads, summary
from projections.readers.pages import Behind, Page

_ORIGINS = ("ads", "organic")


@dataclass(frozen=True)
class Span:
    """A span of time, in milliseconds since 1970: from its first one to the first one after it."""

    since_ms: int = -EVER_MS
    until_ms: int = EVER_MS

    @property
    def before(self) -> "Span | None":
        """The span of the same length before; None where this one has no beginning or no end."""
        if self.since_ms == -EVER_MS or self.until_ms == EVER_MS:
            return None
        return Span(2 * self.since_ms - self.until_ms, self.since_ms)


def span_of(desk: Desk, since: str | None, until: str | None) -> Span:
    """Read the parameters `since` and `until`: days in the workspace's zone, or instants; until is exclusive.

    Raises:
        ProblemError: 422, one of them is neither.
    """
    ends = []
    for name, text, ever in (("since", since, -EVER_MS), ("until", until, EVER_MS)):
        try:
            ends.append(begin_ms(name, text, desk.zone) if text else ever)
        except ReadError as error:
            raise invalid(name, str(error)) from None
    return Span(*ends)


def leads(
    desk: Desk,
    workspace: str,
    span: Span,
    *,
    origin: str | None = None,
    source: str | None = None,
    behind: Behind | None = None,
    limit: int = 50,
) -> Page[Lead]:
    """A page of leads, the newest first.

    Arguments:
        desk: the desk.
        workspace: whose.
        span: of their dates.
        origin: `ads` or `organic`; None for both.
        source: a part of the first source, its platform or its id.
        behind: the last row of the page before.
        limit: how many at most.

    Raises:
        ProblemError: 422, there is no such origin.
    """
    if origin is not None and origin not in _ORIGINS:
        raise invalid("origin", "is one of ads, organic")
    with desk.clickhouse.asked() as client:
        return newest_leads(
            client,
            workspace,
            since_ms=span.since_ms,
            until_ms=span.until_ms,
            source=source,
            origin=origin,
            behind=behind,
            limit=limit,
        )


def behind_last(rows: Sequence[Lead]) -> Behind:
    """The place behind the last row of a page."""
    return Behind(milliseconds(rows[-1]["date"]), rows[-1]["contact_id"])


def summarised(desk: Desk, workspace: str, span: Span) -> dict[str, Any]:
    """The leads of a span by day and by source, and how many the span before had.

    Days without a lead are among the days, from the first to the last of the span, or of the leads.
    """
    with desk.clickhouse.asked() as client:
        rows = summary(client, workspace, since_ms=span.since_ms, until_ms=span.until_ms, zone=desk.zone)
        before = span.before
        earlier = count(client, workspace, since_ms=before.since_ms, until_ms=before.until_ms) if before else 0
    by_day: dict[str, int] = {}
    by_source: dict[tuple[str | None, str | None], dict[str, Any]] = {}
    for row in rows:
        by_day[row["day"]] = by_day.get(row["day"], 0) + row["leads"]
        key = (row["platform"], row["id"])
        source = by_source.setdefault(key, {name: row[name] for name in ("platform", "id", "source")} | {"leads": 0})
        source["leads"] += row["leads"]
    return {
        "total": sum(by_day.values()),
        "previous_total": earlier,
        "by_day": [{"day": day, "leads": by_day.get(day, 0)} for day in _days(by_day)],
        "by_source": sorted(by_source.values(), key=lambda item: (-item["leads"], str(item["source"]))),
    }


def _days(by_day: dict[str, int]) -> list[str]:
    """All days from the first to the last that has a lead."""
    if not by_day:
        return []
    first, last = date.fromisoformat(min(by_day)), date.fromisoformat(max(by_day))
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]
