"""What a fetch returned for one partition, read batch by batch: records, or the reason why they cannot be read.

A batch goes the fast way, through aiokafka's compiled parser, where its checksum is right and it is of a usual size.
Where the fast way finds anything amiss, and for a batch that is large once decompressed, it is read with care
(`processors/fetch/careful.py`). What neither can read is where the partition ends for the time being.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from processors.fetch.aborted import Aborted
from processors.fetch.batch_header import HEADER_BYTES, MAGIC, BatchHeader, read_header
from processors.fetch.batch_walk import BatchWalk
from processors.fetch.byte_stream import Stream
from processors.fetch.careful import Origin, careful_records
from processors.fetch.compression import pieces
from processors.fetch.fast_records import FastRecords, checksum, decompressed
from processors.fetch.old_batches import old_records
from processors.fetch.records import Broken, Record, Records
from processors.fetch.unreadable import Unreadable, UnreadableError

#: A batch goes the fast way up to this size of its records once decompressed. A header of two bytes becomes eighty
#: in memory there, so this bounds a batch's memory, for the worst there is.
FAST_BYTES = 4 * 2**20
#: One read ends once it has gathered so much.
READ_BYTES = 16 * 2**20
#: What a record costs beside its value, about.
_RECORD_BYTES = 200
_CONTROL_BYTES = 2**16


class PartitionReader:
    """Reads one partition's bytes of one fetch.

    Attributes:
        next_offset: where the partition goes on behind what was read.
        fault: what stopped the reading; None while nothing has.
        ended: whether all was read that can be.
        careful: whether the current batch takes the careful way, which can take seconds.
    """

    def __init__(
        self, topic: str, partition: int, data: bytes, offset: int, end: int, aborted: Iterable[tuple[int, int]] | None
    ) -> None:
        """Nothing is read before `read`.

        Arguments:
            topic, partition: where.
            data: the bytes.
            offset: what was asked for; records before it are passed over.
            end: the partition's high watermark: no batch ends behind it, or only just (`processors/fetch/doubts.py`).
            aborted: producer and first offset of each aborted transaction, where transactions count.
        """
        self._topic, self._partition = topic, partition
        self._walk = BatchWalk(data)
        self._begun_at = self.next_offset = offset
        self._end = end
        self._committed_only = aborted is not None
        self._aborted = Aborted(aborted)
        self.fault: Unreadable | None = None
        self.ended = False
        self.careful = False
        self._fast: FastRecords | None = None
        self._slow: Iterator[Record | Broken] | None = None
        self._batch = memoryview(b"")
        self._header: BatchHeader | None = None
        #: Where the current batch was started, how many of its records were handed out, and where it ends.
        self._opened_at = self._handed = self._batch_end = 0

    def read(self, most: int, *, with_care: bool = True) -> Records:
        """The next records.

        Arguments:
            most: at most so many.
            with_care: false returns before a batch that has to be read with care, and then `careful` is true.
        """
        begun, found, size = self.next_offset, list[Record | Broken](), 0
        while len(found) < most and size < READ_BYTES and not self.ended:
            if self._fast is None and self._slow is None:
                self._open()
            elif self._fast is not None:
                size += self._take_fast(self._fast, found, most - len(found))
            elif self._slow is not None and not with_care:
                break
            elif self._slow is not None:
                size += self._take_slow(self._slow, found, most - len(found), READ_BYTES - size)
        return Records(found, begun, self.next_offset, size)

    def pass_over(self) -> None:
        """Go on behind what could not be read."""
        if self.fault is not None:
            self.next_offset = self.fault.behind
            self.fault = None
            self._close()
            self.ended = not self._walk.move_on()

    def _open(self) -> None:
        """Open the next batch, or find that no batch follows or that it cannot be read."""
        self._batch, self._header, self._handed = memoryview(b""), None, 0
        self._opened_at = self.next_offset
        try:
            found = self._walk.next()
            if found is None:
                self._finish()
                return
            magic, self._batch = found
            if magic == MAGIC:
                self._open_batch(self._batch)
            else:
                self._slow = old_records(self._topic, self._partition, self._batch)
                self._batch_end = 0
                self.careful = True
        except Exception as error:
            self._stop(error)

    def _finish(self) -> None:
        self.ended = True
        if self.next_offset == self._begun_at and self._walk.size:
            self._batch = self._walk.all
            self._stop(UnreadableError("the broker's answer has nothing at this offset or behind it"))

    def _open_batch(self, batch: memoryview) -> None:
        header = read_header(batch)
        if checksum(batch) != header.crc:
            raise UnreadableError("its checksum is wrong")
        self._header = header
        self._batch_end = header.last_offset + 1
        if header.last_offset_delta < 0 or header.base_offset < 0 or 0 <= self._end < self._batch_end:
            raise UnreadableError(f"it claims to end at offset {header.last_offset}, the partition at {self._end - 1}")
        if self._batch_end <= self.next_offset:
            return
        if self._passed(header, batch):
            self.next_offset = self._batch_end
            return
        data = decompressed(header, batch, FAST_BYTES)
        if data is None:
            self._open_with_care()
        else:
            self._fast = FastRecords(self._topic, self._partition, header, data)

    def _passed(self, header: BatchHeader, batch: memoryview) -> bool:
        """Whether a batch's records are not for us."""
        covered = self._committed_only and self._aborted.covers(header)
        if header.control and self._committed_only:
            self._aborted.end(header, decompressed(header, batch, _CONTROL_BYTES) or b"")
        return covered or header.control

    def _open_with_care(self) -> None:
        assert self._header is not None
        self._fast, self.careful = None, True
        stream = Stream(pieces(self._header.codec, self._batch[HEADER_BYTES:]))
        records = careful_records(Origin(self._topic, self._partition, self._header), stream)
        # What the fast way handed out of this batch is not handed out again.
        asked = (record for record in records if record.offset >= self._opened_at)
        self._slow = islice(asked, self._handed, None)

    def _take_fast(self, batch: FastRecords, found: list[Record | Broken], most: int) -> int:
        try:
            records = batch.take(most)
        except Exception:
            self._open_with_care()
            return 0
        if not records:
            self._close()
            return 0
        share = batch.size * len(records) // max(1, self._header.record_count if self._header else 1)
        if records[0].offset < self._opened_at:
            records = [record for record in records if record.offset >= self._opened_at]
        self._handed += len(records)
        if records:
            self.next_offset = records[-1].offset + 1
            found += records
        return share

    def _take_slow(self, records: Iterator[Record | Broken], found: list[Record | Broken], most: int, room: int) -> int:
        size = 0
        try:
            for record in islice(records, most):
                if record.offset >= self._opened_at:
                    found.append(record)
                    self.next_offset = record.offset + 1
                size += _RECORD_BYTES + len(record.value or b"")
                size += len(record.raw) if isinstance(record, Broken) else 0
                if size >= room:
                    return size
            if size == 0:
                self._close()
        except Exception as error:
            self._stop(error)
        return size

    def _close(self) -> None:
        """Be done with a batch. Its end counts: its last records may have been compacted away."""
        self.next_offset = max(self.next_offset, self._batch_end)
        self._fast = self._slow = None
        self.careful = False

    def _stop(self, error: Exception) -> None:
        self.ended = True
        self._fast = self._slow = None
        cause = str(error) if isinstance(error, UnreadableError) else repr(error)
        behind = self._walk.behind(self.next_offset, self._end, self._header)
        raw = bytes(self._batch) or bytes(self._walk.all)
        self.fault = Unreadable(self._topic, self._partition, self.next_offset, behind, cause, raw)
