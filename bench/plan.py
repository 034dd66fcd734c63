"""How much is measured: a full run, whose figures the README may quote, and a quick one to look after a change."""

from dataclasses import dataclass
from enum import StrEnum

from producers.simulator import Scenario


class Load(StrEnum):
    """A backlog. The value is the prefix of its topics.

    `LARGE` has all events; `SMALL`, for slow contestants, and those of the scale section have a part of them in the
    same mixture. `FRESH` begins empty.
    """

    LARGE = "large."
    SMALL = "small."
    SCALE = "scale."
    ONE_PARTITION = "one-partition."
    MANY_PARTITIONS = "many-partitions."
    MANY_WORKSPACES = "many-workspaces."
    FRESH = "fresh."

    @property
    def partitions(self) -> int:
        """Partitions of each of its topics."""
        return {Load.ONE_PARTITION: 1, Load.MANY_PARTITIONS: 64}.get(self, 4)


#: The backlogs of the scale section.
SCALED = (Load.SCALE, Load.ONE_PARTITION, Load.MANY_PARTITIONS, Load.MANY_WORKSPACES)
WORKSPACES = 1_000


@dataclass(frozen=True)
class Plan:
    """The numbers of a run.

    Attributes:
        quick: whether it is the short one.
        scenario: whose events are used; all types, over all topics.
        every: the small backlog takes each event with this distance, so that both have the same mixture.
        every_scaled: the same for the backlogs of the scale section.
        rounds: how often each contestant runs.
        scale_rounds: how often each worker of the scale section runs.
        restarts: how often a worker is killed and started again.
        rebuilds: how often the tables are made anew from either side.
        ungated: whether the peers with Jejak's gate are left out.
        patience_seconds: how long one contestant may take for one backlog.
        probes: how many single events are appended to an idle worker.
        fresh_seconds: how long each load of the freshness section lasts.
        memory_events: how many events the worker whose memory is watched works off.
        profile_rows: the block by which the materialized views are compared.
    """

    quick: bool
    scenario: Scenario
    every: int
    every_scaled: int
    rounds: int = 3
    scale_rounds: int = 3
    restarts: int = 3
    rebuilds: int = 3
    ungated: bool = False
    patience_seconds: float = 120.0
    probes: int = 5
    fresh_seconds: float = 12.0
    memory_events: int = 1_000_000
    profile_rows: int = 50_000


#: A simulated contact yields about 38 events in 30 days.
FULL = Plan(quick=False, scenario=Scenario(contacts=13_200, seed=5), every=10, every_scaled=5)
QUICK = Plan(
    quick=True,
    # Twice the largest block of a contestant at least: what is stored at the first look does not count.
    scenario=Scenario(contacts=5_500, seed=5),
    every=8,
    every_scaled=4,
    rounds=1,
    scale_rounds=1,
    restarts=1,
    rebuilds=1,
    ungated=True,
    patience_seconds=45.0,
    probes=3,
    fresh_seconds=3.0,
    memory_events=0,
    profile_rows=10_000,
)
#: To see that everything runs, not how fast.
TINY = Plan(
    quick=True,
    scenario=Scenario(contacts=600, seed=5),
    every=4,
    every_scaled=2,
    rounds=1,
    scale_rounds=1,
    restarts=1,
    rebuilds=1,
    patience_seconds=60.0,
    probes=1,
    fresh_seconds=3.0,
    memory_events=0,
    profile_rows=2_000,
)
