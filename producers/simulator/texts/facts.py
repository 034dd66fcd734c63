"""What a text is about: the product, the town, the price. Drawn when first named, and the same from then on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from producers.simulator.dice import Dice
from producers.simulator.texts.files import sections
from producers.simulator.texts.names import first_name, full_name
from producers.simulator.texts.products import PRODUCTS, offhand, rupiah
from producers.simulator.texts.spelling import Style, said

_POSTAGE = (12_000, 18_000, 20_000, 15_000, 14_000, 9_000, 22_000, 26_000, 11_000, 34_000, 17_000, 41_000, 24_000)


def by_rank(items: Sequence[Any]) -> tuple[Any, ...]:
    """Each item about 1/(rank + 3) as often as the sum demands, at least once: Zipf's law as a table to pick from."""
    return tuple(item for rank, item in enumerate(items) for _ in range(max(1, 4 * len(items) // (rank + 3))))


_SLOTS: dict[str, tuple[Any, ...]] = {name: by_rank(entries) for name, entries in sections("slots.txt").items()}
_SLOTS |= {"produk": by_rank(list(PRODUCTS)), "biji2": _SLOTS["biji"]}
_COFFEES = by_rank([product.name for product in PRODUCTS.values() if product.is_drink])
_POSTAGE_TO: dict[str, int] = dict(zip(dict.fromkeys(_SLOTS["kota"]), itertools.cycle(_POSTAGE)))
_HOUSES = by_rank(range(1, 199))
#: What customers have their own words for, by the name that it has with `~`.
_IN_THEIR_WORDS = {f"{name}~": name for name in (*_SLOTS, "kopi")}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What a shop tells everybody: its name, its street, its account at each bank."""

    name: str
    street: str
    accounts: dict[str, str]


def print_letterhead(dice: Dice, name: str) -> Letterhead:
    """A street and account numbers for the shop of that name."""
    accounts = {bank: f"{dice.between(10**9, 10**10 - 1)}" for bank in dict.fromkeys(_SLOTS["bank"])}
    return Letterhead(name, dice.pick(_SLOTS["jalan"]), accounts)


class Facts(dict[str, Any]):
    """The slots' values by name; with `~` behind it, as a customer of that style would write the value.

    `home` is any number: it decides where the customer lives and what they are called if no profile says it.
    """

    __slots__ = ("dice", "home", "random", "shop", "style")

    def __init__(self, dice: Dice, shop: Letterhead, style: Style = Style.CAREFUL, home: int | None = None) -> None:
        super().__init__()
        self.dice = dice
        self.random = dice.random
        self.shop = shop
        self.style = style
        self.home = dice.getrandbits(30) if home is None else home

    def __missing__(self, name: str) -> Any:
        if base := _IN_THEIR_WORDS.get(name):
            ways = said(self[base], self.style)
            return ways[int(self.random() * len(ways))]
        if made := _MADE.get(name):
            return made(self)
        if name[-1] == "~":
            return self[name[:-1]]
        if remembered := _REMEMBERED.get(name):
            value = remembered(self)
        else:
            table = _SLOTS[name]
            value = table[int(self.random() * len(table))]
        self[name] = value
        return value

    def at_home(self, places: Sequence[Any]) -> Any:
        """One of some places or names, always the same for the same customer."""
        return places[self.home % len(places)]

    @property
    def price(self) -> int:
        """Of the product that is talked about, in rupiah."""
        return PRODUCTS[self["produk"]].price

    @property
    def total(self) -> int:
        """Of the order that is talked about, with postage."""
        return self.price * int(self["jumlah"]) + self.postage

    @property
    def postage(self) -> int:
        """To where the customer lives, in rupiah."""
        return _POSTAGE_TO[self["kota"]]


def _coffee(facts: Facts) -> str:
    """The product that is talked about if one can drink it; otherwise the talk turns to one."""
    product: str = facts["produk"]
    if not PRODUCTS[product].is_drink:
        product = facts["produk"] = facts.dice.pick(_COFFEES)
    return product


def _address(facts: Facts) -> str:
    return f"Jl. {facts['jalan']} No. {facts.at_home(_HOUSES)}, {facts['kota']}"


def _address_said(facts: Facts) -> str:
    how = facts.dice.pick(("jl {} no {} {}", "Jl. {} No. {}, {}", "jln {} no.{}, {}", "jalan {} {} {}"))
    return how.format(facts["jalan~"], facts.at_home(_HOUSES), facts["kota~"])


def _number(digits: int) -> Callable[[Facts], str]:
    return lambda facts: f"{facts.dice.getrandbits(40) % 10**digits:0{digits}d}"


def _order(facts: Facts) -> str:
    initials = "".join(word[0] for word in facts.shop.name.split())
    return f"{initials}-{_number(5)(facts)}"


#: For customers whose profile has no name.
_FIRST_NAMES = tuple(first_name(full_name(_dice)) for _dice in (Dice(f"jejak names/{number}") for number in range(101)))

_MADE: dict[str, Callable[[Facts], Any]] = {
    "toko": lambda facts: facts.shop.name,
    "toko~": lambda facts: facts.shop.name,
    "jalan2": lambda facts: facts.shop.street,
    "rek": lambda facts: facts.shop.accounts[facts["bank"]],
    "harga": lambda facts: rupiah(facts.price),
    "harga~": lambda facts: offhand(facts.price),
    "tawar": lambda facts: rupiah(facts.price * 85 // 100 // 1000 * 1000),
    "tawar~": lambda facts: offhand(facts.price * 85 // 100 // 1000 * 1000),
    "ongkir": lambda facts: rupiah(facts.postage),
    "total": lambda facts: rupiah(facts.total),
    "total~": lambda facts: offhand(facts.total),
    "rasanya": lambda facts: PRODUCTS[facts["produk"]].taste,
    "rasanya_kapital": lambda facts: PRODUCTS[facts["produk"]].taste.capitalize(),
    "alamat~": _address_said,
    "kopi": _coffee,
}
"""What follows from other facts, worked out whenever it is named."""

_REMEMBERED: dict[str, Callable[[Facts], Any]] = {
    "alamat": _address,
    "order": _order,
    "resi": _number(12),
    "nama": lambda facts: facts.at_home(_FIRST_NAMES),
    "kota": lambda facts: facts.at_home(_SLOTS["kota"]),
    "jalan": lambda facts: facts.at_home(_SLOTS["jalan"]),
    "cs": lambda facts: "admin",
}
"""What is made up once."""
