"""Waiting for a condition: what the tests do in place of sleeping for a guessed time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: Between two looks; what takes long is looked at less often, because looking costs others their time.
_FIRST_SECONDS, _LAST_SECONDS, _GROWTH = 0.02, 0.25, 1.3


def wait_until(condition: Callable[[], T | None], what: str, timeout: float = 30.0) -> T:
    """Ask again and again until the answer is true.

    Arguments:
        condition: asked again and again; its first true answer is returned.
        what: what is waited for, in words, for the failure's message.
        timeout: seconds after which the test fails.
    """
    deadline, pause = time.monotonic() + timeout, _FIRST_SECONDS
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout:.0f} s in vain until {what}; the last answer was {answer!r}")
        time.sleep(pause)
        pause = min(_LAST_SECONDS, pause * _GROWTH)
    return answer
