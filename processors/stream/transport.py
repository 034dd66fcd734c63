"""The batched transport: what Faust is given in place of its own aiokafka driver (`processors/stream/consumer.py`)."""

from typing import Any

import faust
from faust.transport.drivers import aiokafka as driver

from processors.stream.batch import Batch
from processors.stream.consumer import BatchConsumer


class BatchTransport(driver.Transport):
    """The transport that makes such consumers."""

    Consumer = BatchConsumer


class BatchSchema(faust.Schema[None, Batch]):
    """A message's value is a batch already: nothing is to be decoded."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> None:
        """There is no key to a batch."""

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:
        """The batch, as the consumer made it."""
        return message.value
