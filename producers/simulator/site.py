"""The shop's web site: its pages, its buttons and its forms."""

from __future__ import annotations

from dataclasses import dataclass

from producers.simulator.dice import Dice
from producers.simulator.words import phrase

_SECTIONS = ("produk", "produk", "produk", "kategori", "blog", "resep")
_PAGES = 180


@dataclass(frozen=True, slots=True)
class Page:
    """A page by its full address and its title."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Site:
    """A web site: `host` is also what its events name as their source (`/web/<host>`)."""

    host: str
    home: Page
    pages: tuple[Page, ...]
    buttons: tuple[tuple[str, str, str], ...]
    """Element id, its text, and where it leads."""
    forms: tuple[tuple[str, str], ...]
    """Form id and name."""


def build_site(dice: Dice, name: str, phone: str) -> Site:
    """A site for the shop of that name, whose chat buttons lead to the given WhatsApp number (digits)."""
    host = f"{name.lower().replace(' ', '-')}.co.id"
    pages = []
    for _ in range(_PAGES):
        section, subject = dice.pick(_SECTIONS), phrase(dice, dice.between(2, 4))
        path = f"{section}/{subject.replace(' ', '-')}-{dice.between(100, 99_999)}"
        pages.append(Page(f"https://{host}/{path}", f"{subject.title()} | {name}"))
    buttons = (
        ("btn-keranjang", "Tambah ke keranjang", f"https://{host}/keranjang"),
        ("btn-beli", "Beli sekarang", f"https://{host}/checkout"),
        ("btn-katalog", "Unduh katalog", f"https://{host}/files/katalog-2025.pdf"),
        ("btn-video", "Tonton cara seduh ☕", ""),
        ("wa-float", "Chat via WhatsApp", f"https://wa.me/{phone}?text=Halo%20kak%2C%20saya%20mau%20tanya"),
    )
    forms = (("form-kontak", "Hubungi kami"), ("form-grosir", "Pendaftaran reseller"), ("form-promo", ""))
    return Site(host, Page(f"https://{host}/", name), tuple(pages), buttons, forms)
