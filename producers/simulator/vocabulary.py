"""The words of the simulated chats: a few hundred common ones, the rest built from Indonesian syllables.

Benchmarks of storage need texts whose words repeat as in a real language. A shipped word list would be large and
someone else's; syllables under a fixed seed give the same 14,000 words everywhere.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from producers.simulator.dice import Dice, ballot

SIZE = 14_000

# The most frequent words, in this order: texts should look like chats with a shop.
_COMMON = Path(__file__).with_name("common_words.txt")

_ONSETS = ballot(
    dict.fromkeys("kstmbpdlrngjhcwy", 4)
    | dict.fromkeys(("ng", "ny", "pr", "kr", "tr", "br", "sy", "gl", "st"), 1)
    | {"": 6}
)
_VOWELS = ballot({"a": 60, "i": 30, "u": 30, "e": 27, "o": 18, "ai": 3, "au": 3, "é": 1})
_CODAS = ballot({"": 30, "n": 8, "ng": 6, "r": 4, "s": 4, "t": 3, "k": 3, "m": 2, "l": 2, "h": 3, "p": 1})
_ENDINGS = ballot({"": 10, "kan": 2, "nya": 2, "an": 2, "i": 1})
_LENGTHS = ballot({2: 5, 3: 4, 4: 1})


def _coin(dice: Dice) -> str:
    syllables = [dice.pick(_ONSETS) + dice.pick(_VOWELS) + dice.pick(_CODAS) for _ in range(dice.pick(_LENGTHS))]
    return "".join(syllables) + dice.pick(_ENDINGS)


@cache
def words() -> tuple[str, ...]:
    """All words, the most frequent first; the same in every scenario, as a language is."""
    dice = Dice("jejak vocabulary")
    known = dict.fromkeys(_COMMON.read_text(encoding="utf-8").split())
    while len(known) < SIZE:
        known[_coin(dice)] = None
    return tuple(known)
