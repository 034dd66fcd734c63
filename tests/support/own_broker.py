"""A broker of a test's own that can be stopped in its tracks: it keeps what it has, and answers nothing."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.support.brokers import Kind, running_broker
from tests.support.loop import BackgroundLoop
from tests.support.processes import children_of
from tests.support.space import Space, made_space
from tests.support.stack import Stack


@dataclass(frozen=True)
class OwnBroker:
    """A broker and a space on it."""

    space: Space
    pids: frozenset[int]

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let it answer nothing for a while."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        for pid in self.pids:
            os.kill(pid, number)


@contextmanager
def own_broker(stack: Stack, directory: Path, loop: BackgroundLoop) -> Iterator[OwnBroker]:
    """A broker of the session's kind, and a space on it and the session's ClickHouse."""
    if stack.kind is Kind.CONTAINERS:
        pytest.skip("a broker in a container is no process of ours")
    before = set(children_of(os.getpid()))
    with running_broker(stack.kind, directory, loop) as broker:
        pids = frozenset(children_of(os.getpid()).keys() - before)
        # The broker is gone before the space is, and its topics with it.
        with made_space(replace(stack, kafka=broker.bootstrap, embedded=True), loop) as space:
            yield OwnBroker(space, pids)
