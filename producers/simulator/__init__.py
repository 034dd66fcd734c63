"""A seeded, realistic workspace, event by event.

    for record in simulate(Scenario(contacts=1_000, seed=7)):
        send(topic_of(record.type), record.key, record.value)

A scenario decides every byte: the same one gives the same records in any process, in any Python version.
"""

from producers.simulator.scenario import DEFAULT_END, Record, Scenario
from producers.simulator.simulation import simulate

__all__ = ["DEFAULT_END", "Record", "Scenario", "simulate"]
