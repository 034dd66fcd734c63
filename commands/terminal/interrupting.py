"""Ctrl-C while a command is being imported: exit status 130 and no traceback.

An import takes up to a second, and some libraries swallow a KeyboardInterrupt in it or make another error of it. The
command has not begun by then, so the signal may end the process at once. This module imports next to nothing itself.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: 128 and the signal's number, as shells report it.
INTERRUPTED = 128 + signal.SIGINT


@contextmanager
def ending_at_once() -> Iterator[None]:
    """Let Ctrl-C end the process while the block imports something."""
    # A shell may have told a job in the background to ignore the signal, which stays so.
    is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not is_ours or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(_: int, __: FrameType | None) -> None:
    os._exit(INTERRUPTED)
