"""Where a shop is reached and who answers there: inboxes, human agents, AI agents, labels."""

from __future__ import annotations

from dataclasses import dataclass

from producers.simulator.dice import Dice, ballot
from producers.simulator.ids import digits, uuid7
from producers.simulator.texts.names import first_name, full_name

WHATSAPP, INSTAGRAM, MESSENGER, LIVECHAT = "whatsapp", "instagram", "messenger", "livechat"
_LABELS = """VIP|Reseller|COD|Komplain|Tanya Harga|Tanya Stok|Grosir|Follow Up|Menunggu Transfer|Sudah Bayar
Hampers 🎁|Pelanggan Setia""".replace("\n", "|").split("|")
_MODELS = ("gpt-4o-mini", "gemini-2.0-flash", "claude-3-5-haiku")


@dataclass(frozen=True, slots=True)
class Inbox:
    """One connected account of a channel; `source` is what its messages name as theirs."""

    id: str
    channel: str
    source: str


@dataclass(frozen=True, slots=True)
class Agent:
    """A human or an AI who answers; `model` is empty for a human, `called` is what customers call them."""

    id: str
    name: str
    called: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A label that can be put on a conversation."""

    id: str
    name: str


def open_inboxes(dice: Dice, instant: int) -> tuple[Inbox, ...]:
    """The shop's inboxes, the main WhatsApp number first, each as often as it is used."""
    numbers = [f"/whatsapp/{digits(dice, 15)}" for _ in range(3)]
    first, second, third = (Inbox(uuid7(dice, instant), WHATSAPP, number) for number in numbers)
    others = [Inbox(uuid7(dice, instant), channel, "/chat") for channel in (INSTAGRAM, MESSENGER, LIVECHAT)]
    return ballot({first: 40, second: 22, third: 10, others[0]: 12, others[1]: 7, others[2]: 9})


def hire_agents(dice: Dice, instant: int, count: int) -> tuple[Agent, ...]:
    """That many human agents."""
    ids = [uuid7(dice, instant) for _ in range(count)]
    return tuple(Agent(agent_id, name, first_name(name)) for agent_id in ids for name in (full_name(dice),))


def train_ai(dice: Dice, instant: int) -> tuple[Agent, ...]:
    """The AI agents, one for sales and one for complaints."""
    names = ("Sari AI", "CS Otomatis")
    return tuple(Agent(uuid7(dice, instant), name, "admin", dice.pick(_MODELS)) for name in names)


def name_labels(dice: Dice, instant: int) -> tuple[Label, ...]:
    """The labels a shop like this one uses."""
    return tuple(Label(uuid7(dice, instant), name) for name in _LABELS)
