"""`jejak conversations`: where each conversation stands now."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from commands.terminal.answers import AsCsv, AsJson, Form, Limit, Status, Workspace, check_text, tell_more
from commands.terminal.output import coloured, local_time, print_table, tell
from projections.clickhouse import connect
from projections.readers.conversations import CONVERSATION_COLUMNS, Conversation
from projections.readers.conversations import conversations as read_conversations
from projections.readers.pipeline import unknown_status
from schemas.settings import Settings


def conversations(
    workspace: Workspace,
    status: Status = None,
    label: Annotated[str | None, typer.Option(help="A label's name.")] = None,
    channel: Annotated[str | None, typer.Option(help="A channel, such as whatsapp.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List conversations, the one with the newest message first, with their pipeline status and since when."""
    form = Form(as_json, as_csv)
    check_text(workspace=workspace, status=status, label=label, channel=channel)
    with connect(Settings()) as client:
        page = read_conversations(client, workspace, status=status, label=label, channel=channel, limit=limit)
        if not page.rows:
            tell(unknown_status(client, workspace, status) or f"no such conversations in workspace {workspace!r}")
    form.show(CONVERSATION_COLUMNS, page.rows, _print)
    tell_more(page.has_more, limit)


def _print(rows: Sequence[Conversation]) -> None:
    print_table(
        ["last message", "conversation", "contact", "channel", "status", "since", "labels", "assignee"],
        (
            [
                local_time(row["last_message_at"]),
                row["conversation_id"],
                row["contact_id"],
                row["channel"],
                _status(row),
                local_time(row["status_changed_at"]),
                ", ".join(row["labels"]),
                row["assignee_id"],
            ]
            for row in rows
        ),
    )


def _status(row: Conversation) -> Text:
    text = coloured(row["status_name"], row["status_color"])
    return text.append(" (deleted)", style="dim") if row["status_deleted"] else text
