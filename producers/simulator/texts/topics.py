"""What can be talked about: questions with the answers that fit them, and what is asked after what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar

from producers.simulator.dice import ballot
from producers.simulator.texts.files import lines_of
from producers.simulator.texts.spelling import Style, ways_to_write

_CUSTOMER, _STAFF, _AI = "?", "=", "*"


T = TypeVar("T")


def _in_turn(ways_by_line: Iterable[Sequence[T]]) -> tuple[T, ...]:
    """The first way to write each line, then the second ways, and so on: the beginning is drawn most."""
    return tuple(way for ways in zip(*ways_by_line, strict=True) for way in ways)


class Exchange:
    """Questions that are answered alike, and their answers."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.questions: list[str] = []
        self.answers: dict[str, list[str]] = {_STAFF: [], _AI: []}

    @cached_property
    def ways_by_staff(self) -> tuple[str, ...]:
        """How a human may answer: formats for `%`."""
        return _in_turn(ways_to_write(line, Style.STAFF) for line in self.answers[_STAFF])

    @cached_property
    def ways_by_ai(self) -> tuple[str, ...]:
        """How the AI may answer: formats for `%`."""
        return _in_turn(ways_to_write(line, Style.AI) for line in self.answers[_AI])


class Topic:
    """Some exchanges about one matter; `follow_ups` are the names of what may be asked next."""

    def __init__(self, name: str, follow_ups: tuple[str, ...]) -> None:
        self.name = name
        self.follow_ups = follow_ups
        self.exchanges = [Exchange(self)]

    def add(self, line: str) -> None:
        """Take one line of the file: who speaks, a blank, the text."""
        speaker, text = line[0], line[2:]
        if speaker == _CUSTOMER:
            if any(self.exchanges[-1].answers.values()):
                self.exchanges.append(Exchange(self))
            self.exchanges[-1].questions.append(text)
        else:
            self.exchanges[-1].answers[speaker].append(text)

    @cached_property
    def questions(self) -> tuple[tuple[tuple[str, Exchange], ...], ...]:
        """By the customer's style, all ways to ask: formats for `%`, each with the exchange that it begins."""
        return tuple(
            _in_turn(
                [(way, exchange) for way in ways_to_write(line, style)]
                for exchange in self.exchanges
                for line in exchange.questions
            )
            for style in (Style.CAREFUL, Style.CASUAL, Style.HASTY)
        )


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

AT_ONCE = frozenset({"complain", "cancel", "leave"})
"""Outcomes that a conversation begins with."""

MEDIA = frozenset({"image", "audio", "document", "sticker", "location", "interactive"})
"""Message types that are a topic of their own."""
