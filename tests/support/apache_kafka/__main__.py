"""`python -m tests.support.apache_kafka`: Apache Kafka in the foreground, to try things by hand. Ctrl-C stops it."""

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from tests.support.apache_kafka.cluster import plain_configs, running_cluster
from tests.support.apache_kafka.errors import KafkaUnavailableError


async def _run(brokers: int, port: int, data_dir: Path) -> None:
    ending = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    ports = [port + index for index in range(brokers)] if port else []
    async with running_cluster(plain_configs(data_dir, brokers, ports=ports)) as cluster:
        print(f"ready kafka={cluster.bootstrap}", flush=True)
        await ending.wait()


def main() -> int:
    """Run until it is stopped; exit status 1 where Kafka cannot run."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.apache_kafka", description=__doc__)
    parser.add_argument("--brokers", type=int, choices=(1, 3), default=1)
    parser.add_argument("--port", type=int, default=9092, help="of the first broker; 0 for free ones")
    parser.add_argument("--data-dir", type=Path, default=Path(".jejak/apache-kafka"))
    arguments = parser.parse_args()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_run(arguments.brokers, arguments.port, arguments.data_dir))
    except KafkaUnavailableError as error:
        print(f"jejak: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
