"""`jejak status`: is everything stored that was appended, and does a worker take care of it?

`--json` is one object:

- `healthy`: what the exit status says; `problems` and `warnings`: lines for people.
- `lag`: `{topic, partition, committed, end, lag, in_transactions, stopped, oldest_at}` of every partition; `committed`
  is null before the first commit, `in_transactions` how many of the records wait for their transaction to end,
  `stopped` says what cannot be read there and what to do (else null), `oldest_at` is the Kafka timestamp of the first
  record that is not stored, null for none.
- `oldest_unstored_seconds`: the age of the oldest of those, null for none.
- `group`: `{name, state, members: [{id, host, partitions}]}`, null where Kafka did not answer.
- `dead_letters`: `{count, exact, unread, repairs_known, last: {at, reason, message, topic}}`, likewise: what waits.
  Where there are many thousands only the newest are counted, and `unread` records were not looked at; `repairs_known`
  is false where ClickHouse could not say which were repaired by hand; `exact` is false in either case. `last` is null
  for none.
- `unfollowed_merges`: merged contacts that do not resolve to where their merges end, null if it is unknown.
- `tables`: `{name, read_model, rows, written_at}`; rows include duplicates that are not merged yet.
"""

import asyncio
import signal
import threading
from typing import Annotated

import typer

from commands.terminal.errors import CommandError
from commands.terminal.output import json_line, wide_console
from schemas.settings import Settings

_REFRESH_SECONDS = 2.0


def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Look again every 2 s until Ctrl-C.")] = False,
) -> None:
    """Show lag, workers, dead letters, rows and health. Exit status 1 if something keeps events from being stored."""
    if as_json and watch:
        raise CommandError("--json and --watch exclude each other")
    settings = Settings()
    if watch:
        _watch(settings)
        return
    # Slow to import, and `--help` needs none of it.
    from commands.status.as_json import as_json as report_as_json  # noqa: PLC0415
    from commands.status.look import look  # noqa: PLC0415
    from commands.status.screen import screen  # noqa: PLC0415

    report = asyncio.run(look(settings))
    if as_json:
        typer.echo(json_line(report_as_json(report)))
    else:
        wide_console().print(screen(report))
        for problem in report.problems():
            typer.echo(f"jejak: {problem}", err=True)
    if report.problems():
        raise typer.Exit(1)


def _watch(settings: Settings) -> None:
    """The screen again and again. Ctrl-C is how it ends, not an error.

    It is taken note of, not raised: raised in the middle of a look it becomes a cancellation, which the Kafka client
    may take for one of its own, and then nothing ends.
    """
    ended = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: ended.set())
    from rich.live import Live  # noqa: PLC0415 - as above

    from commands.status.look import look  # noqa: PLC0415
    from commands.status.screen import watched  # noqa: PLC0415

    console = wide_console()
    with Live(console=console, auto_refresh=False) as live:
        while not ended.is_set():
            shown = watched(asyncio.run(look(settings)))
            if console.is_terminal:
                live.update(shown, refresh=True)
            else:
                # Nothing can be drawn over there: one screen after the other.
                console.print(shown)
            ended.wait(_REFRESH_SECONDS)
