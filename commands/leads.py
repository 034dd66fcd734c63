"""`jejak leads`: who wrote for the first time, and which ad brought them."""

from collections.abc import Sequence
from enum import Enum
from typing import Annotated

import typer
from rich.text import Text

from commands.days import begin_ms, end_ms
from commands.newest_leads import newest_leads
from commands.output import local_time, print_table
from commands.reading import AsCsv, AsJson, Form, Limit, Row, Workspace, check_text, cut, tell
from projections.clickhouse import connect
from schemas.settings import Settings

COLUMNS = (
    "workspace_id", "contact_id", "date", "customer_name", "phone_number", "email", "origin", "first_source",
    "first_source_platform", "first_source_id", "first_touched_at", "last_source", "last_source_platform",
    "last_source_id",
)  # fmt: skip


class Origin(Enum):
    """Whether an ad was touched before the first message."""

    ADS = "ads"
    ORGANIC = "organic"


def leads(
    workspace: Workspace,
    since: Annotated[str | None, typer.Option(help="A day in JEJAK_TIMEZONE, or an instant with its offset.")] = None,
    until: Annotated[str | None, typer.Option(help="The same; the day or the instant is the last included.")] = None,
    source: Annotated[
        str | None, typer.Option(help="A part of the first source, its platform or its id, in any case.")
    ] = None,
    origin: Annotated[Origin | None, typer.Option(help="Whether an ad brought them.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List leads, the newest first."""
    form = Form(as_json, as_csv)
    check_text(workspace=workspace, source=source)
    settings = Settings()
    since_ms = begin_ms("--since", since, settings.timezone)
    until_ms = end_ms("--until", until, settings.timezone)
    with connect(settings) as client:
        found = newest_leads(
            client,
            workspace,
            since_ms=since_ms,
            until_ms=until_ms,
            source=source,
            origin=origin.value if origin else None,
            limit=limit + 1,
        )
    if not found:
        tell(f"no such leads in workspace {workspace!r}")
    form.show(COLUMNS, cut(found, limit), print_leads)


def print_leads(rows: Sequence[Row]) -> None:
    """Show leads to a person."""
    print_table(
        ["date", "contact", "name", "phone", "e-mail", "origin", "first source", "first touched", "last source"],
        (
            [
                local_time(row["date"]),
                row["contact_id"],
                row["customer_name"],
                row["phone_number"],
                row["email"],
                Text(row["origin"], style="magenta" if row["origin"] == Origin.ADS.value else ""),
                _source(row, "first"),
                local_time(row["first_touched_at"]),
                _source(row, "last"),
            ]
            for row in rows
        ),
    )


def _source(row: Row, which: str) -> str:
    """A source with its platform."""
    source, platform = row[f"{which}_source"], row[f"{which}_source_platform"]
    return f"{source} ({platform})" if source and platform else source or ""
