"""Waiting for a condition: what the tests do in place of sleeping for a guessed time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_LOOK_SECONDS = 0.05


def wait_until(condition: Callable[[], T | None], what: str, timeout: float = 30.0) -> T:
    """Ask again and again until the answer is true.

    Arguments:
        condition: asked every few milliseconds; its first true answer is returned.
        what: what is waited for, in words, for the failure's message.
        timeout: seconds after which the test fails.
    """
    deadline = time.monotonic() + timeout
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout:.0f} s in vain until {what}; the last answer was {answer!r}")
        time.sleep(_LOOK_SECONDS)
    return answer
