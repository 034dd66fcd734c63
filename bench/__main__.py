"""`python -m bench [--quick]`: measures, prints tables, writes `bench/results/latest.json` and the plots.

A quick run writes `latest-quick.json` and no plots: its figures are not to be quoted. `--only SECTION` measures that
alone and writes nothing.

Everything runs on the loopback address, in a folder that is removed afterwards; whatever was started is stopped, also
after an error or Ctrl-C. Exit status 1 with one line where something could not be measured.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from aiokafka.errors import KafkaError
from clickhouse_connect.driver.exceptions import Error as ClickHouseError
from rich.console import Console

from bench.course import QUICK_SECTIONS, SECTIONS, Course
from bench.errors import BenchError
from bench.machine import describe
from bench.plan import FULL, QUICK, TINY, Plan
from bench.processes import clean_environment
from deploy.local.errors import StackError
from projections.runs.errors import RebuildError

#: A run that takes longer hangs somewhere.
_LIMIT_SECONDS = {True: 600.0, False: 1_800.0}


def main() -> int:
    """Run the benchmarks; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Benchmarks of Jejak against its peers.")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a rougher run in less than 3 minutes")
    size.add_argument("--tiny", action="store_true", help="only to see that everything runs")
    parser.add_argument("--only", action="append", choices=SECTIONS, metavar="SECTION", help=", ".join(SECTIONS))
    chosen = parser.parse_args()
    plan = TINY if chosen.tiny else QUICK if chosen.quick else FULL
    clean_environment()
    try:
        sections = tuple(chosen.only or (QUICK_SECTIONS if chosen.quick else SECTIONS))
        asyncio.run(_bounded(plan, sections, only=bool(chosen.only)))
    except TimeoutError:
        return _fail(f"not done after {_LIMIT_SECONDS[plan.quick]:.0f} s")
    except (BenchError, StackError, RebuildError, KafkaError, ClickHouseError, OSError) as error:
        return _fail(str(error).partition("\n")[0] or repr(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return _fail("stopped")
    return 0


def _fail(reason: str) -> int:
    print(f"bench: {reason}", file=sys.stderr)
    return 1


async def _bounded(plan: Plan, sections: tuple[str, ...], *, only: bool) -> None:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    home = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="jejak-bench-") as folder:
        # Children inherit it: what they write beside themselves goes with it, and a .env of the caller's is not read.
        os.chdir(folder)
        try:
            async with asyncio.timeout(_LIMIT_SECONDS[plan.quick]):
                await _measure(plan, sections, Path(folder), only=only)
        finally:
            os.chdir(home)


async def _measure(plan: Plan, sections: tuple[str, ...], folder: Path, *, only: bool) -> None:
    # A pipe has no width; the tables want this much.
    console = Console(width=None if sys.stdout.isatty() else 120)
    about = describe()
    begun = time.monotonic()
    found = await Course(console, plan, sections, folder).run()
    about["seconds"] = round(time.monotonic() - begun)
    if not only:
        for path in found.write(about):
            console.print(f"written: {path}", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
