"""`jejak import whatsapp`: webhook bodies in, Jejak's events out (contract, section 5, "The importer").

A body holds entries, an entry changes, a change messages; whatever is broken on one of these levels is reported with
its place, and its siblings go on.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from producers.whatsapp.bodies import Body, BrokenBody
from producers.whatsapp.content import Content, content_of, is_taken_back
from producers.whatsapp.events import Event, Inbox
from producers.whatsapp.fields import Fields, UnusableError, clipped, problem_of
from producers.whatsapp.history import synced, thread_of, threads_of
from producers.whatsapp.merges import NUMBER_CHANGES, USER_ID_CHANGE, Merges, Tie
from producers.whatsapp.messages import Head, incoming, outgoing, profile
from producers.whatsapp.people import (
    RECIPIENT,
    SENDER,
    Person,
    person_of_contact,
    person_of_message,
    person_of_new_number,
)
from producers.whatsapp.report import Report
from schemas.constants import MAX_ID_LENGTH

_OBJECT = "whatsapp_business_account"
_ECHOED = "message_echoes"
#: Fields of the webhook that hold messages, with the array they are in.
_ARRAYS = {
    "messages": "messages",
    "smb_message_echoes": _ECHOED,
    "history": "history",
    "smb_app_state_sync": "state_sync",
}
#: What stands beside the messages and is nothing to count.
_ATTRIBUTES = {"messaging_product", "metadata", "contacts"}


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the messages of one change have in common."""

    body: Body
    inbox: Inbox
    contacts: list[Person]
    array: str
    errors: object = None

    @property
    def is_echo(self) -> bool:
        return self.array == _ECHOED


class WhatsAppImport:
    """One run of the importer.

    The same bodies in the same order give the same events, byte for byte. A run remembers which ids it has tied
    together, so what belongs together should be imported by one.

    Attributes:
        report: the tallies so far.
    """

    def __init__(self, workspace: str) -> None:
        """Start a run.

        Arguments:
            workspace: the tenant that all events are of.

        Raises:
            ValueError: it is no workspace id by the contract (section 1: 1–128 characters, no NUL).
        """
        if not 1 <= len(workspace) <= MAX_ID_LENGTH or problem_of(workspace):
            raise ValueError(f"a workspace id has 1 to {MAX_ID_LENGTH} characters")
        self.report = Report()
        self._workspace = workspace
        self._merges = Merges()

    def events(self, body: Body | BrokenBody) -> Iterator[Event]:
        """The events of one body, as CloudEvents in structured mode (contract, section 1).

        Nothing is raised for what the body contains: `report.broken` and `report.skipped` count the
        rest. They are complete when the iterator is exhausted.
        """
        self.report.bodies += 1
        if isinstance(body, BrokenBody):
            self.report.broken.append(body)
            return
        for event in self._of_body(body):
            self.report.events[str(event["type"])] += 1
            yield event

    def _of_body(self, body: Body) -> Iterator[Event]:
        with self._reporting(body):
            root = Fields(body.value, "")
            if root.text("object") not in (None, _OBJECT):
                raise UnusableError(f"object is {clipped(root.raw('object'))}, not {_OBJECT}")
            if root.raw("entry") is None:
                raise UnusableError("entry is missing")
            for entry, path in root.items("entry"):
                yield from self._of_entry(body, entry, path)

    def _of_entry(self, body: Body, entry: object, path: str) -> Iterator[Event]:
        with self._reporting(body):
            fields = Fields(entry, path)
            if fields.raw("changes") is None:
                raise UnusableError(f"{fields.at('changes')} is missing")
            for change, change_path in fields.items("changes"):
                yield from self._of_change(body, change, change_path)

    def _of_change(self, body: Body, change: object, path: str) -> Iterator[Event]:
        with self._reporting(body):
            fields = Fields(change, path)
            name = fields.required("field")
            array = _ARRAYS.get(name)
            if array is None:
                self.report.skip("fields", name)
                return
            value = fields.required_child("value")
            self._skip_others(body, value, array)
            messages = value.items(array)
            if not messages:
                return
            inbox = Inbox(self._workspace, value.required_child("metadata").required("phone_number_id"))
            batch = _Batch(body, inbox, self._contacts(body, value), array, value.kept("errors"))
            if array == "history":
                for thread, thread_path in threads_of(value):
                    yield from self._of_thread(batch, thread, thread_path)
                return
            made_of = self._of_entry_of_book if array == "state_sync" else self._of_message
            for message, message_path in messages:
                yield from made_of(batch, message, message_path)

    def _skip_others(self, body: Body, value: Fields, array: str) -> None:
        others = [name for name in value.names() if name not in _ATTRIBUTES and name != array]
        for name in others:
            with self._reporting(body):
                if isinstance(value.raw(name), dict):
                    self.report.skip(name)
                elif isinstance(value.raw(name), list) or name == "statuses":
                    for item, _ in value.items(name):
                        self.report.skip(name, item.get("status") if isinstance(item, dict) else None)
        if not others and value.raw(array) is None:
            self.report.skip("empty")

    def _contacts(self, body: Body, value: Fields) -> list[Person]:
        people: list[Person] = []
        with self._reporting(body):
            for contact, path in value.items("contacts"):
                with self._reporting(body):
                    people.append(person_of_contact(Fields(contact, path)))
        return people

    def _of_message(self, batch: _Batch, raw: object, path: str) -> Iterator[Event]:
        with self._reporting(batch.body):
            message = Fields(raw, path)
            head = Head.of(batch.inbox, message)
            message_type = message.required("type")
            if message_type == "system" and not batch.is_echo:
                yield from self._of_system(batch, head, message)
                return
            content = self._content(batch, message, message_type)
            if content is None:
                return
            roles, made_of = (RECIPIENT, outgoing) if batch.is_echo else (SENDER, incoming)
            person = person_of_message(message, roles, batch.contacts)
            yield from made_of(head, message, person, content)
            yield from self._of_person(batch, head, person)

    def _content(self, batch: _Batch, message: Fields, message_type: str) -> Content | None:
        """The content of a message; None if it is no message, which is counted then."""
        if is_taken_back(message, message_type):
            self.report.skip(batch.array, "reaction.removed")
            return None
        content = content_of(message, message_type, batch.errors)
        if content is None:
            self.report.skip(batch.array, message_type)
        return content

    def _of_person(self, batch: _Batch, head: Head, person: Person) -> Iterator[Event]:
        with self._reporting(batch.body):
            yield from profile(head, person)
        yield from self._of_ties(batch, head, self._merges.of_person(person))

    def _of_thread(self, batch: _Batch, raw: object, path: str) -> Iterator[Event]:
        with self._reporting(batch.body):
            thread = thread_of(raw, path)
            for item, item_path in thread.messages:
                with self._reporting(batch.body):
                    message = Fields(item, item_path)
                    head = Head.of(batch.inbox, message)
                    content = self._content(batch, message, message.required("type"))
                    if content is not None:
                        made_of = incoming if thread.is_from_user(message) else outgoing
                        yield from made_of(head, message, thread.person, content)
                        yield from self._of_person(batch, head, thread.person)

    def _of_entry_of_book(self, batch: _Batch, raw: object, path: str) -> Iterator[Event]:
        with self._reporting(batch.body):
            event = synced(batch.inbox, raw, path)
            if event is None:
                self.report.skip(batch.array, Fields(raw, path).text("action"))
            else:
                yield event

    def _of_system(self, batch: _Batch, head: Head, message: Fields) -> Iterator[Event]:
        system = message.required_child("system")
        kind = system.required("type")
        if kind in NUMBER_CHANGES:
            yield from self._of_ties(batch, head, self._merges.of_number_change(message, system))
            with self._reporting(batch.body):
                yield from profile(head, person_of_new_number(system))
        elif kind == USER_ID_CHANGE:
            yield from self._of_ties(batch, head, self._merges.of_user_id_change(message, system))
        else:
            self.report.skip("system", kind)

    def _of_ties(self, batch: _Batch, head: Head, ties: Iterable[Tie]) -> Iterator[Event]:
        for tie in ties:
            with self._reporting(batch.body):
                yield head.tie(tie)

    @contextmanager
    def _reporting(self, body: Body) -> Iterator[None]:
        """Report what is unusable inside, and go on behind."""
        try:
            yield
        except UnusableError as problem:
            self.report.broken.append(BrokenBody(body.name, body.number, str(problem)))
