"""Which dead letters a command means: ids and filters, as people give them."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated

import typer

from commands.terminal.errors import CommandError
from processors.dead_letters.marks import Place
from processors.dead_letters.reading import DeadLetterTopic, Selection
from processors.dead_letters.stored import StoredDeadLetter
from projections.readers.days import since_ms
from schemas.constants import TOPICS
from schemas.rejection import Reason
from schemas.settings import Settings
from schemas.words import did_you_mean

_ALL_REASONS = f"; the reasons are {', '.join(Reason)}"


def _reason(text: str) -> Reason:
    """Read a reason, in any case.

    Raises:
        typer.BadParameter: there is no such reason.
    """
    found = {reason.casefold(): reason for reason in Reason}.get(text.casefold())
    if found is None:
        near = did_you_mean(text, Reason)
        raise typer.BadParameter(f"no reason {text!r}{near or _ALL_REASONS}")
    return found


Topics = Annotated[
    list[str] | None,
    typer.Option("--topic", help="Only from this topic, with or without its prefix; may be repeated."),
]
Reasons = Annotated[
    list[Reason] | None,
    typer.Option(
        "--reason",
        parser=_reason,
        metavar="REASON",
        help=f"Only rejected for this reason: {', '.join(Reason)}; may be repeated.",
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        help="Only rejected since then: 30m, 2h or 7d ago, a day in JEJAK_TIMEZONE, or an instant with its offset."
    ),
]

_ID = re.compile(r"(\d{1,9}):(\d{1,18})", re.ASCII)


def selected(
    settings: Settings, topics: Sequence[str] | None, reasons: Sequence[Reason] | None, since: str | None
) -> Selection:
    """What the filters select.

    Raises:
        ReadError: `--since` is no point in time.
    """
    names = [settings.topic(name) if name in TOPICS else name for name in topics or ()]
    moment = None if since is None else since_ms("--since", since, settings.timezone, int(time.time() * 1000))
    return Selection(frozenset(names), frozenset(reason.value for reason in reasons or ()), moment)


def unknown_topics(settings: Settings, topics: Sequence[str] | None) -> str:
    """The end of a message that nothing was found: which names of topics are not Jejak's, and what may be meant.

    They are not refused: a dead letter may come from a topic of another prefix.
    """
    full = [settings.topic(name) for name in TOPICS]
    strangers = [name for name in topics or () if name not in (*TOPICS, *full)]
    return "".join(f"; there is no topic {name!r}{did_you_mean(name, (*TOPICS, *full), count=1)}" for name in strangers)


def place_of(letter_id: str) -> Place:
    """Read an id.

    Raises:
        CommandError: it is none.
    """
    match = _ID.fullmatch(letter_id)
    if match is None:
        raise unknown(letter_id)
    return int(match[1]), int(match[2])


def meant(
    settings: Settings,
    ids: Sequence[str] | None,
    topics: Sequence[str] | None,
    reasons: Sequence[Reason] | None,
    since: str | None,
) -> Selection:
    """What a command that takes ids or filters means.

    Raises:
        CommandError: both are given, or an id is none.
        ReadError: `--since` is no point in time.
    """
    if ids and (topics or reasons or since):
        raise CommandError("ids and filters exclude each other")
    return replace(selected(settings, topics, reasons, since), places=frozenset(map(place_of, ids or ())))


def unknown(letter_id: str) -> CommandError:
    """What to say of an id that names no dead letter."""
    return CommandError(f"no dead letter {letter_id!r}; `jejak dead-letters list` shows their ids")


async def all_found(topic: DeadLetterTopic, places: Iterable[Place]) -> None:
    """Make sure that there is a letter at each place.

    Raises:
        CommandError: there is none.
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    index = await topic.index()
    for place in sorted(places):
        if index.first(place) is None:
            raise unknown(f"{place[0]}:{place[1]}")


async def found(topic: DeadLetterTopic, place: Place) -> StoredDeadLetter:
    """The letter with an id.

    Raises:
        CommandError: there is none.
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    letter = await topic.letter(place)
    if letter is None:
        raise unknown(f"{place[0]}:{place[1]}")
    return letter
