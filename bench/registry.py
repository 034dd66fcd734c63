"""The contestants of the throughput benchmark. A new one is a module under `contestants/` and an entry here.

A contestant is a process of its own that is told by `JEJAK_*` variables where Kafka and ClickHouse are, which
topics and which consumer group to use, and that stores what it finds in the table `events` until it is terminated.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from bench.plan import Load

JEJAK = "jejak"
PLAIN_FAUST = "plain_faust"
CEILING = "ceiling"


@dataclass(frozen=True)
class Contestant:
    """One way to bring events from Kafka into ClickHouse.

    Attributes:
        name: its key in the results, and of a peer also its module under `bench.contestants`.
        title: its name in the tables.
        does: what it does, in a few words.
        load: the backlog it gets; slow ones get the small one, and rates are compared.
    """

    name: str
    title: str
    does: str
    load: Load = Load.LARGE

    @property
    def command(self) -> list[str]:
        """The program and its arguments."""
        if self.name == JEJAK:
            return [sys.executable, str(Path(sys.executable).with_name("jejak")), "worker"]
        return [sys.executable, "-m", f"bench.contestants.{self.name}"]


CONTESTANTS = (
    Contestant(JEJAK, "Jejak", "the worker as it is shipped"),
    Contestant(
        PLAIN_FAUST,
        "plain Faust",
        "take(1000, within=0.2), same validation, same rows, Faust's own offsets",
        Load.SMALL,
    ),
    Contestant(CEILING, "ceiling", "aiokafka getmany, rows without validation, no group, no commits"),
)
