"""Scale-out: the same worker twice, on more partitions, on more workspaces.

Two workers on a machine of two cores cannot be twice as fast; what must not grow is the CPU time per event, that of
the workers, ClickHouse and the broker together.
"""

from collections.abc import Callable, Sequence

from bench.figures import Figure, figure, ratio
from bench.outcome import Line, Outcome, at_least, at_most
from bench.registry import MANY_PARTITIONS, MANY_WORKSPACES, ONE_PARTITION, ONE_WORKER, SURROUNDINGS, TWO_WORKERS
from bench.throughput import Run

_TWO_WORKERS_LIMIT = 1.15
_PARTITIONS_LIMIT = 0.85
_WORKSPACES_LIMIT = 0.9


def _cpu(run: Run) -> float:
    return run.cpu_us


def _worker_cpu(run: Run) -> float:
    return run.worker_cpu_us


def scale_outcome(runs: Sequence[Run]) -> Outcome:
    """Ratios within a round, to one worker on 4 partitions and one workspace."""
    cpu, worker_cpu = _paired(runs, _cpu), _paired(runs, _worker_cpu)
    rates = {
        name: ratio(runs, ONE_WORKER, name) for name in (TWO_WORKERS, ONE_PARTITION, MANY_PARTITIONS, MANY_WORKSPACES)
    }
    found = {name: value for name, value in rates.items() if value is not None}
    partitions, workspaces = found[MANY_PARTITIONS], found[MANY_WORKSPACES]
    figures = {
        "two_workers_cpu_ratio": round(cpu.median, 3),
        "two_workers_worker_cpu_ratio": round(worker_cpu.median, 3),
        "two_workers_rate_ratio": round(found[TWO_WORKERS].median, 3),
        "partitions_1_ratio": round(found[ONE_PARTITION].median, 3),
        "partitions_64_ratio": round(partitions.median, 3),
        "workspaces_1000_ratio": round(workspaces.median, 3),
        "spread": {name: [round(value.low, 3), round(value.high, 3)] for name, value in found.items()},
        "events_per_second": {
            item.name: round(figure(runs, item.name, "events_per_second").median) for item in SURROUNDINGS
        },
    }
    lines = [
        at_most("two workers: CPU per event, of one worker's", cpu.median, _TWO_WORKERS_LIMIT, str(cpu)),
        Line("two workers: their own CPU alone", str(worker_cpu)),
        Line("two workers: rate", str(found[TWO_WORKERS])),
        Line("1 partition: rate, of that at 4", str(found[ONE_PARTITION])),
        at_least("64 partitions: rate, of that at 4", partitions.median, _PARTITIONS_LIMIT, str(partitions)),
        at_least("1,000 workspaces: rate, of that at 1", workspaces.median, _WORKSPACES_LIMIT, str(workspaces)),
    ]
    return Outcome("scale", "Scale-out", lines, figures)


def _paired(runs: Sequence[Run], value: Callable[[Run], float]) -> Figure:
    """What two workers need, of what one needs, in the same round."""
    one = {run.round: value(run) for run in runs if run.contestant == ONE_WORKER}
    return Figure.of([value(run) / one[run.round] for run in runs if run.contestant == TWO_WORKERS])
