"""Stacks: what every thread and every task of the event loop is doing, as text.

A task that waits is on no thread's stack, and in a worker nearly everything is such a task.
"""

import asyncio
import io
import sys
import threading
import traceback


def all_stacks() -> str:
    """Of this process, now; called in the event loop whose tasks are wanted."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    told = io.StringIO()
    for ident, frame in sys._current_frames().items():  # noqa: SLF001 - documented, and there is no other
        told.write(f"thread {names.get(ident, ident)}\n")
        told.writelines(traceback.format_stack(frame))
    for task in asyncio.all_tasks():
        task.print_stack(file=told)
    return told.getvalue()
