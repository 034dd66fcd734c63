"""Publishing: records go to Kafka, and a request is answered once Kafka has acknowledged them.

The process starts without Kafka and looks for it until it is there. Records of a request that was answered 503 may
still arrive; the client sends them again, and the views fold both into one.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

import structlog
from aiokafka.errors import KafkaError

from producers.append import Appender, Outgoing
from producers.http.in_flight import Room
from producers.http.limits import ACKNOWLEDGED_SECONDS, STOP_SECONDS
from producers.http.metrics import Metrics
from producers.http.problems import Refusal, later
from schemas.constants import TOPICS
from schemas.settings import Settings

log = structlog.get_logger()

_START_AGAIN_SECONDS = 1.0
_LOOK_SECONDS = 5.0

Explain = Callable[[BaseException], str]
"""Says in one line for a person what is wrong with Kafka."""


class Publisher:
    """One Kafka producer for all requests.

    Attributes:
        problem: why records cannot be appended now; None if they can.
    """

    def __init__(self, settings: Settings, metrics: Metrics, explain: Explain) -> None:
        self._settings = settings
        self._metrics = metrics
        self._explain = explain
        self._wanted = {settings.dead_letter_topic, *(settings.topic(name) for name in TOPICS)}
        self._open = AsyncExitStack()
        self._appender: Appender | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self.problem: str | None = "Kafka is not connected yet"

    async def run(self) -> None:
        """Connect, for as long as it takes, then keep looking whether Kafka answers; until cancelled."""
        while self._appender is None:
            try:
                self._appender = await self._open.enter_async_context(Appender(self._settings))
            except (KafkaError, OSError) as error:
                self._tell(self._explain(error))
                await asyncio.sleep(_START_AGAIN_SECONDS)
        while True:
            await self._look(self._appender)
            await asyncio.sleep(_LOOK_SECONDS if self.problem is None else _START_AGAIN_SECONDS)

    async def _look(self, appender: Appender) -> None:
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                missing = self._wanted - (await appender.look_for_topics()).keys()
        except (KafkaError, OSError) as error:
            self._tell(self._explain(error))
            return
        told = f"topics are missing, run `jejak topics`, or hidden by ACLs: {', '.join(sorted(missing))}"
        self._tell(told if missing else None)

    def _tell(self, problem: str | None) -> None:
        if problem and problem != self.problem:
            log.warning("events cannot be appended; requests are answered 503", problem=problem)
        elif self.problem and not problem:
            log.info("events can be appended")
        self.problem = problem

    async def publish(self, records: Sequence[Outgoing], room: Room) -> None:
        """Append records, and return when Kafka has all of them.

        Arguments:
            records: what to append.
            room: the request's, which is kept until Kafka has answered, however late.

        Raises:
            ProblemError: 503; Kafka is away, too slow or refuses, and may have some of them.
        """
        if not records:
            return
        if self._appender is None:
            raise later(Refusal.UNAVAILABLE, "Kafka cannot be reached")
        task = asyncio.create_task(self._send(self._appender, records))
        self._sending.add(task)
        room.keep()
        task.add_done_callback(lambda _: room.release())
        task.add_done_callback(self._sending.discard)
        # Not cancelled when the time is up: what the producer holds is in flight until it is settled.
        done, _ = await asyncio.wait({task}, timeout=ACKNOWLEDGED_SECONDS)
        if not done:
            task.add_done_callback(_heard)
            raise later(Refusal.UNAVAILABLE, f"Kafka has not acknowledged within {ACKNOWLEDGED_SECONDS:.0f} s")
        if isinstance(error := task.exception(), KafkaError | OSError):
            log.warning("Kafka did not take a request's events", error=self._explain(error))
            raise later(Refusal.UNAVAILABLE, "Kafka does not take the events now")
        task.result()

    async def _send(self, appender: Appender, records: Sequence[Outgoing]) -> None:
        began = time.monotonic()
        await appender.send(records)
        self._metrics.seconds.observe(time.monotonic() - began)

    async def stop(self) -> None:
        """Wait for what is on its way, within bounds, and close the connection."""
        self.problem = "the front door is stopping"
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*self._sending, return_exceptions=True)
                await self._open.aclose()
        except TimeoutError:
            log.warning("stopped without Kafka's acknowledgement of everything; no request had an answer for it")


def _heard(task: asyncio.Task[None]) -> None:
    """Take note of a late error, which asyncio would otherwise log as never retrieved."""
    if not task.cancelled():
        task.exception()
