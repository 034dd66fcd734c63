"""`jejak leads`: who wrote for the first time, and which ad brought them."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Annotated

import typer
from rich.text import Text

from commands.terminal.answers import AsCsv, AsJson, Form, Limit, Workspace, check_text, tell_more
from commands.terminal.output import local_time, print_table, tell, wide_console
from projections.clickhouse import connect
from projections.readers.days import begin_ms, end_ms
from projections.readers.leads import LEAD_COLUMNS, Lead, newest_leads
from schemas.settings import Settings

#: Columns of a terminal from which all that is known of a lead has room side by side.
_WIDE = 150


class Origin(Enum):
    """Whether an ad was touched before the first message."""

    ADS = "ads"
    ORGANIC = "organic"


def leads(
    workspace: Workspace,
    since: Annotated[str | None, typer.Option(help="A day in JEJAK_TIMEZONE, or an instant with its offset.")] = None,
    until: Annotated[str | None, typer.Option(help="The same; this day or instant is included.")] = None,
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
        page = newest_leads(
            client,
            workspace,
            since_ms=since_ms,
            until_ms=until_ms,
            source=source,
            origin=origin.value if origin else None,
            limit=limit,
        )
    if not page.rows:
        tell(f"no such leads in workspace {workspace!r}")
    form.show(LEAD_COLUMNS, page.rows, print_leads)
    tell_more(page.has_more, limit)


def print_leads(rows: Sequence[Lead]) -> None:
    """Show leads to a person. A narrow terminal has room for who, when and what brought them alone."""
    columns = _COLUMNS if wide_console().width >= _WIDE else _NARROW
    print_table(columns, ([_CELLS[column](row) for column in columns] for row in rows))


def _source(source: str | None, platform: str | None) -> str:
    """A source with its platform."""
    return f"{source} ({platform})" if source and platform else source or ""


_CELLS: dict[str, Callable[[Lead], Text | str | None]] = {
    "date": lambda row: local_time(row["date"]),
    "contact": lambda row: row["contact_id"],
    "name": lambda row: row["customer_name"],
    "phone": lambda row: row["phone_number"],
    "e-mail": lambda row: row["email"],
    "origin": lambda row: Text(row["origin"], style="magenta" if row["origin"] == Origin.ADS.value else ""),
    "first source": lambda row: _source(row["first_source"], row["first_source_platform"]),
    "first touched": lambda row: local_time(row["first_touched_at"]),
    "last source": lambda row: _source(row["last_source"], row["last_source_platform"]),
}
_COLUMNS = tuple(_CELLS)
_NARROW = ("date", "contact", "name", "phone", "origin", "first source")
