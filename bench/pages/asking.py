"""Pages asked for over HTTP, some times each: their medians and their slowest twentieth."""

import http.client
import time
from dataclasses import dataclass
from itertools import cycle, islice
from urllib.parse import quote, urlsplit

from bench.errors import BenchError


@dataclass(frozen=True)
class Timing:
    """How long a page takes, in milliseconds.

    Attributes:
        p50: the median.
        p95: the slowest twentieth.
        bytes: how large the last answer was.
    """

    p50: float
    p95: float
    bytes: int


def asked(address: str, workspace: str, paths: list[str], runs: int) -> Timing:
    """Ask for pages in turn; the first answer does not count.

    Arguments:
        address: of the server.
        workspace: whose pages.
        paths: below the workspace.
        runs: how often.

    Raises:
        BenchError: one was not answered with 200.
    """
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    times, size = [], 0
    for path in islice(cycle(paths), runs + 1):
        begun = time.perf_counter()
        connection.request("GET", f"/w/{quote(workspace)}/{path}")
        answer = connection.getresponse()
        size = len(answer.read())
        times.append(1_000 * (time.perf_counter() - begun))
        if answer.status != 200:
            raise BenchError(f"{path} is answered {answer.status}")
    connection.close()
    ordered = sorted(times[1:])
    return Timing(ordered[len(ordered) // 2], ordered[int(0.95 * (len(ordered) - 1))], size)
