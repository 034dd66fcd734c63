"""The life of a customer: how they come, what they do next, and when they stay away.

A life is a chain of episodes; each plans the next one in the calendar when it is over. How often which happens is
set so that about forty events are made per contact in thirty days.
"""

from __future__ import annotations

from producers.simulator import sessions
from producers.simulator.chat import Session
from producers.simulator.clock import MINUTE, SECOND, later_on, office_time
from producers.simulator.dice import ballot
from producers.simulator.identity import identify, introduce, merge, revise
from producers.simulator.ids import uuid7
from producers.simulator.people import Person
from producers.simulator.staff import LIVECHAT, WHATSAPP
from producers.simulator.visit import Visit, browse_site

ORIGINS = ballot({"web": 50, "ad": 18, "chat": 19, "broadcast": 13})
_NEXT = ballot({"visit": 32, "write": 28, "broadcast": 20, "human": 9, "ai": 5, "ad": 6})
_GOES_ON = 0.84
_PAUSE_DAYS = 2.5


def live(person: Person, instant: int) -> None:
    """Play the person's next episode at `instant` (milliseconds) and plan the one after it."""
    ended = _come_back(person, instant) if person.contact_id else _arrive(person, instant)
    person.chapter += 1
    if not person.contact_id or person.shop.dice.chance(_GOES_ON):
        _plan_next(person, ended)


def _plan_next(person: Person, ended: int) -> None:
    mean = _PAUSE_DAYS if person.contact_id else 1.0
    later = later_on(person.shop.dice, max(ended, person.free_at), mean)
    person.shop.calendar.plan(later, lambda instant: live(person, instant))


def _arrive(person: Person, instant: int) -> int:
    if person.origin == "web":
        return _arrive_by_web(person, instant)
    person.contact_id = uuid7(person.shop.dice, instant)
    if person.origin == "ad":
        return _after(sessions.ad_click(person, instant))
    if person.origin == "chat":
        return _after(sessions.contact_writes(person, instant))
    introduce(person, instant, with_phone=True)  # the shop imported its list before it wrote to it
    return _after(sessions.broadcast(person, instant + 2 * SECOND))


def _arrive_by_web(person: Person, instant: int) -> int:
    """Look around; most then write or leave their data, the others come again."""
    dice = person.shop.dice
    visit = browse_site(person, instant)
    draw = dice.random()
    if draw < 0.25 and not person.chapter:
        return visit.now
    if draw < 0.5:
        return _leave_data(person, visit)
    visit.click(4 if draw < 0.85 else 3)
    written = visit.now + 5 * SECOND + dice.skewed(40 * SECOND)
    person.contact_id = uuid7(dice, written)
    if dice.chance(0.7):
        identify(person, written + dice.between(5, 500), "wa_link" if draw < 0.85 else "livechat")
    channel = WHATSAPP if draw < 0.85 else LIVECHAT
    return _after(sessions.contact_writes(person, written, channel, product=visit.product))


def _leave_data(person: Person, visit: Visit) -> int:
    """Send a form: the site tells of the tie, or simply goes on with both ids; sometimes an agent then writes."""
    dice = person.shop.dice
    visit.submit_form()
    person.product = visit.product
    person.contact_id = uuid7(dice, visit.now)
    introduce(person, visit.now + dice.between(30, 900), with_phone=True)
    if dice.chance(0.6):
        identify(person, visit.now + dice.between(5, 500), "form")
    else:
        visit.log_in()
        visit.browse(1)
    if dice.chance(0.35):
        return visit.now
    called = office_time(visit.now + MINUTE + dice.skewed(20 * MINUTE))
    return _after(sessions.outreach(person, called, "human"))


def _come_back(person: Person, instant: int) -> int:
    happens = person.shop.dice.pick(_NEXT)
    if happens == "visit":
        return browse_site(person, instant).now
    if happens == "write":
        return _after(sessions.contact_writes(person, instant))
    if happens == "broadcast":
        return _after(sessions.broadcast(person, instant))
    if happens == "ad":
        return _after(sessions.ad_click(person, instant))
    return _after(sessions.outreach(person, instant, happens))


def _after(session: Session) -> int:
    """What a session makes known about the person, shortly after its last message."""
    person = session.person
    if person.merges_left:
        merge(person, session.now)
    elif session.dice.chance(0.08):
        revise(person, session.now + session.dice.skewed(MINUTE))
    return session.now
