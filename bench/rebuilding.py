"""Rebuild: how fast all tables are made anew, from the stored events and from the topics.

Both are what `jejak rebuild` does with `--from events` and with `--from kafka`, the swap included; from the topics the
events themselves are made anew first.
"""

import asyncio
import time

from bench.figures import Figure
from bench.ground import Ground
from bench.outcome import Line, Outcome, at_least
from bench.plan import Load, Plan
from bench.worker import until_stored, worker
from processors.stream.replay import restore_events
from projections.rebuild.course import rebuild
from schemas.settings import Settings

_LIMIT = 4.0


async def measure_rebuild(ground: Ground, plan: Plan, events: int) -> Outcome:
    """Store the large backlog, then rebuild from either side in turn.

    Raises:
        RebuildError: a stored event is missing in the topics.
    """
    run = "rebuild_1"
    async with ground.database(Load.LARGE, run) as client:
        async with worker(ground, Load.LARGE, run) as process:
            await until_stored(ground, client, process, events, plan.patience_seconds)
        settings = ground.settings(Load.LARGE, run)
        rounds = [
            (
                events / await asyncio.to_thread(_timed, settings, from_topics=False),
                events / await asyncio.to_thread(_timed, settings, from_topics=True),
            )
            for _ in range(plan.rebuilds)
        ]
    from_events, from_topics = (Figure.of(rates) for rates in zip(*rounds, strict=True))
    ratio = Figure.of([a / b for a, b in rounds])
    figures = {
        "ratio_events_to_topics": round(ratio.median, 2),
        "ratio_spread": [round(ratio.low, 2), round(ratio.high, 2)],
        "from_events_per_second": round(from_events.median),
        "from_topics_per_second": round(from_topics.median),
    }
    lines = [
        Line("from the stored events, events/s", f"{from_events.median:,.0f}"),
        Line("from the topics, events/s", f"{from_topics.median:,.0f}"),
        at_least("ratio", ratio.median, _LIMIT, f"{ratio.median:.1f} ({ratio.low:.1f}–{ratio.high:.1f})"),
    ]
    return Outcome("rebuild", "Rebuild", lines, figures, rounds)


def _timed(settings: Settings, *, from_topics: bool) -> float:
    begun = time.monotonic()
    if from_topics:
        restore_events(settings, _no_progress, allow_loss=False)
    rebuild(settings, _no_progress)
    return time.monotonic() - begun


def _no_progress(step: str, done: int, total: int) -> None:
    """Nobody watches."""
