"""What a request asks for: its URL parameters and headers, sorted the way ClickHouse sorts them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from deploy.local.clickhouse_http.compression import choose_encoding
from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.external import ExternalTable, external_tables

# Parameters of the interface itself, which are no settings of the engine.
# fmt: off
_RESERVED = frozenset({
    "compress", "decompress", "user", "password", "quota_key", "query_id", "stacktrace", "role", "buffer_size",
    "wait_end_of_query", "session_id", "session_timeout", "session_check", "client_protocol_version",
    "close_session", "query", "database", "default_format",
})
# Settings that only the HTTP layer obeys; the engine never sees them.
_HTTP_SETTINGS = frozenset({
    "enable_http_compression", "http_zlib_compression_level", "send_progress_in_http_headers",
    "http_headers_progress_interval_ms", "cancel_http_readonly_queries_on_client_close",
    "http_wait_end_of_query", "http_response_buffer_size", "http_write_exception_in_output_format",
    "add_http_cors_header", "http_native_compression_disable_checksumming_on_decompress",
})
# fmt: on
_EXTERNAL_SUFFIXES = ("_format", "_types", "_structure")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_MAX_SESSION_TIMEOUT = 3600
# Each look at the progress is a query of its own.
_LEAST_PROGRESS_MS = 20


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """The session a request belongs to: its id, seconds to live after the request, and what else it asks."""

    id: str
    timeout: int
    must_exist: bool
    close: bool


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """One request for the engine.

    `query` is the part of the SQL that came as a parameter. `readonly` is set for methods that must not change
    anything. `timezone` is the session's, if not the server's. `settings` are the engine's own, `parameters` the
    values of `{name:Type}` as ClickHouse escapes them, `external` the tables that came with it. `protocol` is the
    version of ClickHouse's native protocol whose blocks the client reads, 0 for the first. `progress_ms` are the
    milliseconds between progress headers, 0 for none; `cancel_when_left` has a statement that only reads
    end with its client.
    """

    query: bytes
    query_id: str
    readonly: bool
    database: str = ""
    default_format: str = ""
    timezone: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    session: SessionRequest | None = None
    wait_end: bool = False
    native_answer: bool = False
    native_body: bool = False
    protocol: int = 0
    progress_ms: int = 0
    cancel_when_left: bool = False
    encoding: str = ""
    external: tuple[ExternalTable, ...] = ()


def url_fields(target: str) -> list[tuple[str, str]]:
    """The parameters of a request's target, in order; bytes that are no UTF-8 survive as surrogates."""
    _, _, query = target.partition("?")
    return parse_qsl(query, keep_blank_values=True, errors="surrogateescape")


def query_id_of(headers: Mapping[str, str], fields: Mapping[str, str]) -> str:
    """The id a request gives its query, or a new one."""
    return _plain(fields.get("query_id") or headers.get("X-ClickHouse-Query-Id") or str(uuid.uuid4()))


def _plain(value: str) -> str:
    """`value` in a form that a header of the answer may hold."""
    return "".join(character if " " <= character <= "~" else "?" for character in value)


def query_request(
    method: str,
    headers: Mapping[str, str],
    query_id: str,
    pairs: Iterable[tuple[str, str]],
    files: Mapping[str, bytes] | None = None,
) -> QueryRequest:
    """Sort a request's parameters.

    `pairs` are those of the URL and of a form, `files` the files of the form: external tables. Raises
    `ClickHouseError` for values that cannot be.
    """
    pairs = list(pairs)
    fields = dict(pairs)
    files = files or {}
    of_tables = {name + suffix for name in files for suffix in _EXTERNAL_SUFFIXES}
    settings = _settings({name: value for name, value in fields.items() if name not in of_tables})
    _refuse_roles(value for name, value in pairs if name == "role")
    compressing = _flag(fields, "enable_http_compression", default=True)
    return QueryRequest(
        query=fields.get("query", "").encode("utf-8", "surrogateescape"),
        query_id=query_id,
        readonly=method in ("GET", "HEAD"),
        database=headers.get("X-ClickHouse-Database") or fields.get("database", ""),
        default_format=_plain(headers.get("X-ClickHouse-Format") or fields.get("default_format", "")),
        settings=settings,
        timezone=_plain(settings.get("session_timezone", "")),
        parameters={name[6:]: value for name, value in fields.items() if name.startswith("param_")},
        session=_session(fields),
        wait_end=_flag(fields, "wait_end_of_query") or _flag(fields, "http_wait_end_of_query"),
        native_answer=_flag(fields, "compress"),
        native_body=_flag(fields, "decompress"),
        protocol=_number(fields, "client_protocol_version"),
        progress_ms=_progress_ms(fields),
        cancel_when_left=_flag(fields, "cancel_http_readonly_queries_on_client_close"),
        encoding=choose_encoding(headers.get("Accept-Encoding", "")) if compressing else "",
        external=external_tables(files, fields),
    )


def _settings(fields: Mapping[str, str]) -> dict[str, str]:
    """The engine's settings among the parameters: what is nothing else."""
    others = _RESERVED | _HTTP_SETTINGS | {""}
    names = [name for name in fields if name not in others and not name.startswith("param_")]
    for name in names:
        if not _NAME.fullmatch(name):
            raise ClickHouseError(115, f"Unknown setting '{name}'")
    return {name: fields[name] for name in names}


def _flag(fields: Mapping[str, str], name: str, default: bool = False) -> bool:
    value = fields.get(name, "").lower()
    if value not in ("", "0", "1", "true", "false"):
        raise ClickHouseError(36, f"Cannot parse boolean parameter {name}: '{value}'")
    return value in ("1", "true") if value else default


def _refuse_roles(names: Iterable[str]) -> None:
    for name in names:
        if name:
            raise ClickHouseError(511, f"There is no role `{name}` in user directories. This server has none")


def _progress_ms(fields: Mapping[str, str]) -> int:
    if not _flag(fields, "send_progress_in_http_headers"):
        return 0
    return max(_LEAST_PROGRESS_MS, _number(fields, "http_headers_progress_interval_ms") or 100)


def _number(fields: Mapping[str, str], name: str) -> int:
    text = fields.get(name) or "0"
    if not text.isascii() or not text.isdigit():
        raise ClickHouseError(72, f"Cannot parse {name}: '{text}' is not a number")
    return int(text)


def _session(fields: Mapping[str, str]) -> SessionRequest | None:
    if not fields.get("session_id"):
        return None
    text = fields.get("session_timeout", "60")
    if not text.isascii() or not text.isdigit() or int(text) > _MAX_SESSION_TIMEOUT:
        raise ClickHouseError(374, f"Invalid session timeout: '{text}' (at most {_MAX_SESSION_TIMEOUT} seconds)")
    must_exist, close = _flag(fields, "session_check"), _flag(fields, "close_session")
    return SessionRequest(fields["session_id"], int(text), must_exist, close)
