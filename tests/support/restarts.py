"""A worker that is started again whenever it ends, as `jejak up`, systemd or Kubernetes would."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.support.worker import Worker

_PAUSE_SECONDS = 0.5


class Restarts:
    """Keeps a worker running until the block ends.

    Attributes:
        statuses: the exit statuses of the workers that ended by themselves.
        worker: the one that runs now.
    """

    def __init__(self, start: Callable[[int], Worker]) -> None:
        self._start = start
        self._ending = threading.Event()
        self.statuses: list[int] = []
        self.worker = start(0)
        self._thread = threading.Thread(target=self._keep, name="restarts")

    def _keep(self) -> None:
        while not self._ending.is_set():
            if self.worker.alive:
                self._ending.wait(0.1)
                continue
            self.statuses.append(self.worker.wait())
            self._ending.wait(_PAUSE_SECONDS)
            if not self._ending.is_set():
                self.worker = self._start(len(self.statuses))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._ending.set()
        self._thread.join(10)
        with self.worker:
            pass
