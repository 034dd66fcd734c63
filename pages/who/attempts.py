"""How often a login may fail: a few times a minute for each name, and for each address."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

_MOST, _SECONDS = 5, 60.0
_REMEMBERED = 10_000


class Attempts:
    """Failed logins of the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing has failed yet.

        Arguments:
            clock: seconds that never go back.
        """
        self._clock = clock
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()

    def seconds_left(self, *who: str) -> int:
        """How long some names and addresses have to wait; 0 for not at all."""
        return max((self._seconds(key) for key in who), default=0)

    def _seconds(self, key: str) -> int:
        failed = self._failed.get(key)
        if failed is None:
            return 0
        while failed and self._clock() - failed[0] >= _SECONDS:
            failed.popleft()
        return int(_SECONDS - (self._clock() - failed[0])) + 1 if len(failed) >= _MOST else 0

    def failed(self, *who: str) -> None:
        """Note a failure."""
        for key in who:
            self._failed.setdefault(key, deque(maxlen=_MOST)).append(self._clock())
            self._failed.move_to_end(key)
            if len(self._failed) > _REMEMBERED:
                self._failed.popitem(last=False)
