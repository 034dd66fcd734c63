"""Events whose `data` breaks the contract's section 2.

Which fields a type requires is asked of its model, so that a new type is spoiled without a change here.
"""

from __future__ import annotations

from functools import cache

from producers.simulator.dice import Dice
from producers.simulator.flaws import Event, Flaw, data_with_value
from schemas.catalogue import BY_NAME

_WEB = ("web.page_view", "web.button_click", "web.form_submitted")
_CHATS = ("message.incoming", "message.outgoing", "agent.ai_response")


@cache
def _required(name: str) -> tuple[str, ...]:
    fields = BY_NAME[name].model.model_fields
    return tuple(field for field, info in fields.items() if info.is_required())


def _missing(event: Event, dice: Dice) -> Event:
    del event["data"][dice.pick(_required(event["type"]))]
    return event


def _null(event: Event, dice: Dice) -> Event | None:
    name = dice.pick(_required(event["type"]))
    if name == "to_status_id":  # null means: off the pipeline
        return None
    event["data"][name] = None
    return event


def _other_type(event: Event, dice: Dice) -> Event:
    name = dice.pick(_required(event["type"]))
    event["data"][name] = 628123456789 if isinstance(event["data"][name], str) else "1"
    return event


def _long_id(event: Event, dice: Dice) -> Event | None:
    return _required_id_becomes(event, dice, "c" * 129)


def _empty_id(event: Event, dice: Dice) -> Event | None:
    return _required_id_becomes(event, dice, "")


def _required_id_becomes(event: Event, dice: Dice, value: str) -> Event | None:
    names = [name for name in _required(event["type"]) if name.endswith("_id")]
    if not names:
        return None
    event["data"][dice.pick(names)] = value
    return event


def _nobody(event: Event, dice: Dice) -> Event | None:
    if BY_NAME[event["type"]].category != "external":
        return None
    event["data"].pop("visitor_id", None)
    event["data"].pop("contact_id", None)
    return event


def _referral_to_nowhere(event: Event, dice: Dice) -> Event | None:
    if event["type"] != "ctwa.click":
        return None
    referral = event["data"]["referral"]
    event["data"]["referral"] = {"source_type": referral["source_type"], "ctwa_clid": referral["ctwa_clid"]}
    return event


DATA_FLAWS: dict[str, Flaw] = {
    "a required field missing": _missing,
    "a required field null": _null,
    "a required field of another type": _other_type,
    "a required id of 129 characters": _long_id,
    "a required id empty": _empty_id,
    "neither visitor nor contact": _nobody,
    "a referral to nowhere": _referral_to_nowhere,
    "an unknown initiator": data_with_value("initiator", "robot", "session.started"),
    "an unknown reason": data_with_value("reason", "timeout", "session.ended"),
    "an unknown sender": data_with_value("sender", "bot", "message.outgoing"),
    "a text that is a number": data_with_value("text", 42, *_CHATS),
    "a referral that is a text": data_with_value("referral", "https://fb.me/abc", "message.incoming"),
    "a label name that is a list": data_with_value("label_name", ["VIP"], "label.added", "label.removed"),
    "an agent name that is an object": data_with_value("agent_name", {"first": "Ayu"}, "agent.human_assigned"),
    "a phone with blanks": data_with_value("phone", "+62 812 3456 7890", "contact.updated"),
    "a phone without country": data_with_value("phone", "081234567890", "contact.updated"),
    "a campaign that is a text": data_with_value("campaign", "promo", *_WEB),
    "a medium that is a number": data_with_value("campaign", {"source": "google", "medium": 1}, *_WEB),
    "click ids that are a list": data_with_value("click_ids", ["Cj0KCQiA"], *_WEB),
    "traits that are a text": data_with_value("traits", "Ayu", "web.form_submitted"),
    "a colour by name": data_with_value("color", "red", "pipeline_status.defined"),
    "a negative position": data_with_value("position", -1, "pipeline_status.defined"),
    "a position as a text": data_with_value("position", "3", "pipeline_status.defined"),
}
"""Flaws of a type's own fields."""
