"""`python -m bench.collect [--quick]`: prints a table, writes `bench/results/collect.json`; exit status 1 on a miss."""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.collect.clients import EVENTS
from bench.errors import BenchError
from bench.machine import describe
from bench.processes import child, clean_environment
from deploy.local.broker import start_broker
from deploy.local.child import Child
from deploy.local.ports import claim
from processors.kafka.topics import ensure_topics
from producers.http.sources.writing import add_source
from schemas.settings import Settings

#: What the front door has to reach beside the bare handler, and its slowest hundredth at half its load.
RATIO, P99_MS = 0.6, 100.0
#: How much it may grow between the second and the last quarter of a long run.
GROWTH_MB = 30.0
#: The long run takes a little longer than its events should need.
_MARGIN = 1.1
_RESULTS = Path(__file__).parents[1] / "results"
_COMMANDS = {"bare": ["-m", "bench.collect.bare"], "door": ["-m", "commands", "collect"]}


@dataclass(frozen=True)
class Plan:
    """How long, how often."""

    rounds: int
    seconds: float
    long_events: int


class Course:
    """A broker, and servers on it that take turns."""

    def __init__(self, folder: Path, plan: Plan, kafka: str) -> None:
        self._folder = folder
        self._plan = plan
        self._environment = {
            "JEJAK_KAFKA_BOOTSTRAP_SERVERS": kafka,
            "JEJAK_COLLECT_PORT": "0",
            "JEJAK_COLLECT_SOURCES": str(folder / "sources.toml"),
        }
        add_source(
            folder / "sources.toml",
            "page",
            {"workspace": "ws", "key": "web_bench", "origins": ["https://kopi.example"], "events_per_second": 1e9},
        )

    @asynccontextmanager
    async def server(self, name: str) -> AsyncIterator[tuple[Child, int]]:
        """A server and its port."""
        command = [sys.executable, *_COMMANDS[name]]
        async with child(name, command, self._environment, self._folder, read_stdout=True) as process:
            line = await process.ready_line(30)
            if not line.startswith("ready"):
                raise BenchError(f"{name} did not start; its output is in {self._folder}")
            port = int(line.rpartition(":")[2])
            await self.clients(port, 1.0)
            yield process, port

    async def clients(self, port: int, seconds: float, rate: float = 0.0) -> dict[str, float]:
        """What a run of the clients measured."""
        arguments = [str(port), str(seconds), str(rate)]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.collect.clients", *arguments, stdout=asyncio.subprocess.PIPE
        )
        told, _ = await process.communicate()
        if process.returncode:
            raise BenchError("the clients failed")
        found: dict[str, float] = json.loads(told)
        return found

    async def throughput(self) -> list[dict[str, float]]:
        """Events a second of both, in each round."""
        rounds = []
        for number in range(self._plan.rounds):
            found = {}
            for name in sorted(_COMMANDS, reverse=number % 2 == 1):
                async with self.server(name) as (_, port):
                    found[name] = (await self.clients(port, self._plan.seconds))["events_per_second"]
            rounds.append(found)
        return rounds

    async def half_load(self, events_per_second: float) -> dict[str, float]:
        """The door at half its throughput."""
        async with self.server("door") as (_, port):
            return await self.clients(port, self._plan.seconds * 2, events_per_second / 2 / EVENTS)

    async def memory(self, events_per_second: float) -> dict[str, Any]:
        """The door's memory over a long run."""
        samples: list[float] = []
        async with self.server("door") as (process, port):
            run = asyncio.create_task(self.clients(port, self._plan.long_events * _MARGIN / events_per_second))
            while not run.done():
                samples.append(_memory_mb(process.pid))
                await asyncio.wait({run}, timeout=0.25)
            done = await run
        quarter = max(1, len(samples) // 4)
        return {
            "events": round(done["requests"] * EVENTS),
            "refused": done["refused"],
            "peak_mb": round(max(samples)),
            "second_quarter_mb": round(median(samples[quarter : 2 * quarter])),
            "last_quarter_mb": round(median(samples[-quarter:])),
        }


def _memory_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


async def _measured(folder: Path, plan: Plan) -> dict[str, Any]:
    port = claim(0, "Kafka", "")
    broker = await start_broker(port, folder / "broker.log")
    try:
        settings = Settings(kafka_bootstrap_servers=f"127.0.0.1:{port}")
        await ensure_topics(settings)
        course = Course(folder, plan, settings.kafka_bootstrap_servers)
        rounds = await course.throughput()
        rate = median(found["door"] for found in rounds)
        ratio = median(found["door"] / found["bare"] for found in rounds)
        half, memory = await course.half_load(rate), await course.memory(rate)
    finally:
        await broker.shut_down(10)
    return {"machine": describe(), "rounds": rounds, "ratio": ratio, "half_load": half, "memory": memory}


def _missed(found: dict[str, Any]) -> list[str]:
    memory = found["memory"]
    return [
        *([f"the ratio is under {RATIO}"] if found["ratio"] < RATIO else []),
        *([f"p99 at half load is over {P99_MS:.0f} ms"] if found["half_load"]["p99_ms"] > P99_MS else []),
        *(["memory grows"] if memory["last_quarter_mb"] > memory["second_quarter_mb"] + GROWTH_MB else []),
        *(["requests were refused"] if found["half_load"]["refused"] or memory["refused"] else []),
    ]


def _print(console: Console, found: dict[str, Any]) -> None:
    table = Table(title=f"The front door: batches of {EVENTS} web events")
    for title in ("", "median", "rounds"):
        table.add_column(title)
    for name in _COMMANDS:
        values = [item[name] for item in found["rounds"]]
        table.add_row(f"{name}, events/s", f"{median(values):,.0f}", ", ".join(f"{value:,.0f}" for value in values))
    half, memory = found["half_load"], found["memory"]
    table.add_row("ratio", f"{found['ratio']:.2f}", f"at least {RATIO}")
    table.add_row(
        "p50 and p99 at half load, ms", f"{half['p50_ms']:.1f}, {half['p99_ms']:.1f}", f"at most {P99_MS:.0f}"
    )
    quarters = f"{memory['second_quarter_mb']}, {memory['last_quarter_mb']}"
    table.add_row(
        "memory, second and last quarter, MB", quarters, f"peak {memory['peak_mb']}, {memory['events']:,} events"
    )
    console.print(table)
    for reason in _missed(found):
        console.print(f"  [red]missed[/] {reason}", highlight=False)


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.collect", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter and less precise; writes collect-quick.json")
    quick = parser.parse_args().quick
    plan = Plan(2, 4.0, 100_000) if quick else Plan(5, 10.0, 1_000_000)
    clean_environment()
    with TemporaryDirectory(prefix="jejak-bench-") as folder:
        try:
            found = asyncio.run(_measured(Path(folder), plan))
        except BenchError as error:
            sys.stderr.write(f"bench: {error}\n")
            return 1
    _print(Console(), found)
    text = json.dumps(found, indent=1) + "\n"
    (_RESULTS / f"collect{'-quick' if quick else ''}.json").write_text(text, encoding="utf-8")
    return 1 if _missed(found) else 0


if __name__ == "__main__":
    sys.exit(main())
