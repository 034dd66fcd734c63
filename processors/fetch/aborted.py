"""Which batches belong to aborted transactions: a fetch lists them for the part of the log that it returns."""

import struct
from collections.abc import Iterable

from processors.fetch.batch_header import BatchHeader
from processors.fetch.byte_stream import varint
from processors.fetch.unreadable import UnreadableError

_VERSION_AND_TYPE = struct.Struct(">hh")
_ABORT = 0


class Aborted:
    """Follows the transactions through the batches, which come in the order of their offsets.

    Arguments:
        transactions: producer and first offset of each aborted one that the fetch touches.
    """

    def __init__(self, transactions: Iterable[tuple[int, int]] | None) -> None:
        self._to_come = sorted(transactions or (), key=lambda item: item[1], reverse=True)
        self._now: set[int] = set()

    def covers(self, batch: BatchHeader) -> bool:
        """Whether a batch's records are not to be read. Asked of every batch, once."""
        while self._to_come and self._to_come[-1][1] <= batch.base_offset:
            self._now.add(self._to_come.pop()[0])
        return batch.transactional and batch.producer_id in self._now

    def end(self, batch: BatchHeader, records: bytes) -> None:
        """Take note of a control batch: behind an abort marker its producer's batches count again.

        Raises:
            UnreadableError: it does not say what it marks.
        """
        try:
            _, at = varint(records, 0)
            _, at = varint(records, at + 1)
            _, at = varint(records, at)
            length, at = varint(records, at)
            _, kind = _VERSION_AND_TYPE.unpack_from(records[at : at + max(length, 0)])
        except (IndexError, struct.error) as error:
            raise UnreadableError("a control batch without a mark") from error
        if kind == _ABORT:
            self._now.discard(batch.producer_id)
