"""The projector: what an agent does with a batch. Good records become rows, bad ones dead letters.

Be careful with the order here: a batch is done only when ClickHouse has its rows *and* the broker its dead letters.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from processors.dead_letters.dead_letter import DeadLetters, broken_letter, dead_letter
from processors.fetch.records import Broken
from processors.stream.batch import Batch
from processors.stream.group_commit import GroupCommit
from processors.stream.packing import Packer
from processors.stream.rejections import RejectionLog, Rejections
from processors.stream.row import MERGED, lines_of, merge_of
from processors.telemetry.metrics import Metrics
from processors.tuning import Tuning
from projections.roots import Merge
from schemas.dead_letter import DeadLetter
from schemas.event import Event
from schemas.rejection import RejectedError
from schemas.strangers import by_headers
from schemas.validation import validate


@dataclass(slots=True)
class Decoded:
    """The result of decoding a batch.

    Attributes:
        rows: the good records' rows.
        letters: the bad ones' dead letters.
        merges: the merges of contacts among the good ones.
        rejections: the bad ones in sum, for the log.
    """

    rejections: Rejections
    rows: Packer = field(default_factory=Packer)
    letters: list[DeadLetter] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)


class Projector:
    """Takes batches of every topic."""

    def __init__(self, group_commit: GroupCommit, dead_letters: DeadLetters, metrics: Metrics, tuning: Tuning) -> None:
        self._group_commit = group_commit
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._tuning = tuning
        self._rejection_log = RejectionLog()

    def close(self) -> None:
        """Log what was rejected and not logged yet."""
        self._rejection_log.close()

    async def take(self, batch: Batch, topic: str) -> None:
        """Decode a batch and pass on the result.

        Arguments:
            batch: the records.
            topic: their topic in the catalogue's words, without the prefix.

        Returns when the batch is in the gathering block, not when it is stored.
        """
        batch.taken = True
        decoded = await self._decode(batch, topic)
        packed = decoded.rows.finish()
        batch.shrink(len(packed.body))
        if decoded.letters:
            await self._dead_letters.send(decoded.letters)
        await self._group_commit.add(packed, lambda: self._finish(batch, decoded.rejections), decoded.merges)

    async def _decode(self, batch: Batch, topic: str) -> Decoded:
        decoded = Decoded(Rejections(batch.partition.topic))
        step = self._tuning.records_between_yields
        for start in range(0, len(batch.records), step):
            found = [self._decode_one(record, topic, decoded) for record in batch.records[start : start + step]]
            events = [event for event in found if event is not None]
            # On another thread, and so that the event loop gets its turn.
            await asyncio.to_thread(decoded.rows.add, lines_of(events), len(events))
        self._metrics.consumed.labels(batch.partition.topic).inc(len(batch.records))
        return decoded

    def _decode_one(self, record: Any, topic: str, decoded: Decoded) -> Event | None:
        if record.value is None:
            self._without_value(record, decoded)
            return None
        try:
            event = validate(record.value, topic=topic, recorded_ms=record.timestamp)
        except RejectedError as refusal:
            error = by_headers(refusal, record.value, record.headers)
            self._reject(dead_letter(record, error), record, error, decoded)
            return None
        if event.type.name == MERGED:
            decoded.merges.append(merge_of(event))
        return event

    def _without_value(self, record: Any, decoded: Decoded) -> None:
        """A tombstone, or what has none because it could not be read."""
        if not isinstance(record, Broken):
            self._metrics.tombstones.inc()
            return
        letter, reason = broken_letter(record)
        self._reject(letter, record, RejectedError(reason, record.cause), decoded)

    def _reject(self, letter: DeadLetter, record: Any, error: RejectedError, decoded: Decoded) -> None:
        decoded.letters.append(letter)
        decoded.rejections.note(record, error)
        self._metrics.rejected.labels(record.topic, error.reason.value).inc()

    def _finish(self, batch: Batch, rejections: Rejections) -> None:
        batch.done = True
        self._rejection_log.add(rejections)
        if batch.recorded_ms > 0:
            self._metrics.freshness.observe(max(0.0, time.time() - batch.recorded_ms / 1000))
