"""What the shop shows to everybody: ads, broadcasts, the pages of its site, the names of its campaigns."""

from __future__ import annotations

from dataclasses import dataclass

from producers.simulator.dice import Dice
from producers.simulator.texts.facts import Facts, Letterhead
from producers.simulator.texts.files import sections
from producers.simulator.texts.products import PRODUCTS

_LINES = sections("shop_window.txt")
_LONGEST_HEADLINE = 60
# How often a page is read that sells something, beside one that tells something.
_SELLS, _TELLS = 3, 1


_SMALL_WORDS = frozenset({"ala", "dan", "dengan", "di", "ke", "tanpa", "untuk", "yang", "gr", "ml"})


def _capitalised(title: str) -> str:
    """A title as Indonesian headlines are written: all words but the small ones begin with a capital."""
    words = title.split(" ")
    return " ".join(word if word in _SMALL_WORDS else word[0].upper() + word[1:] for word in words)


@dataclass(frozen=True, slots=True)
class AdText:
    """An ad's words, all of them about one product."""

    product: str
    headline: str
    body: str
    welcome: str


@dataclass(frozen=True, slots=True)
class Message:
    """A broadcast's template and its text, which has room for the customer's name: `Halo Kak{}! …`."""

    template: str
    text: str
    product: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A page's section and title, how often it is read, and the product that it sells (or empty)."""

    section: str
    title: str
    weight: int
    product: str = ""


class Writer:
    """Words what a shop shows."""

    def __init__(self, dice: Dice, shop: Letterhead) -> None:
        self._dice = dice
        self._shop = shop

    def _facts(self) -> Facts:
        return Facts(self._dice, self._shop)

    def _filled(self, kind: str, facts: Facts) -> str:
        text = self._dice.pick(_LINES[kind]).format_map(facts)
        return text[0].upper() + text[1:]

    def ad(self) -> AdText:
        """An ad for some product."""
        facts = self._facts()
        headline = self._filled("headline", facts)
        while len(headline) > _LONGEST_HEADLINE:
            headline = self._filled("headline", facts)
        first, second = self._filled("body", facts), self._filled("body", facts)
        body = first if first == second else f"{first} {second}"
        return AdText(facts["produk"], headline, body, self._filled("welcome", facts))

    def broadcasts(self) -> list[Message]:
        """One broadcast of each kind."""
        wordings: dict[str, list[str]] = {}
        for line in _LINES["broadcast"]:
            kind, text = line.split(" = ")
            wordings.setdefault(kind, []).append(text)
        return [self._broadcast(kind, texts) for kind, texts in wordings.items()]

    def _broadcast(self, kind: str, texts: list[str]) -> Message:
        facts = self._facts()
        text = self._dice.pick(texts).format_map(facts)
        return Message(f"{kind}_v{self._dice.between(1, 4)}", f"Halo Kak{{}}! {text}", facts["produk"])

    def campaign(self) -> str:
        """A campaign's name."""
        return self._dice.pick(_LINES["campaign"])

    def term(self) -> str:
        """What somebody searched for."""
        return self._dice.pick(_LINES["term"]).format_map(self._facts()).lower()

    def content(self) -> str:
        """Which of an ad's pictures."""
        return self._dice.pick(_LINES["content"])

    def headings(self, stories: int) -> list[Heading]:
        """The pages of a site: all products and categories, and so many stories and recipes with different titles."""
        pages = [Heading("produk", name, _SELLS, name) for name in PRODUCTS]
        pages += [Heading("kategori", name, _SELLS) for name in _LINES["category"]]
        told = dict[str, Heading]()
        while len(told) < stories:
            section, kind = self._dice.pick((("blog", "blog"), ("resep", "recipe")))
            title = _capitalised(self._filled(kind, self._facts()))
            told.setdefault(title, Heading(section, title, _TELLS))
        return [*pages, *told.values()]
