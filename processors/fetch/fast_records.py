"""The fast way from a batch's bytes to its records: aiokafka's compiled parser, on bytes that are bounded.

The parser trusts numbers: it may look some bytes behind its buffer, and it takes any offset. So it gets room behind
the batch, and what it found is looked at again, for all records of a batch at once.
"""

from collections.abc import Iterator
from itertools import chain, islice
from operator import itemgetter, lt
from typing import Any

from aiokafka.record.default_records import DefaultRecordBatch
from aiokafka.record.util import calc_crc32c

from processors.fetch.batch_header import CRC_FROM, HEADER_BYTES, BatchHeader, uncompressed
from processors.fetch.compression import whole
from processors.fetch.records import Record
from processors.fetch.unreadable import UnreadableError

#: Behind a buffer: more than the longest number.
_ROOM = bytes(32)
_offset = itemgetter(Record._fields.index("offset"))


def checksum(batch: memoryview) -> int:
    """A batch's checksum, as its bytes say it should be."""
    return int(calc_crc32c(batch[CRC_FROM:]))


class FastRecords:
    """The records of one batch, some at a time.

    Attributes:
        size: bytes of the records once decompressed.
    """

    def __init__(self, topic: str, partition: int, header: BatchHeader, data: bytes) -> None:
        """Nothing is parsed before `take`.

        Arguments:
            topic, partition: where it comes from.
            header: its header.
            data: what `decompressed` gave.
        """
        self._topic, self._partition, self._header = topic, partition, header
        self.size = len(data)
        batch = memoryview(b"".join((uncompressed(header), data, _ROOM)))[: HEADER_BYTES + len(data)]
        # The parser starts again when it is read past its end, and cannot be iterated in parts.
        self._records: Iterator[Any] = chain(DefaultRecordBatch(batch))
        self._before = header.base_offset - 1

    def take(self, most: int) -> list[Record]:
        """The next records, at most so many; none at the end.

        Raises:
            Exception: whatever the parser meets. None of these records has been handed out then.
        """
        topic, partition, kind = self._topic, self._partition, self._header.timestamp_type
        make = tuple.__new__  # what Record does, without its arguments' names: half of the time
        records: list[Record] = [
            make(Record, (topic, partition, one.offset, one.timestamp, kind, one.key, one.value, tuple(one.headers)))
            for one in islice(self._records, most)
        ]
        if records:
            self._check(list(map(_offset, records)))
        return records

    def _check(self, offsets: list[int]) -> None:
        """The parser takes any offset; ours ascend within the batch."""
        if not (self._before < offsets[0] and offsets[-1] <= self._header.last_offset):
            raise UnreadableError("offsets beyond the batch's own")
        if not all(map(lt, offsets, islice(offsets, 1, None))):
            raise UnreadableError("offsets that do not ascend")
        self._before = offsets[-1]


def decompressed(header: BatchHeader, batch: memoryview, limit: int) -> bytes | None:
    """The bytes of a batch's records; None if they are more than `limit`.

    Raises:
        UnreadableError: its codec is unknown, or does not decompress them.
    """
    return whole(header.codec, batch[HEADER_BYTES:], limit)
