"""`jejak contacts`: all contacts, and the pipeline statuses that they hold."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from clickhouse_connect.driver.client import Client
from rich.text import Text

from commands.terminal.answers import AsCsv, AsJson, Form, Limit, Status, Workspace, check_text, tell_more
from commands.terminal.output import coloured, local_time, print_table, tell
from projections.clickhouse import connect
from projections.readers.contacts import CONTACT_COLUMNS, Contact
from projections.readers.contacts import contacts as read_contacts
from projections.readers.pipeline import StatusStyle, status_styles, unknown_status
from schemas.settings import Settings


def contacts(
    workspace: Workspace,
    status: Status = None,
    search: Annotated[str | None, typer.Option(help="A part of the id, name, phone or e-mail, in any case.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List contacts, the one that was seen last first. A contact has a status when any of its conversations has it."""
    form = Form(as_json, as_csv)
    check_text(workspace=workspace, status=status, search=search)
    with connect(Settings()) as client:
        page = read_contacts(client, workspace, status=status, search=search, limit=limit)
        if not page.rows:
            tell(unknown_status(client, workspace, status) or f"no such contacts in workspace {workspace!r}")
        form.show(CONTACT_COLUMNS, page.rows, lambda rows: _print(client, workspace, rows))
    tell_more(page.has_more, limit)


def _print(client: Client, workspace: str, rows: Sequence[Contact]) -> None:
    styles = status_styles(client, workspace)
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


def _statuses(ids: Sequence[str], styles: Mapping[str, StatusStyle]) -> Text:
    """Statuses by their names today, those that were never defined by their ids."""
    names = [coloured(styles[name]["name"], styles[name]["color"]) if name in styles else coloured(name, None)
             for name in ids]  # fmt: skip
    return Text(", ").join(names)
