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


#: By style: the share of words in that style's spelling, of lines with a typing error, and of those with an emoji.
_HABITS = {
    Style.CAREFUL: (0.0, 0.06, 0.1),
    Style.CASUAL: (0.8, 0.3, 0.16),
    Style.HASTY: (0.8, 0.45, 0.06),
    Style.STAFF: (0.35, 0.05, 0.14),
    Style.AI: (0.0, 0.0, 0.25),
}
_VARIANTS = {Style.CAREFUL: 4, Style.CASUAL: 10, Style.HASTY: 12, Style.STAFF: 8, Style.AI: 4}
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


def mistyped(word: str, dice: Dice) -> str:
    """The word with one slip: letters swapped, left out, doubled, or the key beside hit."""
    place = dice.between(1, len(word) - 2)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    slip = dice.between(0, 3)
    if slip == 0:
        return before + after[0] + letter + after[1:]
    if slip == 1:
        return before + after
    if slip == 2:
        return before + letter + letter + after
    return before + _NEIGHBOURS.get(letter, letter) + after


def _drawn_out(word: str, dice: Dice) -> str:
    return word + word[-1] * dice.between(1, 3)


def _restyled(line: str, style: Style, dice: Dice) -> str:
    """One way in which somebody of that style writes a line; what is in braces stays."""
    share, slips, emoji = _HABITS[style]
    tokens = _TOKENS.findall(line)
    if share:
        column, known = int(style is Style.HASTY), _spellings()
        tokens = [
            dice.pick(known[token][column]) if token in known and dice.chance(share) else token for token in tokens
        ]
    words = [place for place, token in enumerate(tokens) if len(token) >= _SHORTEST_MISTYPED and token.isalpha()]
    if words and dice.chance(slips):
        place = dice.pick(words)
        tokens[place] = _drawn_out(tokens[place], dice) if dice.chance(0.2) else mistyped(tokens[place], dice)
    text = "".join(tokens)
    if style in (Style.CASUAL, Style.HASTY) and dice.chance(0.5):
        text = text.removesuffix("?").replace(",", "") if style is Style.HASTY else text.removesuffix("?")
    if style is Style.CAREFUL:
        text = text[0].upper() + text[1:]
    if style is Style.CASUAL and dice.chance(0.08):
        text = f"{text} {dice.pick(('hehe', 'wkwk', 'hihi', 'heheh', 'wkwkwk'))}"
    return f"{text} {dice.pick(_EMOJI.get(style, _EMOJI_OF_CUSTOMERS))}" if dice.chance(emoji) else text


@cache
def ways_to_write(line: str, style: Style) -> tuple[str, ...]:
    """A line with `{slots}` as somebody of that style may write it, as formats for `%` with a mapping.

    A customer's slots end in `~`: what they name is in their own words (see `said`).
    """
    dice = Dice(f"jejak spelling/{style}/{line}")
    tilde = "" if style in (Style.STAFF, Style.AI) else "~"
    ways = (_restyled(line, style, dice) for _ in range(_VARIANTS[style]))
    return tuple(re.sub(r"\{(\w+)\}", rf"%(\1{tilde})s", way.replace("%", "%%")) for way in ways)


@cache
def said(name: str, style: Style) -> tuple[str, ...]:
    """What customers of a style may write when they mean a product, a town, anything that has a name."""
    if style is Style.CAREFUL:
        return (name,)
    dice = Dice(f"jejak names/{style}/{name}")
    product = PRODUCTS.get(name)
    plain = (name.lower(), *(product.nicknames if product else ()))
    slips, share = (2, 8) if style is Style.CASUAL else (6, 6)
    return plain * (share // len(plain) + 1) + tuple(_sloppy(dice.pick(plain), dice) for _ in range(slips))


def _sloppy(name: str, dice: Dice) -> str:
    words = name.lower().split(" ")
    known = _spellings()
    words = [dice.pick(known[word][1]) if word in known and dice.chance(0.5) else word for word in words]
    long = [place for place, word in enumerate(words) if len(word) >= _SHORTEST_MISTYPED and word.isalpha()]
    if long:
        place = dice.pick(long)
        words[place] = mistyped(words[place], dice)
    return " ".join(words)
