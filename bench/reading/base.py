"""The base: simulated events, once on their way to Kafka (for storage) and once as rows of `events`.

Half of them belong to one workspace, the rest to twenty others. Simulating takes longer than everything else, so the
rows are kept; the same plan gives the same bytes.
"""

import hashlib
import heapq
import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import zstandard

from processors.stream import row
from processors.stream.row import row_of
from producers import simulator
from producers.simulator import Record, Scenario, simulate
from schemas.validation import validate

#: The workspace with half of all events.
LARGEST = "ws_kopi"
_OTHERS = 20
_DAYS = 60
#: A simulated contact yields about 45 events in 60 days; more than enough are asked for, the rest is cut off.
_EVENTS_A_CONTACT = 40
#: Level 3 is what producers and archives use by default, 19 what one would do for cold storage.
LEVELS = (3, 19)
_BLOCK = 10_000


@dataclass(frozen=True)
class Base:
    """The base on disk.

    Attributes:
        rows: the rows, each a line, zstd-compressed.
        events: how many.
        raw_bytes: the same events as they arrive, as NDJSON.
        packed_bytes: that NDJSON compressed with zstd, by level.
    """

    rows: Path
    events: int
    raw_bytes: int
    packed_bytes: dict[int, int]


class _Counter:
    """A zstd stream of which only the length is kept, in a thread of its own: level 19 takes its time."""

    def __init__(self, level: int) -> None:
        self._stream = zstandard.ZstdCompressor(level=level).compressobj()
        self._thread = ThreadPoolExecutor(1)
        self._done: list[Future[bytes]] = []

    def feed(self, piece: bytes) -> None:
        self._done.append(self._thread.submit(self._stream.compress, piece))

    def end(self) -> int:
        self._done.append(self._thread.submit(self._stream.flush))
        self._thread.shutdown()
        return sum(len(done.result()) for done in self._done)


def _records(events: int) -> Iterator[Record]:
    """Events of all workspaces in the order of their times."""
    contacts = events // 2 // _EVENTS_A_CONTACT
    large = Scenario(contacts=contacts, days=_DAYS, seed=11, workspace=LARGEST)
    small = Scenario(contacts=contacts, days=_DAYS, seed=12, workspace="ws_other", workspaces=_OTHERS)
    halves = (_spread(scenario, events // 2) for scenario in (large, small))
    return heapq.merge(*halves, key=lambda record: record.time)


def _spread(scenario: Scenario, events: int) -> Iterator[Record]:
    return islice(simulate(scenario), events)


def recipe() -> str:
    """What the rows depend on besides the plan, in eight characters: the simulator, and how a row is made."""
    folder = Path(simulator.__file__).parent
    made = [Path(row.__file__), *sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".txt"))]
    texts = [path.read_bytes() for path in made]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:8]


def base(folder: Path, events: int) -> Base:
    """The base with that many events, simulated if it is not there yet."""
    name = f"base-{events}-{recipe()}"
    rows, facts = folder / f"{name}.rows.zst", folder / f"{name}.json"
    if not facts.exists():
        folder.mkdir(parents=True, exist_ok=True)
        facts.write_text(json.dumps(_simulate(rows, events)), encoding="utf-8")
    found = json.loads(facts.read_text(encoding="utf-8"))
    packed = {int(level): length for level, length in found["packed_bytes"].items()}
    return Base(rows, found["events"], found["raw_bytes"], packed)


def _simulate(rows: Path, events: int) -> dict[str, object]:
    counters = {level: _Counter(level) for level in LEVELS}
    count = raw = 0
    records = _records(events)
    with rows.open("wb") as file, zstandard.ZstdCompressor(level=1).stream_writer(file) as writer:
        while block := list(islice(records, _BLOCK)):
            lines = b"".join(record.value + b"\n" for record in block)
            for counter in counters.values():
                counter.feed(lines)
            writer.write(b"".join(row_of(validate(record.value)) + b"\n" for record in block))
            count, raw = count + len(block), raw + len(lines)
    packed = {level: counter.end() for level, counter in counters.items()}
    return {"events": count, "raw_bytes": raw, "packed_bytes": packed}
