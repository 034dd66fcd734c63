"""`jejak pipeline`: the board, status by status."""

from collections.abc import Sequence

from rich.text import Text

from commands.terminal.answers import AsCsv, AsJson, Form, Workspace, check_text
from commands.terminal.output import coloured, print_table, tell, wide_console
from projections.clickhouse import connect
from projections.readers.pipeline import BOARD_COLUMNS, BoardColumn, board
from schemas.settings import Settings

#: Blocks from an eighth of a character's width to seven of them.
_EIGHTHS = " ▏▎▍▌▋▊▉"
_LONGEST_BAR = 60


def pipeline(workspace: Workspace, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Show how many conversations and contacts hold each pipeline status, in the board's order."""
    form = Form(as_json, as_csv)
    check_text(workspace=workspace)
    with connect(Settings()) as client:
        columns = board(client, workspace)
    if not columns:
        tell(f"no pipeline statuses in workspace {workspace!r}")
    form.show(BOARD_COLUMNS, columns, print_board)


def print_board(rows: Sequence[BoardColumn]) -> None:
    """Show a board to a person."""
    largest = max((row["conversations"] for row in rows), default=0)
    width = min(_LONGEST_BAR, wide_console().width // 3)
    print_table(
        ["status", "id", "conversations", "contacts", ""],
        (
            [
                coloured(row["name"], row["color"]),
                row["status_id"],
                f"{row['conversations']:,}",
                f"{row['contacts']:,}",
                Text(bar(row["conversations"], largest, width), style=row["color"] or ""),
            ]
            for row in rows
        ),
    )


def bar(value: int, largest: int, width: int) -> str:
    """A bar as long as a value is large; none for nothing, and a sliver at least for anything else.

    Arguments:
        value: what it shows.
        largest: the value that fills the width.
        width: in characters.
    """
    if value <= 0:
        return ""
    full, eighths = divmod(max(1, value * width * 8 // largest), 8)
    return "█" * full + _EIGHTHS[eighths].strip()
