"""Reading dead letters for a command: with a progress bar, the state of each, and one line about what is unknown."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from commands.terminal.output import one_row, tell
from commands.terminal.progress import progress
from processors.dead_letters.reading import DeadLetterTopic, Selection
from processors.dead_letters.repairs import Repairs
from processors.dead_letters.stored import StoredDeadLetter
from schemas.settings import Settings


async def known_letters(
    settings: Settings, topic: DeadLetterTopic, selection: Selection, label: str = "reading"
) -> AsyncIterator[StoredDeadLetter]:
    """The selected letters, with whether they were repaired by hand.

    Arguments:
        settings: where ClickHouse is.
        topic: the dead letter topic, opened.
        selection: which.
        label: what the bar says is being done.
    """
    repairs = Repairs(settings)
    try:
        with progress(label, await topic.steps(selection)) as advance:
            async with aclosing(repairs.told(topic.letters(selection, advance))) as letters:  # type: ignore[type-var]
                async for letter in letters:
                    yield letter
    finally:
        repairs.close()
    tell_unknown(repairs)


def tell_unknown(repairs: Repairs) -> None:
    """Say that letters which seem to wait may have been repaired."""
    if repairs.unknown:
        tell(f"it is unknown which dead letters were repaired by hand: {one_row(repairs.unknown)}")
