"""Sets of events to fold, drawn so that everything that can collide does.

Few contacts, visitors, conversations, sessions, statuses and labels; few milliseconds, so that most orders are
decided by sequence or hash; merges in chains and cycles; clears, deletions and redefinitions.
"""

import json
import random
from typing import Any
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

Raw = dict[str, Any]

CONTACTS = ["c1", "c2", "c3", "c'4", "ć5"]
VISITORS = ["v1", "v2", "v3", "c1"]
CONVERSATIONS = ["k1", "k2", "k3"]
SESSIONS = ["s1", "s2", "s3"]
STATUSES = ["st1", "st2", "st3"]
LABELS = ["l1", "l2"]
AGENTS = ["a1", "a2"]
SOURCES = ["/t", "/u"]
MIN_EVENTS, MAX_EVENTS = 5, 40
#: 2026-01-01T00:00:00Z and a few milliseconds behind it.
_TIMES = [f"2026-01-01T00:00:00.{ms:03d}Z" for ms in (0, 1, 1, 2, 500)] + ["2025-12-31T23:59:59.999Z"]

maybe = st.none() | st.just("")
contact, visitor = st.sampled_from(CONTACTS), st.sampled_from(VISITORS)
channel = maybe | st.sampled_from(["whatsapp", "web"])
inbox = maybe | st.sampled_from(["i1", "i2"])
who = maybe | st.sampled_from(["budi", "sari"])
text = maybe | st.sampled_from(["halo", "satu\ndua", "é🙏", "a\u2028\u2029b\x85c\v\fd\r\n"])


def _talk(**fields: Any) -> st.SearchStrategy[Raw]:
    ids = {"contact_id": contact, "conversation_id": st.sampled_from(CONVERSATIONS)}
    return st.fixed_dictionaries(ids | fields)


_session = {"session_id": st.sampled_from(SESSIONS)}
_message = {"message_id": st.just("m"), "channel": channel, "inbox_id": inbox, "text": text,
            "message_type": maybe | st.just("image")}  # fmt: skip
_referral = st.fixed_dictionaries({
    "source_type": maybe | st.sampled_from(["ad", "post"]), "source_id": maybe | st.sampled_from(["ad1", "ad2"]),
    "source_url": maybe | st.just("https://fb.me/1"), "headline": maybe | st.just("Promo"),
})  # fmt: skip
_clicked = _referral.filter(lambda referral: referral["source_id"] or referral["source_url"])
#: Values of a campaign and of click ids, as people write them; some are of no platform, some are not paid, some blank.
_KNOWN = {
    "source": ["Google", "fb", "fb_ads", "www.Facebook.com", "adwords", "threads", "koran", " TT "],
    "medium": [
        " CPC ",
        "paid_social",
        "email",
        "xcpmx",
        "ppc",
        "cpc\nx",
        "retargeting2",
        "email-Retargeting",
        "Display",
    ],
    "name": ["lebaran", "Cross-Network 1", "  ", "a=b&c"],
    "content": ["video 1", "\u00a0v\u3000"],
}
_CLICKS = ["gclid", "gbraid", "wbraid", "dclid", "fbclid", "ttclid", "msclkid", "twclid", "li_fat_id", "gad_source"]
_UTM = {"source": "utm_source", "medium": "UTM_Medium", "name": "utm_campaign", "content": "utm_content"}
_campaign = st.fixed_dictionaries({name: maybe | st.sampled_from(texts) for name, texts in _KNOWN.items()})
_click_ids = st.dictionaries(st.sampled_from(_CLICKS), maybe | st.sampled_from(["x1", " "]), max_size=2)
_known = st.sampled_from([(_UTM[name], text) for name, texts in _KNOWN.items() for text in texts])
_parameter = st.one_of(
    _known,
    _known,
    st.tuples(
        st.sampled_from([*_CLICKS, "GCLID", "utm%5Fsource", "q", "amp;gclid"]), st.sampled_from(["", "x1", "%zz"])
    ),
)


@st.composite
def _urls(draw: st.DrawFn) -> str:
    """A page's URL: without a query or with one, whose values are encoded in one way or the other, and a fragment."""
    query = []
    for name, text in draw(st.lists(_parameter, max_size=4)):
        encoded = draw(st.sampled_from([quote, quote_plus]))(text) if text != "%zz" else text
        query.append(f"{name}={encoded}" if text or draw(st.booleans()) else name)
    fragment = draw(st.sampled_from(["", "", "#top", "#/?gclid=no", "#a?utm_medium=cpc"]))
    return "https://kopi.id/" + ("?" + "&".join(query) if query else "") + fragment


def _touch(**fields: Any) -> st.SearchStrategy[Raw]:
    ids = {
        "contact_id": maybe | contact,
        "visitor_id": maybe | visitor,
        "conversation_id": maybe | st.sampled_from(CONVERSATIONS),
    }
    return st.fixed_dictionaries(ids | fields).filter(lambda data: data["contact_id"] or data["visitor_id"])


_page = {"url": _urls(), "title": maybe | st.just("Beranda"),
         "campaign": st.none() | _campaign, "click_ids": st.none() | _click_ids}  # fmt: skip
_profile = st.fixed_dictionaries({"contact_id": contact}, optional={
    "name": maybe | st.sampled_from(["Ana", "Budi"]), "phone": maybe | st.just("+628123456789"),
    "email": maybe | st.just("a@b.id"),
})  # fmt: skip
_RARELY = st.sampled_from([False] * 9 + [True])
_status = {"status_id": st.sampled_from(STATUSES)}

DATA: dict[str, st.SearchStrategy[Raw]] = {
    "session.started": _talk(**_session, initiator=st.sampled_from(["contact", "human", "ai", "broadcast"]),
                             channel=channel, inbox_id=inbox),
    "session.ended": _talk(**_session, reason=maybe | st.sampled_from(["expired", "resolved"])),
    "agent.human_assigned": _talk(agent_id=st.sampled_from(AGENTS), agent_name=who, assigned_by=who),
    "agent.human_resolved": _talk(agent_id=st.sampled_from(AGENTS), agent_name=who),
    "message.incoming": _talk(**_message, referral=st.none() | _referral),
    "message.outgoing": _talk(**_message, agent_name=who,
                              sender=st.sampled_from(["human", "ai", "automation", "broadcast", "system"])),
    "agent.ai_response": _talk(**_message, agent_id=maybe | st.sampled_from(AGENTS)),
    "pipeline.changed": _talk(to_status_id=st.none() | st.sampled_from(STATUSES),
                              from_status_id=maybe | st.sampled_from(STATUSES), changed_by=who),
    "label.added": _talk(label_id=st.sampled_from(LABELS), label_name=maybe | st.sampled_from(["Baru", "Lama"])),
    "label.removed": _talk(label_id=st.sampled_from(LABELS)),
    "web.page_view": _touch(**_page),
    "web.button_click": _touch(**_page, element_id=st.just("beli"), element_text=text),
    "web.form_submitted": _touch(**_page, form_id=st.just("f1"), traits=st.none() | st.just({"name": "X"})),
    "ctwa.click": _touch(referral=_clicked),
    "contact.updated": _profile,
    "contact.identified": st.fixed_dictionaries({"visitor_id": visitor, "contact_id": contact}),
    "contact.merged": st.fixed_dictionaries({"contact_id": contact, "previous_id": contact}),
    "pipeline_status.defined": st.fixed_dictionaries(_status | {
        "name": st.sampled_from(["Leads", "Purchase"]), "color": st.sampled_from(["#00ff00", "#FF0000"]),
        "position": st.integers(0, 3)}),
    "pipeline_status.deleted": st.fixed_dictionaries(_status),
}  # fmt: skip


#: Types that decide about the same thing.
NEIGHBOURS = (
    ["label.added", "label.removed"],
    ["pipeline.changed", "pipeline_status.defined", "pipeline_status.deleted", "contact.merged"],
    ["contact.updated", "contact.merged", "message.incoming"],
    ["session.started", "session.ended", "contact.merged"],
    ["contact.identified", "web.page_view", "ctwa.click", "contact.merged", "message.incoming"],
    ["contact.identified", "web.page_view"],
    ["web.page_view", "message.incoming"],
    ["session.started"],
    ["pipeline.changed", "contact.merged"],
    ["message.incoming", "agent.ai_response", "message.outgoing", "session.started", "ctwa.click"],
    ["agent.human_assigned", "message.incoming", "contact.merged"],
)


def _among(data: Raw, contacts: int, visitors: int) -> Raw:
    """The same fields, with no more than so many contacts and visitors."""
    fewer = dict(zip(CONTACTS, CONTACTS[:contacts] * len(CONTACTS), strict=False))
    known = dict(zip(VISITORS, VISITORS[:visitors] * len(VISITORS), strict=False))
    names = {"contact_id": fewer, "previous_id": fewer, "visitor_id": known}
    return {
        name: names.get(name, {}).get(value, value) if isinstance(value, str) else value for name, value in data.items()
    }


@st.composite
def event_sets(draw: st.DrawFn) -> list[Raw]:
    """One set of events, without a workspace: that is given to it when it is fed.

    Its types come from a small choice of them, and its ids too, so that events of one type meet on one thing: among
    all nineteen at once two labels of one conversation hardly ever share a millisecond, and among five contacts two
    sessions of one of them.
    """
    choice = draw(st.one_of(st.just(list(DATA)), *map(st.just, NEIGHBOURS)))
    types = draw(st.lists(st.sampled_from(choice), min_size=MIN_EVENTS, max_size=MAX_EVENTS))
    contacts, visitors = draw(st.sampled_from([1, 2, len(CONTACTS)])), draw(st.sampled_from([1, len(VISITORS)]))
    events: list[Raw] = []
    for number, name in enumerate(types):
        event = {
            "specversion": "1.0",
            "id": f"e{number}",
            "source": draw(st.sampled_from(SOURCES)),
            "type": name,
            "time": draw(st.sampled_from(_TIMES)),
            "sequence": draw(st.sampled_from([None, 0, 1, "1", 2**63 - 1])),
            "data": _among(draw(DATA[name]), contacts, visitors),
        }
        # A producer's error now and then: an id that was sent before, with another time. With the same one it would be
        # the same event, and which data counts is not defined.
        again = event | {"id": f"e{draw(st.integers(0, number))}"}
        if draw(_RARELY) and _order(again) not in map(_order, events):
            event = again
        events.append(event)
    return events


def _order(event: Raw) -> tuple[Any, ...]:
    """What the order of events is made of."""
    return event["source"], event["id"], event["time"], int(event["sequence"] or 0)


def respelt(raw: Raw, dice: random.Random) -> bytes:
    """The same event as other bytes: names in another order, nulls left out or put in, blanks."""
    data = list(raw["data"].items())
    dice.shuffle(data)
    if raw["type"] not in ("contact.updated", "pipeline.changed"):
        data = [(name, value) for name, value in data if value is not None or dice.random() < 0.5]
    items = [*raw.items()]
    dice.shuffle(items)
    whole = dict(items) | {"data": dict(data)}
    return json.dumps(whole, ensure_ascii=dice.random() < 0.5, indent=dice.choice([None, 1])).encode()
