"""A clock that a test turns: an event loop in which time passes only when everybody waits for it, and then at once."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Turning(selectors.DefaultSelector):
    """Where the loop would wait for a while, the clock is turned by that while."""

    turned = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(None if timeout is None else 0)
        if not found and timeout is not None:
            self.turned += timeout
        return found


class TurnedLoop(asyncio.SelectorEventLoop):
    """Nothing in it may wait for another thread or for the network."""

    def __init__(self) -> None:
        self._turning = _Turning()
        super().__init__(self._turning)

    def time(self) -> float:
        """Seconds that have passed in this loop."""
        return self._turning.turned


def run_at_once(test: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, with such a clock."""
    with asyncio.Runner(loop_factory=TurnedLoop) as runner:
        return runner.run(test)


def now() -> float:
    """What that clock shows, in seconds."""
    return asyncio.get_running_loop().time()
