"""The course of a run: its sections in their order, on one broker and one ClickHouse.

The order matters: throughput comes first, because freshness takes its loads from it and the profile its microseconds;
memory comes last, because it appends to the large backlog.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from rich.console import Console

from bench.figures import Figure, figure, throughput_outcome
from bench.freshness import measure_freshness
from bench.ground import Ground, ground
from bench.load import fill
from bench.memory import measure_memory
from bench.outcome import Outcome
from bench.plan import Load, Plan
from bench.plot import draw_profile, draw_throughput
from bench.profiling import measure_profile
from bench.rebuilding import measure_rebuild
from bench.registry import CONTESTANTS, JEJAK, SURROUNDINGS, Contestant
from bench.report import RESULTS, print_outcome, print_runs, write
from bench.restart import measure_restarts, start_outcome
from bench.scale import scale_outcome
from bench.throughput import Run, race
from bench.up import Start, measure_start

SECTIONS = ("throughput", "start", "freshness", "scale", "rebuild", "profile", "memory")
#: A quick run leaves out what takes long, and the peers with Jejak's gate.
QUICK_SECTIONS = ("throughput", "start", "freshness", "memory")


class Course:
    """One run of the benchmark."""

    def __init__(self, console: Console, plan: Plan, sections: Sequence[str], folder: Path) -> None:
        self._console = console
        self._plan = plan
        self._sections = sections
        self._folder = folder
        self._runs: list[Run] = []
        self._counts: dict[Load, int] = {}
        self._outcomes: list[Outcome] = []
        self._begun = time.monotonic()

    async def run(self) -> Self:
        """Measure everything that is wanted, telling each section's table as it is done."""
        with self._console.status("starting jejak up"):
            start = await measure_start(self._folder, self._plan) if "start" in self._sections else None
        async with ground(self._folder) as place:
            with self._console.status("appending the backlogs"):
                self._counts = await fill(place, self._plan)
            large, small = self._counts[Load.LARGE], self._counts[Load.SMALL]
            self._console.print(f"{large:,} and {small:,} events in 7 topics of 4 partitions each")
            # The other sections take Jejak's rate from here, so it runs even where only they are wanted.
            contestants = [
                item
                for item in CONTESTANTS
                if item.name == JEJAK or ("throughput" in self._sections and not (self._plan.ungated and item.gated))
            ]
            self._runs = await self._race("Throughput: backlog to views", place, contestants, self._plan.rounds)
            if "throughput" in self._sections:
                self._tell(throughput_outcome(self._runs))
            for section in (item for item in SECTIONS if item in self._sections):
                with self._console.status(f"measuring {section}"):
                    if outcome := await self._section(section, place, start):
                        self._tell(outcome)
        return self

    async def _section(self, section: str, place: Ground, start: Start | None) -> Outcome | None:
        plan, counts = self._plan, self._counts
        rate, first_row, worker_us = (
            self._jejak(name) for name in ("events_per_second", "first_row_seconds", "worker_cpu_us")
        )
        outcome: Outcome | None = None
        match section:
            case "start" if start is not None:
                outcome = start_outcome(start, first_row, await measure_restarts(place, plan))
            case "freshness":
                outcome = await measure_freshness(place, plan, rate.median)
            case "scale":
                outcome = scale_outcome(await self._race("Scale-out", place, SURROUNDINGS, plan.scale_rounds))
            case "rebuild":
                outcome = await measure_rebuild(place, plan, counts[Load.LARGE])
            case "profile":
                outcome = await measure_profile(place, plan, counts[Load.LARGE], worker_us.median)
            case "memory":
                outcome = await measure_memory(place, plan, counts[Load.LARGE])
        return outcome

    def _jejak(self, attribute: str) -> Figure:
        return figure(self._runs, JEJAK, attribute)

    async def _race(self, title: str, place: Ground, contestants: Sequence[Contestant], rounds: int) -> list[Run]:
        with self._console.status(title):
            runs = await race(place, contestants, self._counts, rounds, self._plan.patience_seconds, self._told)
        print_runs(self._console, title, runs, contestants)
        return runs

    def _told(self, run: Run) -> None:
        what = f"  round {run.round}  {run.contestant:<22} {run.events_per_second:>9,.0f} events/s"
        self._console.print(what, highlight=False)

    def _tell(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        print_outcome(self._console, outcome)
        self._console.print(f"{time.monotonic() - self._begun:.0f} s since the beginning", highlight=False)

    def write(self, about: dict[str, Any]) -> list[Path]:
        """Write the figures, and of a full run the plots.

        Arguments:
            about: what they were measured on.
        """
        paths = [write(self._plan, about, self._outcomes)]
        if not self._plan.quick:
            paths.append(draw_throughput(RESULTS / "throughput.png", self._runs))
            profile = next(item for item in self._outcomes if item.name == "profile")
            paths.append(draw_profile(RESULTS / "profile.png", profile))
        return paths
