"""One complete example of every event type: a customer of a coffee shop in Bandung, from her first page view on.

They appear in the JSON Schemas and in the AsyncAPI document, so they are realistic rather than minimal; the tests hold
each of them against both the models and the exported schema.
"""

from typing import Any, Final

_WEBSITE, _WHATSAPP, _CRM = "/web/kopisenja.example", "/whatsapp/106540352242922", "/crm/kopi-senja"
_VISITOR, _CONTACT = "vis_7f3c2a91", "wa:6281322233344"
_CONVERSATION = f"wa:106540352242922:{_CONTACT.removeprefix('wa:')}"
_SESSION = "ses_20261121_0042"
_BOTH: Final = {"contact_id": _CONTACT, "conversation_id": _CONVERSATION}
_INCOMING_ID = "wamid.HBgNNjI4MTMyMjIzMzM0NBUCABIYFjNFQjBDNkE5"
_REFERRAL: Final = {
    "source_type": "ad",
    "source_id": "120212345678900123",
    "source_url": "https://fb.me/3kopiSenja",
    "headline": "Gratis Kopi Susu Gula Aren untuk pesanan pertama",
    "body": "Pesan lewat WhatsApp, ambil di Braga atau Dago.",
    "media_type": "image",
    "image_url": "https://scontent.example/kopi-susu.jpg",
    "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ-QTwRiyYHAFDLMNDBH0CD3qpjd0HR4irJ6LEkR7JwFF4XvnO2E4Nx0",
}
_VISIT: Final = {
    "visitor_id": _VISITOR,
    "url": "https://kopisenja.example/menu?utm_source=google&utm_medium=cpc&utm_campaign=braga&gclid=Cj0KCQiA",
    "title": "Menu – Kopi Senja Bandung",
    "referrer": "https://www.google.com/",
    "campaign": {"source": "google", "medium": "cpc", "name": "braga"},
    "click_ids": {"gclid": "Cj0KCQiA"},
    "user_agent": "Mozilla/5.0 (Linux; Android 14; SM-A556E)",
    "web_session_id": "web_5d2e",
}


def _event(name: str, source: str, event_id: str, time: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": name,
        "time": time,
        "workspaceid": "ws_kopi_senja",
        "datacontenttype": "application/json",
        "data": data,
    }


_EVENTS = (
    _event(
        "session.started",
        _WHATSAPP,
        f"{_SESSION}:start",
        "2025-11-21T09:20:11.480+07:00",
        _BOTH | {"session_id": _SESSION, "initiator": "contact", "channel": "whatsapp", "inbox_id": "inbox_bandung"},
    ),
    _event(
        "session.ended",
        _WHATSAPP,
        f"{_SESSION}:end",
        "2025-11-21T11:02:40+07:00",
        _BOTH | {"session_id": _SESSION, "reason": "resolved"},
    ),
    _event(
        "agent.human_assigned",
        _CRM,
        "asg_9001",
        "2025-11-21T09:26:00.250+07:00",
        _BOTH | {"agent_id": "agt_sari", "agent_name": "Sari Wulandari", "assigned_by": "Budi Santoso"},
    ),
    _event(
        "agent.human_resolved",
        _CRM,
        "res_9002",
        "2025-11-21T11:02:39.900+07:00",
        _BOTH | {"agent_id": "agt_sari", "agent_name": "Sari Wulandari", "session_id": _SESSION},
    ),
    _event(
        "message.incoming",
        _WHATSAPP,
        _INCOMING_ID,
        "2025-11-21T09:20:11.481+07:00",
        _BOTH
        | {
            "message_id": _INCOMING_ID,
            "session_id": _SESSION,
            "channel": "whatsapp",
            "inbox_id": "inbox_bandung",
            "message_type": "text",
            "text": "Halo kak, promo kopi susunya masih ada? ☕",
            "referral": _REFERRAL | {"welcome_message": {"text": "Halo! Mau pesan apa hari ini?"}},
        },
    ),
    _event(
        "message.outgoing",
        _WHATSAPP,
        "wamid.HBgNNjI4MTMyMjIzMzM0NBUCABEYEjk4",
        "2025-11-21T09:28:45.003+07:00",
        _BOTH
        | {
            "message_id": "wamid.HBgNNjI4MTMyMjIzMzM0NBUCABEYEjk4",
            "sender": "human",
            "agent_id": "agt_sari",
            "agent_name": "Sari Wulandari",
            "session_id": _SESSION,
            "channel": "whatsapp",
            "message_type": "text",
            "text": "Pesanan atas nama Rina sudah kami siapkan di Braga ya, Kak.",
        },
    ),
    _event(
        "agent.ai_response",
        _WHATSAPP,
        "wamid.HBgNNjI4MTMyMjIzMzM0NBUCABEYEkFJ",
        "2025-11-21T09:20:14.930+07:00",
        _BOTH
        | {
            "message_id": "wamid.HBgNNjI4MTMyMjIzMzM0NBUCABEYEkFJ",
            "agent_name": "Barista AI",
            "session_id": _SESSION,
            "channel": "whatsapp",
            "message_type": "text",
            "text": "Masih, Kak! Satu Kopi Susu Gula Aren gratis untuk pesanan pertama. Ambil di Braga atau Dago?",
            "model": "barista-2",
        },
    ),
    _event(
        "pipeline.changed",
        _CRM,
        "mov_5501",
        "2025-11-21T09:27:10+07:00",
        _BOTH | {"from_status_id": "st_baru", "to_status_id": "st_deal", "changed_by": "Sari Wulandari"},
    ),
    _event(
        "label.added",
        _CRM,
        "lbl_7001",
        "2025-11-21T09:26:30+07:00",
        _BOTH | {"label_id": "lb_promo", "label_name": "Promo Kopi Susu", "changed_by": "Sari Wulandari"},
    ),
    _event(
        "label.removed",
        _CRM,
        "lbl_7002",
        "2025-11-21T11:02:00+07:00",
        _BOTH | {"label_id": "lb_promo", "label_name": "Promo Kopi Susu", "changed_by": "Sari Wulandari"},
    ),
    _event("web.page_view", _WEBSITE, "pv_31", "2025-11-21T09:12:03.114+07:00", _VISIT),
    _event(
        "web.button_click",
        _WEBSITE,
        "bt_32",
        "2025-11-21T09:13:20.008+07:00",
        _VISIT
        | {
            "element_id": "pesan-wa",
            "element_text": "Pesan lewat WhatsApp",
            "target_url": "https://wa.me/628112233445",
        },
    ),
    _event(
        "web.form_submitted",
        _WEBSITE,
        "fm_33",
        "2025-11-21T09:15:47.671+07:00",
        _VISIT
        | {
            "form_id": "katering",
            "form_name": "Katering kantor",
            "traits": {"name": "Rina Kartika", "email": "rina@example.com", "phone": "0813-2223-3344"},
        },
    ),
    _event(
        "ctwa.click",
        _WHATSAPP,
        f"{_INCOMING_ID}:ctwa",
        "2025-11-21T09:20:11.479+07:00",
        _BOTH | {"message_id": _INCOMING_ID, "referral": _REFERRAL},
    ),
    _event(
        "contact.updated",
        _CRM,
        "upd_1201",
        "2025-11-21T09:21:00+07:00",
        {"contact_id": _CONTACT, "name": "Rina Kartika", "phone": "+6281322233344", "email": None},
    ),
    _event(
        "contact.identified",
        _WEBSITE,
        "idn_34",
        "2025-11-21T09:20:12+07:00",
        {"visitor_id": _VISITOR, "contact_id": _CONTACT, "method": "whatsapp_link"},
    ),
    _event(
        "contact.merged",
        _CRM,
        "mrg_1300",
        "2025-11-21T10:00:00+07:00",
        {"contact_id": _CONTACT, "previous_id": "ig:rina.kartika"},
    ),
    _event(
        "pipeline_status.defined",
        _CRM,
        "std_1",
        "2025-09-01T08:00:00+07:00",
        {"status_id": "st_deal", "name": "Deal", "color": "#2E7D32", "position": 3},
    ),
    _event("pipeline_status.deleted", _CRM, "std_2", "2025-12-31T17:00:00+07:00", {"status_id": "st_lama"}),
)

#: Type name → a complete event of that type.
EXAMPLES: Final[dict[str, dict[str, Any]]] = {event["type"]: event for event in _EVENTS}
