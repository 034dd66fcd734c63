"""`python -m bench [--quick]`: measures, prints tables, writes `bench/results/latest.json`.

Everything runs on the loopback address, in a folder that is removed afterwards; whatever was started is stopped, also
after an error or Ctrl-C. Exit status 1 with one line where something could not be measured.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

from aiokafka.errors import KafkaError
from clickhouse_connect.driver.exceptions import Error as ClickHouseError
from rich.console import Console

from bench.errors import BenchError
from bench.ground import ground
from bench.load import fill
from bench.machine import describe
from bench.plan import FULL, QUICK, Load, Plan
from bench.processes import clean_environment
from bench.registry import CONTESTANTS
from bench.report import RESULTS, print_start, print_throughput, write
from bench.throughput import Run, race
from bench.up import measure_start
from deploy.embedded.errors import StackError

#: A run that takes longer hangs somewhere.
_LIMIT_SECONDS = {True: 175.0, False: 590.0}


def main() -> int:
    """Run the benchmarks; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Benchmarks of Jejak against its peers.")
    parser.add_argument("--quick", action="store_true", help="a rougher run in less than 3 minutes")
    plan = QUICK if parser.parse_args().quick else FULL
    clean_environment()
    try:
        asyncio.run(_bounded(plan))
    except TimeoutError:
        return _fail(f"not done after {_LIMIT_SECONDS[plan.quick]:.0f} s")
    except (BenchError, StackError, KafkaError, ClickHouseError, OSError) as error:
        return _fail(str(error).partition("\n")[0] or repr(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return _fail("stopped")
    return 0


def _fail(reason: str) -> int:
    print(f"bench: {reason}", file=sys.stderr)
    return 1


async def _bounded(plan: Plan) -> None:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    home = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="jejak-bench-") as folder:
        # Children inherit it: what they write beside themselves goes with it, and a .env of the caller's is not read.
        os.chdir(folder)
        try:
            async with asyncio.timeout(_LIMIT_SECONDS[plan.quick]):
                await _measure(plan, Path(folder))
        finally:
            os.chdir(home)


async def _measure(plan: Plan, folder: Path) -> None:
    # A pipe has no width; the tables want this much.
    console = Console(width=None if sys.stdout.isatty() else 120)
    about = describe()
    with console.status("starting jejak up"):
        start = await measure_start(folder, plan)
    print_start(console, start)
    async with ground(folder) as place:
        with console.status("appending the backlogs"):
            counts = await fill(place, plan)
        console.print(f"{counts[Load.LARGE]:,} and {counts[Load.SMALL]:,} events in 7 topics of 4 partitions each")
        with console.status("measuring throughput"):
            runs = await race(place, CONTESTANTS, counts, plan, lambda run: _tell(console, run))
    print_throughput(console, runs)
    write(RESULTS, plan, about, runs, start)
    console.print(f"written: {RESULTS}", highlight=False, soft_wrap=True)


def _tell(console: Console, run: Run) -> None:
    console.print(f"  round {run.round}  {run.contestant:<12} {run.events_per_second:>9,.0f} events/s", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
