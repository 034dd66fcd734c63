"""One workspace: a shop with its inboxes, staff, ads, campaigns, web site and pipeline."""

from __future__ import annotations

from dataclasses import dataclass

from producers.simulator.adverts import launch_campaign, place_ad
from producers.simulator.calendar import Calendar
from producers.simulator.dice import Dice
from producers.simulator.ids import digits, token
from producers.simulator.ledger import Ledger
from producers.simulator.site import build_site
from producers.simulator.staff import Label, hire_agents, name_labels, open_inboxes, train_ai
from producers.simulator.statuses import Pipeline
from producers.simulator.texts.facts import print_letterhead
from producers.simulator.texts.window import Message, Writer

_NAMES = ("Kopi Nusantara", "Kopi Senja", "Kedai Kopi Ibu", "Seduh Pagi", "Rumah Kopi Toraja", "Sudut Kopi")
_ADS = 40
_CAMPAIGNS = 30
_LABELS_FOR_ALL = ("Follow Up", "Pelanggan Setia", "VIP", "Follow Up")
_LABELS_BY_TOPIC = {
    "harga": ("Tanya Harga",),
    "nego_tanya": ("Tanya Harga",),
    "nego": ("Tanya Harga", "Grosir"),
    "promo": ("Tanya Harga", "Follow Up"),
    "balas_promo": ("Tanya Harga", "Follow Up"),
    "iklan": ("Tanya Harga", "Tanya Stok"),
    "web": ("Tanya Harga", "Tanya Stok"),
    "stok": ("Tanya Stok",),
    "ukuran": ("Tanya Stok",),
    "pesan": ("Menunggu Transfer",),
    "pesan_lengkap": ("Menunggu Transfer",),
    "pesan_lagi": ("Menunggu Transfer", "Pelanggan Setia"),
    "lunas": ("Sudah Bayar",),
    "cara_bayar": ("COD", "Menunggu Transfer"),
    "ongkir": ("COD", "Tanya Harga"),
    "reseller": ("Reseller", "Grosir"),
    "acara": ("Grosir", "VIP"),
    "langganan": ("VIP", "Pelanggan Setia"),
    "kado": ("Hampers 🎁",),
    "pujian": ("Pelanggan Setia",),
    "komplain": ("Komplain",),
}


@dataclass(frozen=True, slots=True)
class Broadcast:
    """What was sent to many at once."""

    message: Message
    campaign: str


class Shop:
    """What stays the same (or, the pipeline, changes slowly) while people come and go."""

    def __init__(self, workspace: str, number: int, dice: Dice, chatter: Dice, calendar: Calendar) -> None:
        self.dice = dice
        self.chatter = chatter
        """The chance of everything that is written, so that another wording never moves an event."""
        self.calendar = calendar
        self.ledger = Ledger(workspace, calendar, dice)
        opening = calendar.start
        self.inboxes = open_inboxes(dice, opening)
        self.agents = hire_agents(dice, opening, dice.between(6, 24))
        self.ai_agents = train_ai(dice, opening)
        self._labels = {label.name: label for label in name_labels(dice, opening)}
        name = _NAMES[number % len(_NAMES)]
        self.letterhead = print_letterhead(chatter, name)
        writer = Writer(chatter, self.letterhead)
        self.ads = tuple(place_ad(dice, writer) for _ in range(_ADS))
        self.campaigns = tuple(launch_campaign(dice, writer) for _ in range(_CAMPAIGNS))
        self.site = build_site(dice, writer, name, f"628{digits(dice, 10)}")
        self.source = f"/web/{self.site.host}"
        self.broadcasts = tuple(Broadcast(message, f"bc_{token(dice, 12)}") for message in writer.broadcasts())
        self.pipeline = Pipeline(dice, self.ledger, calendar)

    def label_for(self, topic: str, worn: list[Label]) -> Label:
        """A label that is not worn yet: one that fits the topic, else one that always does, else any."""
        label = self._labels[self.chatter.pick(_LABELS_BY_TOPIC.get(topic, _LABELS_FOR_ALL))]
        if label not in worn:
            return label
        others = [*(self._labels[name] for name in _LABELS_FOR_ALL), *self._labels.values()]
        return next((other for other in others if other not in worn), label)
