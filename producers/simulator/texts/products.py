"""What the shop sells."""

from __future__ import annotations

from dataclasses import dataclass

from producers.simulator.texts.files import lines_of


@dataclass(frozen=True, slots=True)
class Product:
    """One product: its `price` in rupiah, its `taste` (or what it is), and what customers call it."""

    name: str
    is_drink: bool
    price: int
    taste: str
    nicknames: tuple[str, ...]


def _product(line: str) -> Product:
    kind, name, price, taste, nicknames = (part.strip() for part in line.split(";"))
    said = tuple(nickname.strip() for nickname in nicknames.split("|"))
    return Product(name, kind == "kopi", int(price), taste, said)


PRODUCTS = {product.name: product for product in map(_product, lines_of("products.txt"))}
"""All products by name, those that are asked for most first."""


def rupiah(amount: int) -> str:
    """An amount as a shop writes it."""
    return f"Rp {amount:,}".replace(",", ".")


def offhand(amount: int) -> str:
    """An amount as people write it in a chat."""
    return f"{amount // 1000}rb" if amount % 1000 == 0 else f"{amount:,}".replace(",", ".")
