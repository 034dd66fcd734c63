"""How sessions go: the four ways they begin, the talk in the middle, the three ways they end."""

from __future__ import annotations

from producers.simulator import desk
from producers.simulator.chat import Session
from producers.simulator.clock import HOUR, MINUTE, SECOND
from producers.simulator.conversation import Conversation
from producers.simulator.dice import ballot
from producers.simulator.identity import introduce
from producers.simulator.ids import ctwa_clid, uuid7
from producers.simulator.ledger import Data
from producers.simulator.people import Person
from producers.simulator.staff import WHATSAPP
from producers.simulator.texts.names import first_name

_ENDS = ballot({"resolved": 3, "manual": 1, "expired": 4})
_REPLY_RATE = 0.35
# An order is answered, and so is its payment.
_TAKES_TWO = ("buy", "buy_again")


def _conversation(person: Person, instant: int, channel: str = "") -> Conversation:
    """The conversation to go on with, or a new one: on the given channel, else sometimes on another."""
    dice, shop = person.shop.dice, person.shop
    if channel or not dice.chance(0.08):
        for conversation in person.conversations:
            if channel in ("", conversation.inbox.channel):
                return conversation
    inboxes = [inbox for inbox in shop.inboxes if inbox.channel == channel] if channel else shop.inboxes
    inbox = dice.pick(inboxes)
    conversation = Conversation(uuid7(dice, instant), inbox)
    person.conversations.append(conversation)
    return conversation


def contact_writes(person: Person, instant: int, channel: str = "", *, product: str = "") -> Session:
    """The contact begins: a session with at least one incoming message, about that product of the site if given."""
    session = Session(person, _conversation(person, instant, channel), instant)
    session.start("contact")
    if product:
        session.talk.offer("web", product)
    return _talk(session)


def ad_click(person: Person, instant: int) -> Session:
    """A click on a click-to-WhatsApp ad, then the message that Meta puts its referral on.

    Clicks become known in two ways: from the message itself (one millisecond before it, with an id made from its
    id), or from Meta a little earlier. A post's clicks are not reported.
    """
    dice = person.shop.dice
    session = Session(person, _conversation(person, instant, WHATSAPP), instant)
    ad = dice.pick(person.shop.ads)
    session.talk.offer("iklan", ad.product)
    referral = {**ad.referral, "ctwa_clid": ctwa_clid(dice)}
    message_id = session.message_id(outgoing=False)
    data: Data = {"contact_id": person.contact_id, "referral": referral}
    from_message = dice.chance(0.5)
    if referral["source_type"] == "ad" and not from_message:
        session.write("ctwa.click", data, "/ads/meta")
        session.now += 3 * SECOND + dice.skewed(30 * SECOND)
    session.start("contact")
    if referral["source_type"] == "ad" and from_message:
        data |= {"conversation_id": session.conversation.id, "message_id": message_id}
        session.write("ctwa.click", data, session.conversation.inbox.source, event_id=f"{message_id}:ctwa")
        session.now += 1
    return _talk(session, message_id, referral)


def broadcast(person: Person, instant: int) -> Session:
    """The shop writes to many at once; only some answer."""
    dice = person.shop.dice
    session = Session(person, _conversation(person, instant, WHATSAPP), instant)
    sent = dice.pick(person.shop.broadcasts)
    session.start("broadcast")
    text = sent.message.text.format(f" {first_name(person.name)}" if person.name else "")
    about = {"template_name": sent.message.template, "campaign_id": sent.campaign, "message_type": "template"}
    session.say("broadcast", None, text, **about)
    session.talk.offer("balas_promo", sent.message.product)
    return _if_answered(session)


def outreach(person: Person, instant: int, initiator: str) -> Session:
    """A human or the AI writes to one contact first."""
    session = Session(person, _conversation(person, instant), instant)
    session.start(initiator)
    if initiator == "human":
        session.human_answers()
    else:
        session.ai_answers()
    return _if_answered(session, 2 * _REPLY_RATE)


def _if_answered(session: Session, rate: float = _REPLY_RATE) -> Session:
    if not session.dice.chance(rate):
        session.end("expired")
        return session
    session.now += MINUTE + session.dice.skewed(3 * HOUR)
    return _talk(session)


def _talk(session: Session, message_id: str = "", referral: Data | None = None) -> Session:
    """What the contact writes first, answers and replies, and what the shop does meanwhile, until the session ends."""
    dice, person = session.dice, session.person
    plan, answers = desk.plan(session), 1 + dice.skewed(3.0)
    if plan and plan.outcome in _TAKES_TWO:
        answers = max(2, answers)
    session.talk.steer(plan.outcome if plan else "", answers)
    session.hear(answers, message_id, referral)
    if not person.introduced:
        introduce(person, session.now + dice.between(20, 900), session.conversation.inbox.channel == WHATSAPP)
    if dice.chance(0.2):
        session.automation_answers()
    staffed = False
    for left in range(answers - 1, -1, -1):
        staffed = _answer(session, staffed)
        if left == answers - 1:
            _keep_books(session, plan if plan and plan.at_once else None)
        if not left and plan and not plan.at_once:
            desk.move(session, plan.status)
        if session.talk.path or dice.chance(0.8):
            session.reply(left)
    person.product = session.talk.facts.get("produk", person.product)
    _finish(session, staffed)
    return session


def _answer(session: Session, staffed: bool) -> bool:
    """A human or the AI answers; whether a human has taken over by then."""
    dice = session.dice
    if not staffed and dice.chance(0.25):
        desk.assign(session)
        staffed = True
    if dice.chance(0.8 if staffed else 0.12):
        session.human_answers()
    else:
        session.ai_answers()
    return staffed


def _keep_books(session: Session, plan: desk.Plan | None) -> None:
    dice = session.dice
    if plan:
        desk.move(session, plan.status)
    if dice.chance(0.3):
        desk.add_labels(session)
    if dice.chance(0.2):
        desk.remove_label(session)


def _finish(session: Session, staffed: bool) -> None:
    reason = session.dice.pick(_ENDS)
    if staffed and reason == "resolved":
        desk.resolve(session)
    session.end(reason)
