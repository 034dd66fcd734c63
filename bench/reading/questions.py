"""What is asked: the read models' everyday questions, each beside the same answer taken straight from `events`.

A question is two files under `sql/questions`: `<file>.views.sql` asks the views, `<file>.events.sql` the table of
events by plain SQL, as somebody would write it who knows that table and nothing else. These fold by (time, sequence)
without the tie-break by hash, and follow no merges: both in favour of the plain SQL. They read without `FINAL` where
the fold absorbs duplicates.
"""

from dataclasses import dataclass
from enum import StrEnum

from bench.reading.growth import text


class Kind(StrEnum):
    """What is promised of a question."""

    LOOKUP = "lookup"
    LIST = "list"


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        name: its key in the results.
        title: for people.
        kind: a lookup by key must not grow with the data; a list must be much faster than from events.
        file: the files it is in; its name where that is empty.
        tail: what is added to both texts.
        limit_ms: an upper limit of its own at the large size; 0 for none.
    """

    name: str
    title: str
    kind: Kind
    file: str = ""
    tail: str = ""
    limit_ms: float = 0.0

    def sql(self, source: str) -> str:
        """Its text; the source is `views` or `events`."""
        return text(f"questions/{self.file or self.name}.{source}") + self.tail


_PAGE = "ORDER BY date DESC\nLIMIT 50\n"
_MONTH = "AND date >= {since:DateTime64(3, 'UTC')} AND date < {until:DateTime64(3, 'UTC')}\n"
_SOURCE = "AND first_source_platform = {platform:String}\n"

QUESTIONS = (
    Question("contact_journey", "a contact's journey, 50 newest", Kind.LOOKUP, limit_ms=40),
    Question("conversation_journey", "a conversation's journey, 50 newest", Kind.LOOKUP),
    Question("contact_sessions", "a contact's sessions", Kind.LOOKUP),
    Question("conversation", "a conversation by its id", Kind.LOOKUP),
    Question("conversation_status_changes", "a conversation's status changes", Kind.LOOKUP),
    Question("board", "the pipeline board", Kind.LIST),
    Question("conversations_by_status", "conversations of a status, 50 newest", Kind.LIST),
    Question("contacts_by_status", "contacts of a status, 50 newest", Kind.LIST),
    Question("leads", "leads, 50 newest", Kind.LIST, tail=_PAGE),
    Question("leads_by_month", "leads of a month, 50 newest", Kind.LIST, "leads", _MONTH + _PAGE, 600),
    Question("leads_by_source", "leads of a source, 50 newest", Kind.LIST, "leads", _SOURCE + _PAGE),
    Question("leads_all", "all leads", Kind.LIST, "leads"),
)
