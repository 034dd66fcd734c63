"""When the follower looks again."""

import asyncio
from typing import cast

import pytest
from clickhouse_connect.driver.client import Client

from processors.worker.follower import Follower


async def _waits(counts: list[int]) -> list[float]:
    """The seconds between looks that find so many."""
    waits: list[float] = []
    found = iter(counts)
    looking = Follower(lambda: cast("Client", None), 600, lambda: True)
    looking._look = lambda: next(found)  # type: ignore[method-assign]

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == len(counts):
            raise asyncio.CancelledError

    with pytest.MonkeyPatch.context() as patch, pytest.raises(asyncio.CancelledError):
        patch.setattr(asyncio, "sleep", sleep)
        await looking.run()
    return waits


def test_where_a_merge_had_no_root_the_next_look_is_near() -> None:
    """Beside an older worker there are more of them: ten minutes would be long for whoever reads."""
    first, second, third = asyncio.run(_waits([0, 3, 0]))
    assert min(first, third) >= 300
    assert second <= 90
