"""Who the simulated people are: phone numbers, browsers, and what is remembered of each.

A person is a handful of fields and no generator, because 150,000 of them wait for their next episode at once.
"""

from __future__ import annotations

from producers.simulator.conversation import Conversation
from producers.simulator.dice import Dice
from producers.simulator.shop import Shop
from producers.simulator.texts.spelling import Style

# The mobile prefixes of Indonesia's operators, after +62.
_PREFIXES = (
    811,
    812,
    813,
    821,
    822,
    823,
    851,
    852,
    853,
    814,
    815,
    816,
    855,
    856,
    857,
    858,
    817,
    818,
    819,
    859,
    877,
    878,
    831,
    832,
    833,
    838,
    895,
    896,
    897,
    898,
    899,
    881,
    882,
    883,
    887,
    888,
)
_SUBSCRIBERS = 100_000_000
# Coprime to the number of possible numbers (its primes are 2, 3 and 5): counting upwards visits each of them once,
# in no visible order.
_STRIDE = 1_618_033_987

_ANDROID = (
    "Mozilla/5.0 (Linux; Android {os}; {phone}) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{chrome}.0.{build}.{patch} Mobile Safari/537.36"
)
_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS {os}_{patch} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/{os}.{patch} Mobile/15E148 Safari/604.1"
)
_DESKTOP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{chrome}.0.{build}.{patch} Safari/537.36"
)
_PHONES = ("SM-A155F", "SM-A556E", "Redmi Note 13", "23106RN0DA", "CPH2609", "V2333", "Infinix X6837", "Pixel 8")


#: By the last digit of the phone number.
_STYLES = (Style.CASUAL,) * 4 + (Style.HASTY,) * 3 + (Style.CAREFUL,) * 3


def phone_digits(number: int) -> str:
    """The phone of person `number` as 13 digits without the plus; no two people share one."""
    place, subscriber = divmod(number * _STRIDE % (len(_PREFIXES) * _SUBSCRIBERS), _SUBSCRIBERS)
    return f"62{_PREFIXES[place]}{subscriber:08d}"


def user_agent(dice: Dice) -> str:
    """A browser, mostly a phone's."""
    template = dice.pick((_ANDROID, _ANDROID, _ANDROID, _IPHONE, _DESKTOP))
    return template.format(
        os=dice.between(13, 16),
        phone=dice.pick(_PHONES),
        chrome=dice.between(118, 143),
        build=dice.between(5000, 7500),
        patch=dice.between(0, 7),
    )


class Person:
    """What the simulator remembers of a customer between two episodes."""

    __slots__ = (
        "browser", "chapter", "contact_id", "conversations", "email", "free_at", "introduced", "merges_left",
        "name", "origin", "phone", "previous_id", "product", "shop", "stage", "tied", "visitor_id",
    )  # fmt: skip

    def __init__(self, shop: Shop, origin: str, phone: str, merges: int) -> None:
        self.shop = shop
        self.origin = origin
        """How they come: `web`, `ad`, `chat` or `broadcast`."""
        self.phone = phone
        self.contact_id = ""
        self.previous_id = ""
        """The contact id before the last merge."""
        self.visitor_id = ""
        self.tied = False
        """Whether an event has tied the visitor to the contact."""
        self.browser = ""
        self.name = ""
        self.email = ""
        self.product = ""
        """What they last talked about with the shop."""
        self.stage = 0
        """How far they have come: 0 nobody, 1 lead, 2 warm, 3 has bought, 4 has bought again."""
        self.conversations: list[Conversation] = []
        self.chapter = 0
        """How many episodes they have had."""
        self.free_at = 0
        """Until when (milliseconds) the last session is open."""
        self.introduced = False
        """Whether the shop has a profile of them."""
        self.merges_left = merges
        """How many more contact ids will be found to be this person."""

    @property
    def style(self) -> Style:
        """How they write, for life."""
        return _STYLES[int(self.phone[-1])]
