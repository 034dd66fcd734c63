"""`jejak contacts`: who there is, and in which pipeline statuses."""

from collections.abc import Sequence
from typing import Annotated

import typer
from clickhouse_connect.driver.client import Client
from rich.text import Text

from commands.output import coloured, local_time, print_table
from commands.reading import AsCsv, AsJson, Form, Limit, Row, Status, Workspace, check_text, cut, status_filter, tell
from projections.clickhouse import connect
from projections.query import ask
from schemas.settings import Settings

COLUMNS = (
    "workspace_id", "contact_id", "name", "phone", "email", "status_ids", "first_seen_at", "last_seen_at",
)  # fmt: skip


def contacts(
    workspace: Workspace,
    status: Status = None,
    search: Annotated[str | None, typer.Option(help="A part of the id, name, phone or e-mail, in any case.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List contacts, the one that was seen last first. It has a status when any of its conversations holds it."""
    form = Form(as_json, as_csv)
    check_text(workspace=workspace, status=status, search=search)
    with connect(Settings()) as client:
        found = ask(
            client,
            "contacts_page",
            workspace_id=workspace,
            search=search,
            limit=limit + 1,
            **status_filter(status),
        )
        if not found:
            tell(f"no such contacts in workspace {workspace!r}")
        form.show(COLUMNS, cut(found, limit), lambda rows: _print(client, workspace, rows))


def _print(client: Client, workspace: str, rows: Sequence[Row]) -> None:
    styles = {row["status_id"]: row for row in ask(client, "pipeline_status_styles", workspace_id=workspace)}
    print_table(
        ["last seen", "contact", "name", "phone", "e-mail", "statuses"],
        (
            [
                local_time(row["last_seen_at"]),
                row["contact_id"],
                row["name"],
                row["phone"],
                row["email"],
                _statuses(row["status_ids"], styles),
            ]
            for row in rows
        ),
    )


def _statuses(ids: Sequence[str], styles: dict[str, Row]) -> Text:
    """Statuses by their names today, those that were never defined by their ids."""
    names = [coloured(styles[name]["name"], styles[name]["color"]) if name in styles else coloured(name, None)
             for name in ids]  # fmt: skip
    return Text(", ").join(names)
