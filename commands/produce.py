"""`jejak produce`: validate events and append each to its topic under its key."""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from commands.output import say
from commands.progress import Advance, progress
from producers.append import CONTENT_TYPE, Appender
from schemas.keys import key_of
from schemas.rejection import RejectedError
from schemas.settings import Settings
from schemas.validation import validate

#: How often the bar moves, in events.
_STEP = 500


def produce(
    file: Annotated[Path | None, typer.Argument(help="One JSON event a line; stdin where absent.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The summary for machines.")] = False,
) -> None:
    """Append events to their topics. Bad lines are reported by number and left out; exit status 1 if there were any."""
    with file.open("rb") if file else sys.stdin.buffer as stream, progress("appending") as advance:
        appended, bad = asyncio.run(append_lines(Settings(), stream, advance))
    if as_json:
        typer.echo(json.dumps({"appended": appended, "rejected": bad}))
    else:
        typer.echo(f"appended {appended} events, rejected {bad} lines")
    if bad:
        raise typer.Exit(1)


async def append_lines(settings: Settings, lines: BinaryIO | Iterator[bytes], advance: Advance) -> tuple[int, int]:
    """Append the good lines, report the bad ones on stderr.

    Arguments:
        settings: where Kafka is.
        lines: one event each; blank ones are passed over.
        advance: told of every few events.

    Returns:
        How many were appended, and how many were bad.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    appended = bad = 0
    async with Appender(settings) as appender:
        for number, line in enumerate(lines, 1):
            value = line.strip()
            if not value:
                continue
            try:
                event = validate(value, recorded_ms=int(time.time() * 1000))
            except RejectedError as error:
                bad += 1
                say(f"line {number}: {error.message}", err=True)
                continue
            topic = settings.topic(event.type.topic)
            await appender.append(topic, value, key=key_of(event).encode(), headers=CONTENT_TYPE)
            appended += 1
            if appended % _STEP == 0:
                advance(_STEP)
    return appended, bad
