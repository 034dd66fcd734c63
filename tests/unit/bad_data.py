"""Bad records, third part: CloudEvents whose `data` breaks the contract's section 2."""

from typing import Any

from tests.unit.record_builder import DROP, FIELDS, Changes

_REQUIRED = [(kind, field) for kind, (required, _) in FIELDS.items() for field in required]
_ID_129 = "x" * 129
_LONG_IDS = (
    ("session.started", "session_id"),
    ("session.started", "inbox_id"),
    ("agent.human_assigned", "previous_agent_id"),
    ("message.outgoing", "message_id"),
    ("message.outgoing", "campaign_id"),
    ("pipeline.changed", "to_status_id"),
    ("pipeline.changed", "from_status_id"),
    ("label.removed", "label_id"),
    ("web.page_view", "visitor_id"),
    ("web.page_view", "web_session_id"),
    ("web.button_click", "element_id"),
    ("web.form_submitted", "form_id"),
    ("ctwa.click", "contact_id"),
    ("contact.merged", "previous_id"),
    ("pipeline_status.deleted", "status_id"),
)
#: (type, field of data, values that it must not have)
_WRONG: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
    ("session.started", "initiator", ("", "customer", "Contact", "contact ", True)),
    ("session.started", "contact_id", ("", "c" * 129, True, {"id": "c"})),
    ("session.ended", "reason", ("closed", "Expired", 0, False)),
    ("message.outgoing", "sender", ("", "bot", "HUMAN", "contact", ["ai"])),
    ("message.incoming", "text", (5, False, ["Halo"], {"body": "Halo"})),
    ("message.incoming", "referral", (1, True, "ad", [], [{"source_id": "1"}])),
    ("message.incoming", "referral.source_id", (120212345678900123,)),
    ("message.incoming", "referral.source_type", (1,)),
    ("agent.human_resolved", "agent_name", (1, [])),
    ("pipeline.changed", "to_status_id", ("",)),
    ("label.added", "label_name", (0, ["promo"])),
    ("web.page_view", "url", ("",)),
    ("web.page_view", "contact_id", (1,)),
    ("web.page_view", "campaign", ("google", 1, [], True)),
    ("web.page_view", "campaign.source", (1, {})),
    ("web.page_view", "click_ids", ("Cj0", 1, ["Cj0"])),
    ("web.page_view", "click_ids.gclid", (1, [])),
    ("web.form_submitted", "traits", ("Rina", 1, [])),
    ("web.form_submitted", "traits.phone", (81322233344,)),
    ("ctwa.click", "referral", ("", "ad", [], 1)),
    ("contact.updated", "name", (1, True, {})),
    ("contact.updated", "email", (False,)),
    (
        "contact.updated",
        "phone",
        ("081322233344", "+0813222333", "+62 813", "+628132", "+6281322233344556", 62813222333),
    ),
    (
        "contact.updated",
        "phone",
        ("+6281322233344\n", "+٦٢٨١٣٢٢٢٣٣٣٤٤", "＋6281322233344", " +6281322233344", "6281322233344"),
    ),
    ("pipeline_status.defined", "name", ("",)),
    ("pipeline_status.defined", "color", ("", "red", "#FFF", "2E7D32", "#GGGGGG", "#2E7D3", "#2E7D32FF", 0x2E7D32)),
    ("pipeline_status.defined", "color", ("#2E7D32\n", "\n#2E7D32", "＃2E7D32", "#２E7D32", "#2E7D٣2", "# 2E7D3")),
    ("pipeline_status.defined", "position", (-1, 1.5, "3", "", True, 2**63, [3])),
)
_NOBODY = "data: needs visitor_id or contact_id"
_NO_PERSON: tuple[tuple[str, Changes], ...] = (
    ("nobody", {"data.visitor_id": DROP, "data.contact_id": DROP}),
    ("null for both persons", {"data.visitor_id": None, "data.contact_id": None}),
    ("empty for both persons", {"data.visitor_id": "", "data.contact_id": ""}),
)
_NO_ORIGIN: tuple[tuple[str, Changes], ...] = (
    ("no ad", {"data.referral": {"source_type": "ad", "ctwa_clid": "ARA"}}),
    ("null for the ad", {"data.referral.source_id": None, "data.referral.source_url": None}),
    ("empty for the ad", {"data.referral.source_id": "", "data.referral.source_url": ""}),
)
_TOUCHES = ("web.page_view", "web.button_click", "web.form_submitted", "ctwa.click")

#: (name, type, changed paths, what the message must contain)
BAD_DATA: tuple[tuple[str, str, Changes, str], ...] = (
    *((f"{kind} without {field}", kind, {f"data.{field}": DROP}, f"data.{field}:") for kind, field in _REQUIRED),
    *(
        (f"{kind} with {field} null", kind, {f"data.{field}": None}, f"data.{field}:")
        for kind, field in _REQUIRED
        if field != "to_status_id"
    ),
    *((f"{kind} with {field} a number", kind, {f"data.{field}": 7.5}, f"data.{field}:") for kind, field in _REQUIRED),
    *((f"{kind} with a long {field}", kind, {f"data.{field}": _ID_129}, f"data.{field}:") for kind, field in _LONG_IDS),
    *(
        (f"{kind} with {field} {value!r}"[:96], kind, {f"data.{field}": value}, f"data.{field}:")
        for kind, field, values in _WRONG
        for value in values
    ),
    *((f"{kind} with {what}", kind, changes, _NOBODY) for kind in _TOUCHES for what, changes in _NO_PERSON),
    *((f"ctwa.click with {what}", "ctwa.click", changes, "data.referral: needs") for what, changes in _NO_ORIGIN),
)
