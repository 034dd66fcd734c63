"""A session of a conversation: who says what and when, from its start to its end.

A session only keeps its own clock; what agents do beside talking (assigning, labelling, moving through the
pipeline) is in `desk`, what is said is in `texts`, and which sessions a person has is in `story`.
"""

from __future__ import annotations

from typing import Any

from producers.simulator.clock import DAY, MINUTE, SECOND, is_staffed, office_time
from producers.simulator.conversation import Conversation
from producers.simulator.dice import Dice, ballot
from producers.simulator.ids import instagram_mid, messenger_mid, uuid7, wamid
from producers.simulator.ledger import CHAT, Data
from producers.simulator.people import Person
from producers.simulator.staff import INSTAGRAM, MESSENGER, WHATSAPP, Agent
from producers.simulator.texts.facts import Facts
from producers.simulator.texts.names import first_name
from producers.simulator.texts.talk import Talk

_KINDS = ballot({"text": 86, "image": 7, "audio": 3, "document": 1, "sticker": 1, "location": 1, "interactive": 1})
# What WhatsApp lets a text be put under; the text of a reply button is its title.
_CAPTIONS = {"image": 0.55, "document": 0.6, "interactive": 1.0}
# What goes with a photo: a payment's receipt, the damage.
_SHOWN = frozenset({"lunas", "komplain", "komplain_lanjut"})
_BOUGHT = 3
# How often somebody who has bought comes back for the same; until then people stay with what they asked for.
_SAME_AGAIN = 0.5
_GREETINGS = (
    "Halo kak, terima kasih sudah menghubungi kami 🙏 Mohon tunggu sebentar ya.",
    "Selamat datang! Pesan kakak sudah kami terima dan segera kami balas ☕",
)
_CLOSED = "Tim kami sedang di luar jam kerja (08.00–21.00 WIB). Asisten kami tetap siap membantu kakak."
_NOTICE = "Percakapan dialihkan ke tim CS. Nomor antrean kakak: {number}."


class Session:
    """A running session; `now` (milliseconds) is the instant of the last thing that happened in it."""

    def __init__(self, person: Person, conversation: Conversation, instant: int) -> None:
        self.person = person
        self.conversation = conversation
        self.shop = person.shop
        self.dice: Dice = person.shop.dice
        self.now = instant
        self.id = uuid7(self.dice, instant)
        facts = Facts(self.shop.chatter, self.shop.letterhead, person.style, int(person.phone) // 10)
        if person.name:
            facts["nama"] = first_name(person.name)
        if person.product and (person.stage < _BOUGHT or facts.dice.chance(_SAME_AGAIN)):
            facts["produk"] = person.product
        self.talk = Talk(facts, known_customer=person.stage >= _BOUGHT)

    def ids(self) -> Data:
        """The beginning of every event's data."""
        return {"contact_id": self.person.contact_id, "conversation_id": self.conversation.id}

    def write(self, kind: str, data: Data, source: str = CHAT, **attributes: Any) -> None:
        """Note an event of now."""
        self.shop.ledger.write(self.now, kind, data["contact_id"], data, source, **attributes)

    def start(self, initiator: str) -> None:
        """Open the session: `contact`, `human`, `ai` or `broadcast` began it."""
        inbox = self.conversation.inbox
        data = self.ids()
        data["session_id"] = self.id
        data["initiator"] = initiator
        data["channel"] = inbox.channel
        data["inbox_id"] = inbox.id
        self.write("session.started", data)
        self.now += self.dice.between(1, 40)

    def end(self, reason: str) -> None:
        """Close the session; an expired one ends 24 hours after its last message."""
        data = self.ids()
        data["session_id"] = self.id
        data["reason"] = reason
        ended = self.now + (DAY if reason == "expired" else self.dice.between(200, 5 * SECOND))
        self.shop.ledger.write(ended, "session.ended", data["contact_id"], data, CHAT)
        self.person.free_at = ended + MINUTE

    def message_id(self, outgoing: bool) -> str:
        """An id as the conversation's channel gives it."""
        channel = self.conversation.inbox.channel
        if channel == WHATSAPP:
            return wamid(self.dice, self.person.phone, outgoing)
        if channel == INSTAGRAM:
            return instagram_mid(self.dice)
        return messenger_mid(self.dice) if channel == MESSENGER else uuid7(self.dice, self.now)

    def _send(self, kind: str, message_id: str, text: str, extra: Data) -> None:
        inbox = self.conversation.inbox
        data = {
            "contact_id": self.person.contact_id,
            "conversation_id": self.conversation.id,
            "message_id": message_id,
            "session_id": self.id,
            "channel": inbox.channel,
            "inbox_id": inbox.id,
            "message_type": "text",
        }
        if extra:
            data.update(extra)
        if text:
            data["text"] = text
        event_id = message_id if inbox.channel == WHATSAPP else None
        self.shop.ledger.write(self.now, kind, self.person.contact_id, data, inbox.source, event_id=event_id)

    def hear(self, left: int, message_id: str = "", referral: Data | None = None) -> None:
        """The contact writes, now; `left` answers will still come. A click on an ad sends a text."""
        kind = self.dice.pick(_KINDS)
        if kind != "text":
            due = self.talk.due(left)
            if referral or not left or (due and not (kind == "image" and due in _SHOWN)):
                kind = "text"
        extra: Data = {} if kind == "text" else {"message_type": kind}
        if referral:
            extra["referral"] = referral
        text = self.talk.ask(left, kind, self.now)
        if kind != "text" and not self.dice.chance(_CAPTIONS.get(kind, 0.0)):
            text = ""
        self._send("message.incoming", message_id or self.message_id(outgoing=False), text, extra)

    def reply(self, left: int) -> None:
        """The contact answers what was said, seconds to minutes later."""
        self.now += 8 * SECOND + self.dice.skewed(4 * MINUTE)
        self.hear(left)

    def say(self, sender: str, agent: Agent | None, text: str, **extra: str) -> None:
        """Somebody of the shop writes, now: `sender` as in `message.outgoing`."""
        fields: Data = {"sender": sender, **extra}
        if agent:
            fields["agent_id"] = agent.id
            fields["agent_name"] = agent.name
        self._send("message.outgoing", self.message_id(outgoing=True), text, fields)

    def ai_answers(self) -> None:
        """The AI answers within seconds; its answers are longer than people's."""
        agent = self.dice.pick(self.shop.ai_agents)
        self.now += self.dice.between(1_500, 9_000)
        text = self._answer(agent)
        if self.dice.chance(0.12):
            self.say("ai", agent, text)
            return
        extra: Data = {"agent_id": agent.id, "agent_name": agent.name, "model": agent.model}
        self._send("agent.ai_response", self.message_id(outgoing=True), text, extra)

    def human_answers(self) -> None:
        """The assigned agent, or anyone, answers: in minutes, and in the shop's hours."""
        agent = self.conversation.assignee or self.dice.pick(self.shop.agents)
        ready = self.now + 15 * SECOND + self.dice.skewed(5 * MINUTE)
        self.now = office_time(ready)
        if self.now > ready:  # what came in overnight is worked off in the first hours
            self.now += self.dice.skewed(45 * MINUTE)
        self.say("human", agent, self._answer(agent))

    def _answer(self, agent: Agent) -> str:
        """What fits what was asked."""
        facts = self.talk.facts
        facts["cs"] = agent.called
        if self.person.name and "nama" not in facts:
            facts["nama"] = first_name(self.person.name)
        return self.talk.answer(by_ai=bool(agent.model))

    def automation_answers(self) -> None:
        """A greeting or an out-of-office note, at once."""
        greeting = self.dice.pick(_GREETINGS) if is_staffed(self.now) else _CLOSED
        self.now += self.dice.between(150, 1_200)
        self.say("automation", None, greeting)

    def system_notes(self) -> None:
        """The platform itself tells the contact something."""
        self.now += self.dice.between(50, 400)
        self.say("system", None, _NOTICE.format(number=self.dice.between(1, 40)))
