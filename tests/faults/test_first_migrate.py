"""The first `jejak migrate` beside workers that have a backlog, killed at random moments and run again.

Kubernetes starts both at once. Every round is a database and a consumer group of its own on the same topics, and its
views must answer just what those of a database answer that was migrated before anybody wrote to it.
"""

import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from processors.kafka.lag import lags
from projections.clickhouse import connect
from schemas.settings import Settings
from tests.support.figures import Figures, report
from tests.support.jejak import jejak
from tests.support.load import VIEW_KEYS, Load, simulated
from tests.support.processes import JEJAK, Process
from tests.support.rounds import LONG, ROUNDS
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker, start_worker

pytestmark = pytest.mark.long

CONTACTS = 60
#: Two in `make test`, 20 in full.
TIMES = ROUNDS if LONG else 2
KILLS = 2
#: From the start of the process over comparing and creating to its end.
LATEST_SECONDS = 7.0


class Round:
    """One database and one consumer group on the space's topics."""

    def __init__(self, space: Space, number: int) -> None:
        name = f"{space.name}_{number}"
        url = space.direct.clickhouse_url.get_secret_value().rpartition("/")[0] + f"/{name}"
        self.changes = {"JEJAK_CLICKHOUSE_URL": url, "JEJAK_CONSUMER_GROUP": name}
        self.settings: Settings = space.direct.model_copy(
            update={"clickhouse_url": SecretStr(url), "consumer_group": name}
        )
        self.environment = space.environment | self.changes
        self._space = space

    def migrate(self, logs: Path, moments: Sequence[float]) -> None:
        """Start a migration for each moment and kill it then; the last one is let run to its end."""
        for number, seconds in enumerate(moments):
            log = logs / f"migrate-{self.settings.consumer_group}-{number}.log"
            with Process([*JEJAK, "migrate"], log, self.environment) as process:
                # The moment is what the test is about, and nothing shows it.
                time.sleep(seconds)
                process.kill()
        done = jejak("migrate", settings=self.environment, timeout=120)
        assert done.status == 0, done.stderr

    def until_committed(self) -> None:
        """Wait until everything in the topics is stored by this group."""
        wait_until(lambda: not sum(item.lag for item in self._space.loop.run(lags(self.settings))), "committed", 120)

    def answers(self) -> dict[str, tuple[int, int, int]]:
        """Of each view: rows, different things, and a hash over all of it."""
        with connect(self.settings) as client:
            return {
                view: tuple(
                    client.query(
                        f"SELECT count(), uniqExact(workspace_id, {key}), sum(cityHash64(*)) FROM {view}"
                    ).result_rows[0]
                )
                for view, key in VIEW_KEYS.items()
            }

    def stored(self) -> int:
        """Different events in `events`."""
        with connect(self.settings) as client:
            return int(client.query("SELECT count() FROM events FINAL").result_rows[0][0])

    def drop(self) -> None:
        """Leave nothing behind."""
        self._space.client.command(f"DROP DATABASE IF EXISTS `{self.settings.consumer_group}` SYNC")


def test_a_first_migration_beside_a_backlog_leaves_no_gap(new_space: Callable[..., Space], logs: Path) -> None:
    """The hazard: rows are stored and committed once `events` exists, before the views behind it do.

    Two workers wait with the whole backlog while a migration is killed at random moments and run again. It fails
    where a worker gets a row in before all views are there, and where a migration cannot go on from where another died.
    """
    dice = random.Random(77)
    space = new_space()
    load = Load(space, simulated(CONTACTS, seed=77))
    load.start(50_000)
    load.finish()
    with running_worker(space, logs):
        space.until_committed()
    before = Round(space, 0)
    before.settings = space.direct
    expected, sent = before.answers(), before.stored()
    stored = duplicates = 0
    for number in range(1, TIMES + 1):
        this = Round(space, number)
        with ExitStack() as running:
            running.callback(this.drop)
            for _ in range(2):
                running.enter_context(start_worker(space, logs, changes=this.changes))
            this.migrate(logs, [dice.uniform(0.5, LATEST_SECONDS) for _ in range(KILLS)])
            this.until_committed()
            answers = this.answers()
            stored += this.stored()
            duplicates += sum(rows - things for rows, things, _ in answers.values())
            assert answers == expected, f"round {number}"
    report(
        Figures(
            f"first migration beside a backlog and two workers, killed {KILLS} times, {TIMES} rounds",
            sent * TIMES,
            stored,
            sent * TIMES - stored,
            duplicates,
            len(space.dead_letters()),
        )
    )
    assert stored == sent * TIMES
