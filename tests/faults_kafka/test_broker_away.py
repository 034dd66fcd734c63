"""A broker that lives and is not to be reached, for longer than the group waits for a silent member."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.support.apache_kafka.cluster import Cluster, plain_configs
from tests.support.apache_kafka.config import Listener
from tests.support.apache_kafka.ports import free_port
from tests.support.brokers import ApacheKafka
from tests.support.load import Load, Reckoning, simulated
from tests.support.loop import BackgroundLoop
from tests.support.relay import Relay, running_relay
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker

RATE = 1_500
#: The tests' sessions last for 6 s.
AWAY_SECONDS = 12.0


def _while_away(space: Space) -> None:
    begun = time.monotonic()
    wait_until(lambda: time.monotonic() - begun > AWAY_SECONDS, "the broker was away", AWAY_SECONDS + 5)


def test_a_broker_that_stands_still_costs_nothing(
    brokers: Callable[..., ApacheKafka], space_on: Callable[..., Space], logs: Path
) -> None:
    """The hazard: the session is over when the broker goes on, and the worker commits as the member it no longer is."""
    kafka = brokers(1)
    space = space_on(kafka.bootstrap)
    load = Load(space, simulated(2_600, seed=23)[:60_000])
    with running_worker(space, logs) as worker:
        load.start(RATE)
        try:
            wait_until(lambda: space.stored() > 3_000, "the load is on its way", 60)
            kafka.cluster.nodes[1].pause()
            _while_away(space)
            kafka.cluster.nodes[1].resume()
            print(f"stood still for {AWAY_SECONDS:.0f} s: recovered {load.recovery(RATE):.1f} s later")
            load.stop()
            space.until_committed(90)
        finally:
            load.cancel()
        assert worker.alive
    Reckoning(space, load.records).check()


def test_a_worker_cut_off_from_the_broker_is_replaced_and_comes_back(
    space_on: Callable[..., Space], loop: BackgroundLoop, tmp_path: Path, logs: Path
) -> None:
    """The hazard: the worker that was cut off comes back with old offsets and commits them over its successor's.

    Two workers share the partitions. One of them loses its way to the broker amid the load, for longer than its
    session: the other one takes its partitions over. Then the way is there again.
    """
    with running_relay(loop) as relay:
        kafka = _behind(relay, tmp_path, loop)
        try:
            space = space_on(kafka.bootstrap)
            load = Load(space, simulated(3_600, seed=24)[:90_000])
            with (
                running_worker(space, logs) as near,
                running_worker(space, logs, changes={"JEJAK_KAFKA_BOOTSTRAP_SERVERS": relay.address}) as far,
            ):
                load.start(RATE)
                try:
                    wait_until(lambda: far.metric("jejak_rows_stored_total") > 1_500, "both are at work", 60)
                    relay.silence()
                    print(f"cut off: {10 * RATE} more stored without it after {load.recovery(10 * RATE):.1f} s")
                    relay.heal()
                    begun, before = time.monotonic(), far.metric("jejak_rows_stored_total")
                    wait_until(lambda: far.metric("jejak_rows_stored_total") > before + RATE, "it works again", 90)
                    print(f"back at work {time.monotonic() - begun:.1f} s after the way was there again")
                    load.stop()
                    space.until_committed(90)
                finally:
                    load.cancel()
                assert near.alive
                assert far.alive
            Reckoning(space, load.records).check()
        finally:
            kafka.stop()


def _behind(relay: Relay, directory: Path, loop: BackgroundLoop) -> ApacheKafka:
    """A broker with a second listener, which tells clients that it is to be reached through the relay."""
    (config,) = plain_configs(directory / "kafka")
    behind = Listener("RELAYED", free_port(), advertised_port=relay.port)
    kafka = ApacheKafka(directory, loop, Cluster([replace(config, listeners=(*config.listeners, behind))]))
    relay.lead_to(behind.port)
    return kafka
