"""What is pending in a workspace, found out before anything that it is laid over."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from clickhouse_connect.driver.client import Client

from pages.desk import Desk
from pages.overlay.pending import Pending, StatusNow, pending, statuses_now
from projections.readers.pipeline import WITHOUT_STATUS


@dataclass
class Now:
    """A workspace as it is now: for one answer."""

    client: Client
    workspace: str
    desk: Desk
    pending: Pending

    @cached_property
    def statuses(self) -> dict[str, StatusNow]:
        """All statuses by id."""
        return statuses_now(self.client, self.workspace, self.pending, self.desk.changes)

    @property
    def moved(self) -> list[str]:
        """The conversations whose status is another than the views say."""
        return sorted(self.pending.moved)

    def holds(self, status_id: str | None, wanted: str) -> bool:
        """Whether a status is the one that a filter names, by id or by name; `none` for none."""
        if wanted == WITHOUT_STATUS:
            return status_id is None
        if status_id is None:
            return False
        now = self.statuses.get(status_id)
        return wanted == status_id or (now is not None and now.is_defined and now.name == wanted)

    def known_as(self, wanted: str | None) -> str | None:
        """A filter by a status that the views know: its id in place of a name that is pending."""
        if wanted is None or wanted == WITHOUT_STATUS or not self.pending.definitions or wanted in self.statuses:
            return wanted
        return next((name for name in self.statuses if self.holds(name, wanted)), wanted)


@contextmanager
def now(desk: Desk, workspace: str) -> Iterator[Now]:
    """Begin an answer.

    Raises:
        ProblemError: 503, ClickHouse does not answer.
    """
    with desk.clickhouse.asked() as client:
        yield Now(client, workspace, desk, pending(client, workspace, desk.changes))
