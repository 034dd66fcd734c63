"""How people write: full sentences, chat spelling, haste, typing errors.

Everything here is worked out once for a line or a word and then drawn from, because texts must not be what limits
the simulator. It comes from fixed seeds: a language is the same in every scenario.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache

from producers.simulator.dice import Dice
from producers.simulator.texts.files import lines_of
from producers.simulator.texts.products import PRODUCTS


class Style(IntEnum):
    """A way of writing. Customers have one of the first three for life."""

    CAREFUL = 0
    CASUAL = 1
    HASTY = 2
    STAFF = 3
    AI = 4


#: By style: the share of words in that style's spelling, and of lines with an emoji.
_HABITS = {
    Style.CAREFUL: (0.0, 0.1),
    Style.CASUAL: (0.8, 0.16),
    Style.HASTY: (0.8, 0.06),
    Style.STAFF: (0.35, 0.14),
    Style.AI: (0.0, 0.25),
}
SLIPS = (0.15, 0.5, 0.7, 0.1, 0.0)
"""By style: how often somebody may mistype a word of a text."""
_VARIANTS = {Style.CAREFUL: 3, Style.CASUAL: 5, Style.HASTY: 5, Style.STAFF: 4, Style.AI: 3}
_EMOJI = {
    Style.AI: ("😊", "☕", "🙏", "✨"),
    Style.STAFF: ("🙏", "😊", "☕", "🙏🏽", "👍", "📦", "✅"),
}
_EMOJI_OF_CUSTOMERS = ("🙏", "😊", "☕", "👍", "😍", "🙏🏽", "🔥", "😂", "❤️", "🎉", "👩🏽‍🍳", "😭", "🤔", "😅")
_TOKENS = re.compile(r"\{\w+\}|\w+|[^\w{]+")
_NEIGHBOURS = {"a": "s", "i": "o", "u": "y", "e": "r", "o": "i", "n": "m", "m": "n", "k": "l", "t": "r", "r": "t",
               "s": "a", "d": "f", "g": "h", "b": "v", "h": "j", "l": "k", "p": "o"}  # fmt: skip
_SHORTEST_MISTYPED = 4


@cache
def _spellings() -> dict[str, tuple[list[str], list[str]]]:
    """The casual and the hasty spellings of common words."""
    rows = (line.split("; ") for line in lines_of("spellings.txt"))
    return {word: (casual.split(), hasty.split()) for word, casual, hasty in rows}


def with_a_slip(text: str, dice: Dice) -> str:
    """The text with one word mistyped or drawn out, or as it was where the word drawn is too short for that."""
    words = text.split(" ")
    place = int(dice.random() * len(words))
    word = words[place]
    if len(word) < _SHORTEST_MISTYPED or not word.isalpha():
        return text
    words[place] = _mistyped(word, dice)
    return " ".join(words)


def _mistyped(word: str, dice: Dice) -> str:
    """The word with letters swapped, left out, doubled, the key beside hit, or its last letter held down."""
    place = dice.between(1, len(word) - 2)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    slip = dice.between(0, 4)
    if slip == 0:
        return before + after[0] + letter + after[1:]
    if slip == 1:
        return before + after
    if slip == 2:
        return before + letter + letter + after
    if slip == 3:
        return before + _NEIGHBOURS.get(letter, letter) + after
    return word + word[-1] * dice.between(1, 3)


def _restyled(line: str, style: Style, dice: Dice) -> str:
    """One way in which somebody of that style writes a line; what is in braces stays."""
    share, emoji = _HABITS[style]
    tokens = _TOKENS.findall(line)
    if share:
        column, known = int(style is Style.HASTY), _spellings()
        tokens = [
            dice.pick(known[token][column]) if token in known and dice.chance(share) else token for token in tokens
        ]
    text = "".join(tokens)
    if style in (Style.CASUAL, Style.HASTY) and dice.chance(0.5):
        text = text.removesuffix("?").replace(",", "") if style is Style.HASTY else text.removesuffix("?")
    if style is Style.CAREFUL:
        text = text[0].upper() + text[1:]
    if style is Style.CASUAL and dice.chance(0.08):
        text = f"{text} {dice.pick(('hehe', 'wkwk', 'hihi', 'heheh', 'wkwkwk'))}"
    return f"{text} {dice.pick(_EMOJI.get(style, _EMOJI_OF_CUSTOMERS))}" if dice.chance(emoji) else text


def ways_to_write(line: str, style: Style) -> tuple[str, ...]:
    """A line with `{slots}` as somebody of that style may write it, as formats for `%` with a mapping.

    A customer's slots end in `~`: what they name is in their own words (see `said`).
    """
    dice = Dice(f"jejak spelling/{style}/{line}")
    tilde = "" if style in (Style.STAFF, Style.AI) else "~"
    ways = (_restyled(line, style, dice) for _ in range(_VARIANTS[style]))
    return tuple(re.sub(r"\{(\w+)\}", rf"%(\1{tilde})s", way.replace("%", "%%")) for way in ways)


#: By style. Not `functools.cache`: the hash of an enum's member is worked out in Python.
_SAID: tuple[dict[str, tuple[str, ...]], ...] = tuple({} for _ in Style)


def said(name: str, style: Style) -> tuple[str, ...]:
    """What customers of a style may write when they mean a product, a town, anything that has a name."""
    known = _SAID[style]
    if name not in known:
        known[name] = _ways_to_say(name, style)
    return known[name]


def _ways_to_say(name: str, style: Style) -> tuple[str, ...]:
    if style is Style.CAREFUL:
        return (name,)
    product = PRODUCTS.get(name)
    plain = (name.lower(), *(product.nicknames if product else ()))
    if style is Style.CASUAL:
        return plain
    dice, known = Dice(f"jejak names/{name}"), _spellings()
    words = plain[0].split(" ")
    return (*plain, " ".join(dice.pick(known[word][1]) if word in known else word for word in words))
