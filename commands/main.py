"""The `jejak` command: which commands there are, and how they end.

Every command is a module, or a folder where it takes several; `jejak` imports only the one that is run.
"""

import logging
import sys
from typing import Annotated, Any, NoReturn

import typer

from commands.terminal.lazy import Entry, lazy_app
from commands.terminal.output import one_row, say
from processors.kafka.complaints import Complaints

app = lazy_app(
    {
        "up": Entry("commands.up:up", "Run a broker, ClickHouse and a worker on this machine."),
        "worker": Entry("commands.worker:worker", "Project events from Kafka into ClickHouse until SIGTERM."),
        "collect": Entry("commands.collect:collect", "Take events over HTTP: services, Meta's webhook, web pages."),
        "sources": Entry("commands.sources:app", "Who may send events to the front door."),
        "topics": Entry("commands.topics:topics", "Create or check the topics."),
        "migrate": Entry("commands.migrate:migrate", "Create or check the tables and views."),
        "produce": Entry("commands.produce:produce", "Check events and append each to its topic."),
        "import": Entry("commands.importing:app", "Turn other systems' records into events."),
        "simulate": Entry("commands.simulate:simulate", "Print or append the events of a simulated workspace."),
        "journey": Entry("commands.journey:journey", "Show what happened with one customer, in order."),
        "conversations": Entry("commands.conversations:conversations", "List conversations and their pipeline status."),
        "contacts": Entry("commands.contacts:contacts", "List contacts and the statuses of their conversations."),
        "leads": Entry("commands.leads:leads", "List who wrote for the first time, and what brought them."),
        "pipeline": Entry("commands.pipeline:pipeline", "Show the pipeline's board."),
        "dead-letters": Entry("commands.dead_letters.group:app", "What was rejected, and why; replay it after a fix."),
        "pages": Entry("commands.pages:pages", "Serve journeys, pipeline and leads to browsers, and the API."),
        "users": Entry("commands.who.users:app", "Who may log in to the pages."),
        "keys": Entry("commands.who.keys:app", "Keys of programs that use the API."),
        "rebuild": Entry("commands.rebuild:rebuild", "Project all events again into new tables, then swap."),
        "schemas": Entry("commands.schemas:schemas", "Write JSON Schemas and the AsyncAPI document."),
        "status": Entry("commands.status.command:status", "Show lag, workers, dead letters, rows and health."),
    },
    name="jejak",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - slow to import, and only this needs it

        typer.echo(f"jejak {version('jejak')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Customer journeys, folded from events on Kafka into ClickHouse."""


def main() -> None:
    """Run a command. An error that a person can act on is one line on stderr and exit status 1."""
    # Libraries also log their errors; a command prints them once, in one line. Workers set up their own logs.
    for library in ("aiokafka", "asyncio", "clickhouse_connect"):
        logging.getLogger(library).propagate = False
        logging.getLogger(library).addHandler(logging.NullHandler())
    heard = Complaints()
    try:
        status = app(standalone_mode=False)
    except typer.Abort:
        say("Aborted.", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader, for example `head`, has closed the pipe.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        # Typer brings its own copy of click's exceptions or uses click's, by its version.
        if hasattr(error, "format_message"):
            _show(error)
        from commands.terminal.explaining import one_line  # noqa: PLC0415 - knows every library, so it is slow to import

        line = one_line(error, heard.last)
        if line is None:
            raise
        say(f"jejak: {line}", err=True)
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


def _show(error: Any) -> NoReturn:
    """End with click's own words about the command line, but for what they quote of it."""
    message = "\n".join(map(one_row, error.format_message().split("\n")))
    error.format_message = lambda: message
    error.show()
    sys.exit(error.exit_code)
