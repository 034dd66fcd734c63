"""Bad records, second part: JSON objects that are no CloudEvents by the contract's section 1."""

from typing import Any

from schemas.rejection import Reason
from tests.unit.record_builder import DROP, Changes

_EVENT, _TIME = Reason.NOT_CLOUDEVENT, Reason.TIME_OUT_OF_RANGE

_ATTRIBUTES = ("specversion", "id", "source", "type", "time", "workspaceid", "data")
_LONE_SURROGATE = "Rina \ud83d"

_SEQUENCES: tuple[Any, ...] = (
    -1,
    1.5,
    True,
    2**63,
    2**64,
    "x",
    "-1",
    "+1",
    "1.0",
    " 1",
    "1\n",
    "1e3",
    "0x1",
    "٣",
    "9" * 999,
    [],
    {},
)

_TIMES: tuple[Any, ...] = (
    "2025-03-14T09:26:53",
    "2025-03-14 09:26:53Z",
    "2025-03-14T09:26Z",
    "2025-W11-5T09:26:53Z",
    "2025-073T09:26:53Z",
    "20250314T092653Z",
    "2025-03-14",
    "2025-02-29T09:26:53Z",
    "2025-13-01T09:26:53Z",
    "2025-03-14T24:00:00Z",
    "2025-03-14T09:60:53Z",
    "2025-03-14T09:26:61Z",
    "2025-03-14T09:26:53.Z",
    "2025-03-14T09:26:53,589Z",
    "2025-03-14T09:26:53+0700",
    "2025-03-14T09:26:53+07",
    "2025-03-14T09:26:53+24:00",
    "2025-03-14T09:26:53+07:60",
    "2025-03-14T09:26:53 +07:00",
    "2025-03-14T09:26:53Z\n",
    "２025-03-14T09:26:53Z",
    "+2025-03-14T09:26:53Z",
    "0000-01-01T00:00:00Z",
    "1741944413589",
    "yesterday",
    1741944413.589,
    {"$date": 1741944413589},
)

#: (name, type, changed paths, reason, what the message must contain)
BAD_ATTRIBUTES: tuple[tuple[str, str, Changes, Reason, str], ...] = (
    *((f"{name} missing", "label.added", {name: DROP}, _EVENT, f"{name}:") for name in _ATTRIBUTES),
    *((f"{name} null", "label.added", {name: None}, _EVENT, f"{name}:") for name in _ATTRIBUTES),
    *((f"{name} a number", "label.added", {name: 1}, _EVENT, f"{name}:") for name in _ATTRIBUTES),
    *((f"{name} an array", "label.added", {name: ["x"]}, _EVENT, f"{name}:") for name in _ATTRIBUTES),
    *((f"specversion {v!r}", "label.added", {"specversion": v}, _EVENT, "specversion:") for v in ("0.3", "1", "", 1.0)),
    *(
        (f"{name} empty", "label.added", {name: ""}, _EVENT, f"{name}:")
        for name in ("id", "source", "workspaceid", "time")
    ),
    ("id of 257 characters", "label.added", {"id": "i" * 257}, _EVENT, "id:"),
    ("source of 257 characters", "label.added", {"source": "/" * 257}, _EVENT, "source:"),
    ("workspaceid of 129 characters", "label.added", {"workspaceid": "w" * 129}, _EVENT, "workspaceid:"),
    ("workspaceid true", "label.added", {"workspaceid": True}, _EVENT, "workspaceid:"),
    ("data a string", "label.added", {"data": "{}"}, _EVENT, "data:"),
    *((f"type {v!r}", "label.added", {"type": v}, Reason.UNKNOWN_TYPE, "type:") for v in ("", "Label.added", "label")),
    ("type with a space behind", "label.added", {"type": "label.added "}, Reason.UNKNOWN_TYPE, "type:"),
    ("NUL in id", "label.added", {"id": "a\0b"}, _EVENT, "id:"),
    ("NUL in type", "label.added", {"type": "label.added\0"}, _EVENT, "type:"),
    ("NUL in an extension attribute", "label.added", {"traceparent": "\0"}, _EVENT, "traceparent:"),
    ("NUL in a field", "message.incoming", {"data.text": "Halo\0"}, _EVENT, "data.text:"),
    ("NUL in an unknown field", "label.added", {"data.x": {"y": ["a", "\0"]}}, _EVENT, "data.x.y[1]:"),
    ("NUL in a name", "label.added", {"data.x": {"\0": 1}}, _EVENT, "data.x (a name in it):"),
    ("lone surrogate in source", "label.added", {"source": "\udc00"}, _EVENT, "source:"),
    ("lone surrogate in a field", "contact.updated", {"data.name": _LONE_SURROGATE}, _EVENT, "data.name:"),
    ("lone surrogate in an unknown field", "label.added", {"data.x": ["\ud83d"]}, _EVENT, "data.x[0]:"),
    ("surrogates in the wrong order", "label.added", {"data.x": "\ude00\ud83d"}, _EVENT, "data.x:"),
    ("data_base64 beside data", "label.added", {"data_base64": "e30="}, _EVENT, "data_base64:"),
    ("data_base64 for data", "label.added", {"data": DROP, "data_base64": "e30="}, _EVENT, "data_base64:"),
    ("data_base64 a number", "label.added", {"data_base64": 0}, _EVENT, "data_base64:"),
    *(
        (f"datacontenttype {kind!r}", "label.added", {"datacontenttype": kind}, _EVENT, "datacontenttype:")
        for kind in ("text/plain", "application/xml", "application/jsonp", "application/cloudevents+json", 1, ["x"])
    ),
    (
        "datacontenttype with a long s",
        "label.added",
        {"datacontenttype": "application/jſon"},
        _EVENT,
        "datacontenttype:",
    ),
    *((f"sequence {v!r}"[:40], "label.added", {"sequence": v}, _EVENT, "sequence:") for v in _SEQUENCES),
    ("sequence as text above 63 bits", "label.added", {"sequence": str(2**63)}, _EVENT, "sequence:"),
    *((f"time {v!r}", "label.added", {"time": v}, _EVENT, "time:") for v in _TIMES),
    ("time before 2000", "label.added", {"time": "1999-12-31T23:59:59.999Z"}, _TIME, "time:"),
    ("time before 2000 by its offset", "label.added", {"time": "2000-01-01T06:59:59+07:00"}, _TIME, "time:"),
    ("time in year 1", "label.added", {"time": "0001-01-01T00:00:00+14:00"}, _TIME, "time:"),
    ("time 10 minutes and a bit ahead", "label.added", {"time": "2025-03-14T09:36:53.590Z"}, _TIME, "time:"),
    ("time far ahead", "label.added", {"time": "2199-01-01T00:00:00Z"}, _TIME, "time:"),
    ("time at the end of the calendar", "label.added", {"time": "9999-12-31T23:59:60-23:59"}, _TIME, "time:"),
)
