"""The codecs of Kafka's batches, each in pieces of bounded size, whatever size a batch claims.

A few hundred kilobytes can decompress to gigabytes. So nothing is decompressed at once unless its bound is known, and
the reader decides after each piece whether to continue. A stream that ends too early is no error here: it lacks
records, and the reader of records says so.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import cramjam
import lz4.frame
import zstandard

from processors.fetch.unreadable import UnreadableError

#: The largest piece that is passed on at once.
PIECE_BYTES = 2**20
#: The largest window that zstd's levels know; a frame that asks for more is not Kafka's.
_ZSTD_WINDOW_BYTES = 2**27
#: A snappy block says its size beforehand. It cannot be more than this many times its compressed size.
_SNAPPY_RATIO = 22
_XERIAL = b"\x82SNAPPY\x00"
_XERIAL_HEADER_BYTES = 16
_LENGTH = struct.Struct(">i")

Pieces = Iterator[bytes]


def _plain(data: memoryview) -> Pieces:
    for begin in range(0, len(data), PIECE_BYTES):
        yield bytes(data[begin : begin + PIECE_BYTES])


def _gzip(data: memoryview) -> Pieces:
    rest: Any = data
    while len(rest):
        member = zlib.decompressobj(31)
        while not member.eof:
            piece = member.decompress(rest, PIECE_BYTES)
            rest = member.unconsumed_tail
            if piece:
                yield piece
            elif not rest and not member.eof:
                return
        rest = member.unused_data


def _lz4(data: memoryview) -> Pieces:
    rest: Any = data
    while len(rest):
        frame = lz4.frame.LZ4FrameDecompressor()
        while not frame.eof:
            piece = frame.decompress(rest, PIECE_BYTES)
            rest = b""
            if piece:
                yield piece
            elif frame.needs_input:
                return
        rest = frame.unused_data or b""


def _zstd(data: memoryview) -> Pieces:
    context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
    with context.stream_reader(data, read_across_frames=True) as reader:
        while piece := reader.read(PIECE_BYTES):
            yield piece


def _snappy(data: memoryview) -> Pieces:
    """Raw, as librdkafka writes it, or in Xerial's blocks, as Java does."""
    if data[: len(_XERIAL)] != _XERIAL:
        yield _snappy_block(data)
        return
    at = _XERIAL_HEADER_BYTES
    while at < len(data):
        (size,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if not 0 < size <= len(data) - at:
            raise UnreadableError(f"a snappy block of {size} bytes where {len(data) - at} are left")
        yield _snappy_block(data[at : at + size])
        at += size


def _snappy_block(block: memoryview) -> bytes:
    size = cramjam.snappy.decompress_raw_len(block)
    if size > _SNAPPY_RATIO * len(block) + PIECE_BYTES:
        raise UnreadableError(f"a snappy block of {len(block)} bytes that claims to hold {size}")
    return bytes(cramjam.snappy.decompress_raw(block))


_CODECS: dict[int, tuple[str, Callable[[memoryview], Pieces]]] = {
    0: ("none", _plain),
    1: ("gzip", _gzip),
    2: ("snappy", _snappy),
    3: ("lz4", _lz4),
    4: ("zstd", _zstd),
}
_FAULTS = (zlib.error, RuntimeError, ValueError, struct.error, cramjam.DecompressionError, zstandard.ZstdError)


def pieces(codec: int, data: memoryview) -> Pieces:
    """What a batch's records are once decompressed, piece by piece.

    Arguments:
        codec: its number in the batch's attributes.
        data: all behind the batch's header.

    Raises:
        UnreadableError: no such codec, or the data are not of it.
    """
    if codec not in _CODECS:
        raise UnreadableError(f"codec {codec} is unknown")
    name, decompressed = _CODECS[codec]
    try:
        yield from decompressed(data)
    except _FAULTS as error:
        raise UnreadableError(f"{name} does not decompress it: {error}") from error


def whole(codec: int, data: memoryview, limit: int) -> bytes | None:
    """All of it, or None if it is more than `limit` bytes.

    Raises:
        UnreadableError: as above.
    """
    if codec == 0 and len(data) <= limit:
        return bytes(data)
    found, size = [], 0
    for piece in pieces(codec, data):
        size += len(piece)
        if size > limit:
            return None
        found.append(piece)
    return found[0] if len(found) == 1 else b"".join(found)
