"""The CloudEvents HTTP binding: a request in structured, binary or batch mode becomes records' values.

CloudEvents 1.0, HTTP protocol binding, sections 3.1 to 3.3. A value is the event in structured JSON mode, which is
what Jejak's topics hold (contract, section 1); what a client sent as structured is kept byte for byte.
"""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

import msgspec
from starlette.datastructures import Headers

from producers.http.problems import ProblemError, Refusal
from schemas.constants import MEDIA_TYPE

BATCH_MEDIA_TYPE = "application/cloudevents-batch+json"
_PREFIX = "ce-"
#: An attribute's name (CloudEvents, section 3.1).
_NAME = re.compile(r"[a-z0-9]{1,64}")
_UTF_8 = {"utf-8", "utf8", "us-ascii"}

_raw = msgspec.json.Decoder(msgspec.Raw)
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Mode(Enum):
    """The three ways in which an event is sent over HTTP."""

    STRUCTURED = "structured"
    BINARY = "binary"
    BATCH = "batch"


def mode_of(headers: Headers) -> Mode:
    """In which mode a request is.

    Raises:
        ProblemError: 415; in none of them, or its text is not UTF-8.
    """
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    charset = re.search(r'charset\s*=\s*"?([\w-]+)', parameters, re.IGNORECASE)
    if charset and charset[1].lower() not in _UTF_8:
        raise _unsupported("only UTF-8 is taken")
    if media_type == MEDIA_TYPE:
        return Mode.STRUCTURED
    if media_type == BATCH_MEDIA_TYPE:
        return Mode.BATCH
    if media_type.startswith("application/cloudevents"):
        raise _unsupported(f"only {MEDIA_TYPE} and {BATCH_MEDIA_TYPE} are taken")
    if "ce-specversion" not in headers:
        raise _unsupported(f"neither {MEDIA_TYPE}, nor {BATCH_MEDIA_TYPE}, nor the header ce-specversion")
    return Mode.BINARY


def _unsupported(detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, Refusal.MEDIA_TYPE, detail)


def values_of(mode: Mode, headers: Headers, body: bytes) -> list[bytes]:
    """The events of a request, each as JSON, not checked yet.

    Raises:
        ProblemError: 400; the body is no JSON, or a batch is no array.
    """
    if mode is Mode.STRUCTURED:
        return [body]
    if mode is Mode.BINARY:
        return [_binary(headers.items(), body)]
    try:
        return [bytes(item) for item in _raws.decode(body)]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _invalid("value", f"the batch is no JSON array of events: {error}") from None


def _binary(headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    members: dict[str, object] = dict(_attributes(headers))
    try:
        # Only a whole JSON value can stand in the event, and not what would end it and begin other attributes.
        members["data"] = _raw.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _invalid("data", f"the body is not JSON: {error}") from None
    return msgspec.json.encode(members)


def _attributes(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for header, value in headers:
        if header == "content-type":
            yield "datacontenttype", value
        if not header.startswith(_PREFIX):
            continue
        name = header.removeprefix(_PREFIX)
        if not _NAME.fullmatch(name) or name in ("data", "datacontenttype"):
            raise _invalid(header[:64], "no attribute's name")
        if name in seen:
            raise _invalid(name, "the header is there twice")
        seen.add(name)
        yield name, _text(name, value)


def _text(name: str, value: str) -> str:
    """A header's value as text: percent-encoded UTF-8 (section 3.1.3.2), in quotes or not."""
    if len(value) >= 2 and value.startswith('"') and value.endswith('"'):
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    try:
        # Starlette reads headers as Latin-1.
        return unquote_to_bytes(value.encode("latin-1")).decode()
    except UnicodeDecodeError:
        raise _invalid(name, "the header's value is not percent-encoded UTF-8") from None


def _invalid(name: str, detail: str) -> ProblemError:
    return ProblemError(
        HTTPStatus.BAD_REQUEST, Refusal.INVALID, f"{name}: {detail}", members={"index": 0, "field": name}
    )


def with_workspace(value: bytes, workspace: str) -> bytes:
    """The event with the key's workspace if it names none; else, or if it is no JSON object, as it is."""
    try:
        members = _members.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return value
    if members.get("workspaceid", _NULL) != _NULL:
        return value
    return msgspec.json.encode({**members, "workspaceid": workspace})


_NULL = msgspec.Raw(b"null")
