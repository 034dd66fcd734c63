"""What a text is about: the product, the town, the price. Drawn when first named, and the same from then on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from producers.simulator.dice import Dice
from producers.simulator.names import first_name, full_name
from producers.simulator.texts.files import sections
from producers.simulator.texts.products import PRODUCTS, offhand, rupiah
from producers.simulator.texts.spelling import Style, said

#: Postage, from the nearest towns to the farthest.
_POSTAGE = tuple(range(9_000, 49_000, 1_000))


def by_rank(items: Sequence[Any]) -> tuple[Any, ...]:
    """Each item about 1/(rank + 3) as often as the sum demands, at least once: Zipf's law as a table to pick from."""
    return tuple(item for rank, item in enumerate(items) for _ in range(max(1, 4 * len(items) // (rank + 3))))


_SLOTS: dict[str, tuple[Any, ...]] = {name: by_rank(entries) for name, entries in sections("slots.txt").items()}
_SLOTS |= {"produk": by_rank(list(PRODUCTS)), "biji2": _SLOTS["biji"], "_postage": by_rank(_POSTAGE)}
_SLOTS |= {"_house": by_rank(range(1, 199))}


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
    """The slots' values by name; with `~` behind it, as a customer of that style would write the value."""

    __slots__ = ("dice", "shop", "style")

    def __init__(self, dice: Dice, shop: Letterhead, style: Style = Style.AI) -> None:
        super().__init__()
        self.dice = dice
        self.shop = shop
        self.style = style

    def __missing__(self, name: str) -> Any:
        if made := _MADE.get(name):
            return made(self)
        if name[-1] == "~":
            value = self[name[:-1]]
            return self.dice.pick(said(value, self.style)) if name[:-1] in _SLOTS else value
        drawn = _REMEMBERED.get(name)
        value = self[name] = drawn(self) if drawn else self.dice.pick(_SLOTS[name])
        return value

    @property
    def price(self) -> int:
        """Of the product that is talked about, in rupiah."""
        return PRODUCTS[self["produk"]].price

    @property
    def total(self) -> int:
        """Of the order that is talked about, with postage."""
        return self.price * int(self["jumlah"]) + int(self["_postage"])


def _contact_name(facts: Facts) -> str:
    """A name for somebody whose profile has none."""
    return first_name(full_name(facts.dice))


def _address(facts: Facts) -> str:
    return f"Jl. {facts['jalan']} No. {facts['_house']}, {facts['kota']}"


def _address_said(facts: Facts) -> str:
    how = facts.dice.pick(("jl {} no {} {}", "Jl. {} No. {}, {}", "jln {} no.{}, {}", "jalan {} {} {}"))
    return how.format(facts["jalan~"], facts["_house"], facts["kota~"])


def _number(digits: int) -> Callable[[Facts], str]:
    return lambda facts: f"{facts.dice.getrandbits(40) % 10**digits:0{digits}d}"


def _order(facts: Facts) -> str:
    initials = "".join(word[0] for word in facts.shop.name.split())
    return f"{initials}-{_number(5)(facts)}"


_MADE: dict[str, Callable[[Facts], Any]] = {
    "toko": lambda facts: facts.shop.name,
    "toko~": lambda facts: facts.shop.name,
    "jalan2": lambda facts: facts.shop.street,
    "rek": lambda facts: facts.shop.accounts[facts["bank"]],
    "harga": lambda facts: rupiah(facts.price),
    "harga~": lambda facts: offhand(facts.price),
    "tawar": lambda facts: rupiah(facts.price * 85 // 100 // 1000 * 1000),
    "tawar~": lambda facts: offhand(facts.price * 85 // 100 // 1000 * 1000),
    "ongkir": lambda facts: rupiah(facts["_postage"]),
    "total": lambda facts: rupiah(facts.total),
    "total~": lambda facts: offhand(facts.total),
    "rasanya": lambda facts: PRODUCTS[facts["produk"]].taste,
    "rasanya_kapital": lambda facts: PRODUCTS[facts["produk"]].taste.capitalize(),
    "alamat~": _address_said,
}
"""What follows from other facts, worked out whenever it is named."""

_REMEMBERED: dict[str, Callable[[Facts], Any]] = {
    "alamat": _address,
    "order": _order,
    "resi": _number(12),
    "nama": _contact_name,
    "cs": lambda facts: "admin",
}
"""What is made up once."""
