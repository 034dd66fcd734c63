"""Bytewax: its Kafka source, one step that checks whole batches, and a sink that gathers large blocks.

Bytewax does not commit to Kafka. It keeps the offsets in its recovery store, a snapshot of source and sink at the end
of each epoch; the sink writes what it has gathered before it gives its snapshot, so no offset is kept of rows that are
not stored. Dead letters are flushed at the same moment.
"""

import signal
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.run import cli_main

from bench.contestants.work import Checked, Letters, Work, work_of_command_line
from processors.dead_letters.dead_letter import dead_letter
from processors.stream.row import lines_of
from schemas.rejection import RejectedError

_BLOCK_ROWS = 50_000
_FETCH_RECORDS = 10_000
_EPOCH = timedelta(seconds=1)
_SINK = "0"


class _Writer(StatefulSinkPartition[Checked, None]):  # type: ignore[misc]  # not installed beside mypy
    """Gathers rows until there are enough, or the epoch ends."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._letters = Letters(work)
        self._lines: list[bytes] = []
        self._rows = 0

    def write_batch(self, values: list[Checked]) -> None:
        for checked in values:
            self._lines.append(checked.lines)
            self._rows += checked.rows
            self._letters.send(checked.letters)
            if self._rows >= _BLOCK_ROWS:
                self._flush()

    def snapshot(self) -> None:
        self._flush()
        self._letters.flush()

    def _flush(self) -> None:
        self._work.insert(b"".join(self._lines))
        self._lines, self._rows = [], 0


class _Sink(FixedPartitionedSink[Checked, None]):  # type: ignore[misc]  # not installed beside mypy
    def __init__(self, work: Work) -> None:
        self._work = work

    def list_parts(self) -> list[str]:
        return [_SINK]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> _Writer:
        return _Writer(self._work)


def dataflow(work: Work) -> Dataflow:
    """Source, check, sink."""
    flow = Dataflow("bench")
    config = {
        "fetch.wait.max.ms": "100",
        "max.partition.fetch.bytes": str(4 * 2**20),
        # A consumer a partition: each must not fetch the whole backlog ahead.
        "queued.max.messages.kbytes": str(8 * 2**10),
    }
    source = KafkaSource([work.servers], work.topics, add_config=config, batch_size=_FETCH_RECORDS)

    def check(records: list[Any]) -> Iterable[tuple[str, Checked]]:
        events, checked = [], Checked()
        for record in records:
            if record.value is None:
                continue
            try:
                events.append(work.event(record.value, record.topic, record.timestamp[1]))
            except RejectedError as error:
                checked.letters.append(dead_letter(record, error))
        checked.lines, checked.rows = lines_of(events), len(events)
        return [(_SINK, checked)]

    records = op.input("records", flow, source)
    op.output("events", op.flat_map_batch("check", records, check), _Sink(work))
    return flow


def main() -> None:
    """Run until terminated."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    work = work_of_command_line()
    store = Path(f"bytewax-{work.group}")
    if not store.exists():
        store.mkdir()
        init_db_dir(store, 1)
    cli_main(dataflow(work), epoch_interval=_EPOCH, recovery_config=RecoveryConfig(str(store)))


if __name__ == "__main__":
    main()
