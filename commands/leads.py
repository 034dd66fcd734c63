"""`jejak leads`: who wrote for the first time, and which ad brought them."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Annotated

import typer
from rich.text import Text

from commands.days import begin_ms, end_ms
from commands.newest_leads import newest_leads
from commands.output import local_time, print_table, wide_console
from commands.reading import AsCsv, AsJson, Form, Limit, Row, Workspace, check_text, cut, tell
from projections.clickhouse import connect
from schemas.settings import Settings

COLUMNS = (
    "workspace_id", "contact_id", "date", "customer_name", "phone_number", "email", "origin", "first_source",
    "first_source_platform", "first_source_id", "first_touched_at", "last_source", "last_source_platform",
    "last_source_id", "first_source_at", "first_source_medium", "first_source_campaign", "first_source_content",
    "last_source_at", "last_source_medium", "last_source_campaign", "last_source_content",
)  # fmt: skip
#: Columns of a terminal from which all that is known of a lead has room side by side.
_WIDE = 150


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
    """Show leads to a person. A narrow terminal has room for who, when and what brought them alone."""
    columns = _COLUMNS if wide_console().width >= _WIDE else _NARROW
    print_table(columns, ([_CELLS[column](row) for column in columns] for row in rows))


def _source(row: Row, which: str) -> str:
    """A source with its platform."""
    source, platform = row[f"{which}_source"], row[f"{which}_source_platform"]
    return f"{source} ({platform})" if source and platform else source or ""


_CELLS: dict[str, Callable[[Row], Text | str | None]] = {
    "date": lambda row: local_time(row["date"]),
    "contact": lambda row: row["contact_id"],
    "name": lambda row: row["customer_name"],
    "phone": lambda row: row["phone_number"],
    "e-mail": lambda row: row["email"],
    "origin": lambda row: Text(row["origin"], style="magenta" if row["origin"] == Origin.ADS.value else ""),
    "first source": lambda row: _source(row, "first"),
    "first touched": lambda row: local_time(row["first_touched_at"]),
    "last source": lambda row: _source(row, "last"),
}
_COLUMNS = tuple(_CELLS)
_NARROW = ("date", "contact", "name", "phone", "origin", "first source")
