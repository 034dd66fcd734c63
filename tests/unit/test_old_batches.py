"""Kafka's two old formats are read as before, and their bytes are believed no more than others."""

import random
import struct
import zlib

import pytest
from aiokafka.record.legacy_records import LegacyRecordBatchBuilder
from hypothesis import given
from hypothesis import strategies as st

from processors.fetch.partition_reader import PartitionReader

VALUES = [b"one", b"two", b"three"]
CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3}


def _set(magic: int, codec: str) -> bytes:
    builder = LegacyRecordBatchBuilder(magic, CODECS[codec], 2**20)
    for offset, value in enumerate(VALUES):
        builder.append(offset, timestamp=1_700_000_000_000 + offset, key=b"k", value=value)
    data = bytes(builder.build())
    # A broker gives a compressed message the offset of the last one in it.
    return struct.pack(">q", len(VALUES) - 1) + data[8:] if CODECS[codec] else data


def _read(data: bytes, offset: int = 0, end: int = 3) -> PartitionReader:
    return PartitionReader("t", 0, data, offset, end, None)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("magic", [0, 1])
def test_both_formats_are_read_from_any_offset(magic: int, codec: str) -> None:
    if (magic, codec) == (0, "lz4"):
        pytest.skip("that format has no lz4")
    for begun in range(3):
        reader = _read(_set(magic, codec), begun)
        found = reader.read(100)
        assert reader.fault is None
        assert [(item.offset, item.key, item.value) for item in found] == [
            (offset, b"k", value) for offset, value in enumerate(VALUES) if offset >= begun
        ]
        assert found[0].timestamp == (1_700_000_000_000 + begun if magic else -1)


def test_a_wrong_checksum_is_told() -> None:
    data = bytearray(_set(1, "none"))
    data[-1] ^= 1
    reader = _read(bytes(data))
    assert [item.value for item in reader.read(100)] == VALUES[:2]
    assert reader.fault is not None
    assert (reader.fault.offset, reader.fault.cause) == (2, "its checksum is wrong")


@given(st.integers(min_value=0, max_value=2**32))
def test_no_mutated_message_keeps_reading_from_ending(seed: int) -> None:
    """With a checksum that is right, where it can be told what it is of."""
    chance = random.Random(seed)
    data = bytearray(_set(chance.choice([0, 1]), chance.choice(["none", "gzip", "snappy"])))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        data[at : at + 4] = struct.pack(">i", chance.choice([-1, -12, 0, 2**31 - 1, chance.getrandbits(31)]))
    (length,) = struct.unpack_from(">i", data, 8)
    if 0 < length <= len(data) - 12:
        struct.pack_into(">I", data, 12, zlib.crc32(data[16 : 12 + length]))
    reader = _read(bytes(data))
    while not reader.ended:
        reader.read(1)
    assert reader.next_offset >= 0
