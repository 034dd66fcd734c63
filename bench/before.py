"""`python -m bench.before REVISION`: the throughput of the present sources beside those of another commit, in one run.

Both work off the same backlog, in turns, each with tables made by its own `jejak migrate`; ratios are taken within a
round. Both run in this environment, so the other commit must get by with the packages that are installed here.

The backlog is that of `make bench`; `--quick` takes the smaller one. `--workspaces` spreads the events over 1,000
workspaces, where merges are followed for many of them at once.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from aiokafka.errors import KafkaError
from clickhouse_connect.driver.exceptions import Error as ClickHouseError
from rich.console import Console

from bench.errors import BenchError
from bench.figures import ratio
from bench.ground import ground
from bench.load import fill
from bench.plan import FULL, QUICK, Load, Plan
from bench.processes import clean_environment
from bench.registry import JEJAK, Contestant
from bench.report import print_runs
from bench.throughput import Run, race
from deploy.local.errors import StackError

_ROOT = Path(__file__).parents[1]
_BEFORE = "jejak_before"
_LIMIT_SECONDS = 1_800.0


def main() -> int:
    """Run both in turns and print their rates; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.before", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("revision", help="the commit to compare with, in git's words")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="the smaller backlog")
    parser.add_argument("--workspaces", action="store_true", help="1,000 workspaces in place of one")
    chosen = parser.parse_args()
    clean_environment()
    plan = replace(QUICK if chosen.quick else FULL, rounds=chosen.rounds, every=1_000_000)
    load = Load.MANY_WORKSPACES if chosen.workspaces else Load.LARGE
    if chosen.workspaces:
        plan = replace(plan, every_scaled=1)
    try:
        with tempfile.TemporaryDirectory(prefix="jejak-bench-") as folder:
            asyncio.run(_bounded(chosen.revision, plan, load, Path(folder)))
    except TimeoutError:
        return _fail(f"not done after {_LIMIT_SECONDS:.0f} s")
    except (BenchError, StackError, KafkaError, ClickHouseError, OSError) as error:
        return _fail(str(error).partition("\n")[0] or repr(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return _fail("stopped")
    return 0


def _fail(reason: str) -> int:
    print(f"bench.before: {reason}", file=sys.stderr)
    return 1


async def _bounded(revision: str, plan: Plan, load: Load, folder: Path) -> None:
    async with asyncio.timeout(_LIMIT_SECONDS):
        await _measure(revision, plan, load, folder)


async def _measure(revision: str, plan: Plan, load: Load, folder: Path) -> None:
    console = Console(width=None if sys.stdout.isatty() else 120)
    contestants = (
        Contestant(JEJAK, "present", "the sources as they are", load),
        Contestant(_BEFORE, revision, "the sources of that commit", load, root=_checkout(revision, folder / "before")),
    )
    async with ground(folder) as place:
        counts = await fill(place, plan)
        console.print(f"{counts[load]:,} events")

        def told(run: Run) -> None:
            console.print(f"  round {run.round}  {run.contestant:<14} {run.events_per_second:>9,.0f} events/s")

        runs = await race(place, contestants, counts, plan.rounds, plan.patience_seconds, told)
    print_runs(console, "Throughput beside another commit", runs, contestants)
    console.print(f"present / {revision}: {ratio(runs, _BEFORE)}", highlight=False)


def _checkout(revision: str, folder: Path) -> Path:
    """The sources of a commit, without touching the repository's own working tree.

    Raises:
        BenchError: git does not know the commit, or is not there.
    """
    folder.mkdir()
    archive = subprocess.run(["git", "-C", _ROOT, "archive", revision], capture_output=True, check=False)
    if archive.returncode:
        raise BenchError(archive.stderr.decode(errors="replace").strip().partition("\n")[0])
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
