"""`python -m bench.pages [--quick]`: prints a table, writes `bench/results/pages.json`; exit status 1 on a miss.

The events are those of `bench.reading`, in its folder. The pages run as a process of their own, beside the embedded
broker; the times are those of a client on the same machine.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.errors import BenchError
from bench.machine import describe
from bench.pages.asking import Timing, asked
from bench.pages.browsers import seen
from bench.processes import clean_environment
from bench.reading.base import LARGEST, base
from bench.reading.keys import Keys, keys
from bench.reading.place import Place, place
from bench.reading.states import Museum, State
from deploy.local.broker import start_broker
from deploy.local.ports import claim
from processors.kafka.topics import ensure_topics
from schemas.settings import Settings
from tests.support.pages import Pages
from tests.support.processes import JEJAK

_DATA = Path(__file__).parents[1] / ".data" / "reading"
_RESULTS = Path(__file__).parents[1] / "results"
#: The slowest twentieth at the larger size, in milliseconds, and how much the median may grow from the smaller one.
LIMITS_MS, OTHERS_MS, GROWTH = {"leads": 500.0}, 300.0, 2.0
#: Milliseconds until a change is seen by who makes it, and by somebody else.
OWN_MS, ANOTHERS_MS = 100.0, 2_000.0


@dataclass(frozen=True)
class Plan:
    """Of how many events, how much more the second time, and how often."""

    events: int
    factor: int
    runs: int


def pages_of(whom: Keys) -> dict[str, list[str]]:
    """The pages that are asked for, each under some keys."""
    return {
        "conversation with journey": [f"conversations/{conversation}" for _, conversation in whom.contacts],
        "conversations by status": [f"conversations?status={whom.status}"],
        "contacts by status": [f"contacts?status={whom.status}"],
        "board": ["pipeline"],
        "leads": ["leads?since=2025-12-01&until=2026-01-01"],
    }


@contextmanager
def broker(folder: Path) -> Iterator[Settings]:
    """The embedded broker with the topics."""
    port = claim(0, "Kafka", "")
    process = asyncio.run(start_broker(port, folder / "broker.log"))
    try:
        settings = Settings(kafka_bootstrap_servers=f"127.0.0.1:{port}")
        asyncio.run(ensure_topics(settings))
        yield settings
    finally:
        asyncio.run(process.shut_down(10))


@contextmanager
def serving(folder: Path, kafka: Settings, ground: Place, database: str) -> Iterator[Pages]:
    """`jejak pages` over a database."""
    environment = {
        "JEJAK_KAFKA_BOOTSTRAP_SERVERS": kafka.kafka_bootstrap_servers,
        "JEJAK_CLICKHOUSE_URL": ground.settings(database).clickhouse_url.get_secret_value(),
        "JEJAK_PAGES_PORT": "0",
        "JEJAK_TIMEZONE": "UTC",
    }
    with Pages([*JEJAK, "pages"], folder / f"pages-{database}.log", environment) as pages:
        pages.until_listening()
        yield pages


def _measured(folder: Path, plan: Plan) -> dict[str, Any]:
    found = base(_DATA, plan.events)
    sizes: dict[str, dict[str, Timing]] = {}
    with place(_DATA / "clickhouse") as ground, broker(folder) as kafka:
        museum = Museum(ground, found)
        with museum.show(State("small", 1), []) as client:
            whom = keys(client)
        for name, size in (("small", 1), ("large", plan.factor)):
            with serving(folder, kafka, ground, museum.plain(size)) as pages:
                sizes[name] = {
                    page: asked(pages.url, LARGEST, paths, plan.runs) for page, paths in pages_of(whom).items()
                }
                if name == "large":
                    visible = seen(pages.url, LARGEST, whom.contacts[0][1], plan.runs)
    return {
        "machine": describe(),
        "events": {"small": plan.events, "large": plan.events * plan.factor},
        "pages_ms": {name: {page: asdict(item) for page, item in of.items()} for name, of in sizes.items()},
        "seen_ms": asdict(visible),
    }


def _missed(found: dict[str, Any]) -> list[str]:
    small, large = found["pages_ms"]["small"], found["pages_ms"]["large"]
    told = []
    for page, item in large.items():
        limit = LIMITS_MS.get(page, OTHERS_MS)
        if item["p95"] > limit:
            told.append(f"{page}: p95 is over {limit:.0f} ms")
        if item["p50"] > GROWTH * small[page]["p50"]:
            told.append(f"{page}: grows by more than {GROWTH:.0f} times")
    if found["seen_ms"]["own"] > OWN_MS:
        told.append(f"one's own change is seen later than after {OWN_MS:.0f} ms")
    if found["seen_ms"]["anothers"] > ANOTHERS_MS:
        told.append(f"another's change is seen later than after {ANOTHERS_MS:.0f} ms")
    return told


def _print(console: Console, found: dict[str, Any]) -> None:
    sizes = found["events"]
    table = Table(title="Pages, p50 and p95 in ms")
    for title in ("", f"{sizes['small']:,} events", f"{sizes['large']:,} events", "growth of p50"):
        table.add_column(title)
    small, large = found["pages_ms"]["small"], found["pages_ms"]["large"]
    for page in large:
        cells = [f"{of[page]['p50']:.0f}, {of[page]['p95']:.0f}" for of in (small, large)]
        table.add_row(page, *cells, f"{large[page]['p50'] / small[page]['p50']:.2f}")
    console.print(table)
    own, anothers = found["seen_ms"]["own"], found["seen_ms"]["anothers"]
    console.print(f"a change is seen after {own:.0f} ms in one's own browser, after {anothers:.0f} ms in another's")
    for reason in _missed(found):
        console.print(f"  [red]missed[/] {reason}", highlight=False)


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description="How fast the pages answer.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the data, a quarter of the runs")
    quick = parser.parse_args().quick
    clean_environment()
    with TemporaryDirectory(prefix="jejak-bench-") as folder:
        try:
            found = _measured(Path(folder), Plan(60_000, 3, 5) if quick else Plan(600_000, 10, 20))
        except BenchError as error:
            sys.stderr.write(f"bench: {error}\n")
            return 1
    _print(Console(width=None if sys.stdout.isatty() else 120), found)
    path = _RESULTS / f"pages{'-quick' if quick else ''}.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 1 if _missed(found) else 0


if __name__ == "__main__":
    sys.exit(main())
