"""Which formats can be sent while the engine still computes, and what each is called in a Content-Type.

The engine streams a result as a series of complete documents. For formats without a frame their concatenation is
the whole document; for those that begin with column names the head is cut off every piece but the first. All
other formats (JSON, Pretty, Parquet, ...) are built whole.
"""

from __future__ import annotations

from collections.abc import Callable

from deploy.local.clickhouse_http.varint import read_varint

DEFAULT_FORMAT = "TabSeparated"

_CONTENT_TYPES = {
    "TSV": "text/tab-separated-values; charset=UTF-8",
    "TAB": "text/tab-separated-values; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "JSONCOMPACTEACHROW": "application/x-ndjson; charset=UTF-8",
    "JSONEACHROW": "application/x-ndjson; charset=UTF-8",
    "JSONSTRINGSEACHROW": "application/x-ndjson; charset=UTF-8",
    "NDJSON": "application/x-ndjson; charset=UTF-8",
    "JSON": "application/json; charset=UTF-8",
    "XML": "application/xml; charset=UTF-8",
    "NATIVE": "application/octet-stream",
    "ROWBINARY": "application/octet-stream",
    "PARQUET": "application/octet-stream",
    "ARROW": "application/octet-stream",
    "ORC": "application/octet-stream",
}


def content_type(name: str) -> str:
    """The Content-Type of an answer in the format `name`."""
    upper = name.upper()
    if upper.startswith("CSVWITHNAMES"):
        return "text/csv; charset=UTF-8; header=present"
    matching = (key for key in _CONTENT_TYPES if upper.startswith(key))
    return _CONTENT_TYPES.get(max(matching, key=len, default=""), "text/plain; charset=UTF-8")


def _no_head(_: bytes) -> int:
    return 0


def _lines(count: int) -> Callable[[bytes], int]:
    def length(piece: bytes) -> int:
        end = 0
        for _ in range(count):
            end = piece.index(b"\n", end) + 1
        return end

    return length


def _csv_lines(count: int) -> Callable[[bytes], int]:
    """Lines of CSV, where a quoted column name may hold line feeds."""

    def length(piece: bytes) -> int:
        end = 0
        for _ in range(count):
            start, end = end, piece.index(b"\n", end) + 1
            while piece.count(b'"', start, end) % 2:
                end = piece.index(b"\n", end) + 1
        return end

    return length


def _binary_strings(per_column: int) -> Callable[[bytes], int]:
    """The head of RowBinary: the number of columns, then that many names (and types), each after its length."""

    def length(piece: bytes) -> int:
        columns, at = read_varint(piece, 0)
        for _ in range(columns * per_column):
            size, at = read_varint(piece, at)
            at += size
        return at

    return length


_ROWS = ("JSONEachRow", "JSONLines", "NDJSON", "JSONCompactEachRow", "JSONStringsEachRow", "TabSeparated", "TSV")
_ROWS_TOO = ("JSONCompactStringsEachRow", "TabSeparatedRaw", "TSVRaw", "Raw", "CSV", "RowBinary", "Native")
_TEXT_HEADS = ("TabSeparated", "TSV", "TabSeparatedRaw", "TSVRaw", "JSONCompactEachRow", "JSONCompactStringsEachRow")

_HEADS: dict[str, Callable[[bytes], int]] = {
    **{name.upper(): _no_head for name in (*_ROWS, *_ROWS_TOO)},
    **{f"{name}WithNames".upper(): _lines(1) for name in _TEXT_HEADS},
    **{f"{name}WithNamesAndTypes".upper(): _lines(2) for name in _TEXT_HEADS},
    "CSVWITHNAMES": _csv_lines(1),
    "CSVWITHNAMESANDTYPES": _csv_lines(2),
    "ROWBINARYWITHNAMES": _binary_strings(1),
    "ROWBINARYWITHNAMESANDTYPES": _binary_strings(2),
}


def streams(name: str) -> bool:
    """Whether a result in the format `name` can be sent in pieces."""
    return name.upper() in _HEADS


def has_head(name: str) -> bool:
    """Whether even an empty result in this format, one that `streams`, has bytes."""
    return _HEADS[name.upper()] is not _no_head


def without_head(name: str, piece: bytes) -> bytes:
    """`piece`, a later piece of a result in a format that `streams`, without the repeated head."""
    return piece[_HEADS[name.upper()](piece) :]
