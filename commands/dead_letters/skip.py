"""`jejak dead-letters skip`: go past a batch that cannot be read, and keep its bytes."""

import asyncio
from typing import Annotated

import typer

from commands.terminal.errors import CommandError
from processors.dead_letters.skipping import NothingToSkipError, skip_unreadable
from schemas.constants import TOPICS
from schemas.settings import Settings
from schemas.words import counted, did_you_mean

#: Kafka is asked for a batch, and takes a letter; a person waits.
_PATIENCE_SECONDS = 60.0


def skip(
    topic: Annotated[str, typer.Argument(help="The topic, with or without its prefix.")],
    partition: Annotated[int, typer.Argument(min=0, help="The partition.")],
    offset: Annotated[int, typer.Argument(min=0, help="The offset, as `jejak status` and /readyz name it.")],
    to: Annotated[
        int | None, typer.Option(help="The offset to go on at, if the batch itself does not say where it ends.", min=1)
    ] = None,
) -> None:
    """Let workers go past a batch that cannot be read. Its bytes are kept as a dead letter.

    Records before OFFSET are not affected, and readable records are passed only with --to.
    """
    settings = Settings()
    name = settings.topic(topic) if topic in TOPICS else topic
    if name not in {settings.topic(item) for item in TOPICS}:
        near = did_you_mean(topic, (*TOPICS, *map(settings.topic, TOPICS)), count=1)
        raise CommandError(f"{name} is not a topic with JEJAK_TOPIC_PREFIX={settings.topic_prefix}{near}")
    if to is not None and to <= offset:
        raise CommandError("--to: not behind OFFSET")
    try:
        gone = asyncio.run(asyncio.wait_for(skip_unreadable(settings, name, partition, offset, to), _PATIENCE_SECONDS))
    except TimeoutError:
        raise CommandError(f"Kafka does not answer within {_PATIENCE_SECONDS:.0f} s") from None
    except NothingToSkipError as error:
        raise CommandError(str(error)) from None
    typer.echo(f"{gone.place}: {gone.cause}")
    typer.echo(
        f"kept as a dead letter, {counted(len(gone.raw), 'byte')}; workers go on at offset {gone.behind} within seconds"
    )
