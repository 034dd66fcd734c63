"""The corpus of odd records that the contract accepts all the same: what a strict reader is most likely to refuse.

Besides the unit tests, the tests of the worker send it through Kafka: none of it may become a dead letter.
"""

from dataclasses import dataclass
from typing import Any

from tests.unit.record_builder import FIELDS, RECORDED_MS, Changes, encode, event, topic_of


@dataclass(frozen=True, slots=True)
class GoodRecord:
    """A record that must be accepted.

    Attributes:
        name: unique; also the event's id, unless the id itself is what is odd.
        value: the Kafka value.
        topic: the topic it comes by, without the prefix.
        instant_ms: what its `time` must be read as.
        sequence: what its `sequence` must be read as.
        recorded_ms: the Kafka timestamp to give it.
    """

    name: str
    value: bytes
    topic: str
    instant_ms: int = RECORDED_MS
    sequence: int = 0
    recorded_ms: int = RECORDED_MS


_OBJECTS: tuple[Any, ...] = (
    "",
    None,
    [],
    {},
    {"a": [{"b": None}]},
    10**30,
    -(10**30),
    1.7e308,
    5e-324,
    -0.0,
    True,
    "x" * 10_000,
    "﷐",
)

#: (name, type, changed paths)
_CHANGED: tuple[tuple[str, str, Changes], ...] = (
    *(
        (f"{kind}, optional null", kind, {f"data.{f}": None for f in optional})
        for kind, (_, optional) in FIELDS.items()
    ),
    *((f"{kind}, optional empty", kind, {f"data.{f}": "" for f in optional}) for kind, (_, optional) in FIELDS.items()),
    *((f"{kind}, unknown field", kind, {"data.x_new": {"a": [1, None]}}) for kind in FIELDS),
    *((f"unknown field number {n}", "label.added", {"data.x_new": v}) for n, v in enumerate(_OBJECTS)),
    *((f"unknown attribute number {n}", "label.added", {"xnew": v}) for n, v in enumerate(_OBJECTS)),
    *(
        (f"unknown field named {name!r}", "label.added", {f"data.{name}": 1})
        for name in ("", "model_config", "require_any", "__class__", "__dict__", "_private", "self", "名前", "a b")
    ),
    *(
        (f"attribute {name} null", "label.added", {name: None})
        for name in ("datacontenttype", "data_base64", "subject")
    ),
    (
        "every attribute of CloudEvents",
        "label.added",
        {
            "subject": "ct_1",
            "dataschema": "https://kopisenja.example/schema",
            "partitionkey": "ct_1",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "sequencetype": "Integer",
        },
    ),
    *(
        (f"datacontenttype {kind!r}", "label.added", {"datacontenttype": kind})
        for kind in ("", "Application/JSON", "application/json; charset=utf-8", 'application/json;charset="utf-8";v=1')
    ),
    ("id of 256 characters of four bytes", "label.added", {"id": "☕🫘" * 64 + "🫘" * 128}),
    ("source of 256 characters", "label.added", {"source": "/" * 256}),
    ("ids of 128 characters of four bytes", "label.added", {"data.label_id": "🫘" * 128, "workspaceid": "🫘" * 128}),
    ("ids of a space and a slash", "label.added", {"data.contact_id": " ", "data.label_id": "/"}),
    ("escaped text of a NUL", "message.incoming", {"data.text": "\\u0000"}),
    ("text of control characters", "message.incoming", {"data.text": "\x01\t\n\x1f\x7f\u2028\ufeff\uffff"}),
    ("right-to-left and combining text", "message.incoming", {"data.text": "\u202eقهوة\u202c e\u0301 👩\u200d🍳"}),
    ("referral empty", "message.incoming", {"data.referral": {}}),
    ("referral of an unknown kind", "message.incoming", {"data.referral.source_type": "story_mention"}),
    ("referral's welcome message a text", "message.incoming", {"data.referral.welcome_message": "Halo"}),
    ("click of an unknown kind", "ctwa.click", {"data.referral.source_type": "reel"}),
    ("click by URL alone", "ctwa.click", {"data.referral": {"source_url": "https://fb.me/x"}}),
    ("click by id alone", "ctwa.click", {"data.referral": {"source_id": "1", "source_url": ""}}),
    ("click of a visitor", "ctwa.click", {"data.visitor_id": "v", "data.contact_id": ""}),
    ("page view of a contact", "web.page_view", {"data.visitor_id": None, "data.contact_id": "c"}),
    ("page view of both", "web.page_view", {"data.contact_id": "c"}),
    ("empty campaign and click ids", "web.page_view", {"data.campaign": {}, "data.click_ids": {"gclid": "", "x": 1}}),
    ("url of 500,000 characters", "web.page_view", {"data.url": "https://x.example/?" + "q" * 500_000}),
    ("taken off the pipeline", "pipeline.changed", {"data.to_status_id": None}),
    ("moved to where it was", "pipeline.changed", {"data.from_status_id": "st_deal"}),
    ("merged with itself", "contact.merged", {"data.previous_id": "c", "data.contact_id": "c"}),
    ("all of a profile cleared", "contact.updated", {"data.name": None, "data.phone": "", "data.email": ""}),
    ("shortest phone", "contact.updated", {"data.phone": "+1234567"}),
    ("longest phone", "contact.updated", {"data.phone": "+123456789012345"}),
    (
        "lower-case colour and last place",
        "pipeline_status.defined",
        {"data.color": "#abcdef", "data.position": 2**63 - 1},
    ),
    ("first place", "pipeline_status.defined", {"data.position": 0}),
    ("second place, as 1.0", "pipeline_status.defined", {"data.position": 1.0}),
)
_SEQUENCES: tuple[tuple[Any, int], ...] = (
    (0, 0),
    (42, 42),
    (2**63 - 1, 2**63 - 1),
    ("", 0),
    (None, 0),
    ("7", 7),
    ("0007", 7),
    ("0" * 50 + "7", 7),
    (str(2**63 - 1), 2**63 - 1),
    (1.0, 1),
    (-0.0, 0),
    (1e18, 10**18),
)
_TIMES: tuple[tuple[str, int], ...] = (
    ("2025-03-14T09:26:53.589999999Z", RECORDED_MS),
    ("2025-03-14T09:26:53.5890000000000001Z", RECORDED_MS),
    ("2025-03-14T16:26:53.589+07:00", RECORDED_MS),
    ("2025-03-13T23:56:53.589-09:30", RECORDED_MS),
    ("2025-03-14T09:26:53.589-00:00", RECORDED_MS),
    ("2025-03-15T09:25:53.589+23:59", RECORDED_MS),
    ("2025-03-14t09:26:53.589z", RECORDED_MS),
    ("2025-03-14T09:26:53Z", RECORDED_MS - 589),
    ("2025-03-14T09:26:53.5Z", RECORDED_MS - 89),
    ("2025-03-14T09:36:53.589Z", RECORDED_MS + 600_000),
    ("2025-03-14T09:36:53.5899Z", RECORDED_MS + 600_000),
    ("2016-12-31T23:59:60Z", 1_483_228_800_000),
    ("2016-12-31T23:59:60.75Z", 1_483_228_800_750),
    ("2000-01-01T00:00:00Z", 946_684_800_000),
    ("1999-12-31T23:30:00-00:30", 946_684_800_000),
    ("2024-02-29T00:00:00Z", 1_709_164_800_000),
)


def _changed(name: str, type_name: str, changes: Changes) -> GoodRecord:
    return GoodRecord(name, encode(event(type_name, changes, name)), topic_of(type_name))


def _ordered(value: object, sequence: int) -> GoodRecord:
    name = f"sequence {value!r}"
    return GoodRecord(name, encode(event("label.added", {"sequence": value}, name)), "labels", sequence=sequence)


def _timed(time: str, instant_ms: int) -> GoodRecord:
    name = f"time {time}"
    return GoodRecord(name, encode(event("label.added", {"time": time}, name)), "labels", instant_ms)


def _spelled() -> tuple[GoodRecord, ...]:
    """Spellings that only the bytes show."""

    def label(name: str) -> bytes:
        return encode(event("label.added", {}, name))

    last_wins = label("duplicate names")[:-1] + b', "source": 7, "source": "/crm"}'
    deep = label("deep nesting")[:-1] + b', "x": ' + b"[" * 150 + b"]" * 150 + b"}"
    brackets = label("brackets in a text")[:-1] + b', "x": "' + b'[{\\"' * 5_000 + b'"}'
    shallow = label("many small lists")[:-1] + b', "x": [' + b"[]," * 5_000 + b"[]]}"
    escaped = label("escaped names").replace(b'"data"', b'"\\u0064at\\u0061"').replace(b"/", b"\\/")
    raw = encode(event("message.incoming", {}, "raw text")).replace(b"\\u2615", "☕".encode())
    full = label("exactly 1 MiB")
    return (
        GoodRecord("duplicate names", last_wins, "labels"),
        GoodRecord("deep nesting", deep, "labels"),
        GoodRecord("brackets in a text", brackets, "labels"),
        GoodRecord("many small lists", shallow, "labels"),
        GoodRecord("escaped names", escaped, "labels"),
        GoodRecord("raw text", raw, "messages"),
        GoodRecord("white space around", b"\r\n\t " + label("white space around") + b"\n\n", "labels"),
        GoodRecord("exactly 1 MiB", full[:-1] + b', "x": "' + b"x" * (1_048_576 - len(full) - 9) + b'"}', "labels"),
        GoodRecord("no Kafka timestamp", label("no Kafka timestamp"), "labels", recorded_ms=-1),
    )


GOOD: tuple[GoodRecord, ...] = (
    *(_changed(*line) for line in _CHANGED),
    *(_ordered(*line) for line in _SEQUENCES),
    *(_timed(*line) for line in _TIMES),
    *_spelled(),
)
