"""Events as the tracker in a browser sends them, by default of now."""

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

SNOWPLOW = "iglu:com.snowplowanalytics.snowplow"
_UNSTRUCTURED = f"{SNOWPLOW}/unstruct_event/jsonschema/1-0-0"

WebEvent = dict[str, str]


def now_ms() -> int:
    return int(time.time() * 1000)


def page_view(**changes: str | None) -> WebEvent:
    """A page view; a field given as None is left out."""
    at = str(now_ms())
    whole = {
        "e": "pv",
        "eid": str(uuid.uuid4()),
        "dtm": at,
        "stm": at,
        "duid": "f66a07f0-b910-4ed6-a795-a9b3cbba1edb",
        "sid": "274501ca-0332-4c3d-9f2d-b507a3367132",
        "url": "https://kopi.example/menu?utm_source=google",
        "page": "Menu Kopi",
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def described(schema: str, data: Mapping[str, Any], **changes: str | None) -> WebEvent:
    """A self-describing event.

    Arguments:
        schema: of its data, with the vendor.
        data: its fields.
        changes: of the fields around it.
    """
    inner = {"schema": _UNSTRUCTURED, "data": {"schema": schema, "data": dict(data)}}
    return page_view(e="ue", page=None, ue_pr=json.dumps(inner), **changes)


def button_click(data: Mapping[str, Any] | None = None, **changes: str | None) -> WebEvent:
    told = {"label": "Lihat promo", "id": "btn-promo"} if data is None else data
    return described(f"{SNOWPLOW}/button_click/jsonschema/1-0-0", told, **changes)


def link_click(data: Mapping[str, Any] | None = None, **changes: str | None) -> WebEvent:
    told = {"targetUrl": "https://wa.me/628", "elementId": "wa"} if data is None else data
    return described(f"{SNOWPLOW}/link_click/jsonschema/1-0-1", told, **changes)


def form(elements: list[dict[str, Any]], form_id: str = "daftar", **changes: str | None) -> WebEvent:
    told = {"formId": form_id, "elements": elements}
    return described(f"{SNOWPLOW}/submit_form/jsonschema/1-0-0", told, **changes)


def identify(data: Mapping[str, Any], **changes: str | None) -> WebEvent:
    return described("iglu:jejak/identify/jsonschema/1-0-0", data, **changes)
