"""HTTP's own compression: Content-Encoding of request bodies and of answers.

(ClickHouse has a second way, `compress=1` and `decompress=1`: see `native_blocks`.)
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Any, Protocol

import lz4.frame
import zstandard

from deploy.local.clickhouse_http.errors import ClickHouseError


class Decoder(Protocol):
    """Undoes a compression piece by piece."""

    def decode(self, data: bytes) -> bytes:
        """The bytes that `data` completes. Raises `ClickHouseError` for bytes that cannot be."""

    def finish(self) -> None:
        """Say that no more will come. Raises `ClickHouseError` when something is missing."""


class Encoder(Protocol):
    """Compresses an answer piece by piece."""

    def encode(self, data: bytes) -> bytes:
        """The compressed bytes that are ready after `data`."""

    def finish(self) -> bytes:
        """The last compressed bytes."""


class FrameDecoder:
    """A decoder over any library with frames, which may follow one another in a body."""

    def __init__(self, encoding: str, frame: Callable[[], Any]) -> None:
        self._encoding = encoding
        self._frame = frame
        self._open: Any = None

    def decode(self, data: bytes) -> bytes:
        """See `Decoder`."""
        pieces = []
        while data:
            if self._open is None:
                self._open = self._frame()
            try:
                pieces.append(self._open.decompress(data))
            except Exception as error:
                raise ClickHouseError(271, f"Cannot decompress {self._encoding} body: {error}") from None
            data = b""
            if self._open.eof:
                data = self._open.unused_data or b""
                self._open = None
        return b"".join(pieces)

    def finish(self) -> None:
        """See `Decoder`."""
        if self._open is not None:
            raise ClickHouseError(271, f"Cannot decompress {self._encoding} body: it ends in the middle")


class _Zlib:
    def __init__(self, window: int) -> None:
        self._inner = zlib.compressobj(level=3, wbits=window)

    def encode(self, data: bytes) -> bytes:
        return self._inner.compress(data)

    def finish(self) -> bytes:
        return self._inner.flush()


class _Zstd:
    def __init__(self) -> None:
        self._inner = zstandard.ZstdCompressor(level=1).compressobj()

    def encode(self, data: bytes) -> bytes:
        return self._inner.compress(data)

    def finish(self) -> bytes:
        return self._inner.flush()


class _Lz4:
    def __init__(self) -> None:
        self._inner = lz4.frame.LZ4FrameCompressor()
        self._head: bytes = self._inner.begin()

    def encode(self, data: bytes) -> bytes:
        head, self._head = self._head, b""
        return head + bytes(self._inner.compress(data))

    def finish(self) -> bytes:
        return self._head + bytes(self._inner.flush())


_DECODERS: dict[str, Callable[[], Any]] = {
    "gzip": lambda: zlib.decompressobj(wbits=31),
    "deflate": zlib.decompressobj,
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj(),
    "lz4": lz4.frame.LZ4FrameDecompressor,
    "xz": lzma.LZMADecompressor,
    "bz2": bz2.BZ2Decompressor,
}
# In the order of preference: what costs least comes first.
_ENCODERS: dict[str, Callable[[], Encoder]] = {
    "lz4": _Lz4,
    "zstd": _Zstd,
    "gzip": lambda: _Zlib(31),
    "deflate": lambda: _Zlib(15),
}


def decoders(encoding: str) -> list[Decoder]:
    """The steps that undo a Content-Encoding ('' for none). Raises `ClickHouseError` for an unknown one."""
    if encoding in ("", "identity"):
        return []
    if encoding not in _DECODERS:
        raise ClickHouseError(89, f"Unknown compression method {encoding}. Only {', '.join(_DECODERS)} are supported")
    return [FrameDecoder(encoding, _DECODERS[encoding])]


def choose_encoding(accepted: str) -> str:
    """The encoding for an answer to a request with this Accept-Encoding, '' for none."""
    offered = set()
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0"):
            offered.add(name.strip())
    return next((name for name in _ENCODERS if name in offered), "")


def encoders(encoding: str) -> list[Encoder]:
    """The steps to an encoding that `choose_encoding` gave."""
    return [_ENCODERS[encoding]()] if encoding else []
