"""`jejak conversations`: where each conversation stands now."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from commands.output import coloured, local_time, print_table
from commands.reading import AsCsv, AsJson, Form, Limit, Row, Status, Workspace, check_text, cut, status_filter, tell
from projections.clickhouse import connect
from projections.query import ask
from schemas.settings import Settings

COLUMNS = (
    "workspace_id", "conversation_id", "contact_id", "channel", "inbox_id", "status_id", "status_name", "status_color",
    "status_position", "status_deleted", "status_changed_at", "status_changed_by", "labels", "assignee_id",
    "last_message_at", "last_incoming_at",
)  # fmt: skip


def conversations(
    workspace: Workspace,
    status: Status = None,
    label: Annotated[str | None, typer.Option(help="A label's name.")] = None,
    channel: Annotated[str | None, typer.Option(help="A channel, such as whatsapp.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List conversations, the one with the newest message first."""
    form = Form(as_json, as_csv)
    check_text(workspace=workspace, status=status, label=label, channel=channel)
    with connect(Settings()) as client:
        found = ask(
            client,
            "conversations_page",
            workspace_id=workspace,
            label=label,
            channel=channel,
            limit=limit + 1,
            **status_filter(status),
        )
    if not found:
        tell(f"no such conversations in workspace {workspace!r}")
    form.show(COLUMNS, cut(found, limit), _print)


def _print(rows: Sequence[Row]) -> None:
    print_table(
        ["last message", "conversation", "contact", "channel", "status", "labels", "assignee"],
        (
            [
                local_time(row["last_message_at"]),
                row["conversation_id"],
                row["contact_id"],
                row["channel"],
                _status(row),
                ", ".join(row["labels"]),
                row["assignee_id"],
            ]
            for row in rows
        ),
    )


def _status(row: Row) -> Text:
    text = coloured(row["status_name"], row["status_color"])
    return text.append(" (deleted)", style="dim") if row["status_deleted"] else text
