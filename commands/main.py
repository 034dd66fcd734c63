"""The `jejak` command: every command of the contract's section 5, one module each."""

import logging
import sys
from importlib.metadata import version
from typing import Annotated, Any, NoReturn

import typer

from commands import (
    contacts,
    conversations,
    dead_letters,
    importing,
    journey,
    leads,
    migrate,
    pipeline,
    produce,
    rebuild,
    schemas,
    simulate,
    status,
    topics,
    up,
    worker,
)
from commands.errors import one_line
from commands.output import one_row, say
from processors.kafka.complaints import Complaints

app = typer.Typer(
    name="jejak",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"jejak {version('jejak')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Customer journeys, folded from events on Kafka into ClickHouse."""


app.command("up")(up.up)
app.command("worker")(worker.worker)
app.command("topics")(topics.topics)
app.command("migrate")(migrate.migrate)
app.command("produce")(produce.produce)
app.add_typer(importing.app, name="import")
app.command("simulate")(simulate.simulate)
app.command("journey")(journey.journey)
app.command("conversations")(conversations.conversations)
app.command("contacts")(contacts.contacts)
app.command("leads")(leads.leads)
app.command("pipeline")(pipeline.pipeline)
app.add_typer(dead_letters.app, name="dead-letters")
app.command("rebuild")(rebuild.rebuild)
app.command("schemas")(schemas.schemas)
app.command("status")(status.status)


def main() -> None:
    """Run a command. An error that a person can act on is one line on stderr and exit status 1."""
    # Libraries tell their troubles to the log as well; a command says it once, in one line. Workers set up their own.
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
        # The reader, `head` say, has had enough.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        # Typer brings its own copy of click's exceptions or uses click's, by its version.
        if hasattr(error, "format_message"):
            _show(error)
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
