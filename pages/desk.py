"""The desk: what the API and the pages share for as long as the process runs."""

from dataclasses import dataclass

from pages.clickhouse import ClickHouse
from pages.live.news import News
from pages.overlay.changes import Changes
from pages.overlay.tail import Tail
from pages.publishing.publisher import Publisher
from pages.publishing.request import Remembered
from pages.who.gate import Gate
from schemas.settings import Settings


@dataclass(frozen=True)
class Desk:
    """Everything that a request may need.

    Attributes:
        settings: where Kafka and ClickHouse are, and the time zone.
        clickhouse: answers questions.
        changes: what was appended and may not be in the views yet.
        tail: brings in what others append.
        publisher: appends events.
        news: tells browsers what has changed.
        gate: knows who is asking.
        remembered: the requests with a key.
    """

    settings: Settings
    clickhouse: ClickHouse
    changes: Changes
    tail: Tail
    publisher: Publisher
    news: News
    gate: Gate
    remembered: Remembered

    @property
    def zone(self) -> str:
        """The time zone of days, and of instants for people."""
        return self.settings.timezone


def make_desk(settings: Settings) -> Desk:
    """A desk on which nothing is connected yet.

    Raises:
        WhoError: the files of users or keys cannot be used.
    """
    clickhouse, changes = ClickHouse(settings), Changes()
    news = News(clickhouse)
    tail = Tail(settings, changes, news.heard)
    return Desk(settings, clickhouse, changes, tail, Publisher(settings), news, Gate(settings), Remembered())
