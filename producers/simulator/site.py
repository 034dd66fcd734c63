"""The shop's web site: its pages, its buttons and its forms."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from producers.simulator.dice import Dice
from producers.simulator.texts.window import Writer

_STORIES = 120
_NOT_IN_PATHS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Page:
    """A page by its full address and its title, and the product that it sells (or empty)."""

    url: str
    title: str
    product: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A web site: `host` is also what its events name as their source (`/web/<host>`)."""

    host: str
    home: Page
    pages: tuple[Page, ...]
    """Each as often as it is read."""
    buttons: tuple[tuple[str, str, str], ...]
    """Element id, its text, and where it leads."""
    forms: tuple[tuple[str, str], ...]
    """Form id and name."""


def _path(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_PATHS.sub("-", plain).strip("-")


def build_site(dice: Dice, writer: Writer, name: str, phone: str) -> Site:
    """A site for the shop of that name, whose chat buttons lead to the given WhatsApp number (digits)."""
    host = f"{name.lower().replace(' ', '-')}.co.id"
    pages: list[Page] = []
    for heading in writer.headings(_STORIES):
        path = f"{heading.section}/{_path(heading.title)}-{dice.between(100, 99_999)}"
        page = Page(f"https://{host}/{path}", f"{heading.title} | {name}", heading.product)
        pages += [page] * heading.weight
    buttons = (
        ("btn-keranjang", "Tambah ke keranjang", f"https://{host}/keranjang"),
        ("btn-beli", "Beli sekarang", f"https://{host}/checkout"),
        ("btn-katalog", "Unduh katalog", f"https://{host}/files/katalog-2025.pdf"),
        ("btn-video", "Tonton cara seduh ☕", ""),
        ("wa-float", "Chat via WhatsApp", f"https://wa.me/{phone}?text=Halo%20kak%2C%20saya%20mau%20tanya"),
    )
    forms = (("form-kontak", "Hubungi kami"), ("form-grosir", "Pendaftaran reseller"), ("form-promo", ""))
    return Site(host, Page(f"https://{host}/", name), tuple(pages), buttons, forms)
