"""The course of one session's talk: who asks what, and the answer that fits.

A talk is steered by its outcome: a purchase ends in an order, an address and a payment, whatever was asked before.
"""

from __future__ import annotations

from producers.simulator.clock import hour_of
from producers.simulator.texts.facts import Facts
from producers.simulator.texts.spelling import SLIPS, Style, with_a_slip
from producers.simulator.texts.topics import (
    AT_ONCE,
    MEDIA,
    OPENINGS,
    OPENINGS_OF_CUSTOMERS,
    PATHS,
    TOPICS,
    Exchange,
)  # fmt: skip

SHORTEST, LONGEST = 20, 200
_PADDING = (" ya kak, makasih sebelumnya", ", ditunggu kabarnya ya", ", makasih banyak kak 🙏", " kak, tolong dibantu")
_GREETINGS = ("halo", "pagi", "halo", "siang", "permisi", "malam", "assalamualaikum", "hai")
_PARTS_OF_DAY = ("malam",) * 4 + ("pagi",) * 7 + ("siang",) * 4 + ("sore",) * 3 + ("malam",) * 6
# Beyond this many characters a text is not begun with a greeting.
_GREETED = 130
_SELF_GREETING = ("halo", "iya", "oh i", "eh ", "wah ")
# Answers that begin like this would be odd behind a greeting.
_UNGREETED = ("halo", "siap", "oke", "oh", "wa", "kak", "terima", "selamat", "semoga", "hehe")
_REMINDER, _FIRST_WORD = TOPICS["susul"].exchanges[0], TOPICS["mulai"].exchanges[0]


class Talk:
    """What one session is about; `facts` are its slots."""

    __slots__ = ("_answered", "_at_once", "_begun", "_exchange", "_offered", "_open", "_openings", "_seen", "facts",
                 "path")  # fmt: skip

    def __init__(self, facts: Facts, *, known_customer: bool) -> None:
        self.facts = facts
        self._openings = OPENINGS_OF_CUSTOMERS if known_customer else OPENINGS
        self.path: tuple[str, ...] = ()
        """The topics that have yet to come up for the outcome."""
        self._at_once = False
        self._seen = ""
        self._offered = ""
        self._begun = self._answered = False
        self._exchange = _FIRST_WORD
        self._open = False

    @property
    def topic(self) -> str:
        """The name of what was last asked, or empty."""
        return self._exchange.topic.name if self._begun else ""

    def steer(self, outcome: str, answers: int) -> None:
        """Lead to an outcome within that many answers."""
        if outcome == "buy" and answers < len(PATHS["buy"]):
            outcome = "buy_quickly"
        path = PATHS.get(outcome, ())
        self._at_once = outcome in AT_ONCE
        self.path = path[:answers] if self._at_once else path[-answers:]

    def due(self, left: int) -> str:
        """The topic that the customer's next line must be of, with that many answers to come; empty if it is open."""
        return self.path[0] if self.path and (self._at_once or len(self.path) >= left) else ""

    def offer(self, topic: str, product: str = "") -> None:
        """The customer was shown something (an ad, a page, a broadcast): what they write next is of that topic."""
        self._offered = topic
        if product:
            self.facts["produk"] = product

    def ask(self, left: int, kind: str, instant: int) -> str:
        """What the customer writes: `left` answers will still come; `kind` is the message's type."""
        if self.path and (name := self.due(left)):
            self.path = self.path[1:]
        elif kind in MEDIA:
            name = kind
        else:
            name = self._offered or self._next(left)
        self._offered = ""
        self._seen += f" {name}"
        facts = self.facts
        ways = TOPICS[name].questions[facts.style]
        draw = facts.random()
        way, self._exchange = ways[int(draw * draw * len(ways))]
        self._open = True
        text: str = way % facts
        if facts.random() < SLIPS[facts.style]:
            text = with_a_slip(text, facts.dice)
        if not self._begun:
            self._begun = True
            text = text if self._answered else self._greeted(text, instant)
        return text if len(text) >= SHORTEST else self._padded(text)

    def _next(self, left: int) -> str:
        """A topic to go on with; the last line says goodbye, and so may the last question."""
        dice = self.facts.dice
        if not left:
            return "balas_pamit" if self.topic == "pamit" else "pamit"
        if left == 1 and self._begun and not self.path and dice.chance(0.4):
            return "pamit"
        for _ in range(3):
            name = dice.pick((self._begun and self._exchange.topic.follow_ups) or self._openings)
            if name not in self._seen:
                return name
        return "lagi"

    def _greeted(self, text: str, instant: int) -> str:
        dice = self.facts.dice
        start = text[:4].lower()
        if dice.chance(0.3) or len(text) > _GREETED or start.startswith(_SELF_GREETING):
            return text
        greeting = dice.pick(_GREETINGS)
        if greeting in _PARTS_OF_DAY:
            greeting = _PARTS_OF_DAY[hour_of(instant)]
        if self.facts.style is Style.CAREFUL:
            greeting, text = greeting.capitalize(), text[0].lower() + text[1:]
        return f"{greeting} {text}" if start.startswith(("kak", "ka ", "kk ")) else f"{greeting} kak, {text}"

    def answer(self, *, by_ai: bool) -> str:
        """What the shop writes: the answer to what was asked last, or a reminder where nothing was."""
        exchange: Exchange = self._exchange if self._open else _REMINDER
        if not self._begun:
            exchange = _FIRST_WORD
            self.offer("sapa")
        self._open = False
        facts = self.facts
        ways = exchange.ways_by_ai if by_ai else exchange.ways_by_staff
        draw = facts.random()
        text: str = ways[int(draw * draw * len(ways))] % facts
        if not by_ai and facts.random() < SLIPS[Style.STAFF]:
            text = with_a_slip(text, facts.dice)
        if not self._answered:
            self._answered = True
            text = self._welcomed(text, by_ai=by_ai)
        return text if len(text) >= SHORTEST else self._padded(text)

    def _welcomed(self, text: str, *, by_ai: bool) -> str:
        if len(text) > _GREETED or self.facts.dice.chance(0.4) or text.lower().startswith(_UNGREETED):
            return text
        name = self.facts["nama"]
        if name in text:
            return text
        return f"Halo Kak {name}! {text}" if by_ai else f"halo kak {name}, {text}"

    def _padded(self, text: str) -> str:
        while len(text) < SHORTEST:
            text += self.facts.dice.pick(_PADDING)
        return text
