"""`python -m bench.reading [--quick] [--only NAME]`: asks everything, prints tables, writes `bench/results/reading.*`.

The data stays in `bench/.data/reading`, so that the next run begins with asking. Exit status 1 with one line where
something could not be measured.
"""

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import Error as ClickHouseError
from rich.console import Console

from bench.machine import describe
from bench.reading.base import base
from bench.reading.figures import OWN_LEADS, lines
from bench.reading.keys import Keys, keys
from bench.reading.measure import Timing, timing
from bench.reading.own import own_leads
from bench.reading.place import place
from bench.reading.questions import QUESTIONS
from bench.reading.report import print_reading, print_storage, write
from bench.reading.states import Museum, State
from bench.reading.storage import Storage, measure
from tests.support.clickhouse_process import StartError

_DATA = Path(__file__).parents[1] / ".data" / "reading"
_STORAGE = "storage"

Timings = dict[tuple[str, str], Timing]


class _Plan:
    """What is asked, of how much, how often."""

    def __init__(self, quick: bool, only: str) -> None:
        self.events = 60_000 if quick else 600_000
        self.factor = 3 if quick else 10
        self.runs = 5 if quick else 20
        self.only = only
        self.suffix = "-quick" if quick else f"-{only}" if only else ""

    @property
    def states(self) -> list[State]:
        return [
            State("small", 1),
            State("small_merged", 1, merged=True),
            State("large", self.factor),
            State("merged", self.factor, merged=True),
            State("fresh", self.factor, fresh=True),
        ]

    def wants(self, name: str) -> bool:
        return self.only in ("", name)


def main() -> int:
    """Run the benchmark; the exit status."""
    names = [question.name for question in (*QUESTIONS, OWN_LEADS)]
    parser = argparse.ArgumentParser(prog="python -m bench.reading", description="How fast the read models answer.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, a quarter of the runs")
    parser.add_argument("--only", default="", choices=[*names, _STORAGE], metavar="NAME", help=", ".join(names))
    chosen = parser.parse_args()
    try:
        _measure(_Plan(chosen.quick, chosen.only))
    except (StartError, ClickHouseError, OSError) as error:
        print(f"bench.reading: {str(error).partition(chr(10))[0][:300]}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench.reading: stopped", file=sys.stderr)
        return 1
    return 0


def _measure(plan: _Plan) -> None:
    console = Console(width=None if sys.stdout.isatty() else 140)
    about = describe()
    with console.status("simulating events") if console.is_terminal else nullcontext():
        found = base(_DATA, plan.events)
    timings: Timings = {}
    with place(_DATA / "clickhouse") as ground:
        museum = Museum(ground, found)
        storage = _storage(museum, plan)
        with museum.show(State("small", 1), []) as client:
            whom = keys(client)
        for state in plan.states if plan.only != _STORAGE else []:
            with museum.show(state, [contact for contact, _ in whom.contacts]) as client:
                _ask(console, client, state, whom, plan, timings)
        sizes = (plan.events, plan.events * plan.factor)
    if timings:
        print_reading(console, lines(timings), sizes)
    if storage:
        print_storage(console, storage)
    for path in write(about, lines(timings), storage, sizes, plan.suffix):
        console.print(f"written: {path}", highlight=False, soft_wrap=True)


def _storage(museum: Museum, plan: _Plan) -> Storage | None:
    if not plan.wants(_STORAGE):
        return None
    with museum.show(State("small", 1), []) as client:
        return measure(client, museum.base)


def _ask(console: Console, client: Client, state: State, whom: Keys, plan: _Plan, timings: Timings) -> None:
    console.print(f"  asking: {state.name}", highlight=False)
    for question in QUESTIONS:
        if plan.wants(question.name):
            timings[state.name, question.name] = timing(client, question, "views", whom, plan.runs)
            if state.name == "large":
                timings["events", question.name] = timing(client, question, "events", whom, plan.runs)
    if plan.wants(OWN_LEADS.name):
        timings[state.name, OWN_LEADS.name] = own_leads(client, whom, plan.runs)


if __name__ == "__main__":
    sys.exit(main())
