"""A worker that dies between its dead letters and its commit: the records come again, and one letter is told."""

from collections.abc import Callable
from pathlib import Path

from tests.support.jejak import jejak
from tests.support.kafka import read_topic
from tests.support.loop import BackgroundLoop
from tests.support.proxy import Mode, running_proxy
from tests.support.raw_batches import batch, message, put
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import running_worker, start_worker


def test_a_worker_killed_behind_its_dead_letter_and_ahead_of_its_commit_leaves_one_letter_and_loses_nothing(
    new_space: Callable[..., Space], stack: Stack, loop: BackgroundLoop, logs: Path
) -> None:
    """The letter is written before its offset is committed, so it is written twice, and told as one."""
    with running_proxy(stack.clickhouse, loop) as proxy:
        space = new_space(proxy.url)
        topic, bootstrap = space.settings.topic("messages"), space.settings.kafka_bootstrap_servers
        with start_worker(space, logs) as worker:
            worker.until_ready()
            proxy.set(Mode.HANG)
            space.loop.run(put(bootstrap, topic, [(0, batch([message("good"), b"no event"]))]))
            wait_until(space.dead_letters, "the letter is written")
            assert space.lag() == 2, "nothing is committed"
            worker.kill()
        assert space.stored() == 0
        proxy.set(Mode.PASS)
        with running_worker(space, logs):
            space.until_committed()
        assert [row["event_id"] for row in space.query("SELECT event_id FROM events FINAL")] == ["good"]
        written = space.loop.run(read_topic(bootstrap, space.settings.dead_letter_topic))
        assert len(written) == 2, "the record was not rejected twice, so this shows nothing"
        (letter,) = space.dead_letters()
        assert letter.value == b"no event"
        assert jejak("dead-letters", "list", "--json", settings=space.environment).stdout.count("\n") == 1
