"""Strangers: what a value is that isn't an event, in words that tell its sender what to change.

Each kind here is what a producer's settings make of a good event: another serializer, compression in the wrong
place, another of CloudEvents' modes. Nothing is converted; a record is either an event or a rejection. Only what was
refused comes here, so good events pay nothing.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from schemas.constants import MEDIA_TYPE
from schemas.rejection import Reason, RejectedError

_REGISTRY = "send the event as plain JSON, without a schema registry's serializer"
_COMPRESSED = "compressed by the producer's own code ({}); send the JSON as it is, and let compression.type compress it"
#: How values of other formats begin, and what to do.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "begins with a byte order mark; send UTF-8 without one"),
    (b"\xff\xfe\x00\x00", "UTF-32; send UTF-8"),
    (b"\x00\x00\xfe\xff", "UTF-32; send UTF-8"),
    (b"\xff\xfe", "UTF-16; send UTF-8"),
    (b"\xfe\xff", "UTF-16; send UTF-8"),
    (b"{\x00", "UTF-16; send UTF-8"),
    (b"\x00{\x00", "UTF-16; send UTF-8"),
    (b"\x1f\x8b", _COMPRESSED.format("gzip")),
    (b"\x28\xb5\x2f\xfd", _COMPRESSED.format("zstd")),
    (b"\x04\x22\x4d\x18", _COMPRESSED.format("lz4")),
    (b"\x82SNAPPY\x00", _COMPRESSED.format("snappy")),
    (b"\x78\x9c", _COMPRESSED.format("zlib")),
    (b"PK\x03\x04", "a zip file; send the JSON as it is"),
    (b"Obj\x01", "an Avro file; send the event as JSON"),
    (b"\xc3\x01", "Avro's single-object encoding; send the event as JSON"),
    (b"\x03\x00", f"in the wire format of AWS Glue's schema registry; {_REGISTRY}"),
    (b"eyJ", "base64, probably of JSON; send the JSON as it is"),
    (b"<", "XML or HTML; send the event as JSON"),
    (b"{'", "a Python or JavaScript object, not JSON; JSON has names and texts in double quotes"),
)
#: A schema registry's magic byte and id: Confluent's of 4 bytes, Apicurio's of 8.
_MAGIC, _CONFLUENT, _APICURIO = 0, 5, 9


def foreign(value: bytes) -> str | None:
    """What a value is that is no JSON, in one sentence without its subject; None if that is not known."""
    known = next((told for start, told in _BEGINNINGS if value.startswith(start)), None)
    if known is None and len(value) > _CONFLUENT and value[0] == _MAGIC:
        return _of_registry(value)
    return known


def _of_registry(value: bytes) -> str:
    long = value[_APICURIO : _APICURIO + 1] == b"{" and value[_CONFLUENT : _CONFLUENT + 1] != b"{"
    end, whose = (_APICURIO, "Apicurio's") if long else (_CONFLUENT, "Confluent's")
    behind = "JSON" if value[end : end + 1] == b"{" else "apparently Avro or Protobuf"
    number = int.from_bytes(value[1:end])
    return f"in {whose} wire format: the magic byte 0, schema id {number}, then {behind}; {_REGISTRY}"


def several(text: str, end: int | None) -> str | None:
    """What a text is that goes on behind its JSON.

    Arguments:
        text: the text.
        end: where it goes on; None if it does not.
    """
    if end is not None and text.lstrip().startswith("{") and text[end:].lstrip(" \t\r\n,\x1e").startswith("{"):
        return "several JSON objects in one record; send one event a record"
    return None


def not_an_object(parsed: Any) -> str:
    """What JSON is that is no object."""
    if isinstance(parsed, list):
        is_batch = any(isinstance(item, dict) for item in parsed)
        return f"a JSON array{', as in CloudEvents batch mode' if is_batch else ''}; send one event a record"
    if isinstance(parsed, str):
        return _text(parsed)
    return "not a JSON object"


def _text(text: str) -> str:
    if text.startswith("eyJ"):
        return "a JSON text of base64; send the JSON as it is"
    try:
        inner = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return "a JSON text, not a JSON object"
    if isinstance(inner, dict):
        return "JSON encoded twice: a JSON text that holds the event; encode it once"
    return "a JSON text, not a JSON object"


def by_headers(error: RejectedError, value: bytes, headers: Iterable[tuple[Any, Any]]) -> RejectedError:
    """The rejection as its record's headers explain it.

    Arguments:
        error: why the value is no event.
        value: the record's value.
        headers: the record's headers; in CloudEvents' binary mode the attributes stand there, and the value is `data`.
    """
    names = {name.lower() for name, _ in headers if isinstance(name, str)}
    if not names & {"ce_specversion", "ce_id", "ce_type"} or b'"specversion"' in value:
        return error
    return RejectedError(
        Reason.NOT_CLOUDEVENT,
        "value: an event in CloudEvents' binary mode, its attributes are in headers (ce_type and others); send it in "
        f"structured mode, the whole event as the value, of content-type {MEDIA_TYPE}; {error.message}",
    )
