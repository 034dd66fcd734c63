"""The contestants of the throughput benchmark. A new one is a module under `contestants/` and an entry here.

A contestant is a process of its own that is told by `JEJAK_*` variables where Kafka and ClickHouse are, which
topics and which consumer group to use, and that stores what it finds in the table `events` until it is terminated.
"""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from bench.plan import Load

JEJAK = "jejak"
PLAIN_FAUST = "plain_faust"
CEILING = "ceiling"
#: What a peer's name ends with where Jejak's gate stands in place of pydantic's models.
GATE = "_gate"


@dataclass(frozen=True)
class Contestant:
    """One way to bring events from Kafka into ClickHouse.

    Attributes:
        name: its key in the results.
        title: its name in the tables.
        does: what it does, in a few words.
        load: the backlog it gets; slow ones get the small one, and rates are compared.
        peer: whether it is one of those whose fastest Jejak is measured against.
        once: whether it runs in the first round only.
        workers: how many processes of it share the backlog.
        root: where its sources are, if it is Jejak at another commit (`bench.before`); None for the present ones.
    """

    name: str
    title: str
    does: str
    load: Load = Load.LARGE
    peer: bool = False
    once: bool = False
    workers: int = 1
    root: Path | None = None

    @property
    def gated(self) -> bool:
        """Whether Jejak's gate validates for it."""
        return self.name.endswith(GATE)

    @property
    def command(self) -> list[str]:
        """The program and its arguments."""
        if self.root:
            return [sys.executable, "-m", "commands", "worker"]
        if self.name.startswith(JEJAK):
            return [sys.executable, str(Path(sys.executable).with_name("jejak")), "worker"]
        module = self.name.removesuffix(GATE)
        return [sys.executable, "-m", f"bench.contestants.{module}", *(["--gate"] if self.gated else [])]

    @property
    def sources(self) -> dict[str, str]:
        """The environment that lets a process import its sources."""
        return {"PYTHONPATH": str(self.root)} if self.root else {}


_OURS = (
    Contestant(JEJAK, "Jejak", "the worker as it is shipped"),
    Contestant(CEILING, "ceiling", "aiokafka getmany, rows without validation, no group, no commits"),
    Contestant(
        PLAIN_FAUST,
        "plain Faust",
        "take(1000, within=0.2), same validation, same rows, Faust's own offsets",
        Load.SMALL,
    ),
)
_PEERS = (
    Contestant("confluent", "confluent-kafka", "blocks of 50,000, one on its way, then commits", peer=True),
    Contestant("faststream", "FastStream", "confluent, a batch subscriber per topic, AckPolicy.ACK", peer=True),
    Contestant(
        "bytewax", "Bytewax", "Kafka source, whole batches, sink flushed by the epoch's snapshot", Load.SMALL, peer=True
    ),
    Contestant("quix", "Quix Streams", "sink flushed by the checkpoint", Load.SMALL, peer=True),
)
_GATED = tuple(
    replace(peer, name=peer.name + GATE, title=f"{peer.title}, gate", does="the same with Jejak's gate", once=True)
    for peer in _PEERS
)
CONTESTANTS = (*_OURS, *_PEERS, *_GATED)

#: What the scale section runs: Jejak in other surroundings.
ONE_WORKER = "jejak_one"
TWO_WORKERS = "jejak_two"
ONE_PARTITION = "jejak_partitions_1"
MANY_PARTITIONS = "jejak_partitions_64"
MANY_WORKSPACES = "jejak_workspaces_1000"
SURROUNDINGS = (
    Contestant(ONE_WORKER, "one worker", "4 partitions a topic, one workspace", Load.SCALE),
    Contestant(TWO_WORKERS, "two workers", "the same", Load.SCALE, workers=2),
    Contestant(ONE_PARTITION, "1 partition", "one worker", Load.ONE_PARTITION, once=True),
    Contestant(MANY_PARTITIONS, "64 partitions", "one worker", Load.MANY_PARTITIONS),
    Contestant(MANY_WORKSPACES, "1,000 workspaces", "one worker", Load.MANY_WORKSPACES),
)
