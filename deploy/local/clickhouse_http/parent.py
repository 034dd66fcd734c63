"""Ending with the parent: a child whose parent was killed must not go on holding a port and a data directory."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.5


def die_with_parent(parent: int = 0) -> None:
    """Let this process get SIGTERM when its parent ends, or end it at once if the parent is gone already.

    `parent` is the parent's process id if the caller knows it: a parent that ended before this process could
    look would otherwise be taken for the process that inherited its children. On Linux the kernel sends the
    signal, already when the thread that started this process ends; elsewhere the parent is looked for twice a
    second.
    """
    parent = parent or os.getppid()
    if sys.platform != "linux" or ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        threading.Thread(target=_watch, args=(parent,), daemon=True, name="parent").start()
    # The parent may have ended before the kernel was asked; then no signal would ever come.
    if os.getppid() != parent:
        sys.exit(0)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
