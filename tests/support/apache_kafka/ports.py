"""Ports for brokers that die and come back on the same one.

They lie outside the range that the system takes for outgoing connections. Within it a client that keeps trying the
port of a dead broker sooner or later connects to itself, and the broker cannot have its port back.
"""

import random
import socket
from contextlib import suppress
from pathlib import Path

from tests.support.apache_kafka.errors import KafkaUnavailableError

_LOWEST = 15_000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
#: Where the range is not told: that of Linux.
_OUTGOING_FROM = 32_768


def free_port() -> int:
    """A port of the loopback address that nobody has now.

    Raises:
        KafkaUnavailableError: none was found.
    """
    highest = int(_RANGE.read_text().split()[0]) if _RANGE.exists() else _OUTGOING_FROM
    for _ in range(100):
        port = random.randrange(min(_LOWEST, highest - 1_000), highest)
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise KafkaUnavailableError("no free port was found")
