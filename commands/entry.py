"""The way into `jejak`: Ctrl-C ends it with exit status 130 and no traceback, from its first instruction on.

To import the commands takes a second, in which nobody would catch a KeyboardInterrupt; some libraries swallow it there
or make another error of it. So until they are imported the signal ends the process at once. Nothing is begun before.
"""

import os
import signal
from types import FrameType

#: 128 and the signal's number, as shells tell it.
INTERRUPTED = 128 + signal.SIGINT


def _end(_: int, __: FrameType | None) -> None:
    os._exit(INTERRUPTED)


def main() -> None:
    """Run the command that the command line names."""
    # A shell may have told a job in the background to ignore it, which stays so.
    is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_ours:
        signal.signal(signal.SIGINT, _end)
    from commands.main import main as run  # noqa: PLC0415 - it is what takes the time

    try:
        if is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
