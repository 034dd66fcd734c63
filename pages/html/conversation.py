"""One conversation: its messages, its status in both places, its details, and the panel Customer Journey."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from pages.answers import conversations as answers
from pages.answers.contacts import people, session_of
from pages.answers.journey import of_conversation
from pages.answers.pipeline import statuses
from pages.asking import Agent
from pages.audit import audit
from pages.html.entries import Choice, messages, timeline
from pages.html.forms import TheForm
from pages.html.screen import Screen, TheScreen
from pages.html.together import every, three
from pages.problems import ProblemError, invalid
from pages.publishing.request import Write
from pages.writing.conversations import Wanted, set_status

router = APIRouter(include_in_schema=False)

_OTHERS = 5


def _choice(screen: TheScreen) -> Choice:
    return Choice.of(screen.request)


@router.get("/conversations/{conversation_id}")
def conversation(screen: TheScreen, conversation_id: str, choice: Annotated[Choice, Depends(_choice)]) -> Response:
    """The page."""
    desk, workspace, query = screen.desk, screen.workspace, screen.request.query_params

    def read(span: Any) -> Any:
        return of_conversation(desk, workspace, conversation_id, span)

    known: list[Any] = every(
        [
            lambda: answers.conversation(desk, workspace, conversation_id),
            lambda: timeline(read, choice, query.get("cursor"), screen.formats),
            lambda: messages(read, query.get("messages"), screen.formats),
            lambda: statuses(desk, workspace),
        ]
    )
    row, journey, said, living = known
    contact = row["contact_id"]
    found, others, session = three(
        lambda: people(desk, workspace, [contact]),
        lambda: _others(screen, contact, conversation_id),
        lambda: session_of(desk, workspace, contact, conversation_id),
    )
    return screen.show(
        "conversation.html",
        row=row,
        contact=found.get(contact),
        journey=journey,
        messages=said,
        earlier=others,
        session=session,
        statuses=living,
        filters=choice,
    )


def _others(screen: Screen, contact: str, conversation_id: str) -> list[Any]:
    filters = answers.Filters(contact=contact)
    page = answers.conversations(screen.desk, screen.workspace, filters, limit=_OTHERS + 1)
    return [row for row in page.rows if row["conversation_id"] != conversation_id][:_OTHERS]


@router.post("/conversations/{conversation_id}/status")
async def move(screen: TheScreen, user: Agent, conversation_id: str, form: TheForm) -> Response:
    """Set the status, unless somebody else has set it since the page was made."""
    if not form.has("status_id"):
        raise invalid("status_id", "is missing; it is empty for no status")
    status_id = form.text("status_id") or None
    asked = {"conversation_id": conversation_id, "status_id": status_id}
    wanted = Wanted(status_id, form.text("expected") or None, form.has("expected"))
    write = Write(user, screen.workspace, None, asked)
    try:
        _, event_id = await set_status(screen.desk, write, conversation_id, wanted)
    except ProblemError as error:
        if error.status != HTTPStatus.CONFLICT:
            raise
        held = await run_in_threadpool(answers.conversation, screen.desk, screen.workspace, conversation_id)
        # A click that came twice is no conflict.
        if held["status_id"] != status_id:
            raise
        event_id = None
    audit(write, "status set", [event_id] if event_id else [])
    return screen.back(form.text("back", 4_000), screen.path("conversations", conversation_id))
