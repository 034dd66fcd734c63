"""Sentences: words drawn by Zipf's law, 20 to 200 characters, some with emoji.

The law is a table of 65,536 places in which the word of rank r stands about 1/(r + 3) as often as the sum demands,
every word at least once. One call of `getrandbits` then draws all words of a sentence, two bytes each: drawing
texts must not be what limits the simulator.
"""

from __future__ import annotations

from functools import cache
from struct import Struct

from producers.simulator.dice import Dice
from producers.simulator.vocabulary import words

SHORTEST, LONGEST = 20, 200
_PLACES = 65_536
_MOST_WORDS = 40
# With this factor the 14,000 words, each at least once, fill nearly all places; the common ones take the rest.
_FACTOR = 7_300
_UNPACK = tuple(Struct(f"<{count}H").unpack for count in range(_MOST_WORDS))
_EMOJI = ("🙏", "😊", "☕", "👍", "😍", "🙏🏽", "🔥", "😂", "❤️", "🎉", "👩🏽‍🍳", "✅", "😭", "📦")
_ENDS = ("", "", "", "", "?", "?", ".", ".", "!", " ya kak", " kak", "...")


@cache
def _places() -> tuple[str, ...]:
    vocabulary = words()
    places = [word for rank, word in enumerate(vocabulary) for _ in range(max(1, int(_FACTOR / (rank + 3))))]
    missing = _PLACES - len(places)
    if missing < 0:
        raise AssertionError(f"the factor is too large by {-missing} places")
    return tuple(places) + vocabulary[:1000] * (missing // 1000) + vocabulary[: missing % 1000]


def phrase(dice: Dice, count: int) -> str:
    """`count` words (below 40) by Zipf's law, without punctuation."""
    drawn = _UNPACK[count](dice.getrandbits(16 * count).to_bytes(2 * count, "little"))
    places = _places()
    return " ".join([places[place] for place in drawn])


def sentence(dice: Dice, typical: int = 9) -> str:
    """A chat message of 20 to 200 characters; `typical` is its usual number of words (at most 13)."""
    text = phrase(dice, 3 + dice.skewed(typical - 3)) + dice.pick(_ENDS)
    if dice.chance(0.12):
        text = f"{text} {dice.pick(_EMOJI)}"
    while len(text) < SHORTEST:
        text = f"{text} {phrase(dice, 3)}"
    return text[:LONGEST].rstrip().capitalize()
