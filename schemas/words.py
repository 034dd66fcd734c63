"""Words for people: numbers with what they count, and names that may be meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def counted(number: int, one: str, more: str | None = None) -> str:
    """A number and what it counts: 1 dead letter, 2 dead letters, 12,345 dead letters.

    Arguments:
        number: how many.
        one: the word for one.
        more: the word for any other number; None if an s makes it.
    """
    return f"{number:,} {plural(number, one, more or one + 's')}"


def plural(number: int, one: str, more: str) -> str:
    """The word that goes with a number, such as `waits` with 1 and `wait` with any other."""
    return one if number == 1 else more


def did_you_mean(name: str, known: Iterable[str], *, count: int = 3) -> str:
    """The end of a message about a name that does not exist: which of the known ones may be meant.

    Arguments:
        name: what was given.
        known: the names that exist; of equally near ones the first here is named first.
        count: how many are named at most.

    Returns:
        Such as `; did you mean a or b?`; empty if nothing is near.
    """
    spelled = {_bare(item): item for item in known}
    near = get_close_matches(_bare(name), spelled, n=count)
    return f"; did you mean {' or '.join(spelled[item] for item in near)}?" if near else ""


def _bare(name: str) -> str:
    """A name without what people mistake most: case, blanks around it, and which dash it has."""
    return name.strip().casefold().replace("-", "_")
