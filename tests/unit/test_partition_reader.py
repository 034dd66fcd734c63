"""Whatever bytes a fetch brings, reading them ends in an answer, and what can be read is read."""

import gzip
import struct
import time
import tracemalloc
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from processors.fetch import partition_reader
from processors.fetch.batch_header import HEADER_BYTES
from processors.fetch.partition_reader import FAST_BYTES, PartitionReader
from processors.fetch.record_bytes import batch_bytes, number, record_bytes, sized
from processors.fetch.records import Broken, Record
from tests.support.mutations import mutated
from tests.support.raw_batches import CODECS, NOW_MS, at_offset, batch, compressed, with_records

END = 1_000_000
VALUES = [b"value %d" % number for number in range(5)]


def _reader(
    data: bytes, offset: int = 0, end: int = END, aborted: list[tuple[int, int]] | None = None
) -> PartitionReader:
    return PartitionReader("t", 0, data, offset, end, aborted)


def _all(reader: PartitionReader, most: int = 10_000) -> list[Record | Broken]:
    found: list[Record | Broken] = []
    while not reader.ended:
        found += reader.read(most)
    return found


def _good(values: list[bytes]) -> list[tuple[int, bytes]]:
    return list(enumerate(values))


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("most", [1, 3, 100])
def test_a_batch_of_every_codec_is_read_whole_in_reads_of_any_size(codec: str, most: int) -> None:
    data = at_offset(batch(VALUES, codec=codec), 0) + at_offset(batch(VALUES, codec=codec), 5)
    reader = _reader(data)
    assert [(item.offset, item.value) for item in _all(reader, most)] == _good(VALUES * 2)
    assert reader.fault is None
    assert reader.next_offset == 10


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("most", [1, 5, 100])
def test_a_sound_batch_is_never_read_with_care(codec: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be the same records, five times as slowly."""
    monkeypatch.delattr(partition_reader, "careful_records")
    assert len(_all(_reader(batch(VALUES, codec=codec)), most)) == len(VALUES)


@pytest.mark.parametrize("codec", CODECS)
def test_reading_begins_at_the_offset_that_was_asked_for(codec: str) -> None:
    reader = _reader(at_offset(batch(VALUES, codec=codec), 10), 13)
    assert [item.offset for item in _all(reader)] == [13, 14]


def test_a_header_whose_name_is_not_utf8_keeps_its_bytes_and_spoils_nothing() -> None:
    name = b"HDR\xff\xfe\xfdX".decode("utf-8", "surrogateescape")
    (first, second) = _all(_reader(batch([b"a", b"b"], [(name, b"1"), ("ok", None)])))
    assert isinstance(first, Record)
    assert first.headers == second.headers == ((name, b"1"), ("ok", None))
    assert name.encode("utf-8", "surrogateescape") == b"HDR\xff\xfe\xfdX"


def test_a_record_that_is_none_is_told_from_its_neighbours() -> None:
    parts = [record_bytes(0, None, b"a", ()), sized(b"\x00\x00\x02no record"), record_bytes(2, None, b"c", ())]
    first, broken, last = _all(_reader(batch_bytes(parts, NOW_MS)))
    assert (first.value, last.value) == (b"a", b"c")
    assert isinstance(broken, Broken)
    assert (broken.offset, broken.raw) == (1, b"\x00\x00\x02no record")


def test_records_that_number_themselves_wrongly_are_numbered_by_their_places() -> None:
    """Apache Kafka takes such a batch, and gives it to every consumer."""
    parts = [record_bytes(delta, None, value, ()) for delta, value in ((2, b"a"), (2, b"b"), (0, b"c"))]
    assert [(item.offset, item.value) for item in _all(_reader(batch_bytes(parts, NOW_MS)))] == _good(
        [b"a", b"b", b"c"]
    )


def test_what_lies_before_a_fault_in_a_batch_is_read_and_the_fault_has_its_own_offset() -> None:
    parts = [record_bytes(0, None, b"a", ()), record_bytes(1, None, b"b", ()), number(-5), b"rest"]
    data = with_records(batch(VALUES), b"".join(parts))
    for begun in (0, 1, 2):
        reader = _reader(data, begun)
        assert [item.value for item in _all(reader)] == [b"a", b"b"][begun:]
        assert reader.fault is not None
        assert (reader.fault.offset, reader.fault.behind, reader.fault.raw) == (2, 5, data)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda data: data[:30] + bytes([data[30] ^ 1]) + data[31:], "checksum"),
        (lambda data: data[:16] + b"\x07" + data[17:], "magic 7"),
        (lambda data: with_records(data, data[HEADER_BYTES:], 6), "codec 6"),
        (lambda data: with_records(data, b"no gzip", 1), "gzip"),
        (lambda data: with_records(data, b"no snappy", 2), "snappy"),
        (lambda data: with_records(data, b"no lz4 at all", 3), "lz4"),
        (lambda data: with_records(data, b"no zstd at all", 4), "zstd"),
        (lambda data: data[:8] + struct.pack(">i", -12) + data[12:], "length"),
        (lambda data: data[:8] + struct.pack(">i", 2**31 - 1) + data[12:], "the broker gives"),
        (lambda data: data[:40], "the broker gives"),
        (lambda data: with_records(data, data[HEADER_BYTES:], last_offset_delta=2**31 - 1), "claims to end"),
        (lambda data: with_records(data, data[HEADER_BYTES:], last_offset_delta=-1), "claims to end"),
    ],
)
def test_a_batch_that_cannot_be_read_is_named_and_what_lies_before_it_is_read(
    change: Callable[[bytes], bytes], cause: str
) -> None:
    bad = at_offset(change(batch(VALUES)), 5)
    for ahead in (b"", at_offset(batch(VALUES), 0)):
        reader = _reader(ahead + bad, 0 if ahead else 5)
        assert [item.value for item in _all(reader)] == (VALUES if ahead else [])
        if ahead and cause == "the broker gives":
            # Amid a fetch a batch may be cut off; asked for by itself it may not.
            assert reader.fault is None
            continue
        assert reader.fault is not None
        assert cause in reader.fault.cause
        assert reader.fault.offset == 5
        assert 5 < reader.fault.behind <= 10


def test_behind_a_batch_that_cannot_be_read_the_next_one_is_read_where_that_is_wanted() -> None:
    bad = bytearray(at_offset(batch(VALUES), 5))
    bad[30] ^= 1
    reader = _reader(at_offset(batch(VALUES), 0) + bytes(bad) + at_offset(batch(VALUES), 10))
    found = _all(reader)
    assert reader.fault is not None
    assert reader.fault.behind == 10
    reader.pass_over()
    assert [item.offset for item in found + _all(reader)] == [*range(5), *range(10, 15)]


def test_records_of_aborted_transactions_and_control_batches_move_the_offset_alone() -> None:
    def transactional(offset: int, producer: int, control: bytes | None = None) -> bytes:
        plain = batch(VALUES) if control is None else batch_bytes([record_bytes(0, control, b"", ())], NOW_MS)
        attributes = 0x10 if control is None else 0x30
        made = with_records(plain, plain[HEADER_BYTES:], producer_id=producer, flags=attributes)
        return at_offset(made, offset)

    data = b"".join(
        [
            transactional(0, 7),
            transactional(5, 8),
            transactional(10, 7, struct.pack(">hh", 0, 0)),
            transactional(11, 7),
            transactional(16, 7, struct.pack(">hh", 0, 1)),
            transactional(17, 8, struct.pack(">hh", 0, 1)),
        ]
    )
    reader = _reader(data, aborted=[(7, 0)])
    assert [item.offset for item in _all(reader)] == [*range(5, 10), *range(11, 16)]
    assert reader.next_offset == 18
    assert reader.fault is None


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
def test_a_batch_larger_than_the_fast_way_takes_is_read_in_pieces(codec: str) -> None:
    values = [bytes([number % 251]) * 1_000_000 for number in range(3 * FAST_BYTES // 1_000_000)]
    data = compressed(batch_bytes([record_bytes(n, None, value, ()) for n, value in enumerate(values)], NOW_MS), codec)
    reader = _reader(data)
    found: list[Record | Broken] = []
    while not reader.ended:
        found += reader.read(3)
    assert [item.value for item in found] == values


def test_a_value_that_no_memory_should_hold_is_hashed_on_the_way() -> None:
    size = 600 * 2**20
    tail = b"".join([number(1), sized(b"name"), sized(b"x")])
    head = b"\x00" + number(0) + number(0) + sized(b"key") + number(size)
    packer = zstandard.ZstdCompressor().compressobj()
    bomb = packer.compress(number(len(head) + size + len(tail)) + head)
    for _ in range(600):
        bomb += packer.compress(bytes(2**20))
    bomb += packer.compress(tail) + packer.flush()
    tracemalloc.start()
    (broken,) = _all(_reader(with_records(batch([b""]), bomb, 4)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(broken, Broken)
    assert (broken.too_large, broken.key, broken.lost_bytes) == (True, b"key", size)
    assert broken.headers == (("name", b"x"),)
    assert peak < 64 * 2**20


def test_a_bomb_beyond_all_bounds_is_a_batch_that_cannot_be_read() -> None:
    packer = zstandard.ZstdCompressor().compressobj()
    size = 1200 * 2**20
    bomb = packer.compress(number(size) + b"\x00" + number(0) + number(0) + sized(b"k") + number(size - 20))
    for _ in range(1200):
        bomb += packer.compress(bytes(2**20))
    bomb += packer.flush()
    reader = _reader(with_records(batch([b""]), bomb, 4))
    assert not _all(reader)
    assert reader.fault is not None
    assert "decompresses to more than" in reader.fault.cause


def test_a_bomb_of_headers_is_bounded() -> None:
    many = 20_000_000
    body = b"\x00" + number(0) + number(0) + sized(None) + sized(b"v") + number(many) + bytes(2 * many)
    data = with_records(batch([b""]), gzip.compress(sized(body), 1), 1)
    tracemalloc.start()
    found = _all(_reader(data))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 1
    assert peak < 300 * 2**20


@given(st.integers(min_value=0, max_value=2**32))
def test_no_mutated_batch_keeps_its_neighbours_from_being_read_or_reading_from_ending(seed: int) -> None:
    """A reader that is let past what cannot be read comes to the good batch behind, unless the lengths were lost."""
    bad = mutated(batch(VALUES, [("name", b"x"), ("other", None)]), seed, framed=False)
    ahead, behind = at_offset(batch(VALUES), 0), at_offset(batch(VALUES), 10)
    reader = _reader(ahead + at_offset(bad, 5) + behind, end=15)
    found, begun = _all(reader), time.monotonic()
    assert [(item.offset, item.value) for item in found[:5]] == _good(VALUES)
    positions = [item.offset for item in found]
    assert positions == sorted(positions)
    while reader.fault is not None:
        assert 5 <= reader.fault.offset < reader.fault.behind <= 15
        reader.pass_over()
        found += _all(reader)
    # Where the next batch is not found by a wrong length, the broker is asked again from the offset behind.
    rest = _all(_reader(behind, reader.next_offset, 15)) if reader.next_offset < 15 else []
    seen = {(item.offset, item.value) for item in found + rest}
    assert {(10 + number, value) for number, value in enumerate(VALUES)} <= seen
    assert time.monotonic() - begun < 5
