"""The site of a rebuild: its lock, its run, its client, and the line that says what stands when it fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from projections.clickhouse import connect
from projections.faults import explain_clickhouse
from projections.query import ask
from projections.runs.errors import Progress, RebuildError
from projections.runs.leftovers import clean_up
from projections.runs.lock import Lock
from projections.runs.run import Run
from schemas.settings import Settings


@dataclass
class Site:
    """What the steps of a rebuild work with.

    Attributes:
        settings: where ClickHouse is.
        client: a client of Jejak's database.
        run: the names.
        lock: held throughout.
        progress: called with each step.
        stands: what readers have, should it fail now.
        uuids: the run's objects, as they were made.
    """

    settings: Settings
    client: Client
    run: Run
    lock: Lock
    progress: Progress
    stands: str = "nothing was changed"
    uuids: dict[str, str] = field(default_factory=dict)

    def connect(self, **options: Any) -> Client:
        """One more client."""
        return connect(self.settings, **options)

    def step(self, name: str) -> None:
        """Begin a step: check that the lock and our tables are still ours, and report the step.

        Raises:
            RebuildError: another one has taken over.
        """
        self.lock.check()
        there = {row["name"]: row["uuid"] for row in ask(self.client, "definitions")}
        gone = [name for name, uuid in self.uuids.items() if there.get(name) != uuid]
        if gone:
            raise RebuildError(f"tables of this rebuild are gone: {', '.join(gone[:3])}")
        self.progress(name, 0, 1)

    def remember(self) -> None:
        """Know the run's objects again from now on."""
        own = self.run.suffix
        rows = ask(self.client, "definitions")
        self.uuids = {row["name"]: row["uuid"] for row in rows if row["name"].endswith(own)}


@contextmanager
def open_site(settings: Settings, progress: Progress) -> Iterator[Site]:
    """Take the lock, remove what dead rebuilds left, and at the end what this one did.

    Raises:
        RebuildError: another rebuild is under way, or this one failed.
    """
    run = Run()
    with (
        connect(settings, send_receive_timeout=86_400) as client,
        Lock(client, lambda: connect(settings), run) as lock,
    ):
        site = Site(settings, client, run, lock, progress)
        try:
            objects = ask(client, "definitions")
            site.step("clean")
            clean_up(client, objects, alive={run.token})
            yield site
        except RebuildError as error:
            raise RebuildError(f"{str(error).removesuffix(f'; {site.stands}')}; {site.stands}") from None
        except ClickHouseError as error:
            raise RebuildError(f"{explain_clickhouse(error)}; {site.stands}") from error
        finally:
            _leave(site)


def _leave(site: Site) -> None:
    """Remove what the run made and, while the lock is held, what others left. What fails here is the next one's."""
    client = site.client
    try:
        clean_up(client, ask(client, "definitions"), only=site.run.token)
        objects = ask(client, "definitions")
        site.lock.check()
        clean_up(client, objects)
    except (ClickHouseError, RebuildError):
        return
