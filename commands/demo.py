"""`make demo`: shows what Jejak does in a minute.

The embedded stack on free ports, sample webhooks and a simulated month through the whole path, then the board, the
newest leads and one customer's journey, as `jejak` prints them. On a terminal the stack stays up to be played with;
elsewhere it is stopped again.
"""

import asyncio
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.text import Text

from commands.demo_webhooks import add_app, send_webhooks
from commands.journey import print_journey
from commands.leads import print_leads
from commands.pipeline import print_board
from commands.terminal.errors import CommandError
from commands.terminal.explaining import one_line
from commands.terminal.output import wide_console
from commands.terminal.progress import progress
from deploy.local.sources import WORKSPACE as DEMO_WORKSPACE
from deploy.local.sources import write_sources
from deploy.local.stack import EmbeddedStack, claim_ports
from processors.kafka.lag import lags
from processors.telemetry.logs import set_up_logs
from producers.events import append_records
from producers.simulator import Scenario, simulate
from projections.clickhouse import connect
from projections.query import ask
from projections.readers.journey import Span, contact_journey
from projections.readers.leads import newest_leads
from projections.readers.pipeline import board
from schemas.settings import Settings
from schemas.words import counted

WORKSPACE = "ws_kopi"
CONTACTS = 1_000
SEED = 6

_LEADS = 5
_ENTRIES = 20
console = wide_console()


def main() -> None:
    """Run the demo. Exit status 0 when everything that was appended is in the journeys."""
    set_up_logs()
    try:
        with tempfile.TemporaryDirectory(prefix="jejak-demo-") as data_dir:
            asyncio.run(_run(Path(data_dir)))
    except Exception as error:
        if (line := one_line(error)) is None:
            raise
        sys.stderr.write(f"jejak: {line}\n")
        sys.exit(1)


async def _run(data_dir: Path) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    stack = EmbeddedStack(claim_ports(0, 0, 0, 0, 0), data_dir)
    write_sources(stack.sources)
    app_secret = add_app(stack.sources, WORKSPACE)
    try:
        _say("Starting a broker, ClickHouse, a worker, the front door and the pages on free ports …")
        await stack.start()
        await _load(stack, app_secret)
        contact = await asyncio.to_thread(show_workspace, stack.settings)
        _show_lag(await lags(stack.settings))
        _show_addresses(stack, contact)
        if sys.stdin.isatty() and sys.stdout.isatty():
            _say("\nIt stays up until Ctrl-C.", style="bold")
            await stopped.wait()
    finally:
        await stack.stop()


async def _load(stack: EmbeddedStack, app_secret: str) -> None:
    url = f"http://127.0.0.1:{stack.addresses.collect_port}/whatsapp/{WORKSPACE}"
    with progress("sending webhooks") as advance:
        sent = await send_webhooks(url, app_secret, advance)
    _say(
        f"Sent {counted(sent['webhooks'], 'sample WhatsApp webhook')} through the front door: "
        f"{counted(sent['appended'], 'event')} appended, {counted(sent['skipped'], 'part')} skipped that carry none, "
        f"{sent['rejected']} broken."
    )
    with progress("simulating") as advance:
        records = simulate(Scenario(contacts=CONTACTS, days=30, seed=SEED, workspace=WORKSPACE))
        simulated = await append_records(stack.settings, records, advance=advance)
    _say(f"Simulated a month of {CONTACTS:,} contacts: {simulated:,} events appended.")
    if not await stack.drain():
        raise CommandError("the worker did not store everything in time")
    _say(f"The worker has stored all {sent['appended'] + simulated:,} of them.")


def show_workspace(settings: Settings) -> str:
    """Print the board, the newest leads and one contact's journey, each under a heading.

    Arguments:
        settings: where ClickHouse is.

    Returns:
        The id of that contact.
    """
    with connect(settings) as client:
        _say("\nThe board: how many conversations hold each status.", style="bold")
        print_board(board(client, WORKSPACE))
        _say("\nThe newest leads, and what brought them.", style="bold")
        print_leads(newest_leads(client, WORKSPACE, limit=_LEADS).rows)
        contact = str(ask(client, "story_contact", workspace_id=WORKSPACE)[0]["contact_id"])
        entries = contact_journey(client, WORKSPACE, contact, Span(oldest_first=True, limit=_ENTRIES)).rows
        _say("\nOne journey, from the ad to the purchase.", style="bold")
        print_journey(entries, of_contact=True)
    return contact


def _show_lag(found: list[Any]) -> None:
    _say(f"\nLag: {counted(sum(item.lag for item in found), 'record')} in {counted(len(found), 'partition')}.")


def _show_addresses(stack: EmbeddedStack, contact: str) -> None:
    at = stack.addresses
    _say("\nTo connect:", style="bold")
    _say(f"  Kafka       127.0.0.1:{at.kafka_port}")
    question = "SELECT * FROM journey LIMIT 5"
    _say(f"  ClickHouse  curl 'http://127.0.0.1:{at.clickhouse_port}/?database=jejak' -d '{question}'")
    _say(f"  the API     curl http://127.0.0.1:{at.pages_port}/api/v1/workspaces/{WORKSPACE}/pipeline")
    _say(f"  a shop      http://127.0.0.1:{at.collect_port}/shop/  (your clicks: workspace {DEMO_WORKSPACE})")
    _say(f"  metrics     curl http://127.0.0.1:{at.http_port}/metrics")
    _say(
        f"  commands    export JEJAK_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:{at.kafka_port} "
        f"JEJAK_CLICKHOUSE_URL=http://default:@127.0.0.1:{at.clickhouse_port}/jejak"
    )
    _say(f"              .venv/bin/jejak journey --workspace {WORKSPACE} --contact {contact}")
    _say(f"\nIn the browser: http://127.0.0.1:{at.pages_port}/w/{WORKSPACE}/pipeline", style="bold")


def _say(text: str, *, style: str | None = None) -> None:
    console.print(Text(text), style=style, soft_wrap=True)


if __name__ == "__main__":
    main()
