"""Questions that do not depend on each other, asked at the same time: a page waits for the slowest one only.

What is asked may not ask through this module itself: threads that wait for each other would never end.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

_pool = ThreadPoolExecutor(8, thread_name_prefix="pages")


def both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """What two functions answer. Raises what either raises."""
    later = _pool.submit(second)
    try:
        return first(), later.result()
    finally:
        later.cancel()


def three(first: Callable[[], A], second: Callable[[], B], third: Callable[[], C]) -> tuple[A, B, C]:
    """What three functions answer. Raises what one of them raises."""
    later = _pool.submit(second), _pool.submit(third)
    try:
        return first(), later[0].result(), later[1].result()
    finally:
        for item in later:
            item.cancel()


def every(calls: list[Callable[[], A]]) -> list[A]:
    """What functions answer, in their order. Raises what one of them raises."""
    return [item.result() for item in [_pool.submit(call) for call in calls]]
