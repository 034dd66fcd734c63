"""What an operator does about partitions that stand still: goes past each, until nothing waits."""

from dataclasses import replace

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from processors.dead_letters.dead_letter import DeadLetters
from processors.dead_letters.skipped import skip_letter
from processors.dead_letters.skipping import where_to_go_on
from processors.fetch.fetching import readable_end, stopped
from processors.kafka.client import consumer_options
from processors.telemetry.metrics import Metrics
from processors.tuning import Tuning
from tests.support.space import Space


def go_past_all(space: Space, topic: str) -> int:
    """Let workers go past whatever cannot be read in a topic; how often that was.

    It does what `jejak dead-letters skip` does, without a process for each.
    """
    return space.loop.run(_go_past_all(space, topic), timeout=1_800)


async def _go_past_all(space: Space, topic: str) -> int:
    letters, gone = DeadLetters(space.settings, Tuning(), Metrics()), 0
    options = consumer_options(space.settings) | {"auto_offset_reset": "earliest", "fetch_max_wait_ms": 50}
    # Behind the end there is nothing, and nothing is begun anew.
    probing = options | {"auto_offset_reset": "none"}
    async with AIOKafkaConsumer(**options) as consumer, AIOKafkaConsumer(**probing) as prober:
        for number in range(4):
            partition, position = TopicPartition(topic, number), 0
            consumer.assign([partition])
            consumer.seek(partition, 0)
            while (end := readable_end(consumer, partition)) is None or position < end:
                await consumer.getmany(timeout_ms=50)
                position = await consumer.position(partition)
                if found := stopped(consumer).get(partition):
                    found = replace(found, behind=await where_to_go_on(prober, partition, found))
                    await letters.send([skip_letter(found)])
                    gone += 1
                    position = found.behind
                    consumer.seek(partition, position)
    await letters.stop()
    return gone
