"""`python -m bench.honest [NAME ...]`: whether contestants do all of the work, before anybody compares their speed.

A small backlog with bad and doubled records. Each must store every event once, send every bad record to the dead
letters, and leave its group's offsets at the ends of the topics. What a contestant does not do by its nature (the
ceiling validates and commits nothing, Bytewax keeps offsets in its own store) is not asked of it.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack, chdir
from pathlib import Path

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import TopicPartition

from bench.errors import BenchError
from bench.ground import Ground, ground
from bench.load import append_all
from bench.plan import Load
from bench.processes import child, clean_environment, ended
from bench.registry import CEILING, CONTESTANTS, Contestant
from processors.kafka.client import existing_partitions
from processors.kafka.lag import high_watermarks
from producers.simulator import Record, Scenario, simulate
from schemas.constants import TOPICS
from schemas.kafka_options import client_options
from schemas.settings import Settings

_SCENARIO = Scenario(contacts=150, seed=9, bad=0.02, duplicates=0.05)
_PATIENCE_SECONDS = 45.0
_WITHOUT_COMMITS = ("bytewax", "bytewax_gate")


def main() -> int:
    """Check the named contestants, or all but the ceiling; the exit status."""
    names = [item.name for item in CONTESTANTS if item.name != CEILING]
    parser = argparse.ArgumentParser(prog="python -m bench.honest", description="Do contestants do all of the work?")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    chosen = parser.parse_args().names or names
    clean_environment()
    return asyncio.run(_check([item for item in CONTESTANTS if item.name in chosen]))


async def _check(contestants: list[Contestant]) -> int:
    faults = 0
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="jejak-bench-"))
        stack.enter_context(chdir(folder))
        place = await stack.enter_async_context(ground(Path(folder)))
        records = list(simulate(_SCENARIO))
        settings = place.settings(Load.SMALL, "bench")
        await append_all(settings, records)
        watcher = await stack.enter_async_context(_Watcher(settings))
        good = len({_name(record) for record in records if record.good})
        bad = Counter(record.value for record in records if not record.good)
        print(f"{len(records)} records, {good} events among them, {bad.total()} bad ones")
        for contestant in contestants:
            try:
                print(f"{contestant.name:<18} {await _one(place, watcher, contestant, good, bad)}", flush=True)
            except BenchError as error:
                faults += 1
                print(f"{contestant.name:<18} FAULT: {error}", flush=True)
    return 1 if faults else 0


def _name(record: Record) -> tuple[str, str, str]:
    """What makes an event the one it is."""
    event = json.loads(record.value)
    return event["workspaceid"], event["source"], event["id"]


class _Watcher:
    """Sees the dead letters as they come, and how far groups have committed."""

    def __init__(self, settings: Settings) -> None:
        self._letters = settings.dead_letter_topic
        self._consumer = AIOKafkaConsumer(**client_options(settings), auto_offset_reset="earliest")
        self._admin = AIOKafkaAdminClient(**client_options(settings))
        self._topics = [settings.topic(name) for name in TOPICS]
        self._ends: dict[TopicPartition, int] = {}
        self.found: Counter[bytes] = Counter()

    async def __aenter__(self) -> "_Watcher":
        await self._consumer.start()
        await self._admin.start()
        self._consumer.assign(await existing_partitions(self._consumer, self._topics))
        self._ends = await high_watermarks(self._consumer, sorted(self._consumer.assignment()))
        self._consumer.assign(await existing_partitions(self._consumer, [self._letters]))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()
        await self._admin.close()

    async def look(self) -> None:
        """Count the dead letters that have come since the last look."""
        for records in (await self._consumer.getmany(timeout_ms=500)).values():
            self.found.update(record.value for record in records)

    async def uncommitted(self, group: str) -> int:
        """Records behind the group's committed offsets."""
        committed = await self._admin.list_consumer_group_offsets(group, partitions=list(self._ends))
        return sum(end - max(0, committed[partition].offset) for partition, end in self._ends.items())


async def _one(place: Ground, watcher: _Watcher, contestant: Contestant, good: int, bad: Counter[bytes]) -> str:
    run = f"honest_{contestant.name}"
    watcher.found.clear()
    async with place.database(Load.SMALL, run) as client:
        begun = time.monotonic()
        async with child(run, contestant.command, place.environment(Load.SMALL, run), place.folder) as process:
            while True:
                await watcher.look()
                stored = int(client.query("SELECT count() FROM events FINAL").result_rows[0][0])
                left = 0 if contestant.name in _WITHOUT_COMMITS else await watcher.uncommitted(run)
                if (stored, watcher.found, left) == (good, bad, 0):
                    return f"all stored, dead-lettered and committed in {time.monotonic() - begun:.0f} s with its start"
                if not process.alive:
                    raise ended(process, place.folder)
                if time.monotonic() > begun + _PATIENCE_SECONDS:
                    raise BenchError(
                        f"stored {stored} of {good} events, {watcher.found.total()} of {bad.total()} dead letters "
                        f"({list((bad - watcher.found).keys())[:1]} missing), {left} records not committed"
                    )


if __name__ == "__main__":
    sys.exit(main())
