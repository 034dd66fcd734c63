"""What can be talked about, with its lines for every way of writing, and what follows what."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from producers.simulator.dice import ballot
from producers.simulator.texts.files import lines_of
from producers.simulator.texts.spelling import Style, ways_to_write

_SPEAKERS = {
    "?": (Style.CAREFUL, Style.CASUAL, Style.HASTY),
    "=": (Style.STAFF,),
    "*": (Style.AI,),
}


class Topic:
    """A question of the customer and its answers; `follow_ups` are the names of what may be asked next."""

    def __init__(self, name: str, follow_ups: tuple[str, ...]) -> None:
        self.name = name
        self.follow_ups = follow_ups
        self._lines: dict[Style, list[str]] = {style: [] for style in Style}

    def add(self, line: str) -> None:
        """Take one line of the file: who speaks, a blank, the text."""
        for style in _SPEAKERS[line[0]]:
            self._lines[style].append(line[2:])

    @cached_property
    def ways(self) -> dict[Style, tuple[str, ...]]:
        """By style, all ways to write its lines: formats for `%`."""
        return {
            style: tuple(way for line in lines for way in ways_to_write(line, style))
            for style, lines in self._lines.items()
        }


def _read() -> Iterator[Topic]:
    topic: Topic | None = None
    for line in lines_of("conversations.txt"):
        if line.startswith("["):
            name, *follow_ups = line.replace("]", " ").strip("[").split()
            topic = Topic(name, tuple(follow_ups))
            yield topic
        elif topic:
            topic.add(line)


TOPICS = {topic.name: topic for topic in _read()}

OPENINGS = ballot(
    {
        "stok": 14, "harga": 14, "rasa": 8, "ongkir": 8, "promo": 6, "acara": 4, "jam": 4, "lokasi": 4, "tempat": 4,
        "giling": 4, "seduh": 3, "ukuran": 3, "kurir": 3, "pantangan": 3, "reseller": 3, "kado": 3, "cara_bayar": 3,
        "cuaca": 2, "simpan": 2, "langganan": 2, "kelas": 1, "loker": 1,
    }
)  # fmt: skip
"""What people begin with who have bought nothing yet, as often as they do."""

OPENINGS_OF_CUSTOMERS = ballot(
    {
        "resi_tanya": 8, "pujian": 6, "ubah": 4, "pesan_lagi_tanya": 4, "stok": 4, "seduh": 3, "promo": 3, "simpan": 2,
        "harga": 2, "cuaca": 1, "kado": 1, "langganan": 1, "kelas": 1,
    }
)  # fmt: skip

PATHS: dict[str, tuple[str, ...]] = {
    "buy": ("pesan", "alamat", "lunas"),
    "buy_quickly": ("pesan_lengkap", "lunas"),
    "buy_again": ("pesan_lagi", "lunas"),
    "warm": ("minat",),
    "haggle": ("nego",),
    "complain": ("komplain", "komplain_lanjut", "ganti"),
    "cancel": ("batal",),
    "cool": ("tunda",),
    "leave": ("salah",),
}
"""What must be said, in this order, for a conversation to have some outcome."""

MEDIA = frozenset({"image", "audio", "document", "sticker", "location", "interactive"})
"""Message types that are a topic of their own."""
