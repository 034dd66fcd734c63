"""One question in one state: the median of its runs."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import Any

from clickhouse_connect.driver.client import Client

from bench.reading.keys import Keys
from bench.reading.questions import Question

#: After this long a question has been asked often enough: nobody waits for the twentieth second of a slow one.
_BUDGET_SECONDS = 25.0


@dataclass(frozen=True)
class Timing:
    """How long an answer takes, in milliseconds.

    Attributes:
        server: the median inside ClickHouse.
        client: the median for the asker, over HTTP, rows turned into Python values.
        runs: how many runs that is the median of.
        rows: of the last answer.
    """

    server: float
    client: float
    runs: int
    rows: int


def timing(client: Client, question: Question, source: str, keys: Keys, runs: int) -> Timing:
    """Ask a question some times.

    Arguments:
        client: of the database to ask.
        question: what to ask.
        source: `views` or `events`.
        keys: whom to ask about.
        runs: how often; less where it takes too long, but at least three times.
    """
    return repeated(lambda turn: _ask(client, question.sql(source), turn), keys, runs)


def repeated(ask: Callable[[dict[str, Any]], tuple[float, float, int]], keys: Keys, runs: int) -> Timing:
    """The medians of some calls, the first of which does not count."""
    servers, clients, rows = [], [], 0
    deadline = time.monotonic() + _BUDGET_SECONDS
    for number, turn in enumerate(islice(keys.turns(), runs + 1)):
        server, client, rows = ask(turn)
        if number:
            servers.append(server)
            clients.append(client)
        if number >= min(3, runs) and time.monotonic() > deadline:
            break
    return Timing(median(servers), median(clients), len(servers), rows)


def _ask(client: Client, sql: str, parameters: dict[str, Any]) -> tuple[float, float, int]:
    used = {name: value for name, value in parameters.items() if f"{{{name}:" in sql}
    begun = time.perf_counter()
    answer = client.query(sql, parameters=used)
    rows = len(answer.result_rows)
    elapsed = (time.perf_counter() - begun) * 1e3
    summary = answer.summary
    summary = json.loads(summary) if isinstance(summary, str) else summary
    return int(summary["elapsed_ns"]) / 1e6, elapsed, rows
