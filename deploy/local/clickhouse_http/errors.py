"""ClickHouse's errors as its HTTP interface reports them: a code, a text and the HTTP status that goes with it.

Clients decide by these (retry, "table does not exist", "wrong password"), so the codes, the statuses and the
shape of the text are those of the real server.
"""

from __future__ import annotations

import re
from http import HTTPStatus

# The names of the codes this server raises by itself; every other code comes from the engine with its name.
NAMES = {
    1: "UNSUPPORTED_METHOD",
    36: "BAD_ARGUMENTS",
    40: "CHECKSUM_DOESNT_MATCH",
    48: "NOT_IMPLEMENTED",
    62: "SYNTAX_ERROR",
    72: "CANNOT_PARSE_NUMBER",
    78: "UNKNOWN_TYPE_OF_QUERY",
    89: "UNKNOWN_COMPRESSION_METHOD",
    115: "UNKNOWN_SETTING",
    164: "READONLY",
    202: "TOO_MANY_SIMULTANEOUS_QUERIES",
    216: "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING",
    229: "QUERY_IS_TOO_LARGE",
    291: "DATABASE_ACCESS_DENIED",
    271: "CANNOT_DECOMPRESS",
    344: "SUPPORT_IS_DISABLED",
    358: "INTO_OUTFILE_NOT_ALLOWED",
    372: "SESSION_NOT_FOUND",
    373: "SESSION_IS_LOCKED",
    374: "INVALID_SESSION_TIMEOUT",
    439: "CANNOT_SCHEDULE_TASK",
    497: "ACCESS_DENIED",
    511: "UNKNOWN_ROLE",
    516: "AUTHENTICATION_FAILED",
    1002: "UNKNOWN_EXCEPTION",
}

# The real server's exceptionCodeToHTTPStatus; what is not here is a 500.
_CODES_BY_STATUS = {
    HTTPStatus.BAD_REQUEST: (
        *(6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427, 441),
        *(675, 676),
    ),
    HTTPStatus.UNAUTHORIZED: (194,),
    HTTPStatus.FORBIDDEN: (192, 193, 497, 512, 516),
    HTTPStatus.NOT_FOUND: (46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511),
    HTTPStatus.REQUEST_TIMEOUT: (159,),
    HTTPStatus.LENGTH_REQUIRED: (381,),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (229,),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (779,),
    HTTPStatus.NOT_IMPLEMENTED: (48,),
    HTTPStatus.SERVICE_UNAVAILABLE: (76, 209, 439),
}
_STATUS_BY_CODE = {code: status for status, codes in _CODES_BY_STATUS.items() for code in codes}

_ENGINE_ERROR = re.compile(r"Code: (\d+)\. DB::Exception: (.*)", re.DOTALL)
_VERSION = re.compile(r"\s*\(version [^()]*(?:\([^()]*\))?\)\.?\s*")
_NAME = re.compile(r"\(([A-Z][A-Z0-9_]+)\)\s*$")


class ClickHouseError(Exception):
    """An error with ClickHouse's code.

    `code` is ClickHouse's number, `text` the message without the code before it and the name behind it, and
    `name` the code's name; it may be left out for the codes of `NAMES`.
    """

    def __init__(self, code: int, text: str, name: str | None = None) -> None:
        self.code = code
        self.text = text
        self.name = name or NAMES.get(code, "UNKNOWN_EXCEPTION")
        super().__init__(f"Code: {code}. DB::Exception: {text} ({self.name})")

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status the real server answers this code with."""
        return _STATUS_BY_CODE.get(self.code, HTTPStatus.INTERNAL_SERVER_ERROR)

    def body(self, version: str) -> str:
        """The text of the answer, in the real server's form, closed by a line feed."""
        return f"{self} (version {version})\n"


def from_engine(message: str) -> ClickHouseError:
    """Turn the text of an exception of the engine into a `ClickHouseError`.

    The engine repeats the code and the name where an exception went through two of its layers, and gives the
    version only sometimes; here each is left once.
    """
    found = _ENGINE_ERROR.search(message)
    if found is None:
        return ClickHouseError(1002, message.strip())
    code, rest = int(found[1]), _VERSION.sub("", found[2])
    while (inner := _ENGINE_ERROR.match(rest)) is not None:
        code, rest = int(inner[1]), inner[2]
    name = None
    while (last := _NAME.search(rest)) is not None:
        name, rest = last[1], rest[: last.start()].rstrip()
    return ClickHouseError(code, rest.strip(), name)
