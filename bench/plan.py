"""How much is measured: a full run, whose figures the README may quote, and a quick one to look after a change."""

from dataclasses import dataclass
from enum import StrEnum

from producers.simulator import Scenario


class Load(StrEnum):
    """Which of the two backlogs a contestant works off. The value is the prefix of its topics."""

    LARGE = "large."
    SMALL = "small."


@dataclass(frozen=True)
class Plan:
    """The numbers of a run.

    Attributes:
        quick: whether it is the short one.
        scenario: whose events are used; all types, over all topics.
        every: the small backlog takes each event with this distance, so that both have the same mixture.
        rounds: how often each contestant runs.
        patience_seconds: how long one contestant may take for one backlog.
        probes: how many single events are appended to an idle worker.
    """

    quick: bool
    scenario: Scenario
    every: int
    rounds: int = 3
    patience_seconds: float = 90.0
    probes: int = 5


#: A simulated contact yields about 38 events in 30 days.
FULL = Plan(quick=False, scenario=Scenario(contacts=13_200, seed=5), every=10)
QUICK = Plan(quick=True, scenario=Scenario(contacts=5_000, seed=5), every=10, patience_seconds=45.0, probes=3)
