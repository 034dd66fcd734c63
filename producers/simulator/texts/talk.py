"""The course of one session's talk: who asks what, and the answer that fits.

A talk is steered by its outcome: a purchase ends in an order, an address and a payment, whatever was asked before.
"""

from __future__ import annotations

from producers.simulator.clock import hour_of
from producers.simulator.dice import Dice
from producers.simulator.texts.facts import Facts
from producers.simulator.texts.spelling import Style
from producers.simulator.texts.topics import MEDIA, OPENINGS, OPENINGS_OF_CUSTOMERS, PATHS, TOPICS, Topic

SHORTEST, LONGEST = 20, 200
_AT_ONCE = frozenset({"complain", "cancel", "leave"})
_PADDING = (
    " ya kak, makasih sebelumnya",
    ", ditunggu kabarnya ya",
    ", makasih banyak kak 🙏",
    " kak, tolong dibantu ya",
)
_GREETINGS = ("halo {}", "pagi {}", "siang {}", "sore {}", "malam {}", "permisi {}", "assalamualaikum {}", "hai {}")
_TIMED = {"pagi": range(4, 11), "siang": range(11, 15), "sore": range(15, 18)}
_GREETED = 130
# Answers that begin like this would be odd behind a greeting.
_UNGREETED = ("halo", "siang", "siap", "oke", "oh", "wa", "kak", "terima")


def _part_of_day(instant: int) -> str:
    hour = hour_of(instant)
    return next((part for part, hours in _TIMED.items() if hour in hours), "malam")


class Talk:
    """What one session is about; `facts` are its slots."""

    def __init__(self, facts: Facts, *, known_customer: bool) -> None:
        self.facts = facts
        self._dice: Dice = facts.dice
        self._openings = OPENINGS_OF_CUSTOMERS if known_customer else OPENINGS
        self._path: list[str] = []
        self._at_once = False
        self._seen = {"pamit"}
        self._begun = False
        self._answered = False
        self._offered = ""
        self.topic: Topic | None = None
        """What was last asked."""
        self._open = False
        """Whether the customer waits for an answer."""

    def steer(self, outcome: str, answers: int) -> None:
        """Lead to an outcome within that many answers."""
        if outcome == "buy" and answers < len(PATHS["buy"]):
            outcome = "buy_quickly"
        path = PATHS.get(outcome, ())
        self._at_once = outcome in _AT_ONCE
        self._path = list(path[:answers] if self._at_once else path[-answers:])

    @property
    def on_the_way(self) -> bool:
        """Whether something has yet to be said for the outcome."""
        return bool(self._path)

    def is_due(self, left: int) -> bool:
        """Whether the customer's next line must be the outcome's, with that many answers to come."""
        return bool(self._path) and (self._at_once or len(self._path) >= left)

    def offer(self, name: str, product: str = "") -> None:
        """The customer was shown something (an ad, a page, a broadcast): what they write next is of that topic."""
        self._offered = name
        if product:
            self.facts["produk"] = product

    def ask(self, left: int, kind: str, instant: int) -> str:
        """What the customer writes: `left` answers will still come; `kind` is the message's type."""
        if self.is_due(left):
            name = self._path.pop(0)
        elif kind in MEDIA:
            name = kind
        elif self._offered:
            name = self._offered
        else:
            name = self._next(left)
        self._offered = ""
        self.topic = TOPICS[name]
        self._seen.add(name)
        self._open = True
        text: str = self._dice.pick(self.topic.ways[self.facts.style]) % self.facts
        if not self._begun:
            self._begun = True
            text = self._greeted(text, instant)
        return self._padded(text)

    def _next(self, left: int) -> str:
        topic = self.topic
        if left == 0:
            return "balas_pamit" if topic and topic.name == "pamit" else "pamit"
        if left == 1 and topic and not self._path and self._dice.chance(0.4):
            return "pamit"
        for _ in range(3):
            name = self._dice.pick((topic and topic.follow_ups) or self._openings)
            if name not in self._seen:
                return name
        return "lagi"

    def _greeted(self, text: str, instant: int) -> str:
        if self._dice.chance(0.3) or len(text) > _GREETED:
            return text
        start = text[:4].lower()
        if start.startswith(("halo", "iya", "oh i", "eh ")):
            return text
        greeting = self._dice.pick(_GREETINGS)
        if greeting[:-3] in (*_TIMED, "malam"):
            greeting = f"{_part_of_day(instant)} {{}}"
        if self.facts.style is Style.CAREFUL:
            greeting, text = greeting.capitalize(), text[0].lower() + text[1:]
        return greeting.format(text if start.startswith(("kak", "ka ", "kk ")) else f"kak, {text}")

    def answer(self, style: Style) -> str:
        """What the shop writes: the answer to what was asked last, or a reminder where nothing was."""
        topic = self.topic if self.topic and self._open else TOPICS["susul"]
        if not self._begun and not self._answered:
            topic = TOPICS["mulai"]
            self.offer("sapa")
        self._open = False
        text: str = self._dice.pick(topic.ways[style]) % self.facts
        if not self._answered:
            self._answered = True
            text = self._welcomed(text, style)
        return self._padded(text)

    def _welcomed(self, text: str, style: Style) -> str:
        if len(text) > _GREETED or self._dice.chance(0.4) or text.lower().startswith(_UNGREETED):
            return text
        if style is Style.AI:
            return f"Halo Kak {self.facts['nama']}! {text}"
        return f"halo kak {self.facts['nama']}, {text}"

    def _padded(self, text: str) -> str:
        while len(text) < SHORTEST:
            text += self._dice.pick(_PADDING)
        return text
