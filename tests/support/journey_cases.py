"""The journey's entries case by case: every branch of the contract's rules for actor and summary (section 3).

The statuses that the pipeline cases name are defined, renamed and deleted by `tests/integration/test_catalogue.py`.
"""

from typing import Any, NamedTuple

BOTH = {"contact_id": "ct_1", "conversation_id": "cv_1"}
SESSION = BOTH | {"session_id": "ss_1"}
MESSAGE = BOTH | {"message_id": "m_1"}
AGENT = BOTH | {"agent_id": "ag_1"}
LABEL = BOTH | {"label_id": "lb_1"}
PAGE = {"contact_id": "ct_1", "url": "https://kopi.example/menu"}
CLICK = {"contact_id": "ct_1", "referral": {"source_type": "ad", "source_id": "1202", "source_url": "https://fb.me/x"}}


class Case(NamedTuple):
    """An event's type and `data`, and the actor and summary that its journey entry must have."""

    type: str
    data: dict[str, Any]
    actor: str
    summary: str


CASES = (
    *(
        Case("session.started", SESSION | {"initiator": who, "channel": "whatsapp"}, who, "whatsapp")
        for who in ("contact", "human", "ai", "broadcast")
    ),
    Case("session.started", SESSION | {"initiator": "contact", "channel": ""}, "contact", ""),
    *(Case("session.ended", SESSION | {"reason": why}, "system", why) for why in ("expired", "resolved", "manual")),
    Case("session.ended", SESSION | {"reason": None}, "system", ""),
    Case("agent.human_assigned", AGENT | {"agent_name": "Sari", "assigned_by": "Budi"}, "Budi", "Sari"),
    Case("agent.human_assigned", AGENT | {"agent_name": "", "assigned_by": ""}, "system", "ag_1"),
    Case("agent.human_assigned", AGENT, "system", "ag_1"),
    Case("agent.human_resolved", AGENT | {"agent_name": "Sari"}, "Sari", "Sari"),
    Case("agent.human_resolved", AGENT | {"agent_name": None}, "ag_1", "ag_1"),
    Case("message.incoming", MESSAGE | {"text": "Halo kak ☕"}, "contact", "Halo kak ☕"),
    Case("message.incoming", MESSAGE | {"text": "satu\r\ndua\ntiga"}, "contact", "satu dua tiga"),
    *(
        Case("message.incoming", MESSAGE | {"text": f"satu{ends}dua{ends}{ends}tiga"}, "contact", "satu dua tiga")
        for ends in ("\v", "\f", "\r", "\x85", "\u2028", "\u2029")
    ),
    Case("message.incoming", MESSAGE | {"text": "a\t\x1b\u202eb"}, "contact", "a\t\x1b\u202eb"),
    Case("message.incoming", MESSAGE | {"message_type": "image", "text": ""}, "contact", "[image]"),
    Case("message.incoming", MESSAGE | {"message_type": "image", "text": "menu"}, "contact", "menu"),
    Case("message.incoming", MESSAGE, "contact", ""),
    *(
        Case("message.outgoing", MESSAGE | {"sender": who, "text": "Siap"}, who, "Siap")
        for who in ("human", "ai", "automation", "broadcast", "system")
    ),
    Case("message.outgoing", MESSAGE | {"sender": "human", "agent_id": "ag_1", "text": "Siap"}, "ag_1", "Siap"),
    Case(
        "message.outgoing",
        MESSAGE | {"sender": "human", "agent_id": "ag_1", "agent_name": "Sari", "message_type": "template"},
        "Sari",
        "[template]",
    ),
    Case("agent.ai_response", MESSAGE | {"text": "Masih ada"}, "ai", "Masih ada"),
    Case("agent.ai_response", MESSAGE | {"agent_id": "bot_1", "message_type": "audio"}, "bot_1", "[audio]"),
    Case("agent.ai_response", MESSAGE | {"agent_id": "bot_1", "agent_name": "Barista"}, "Barista", ""),
    Case("pipeline.changed", BOTH | {"to_status_id": "st_deal", "changed_by": "Sari"}, "Sari", "– → Deal"),
    Case(
        "pipeline.changed",
        BOTH | {"from_status_id": "st_renamed", "to_status_id": "st_deal"},
        "system",
        "New name → Deal",
    ),
    Case("pipeline.changed", BOTH | {"from_status_id": "st_deal", "to_status_id": None}, "system", "Deal → –"),
    Case("pipeline.changed", BOTH | {"from_status_id": "", "to_status_id": None}, "system", "– → –"),
    Case(
        "pipeline.changed",
        BOTH | {"from_status_id": "st_deleted", "to_status_id": "st_undefined"},
        "system",
        "Gone → st_undefined",
    ),
    *(
        Case(kind, LABEL | {"label_name": "Promo", "changed_by": "Sari"}, "Sari", "Promo")
        for kind in ("label.added", "label.removed")
    ),
    *(
        Case(kind, LABEL | {"label_name": "", "changed_by": ""}, "system", "lb_1")
        for kind in ("label.added", "label.removed")
    ),
    Case("web.page_view", PAGE | {"title": "Menu"}, "contact", "Menu"),
    Case("web.page_view", PAGE | {"title": ""}, "contact", "https://kopi.example/menu"),
    Case("web.button_click", PAGE | {"element_id": "buy", "element_text": "Beli"}, "contact", "Beli"),
    Case("web.button_click", PAGE | {"element_id": "buy", "title": "Menu"}, "contact", "buy"),
    Case("web.form_submitted", PAGE | {"form_id": "f_1", "form_name": "Katering"}, "contact", "Katering"),
    Case("web.form_submitted", PAGE | {"form_id": "f_1", "title": "Menu"}, "contact", "f_1"),
    Case("ctwa.click", CLICK | {"referral": CLICK["referral"] | {"headline": "Gratis"}}, "contact", "Gratis"),  # type: ignore[operator]
    Case("ctwa.click", CLICK, "contact", "1202"),
    Case("ctwa.click", CLICK | {"referral": {"source_url": "https://fb.me/x"}}, "contact", "https://fb.me/x"),
)
