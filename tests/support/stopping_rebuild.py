"""A rebuild that stops at a step, for tests: `python -m tests.support.stopping_rebuild SOURCE [STEP] [--alive]`.
SOURCE is `events`, `kafka` or `into:DATABASE`.

It is told of each step before anything of it is done and behind its own look at the lock, and sends itself SIGSTOP
there: all its threads stand still, its signs of life among them. With `--alive` it only waits for a line on stdin.
A holder counts as dead sooner than in earnest, so that tests need not wait as long.
"""

import os
import signal
import sys

from processors.stream.replay import restore_events
from projections.rebuild.course import rebuild
from projections.rebuild.into import rebuild_into
from projections.runs import lock
from projections.runs.errors import RebuildError
from schemas.settings import Settings

LEASE_SECONDS = 4.0


def main(source: str, step: str = "", how: str = "") -> int:
    """Rebuild; the exit status and the last line are those of `jejak rebuild`."""
    lock.BEAT_SECONDS, lock.LEASE_SECONDS = 0.5, LEASE_SECONDS
    reached: list[str] = []

    def progress(name: str, done: int, _: int) -> None:
        if name != step or done or reached:
            return
        reached.append(name)
        print("reached", flush=True)
        if how == "--alive":
            sys.stdin.readline()
        else:
            os.kill(os.getpid(), signal.SIGSTOP)

    settings = Settings()
    try:
        if source.startswith("into:"):
            rebuild_into(settings, source.removeprefix("into:"), progress)
            return 0
        if source == "kafka":
            restore_events(settings, progress, allow_loss=False)
        outcome = rebuild(settings, progress)
    except RebuildError as error:
        print(error, file=sys.stderr)
        return 1
    for item in outcome.drift:
        print(item, file=sys.stderr)
    return 1 if outcome.drift else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
