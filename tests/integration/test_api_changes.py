"""The stream of changes: what is told, to whom, and what it costs (contract, section 7)."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.crm import Crm
from tests.support.loop import BackgroundLoop
from tests.support.pages import Pages, running_pages
from tests.support.proxy import running_proxy
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.streams import Stream
from tests.support.waiting import wait_until

STREAMS, SECONDS = 50, 10
GROWTH_BYTES = 150 * 1024 * 1024


@pytest.fixture(scope="module")
def pages(pipeline: Space, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with running_pages(pipeline, tmp_path_factory.mktemp("pages")) as running:
        yield running


@pytest.fixture
def crm(pipeline: Space) -> Crm:
    made = Crm(f"ws-{uuid.uuid4().hex[:8]}")
    pipeline.append_events([made.status("Leads", 0), made.incoming("ani"), made.incoming("budi")])
    pipeline.until_committed()
    return made


MOVED = (["k-ani"], ["ani"])


def _ids(listening: Stream) -> list[tuple[list[str], list[str]]]:
    return [(change["conversations"], change["contacts"]) for change in listening.changes("pipeline")]


def stream(pages: Pages, crm: Crm) -> Stream:
    return Stream(pages.url, f"/api/v1/workspaces/{crm.workspace}/changes")


def test_what_was_stored_is_told_with_the_ids_that_it_is_of(pages: Pages, crm: Crm, pipeline: Space) -> None:
    with stream(pages, crm) as listening:
        pipeline.append_events([crm.incoming("citra", "masih ada?")])
        wait_until(
            lambda: any("k-citra" in change["conversations"] for change in listening.changes("conversations")),
            "the message is told",
            60,
        )
        assert listening.told[0] == ("late", {"seconds": 0})


def test_a_write_is_told_before_it_is_stored_and_in_its_workspace_alone(
    pages: Pages, crm: Crm, pipeline: Space
) -> None:
    other = Crm(f"ws-{uuid.uuid4().hex[:8]}")
    with stream(pages, crm) as listening, stream(pages, other) as elsewhere:
        pages.workspace(crm.workspace).send("PUT", "conversations/k-ani/status", {"status_id": "leads"})
        wait_until(lambda: MOVED in _ids(listening), "the move is told")
        assert elsewhere.changes("pipeline") == []


def test_what_happened_between_a_page_and_its_stream_is_told_too(pages: Pages, crm: Crm, pipeline: Space) -> None:
    """A page is made, something happens, and only then its stream begins: the page would stay as it was."""
    page = pages.ask("GET", f"/w/{crm.workspace}/conversations")
    assert page.status == 200
    pages.workspace(crm.workspace).send("PUT", "conversations/k-ani/status", {"status_id": "leads"})
    with stream(pages, crm) as listening:
        wait_until(lambda: MOVED in _ids(listening), "the move is told")
    pipeline.append_events([crm.incoming("budi", "halo?")])
    wait_until(lambda: pipeline.stored(where="workspace_id = {w:String} AND position(data, 'halo?') > 0",
                                       w=crm.workspace), "the message is stored")  # fmt: skip
    with stream(pages, crm) as listening:
        wait_until(
            lambda: any("k-budi" in change["conversations"] for change in listening.changes("journey")),
            "the message is told",
        )


def test_50_streams_cost_little_memory_and_one_question_a_second(
    stack: Stack, loop: BackgroundLoop, new_space: Callable[..., Space], logs: Path
) -> None:
    crm = Crm("ws-many")
    with running_proxy(stack.clickhouse, loop) as proxy:
        space = new_space(proxy.url)
        with running_pages(space, logs) as pages, ExitStack() as streams:
            pages.ask("GET", f"/w/{crm.workspace}/conversations")
            before = _memory(pages)
            for _ in range(STREAMS):
                streams.enter_context(stream(pages, crm))
            asked = len(proxy.asked)
            begun = time.monotonic()
            wait_until(lambda: time.monotonic() - begun >= SECONDS, "the streams are open for a while")
            # One look a second, and one that was on its way at either end.
            assert 1 <= len(proxy.asked) - asked <= (time.monotonic() - begun) + 2
            assert _memory(pages) - before < GROWTH_BYTES


def _memory(pages: Pages) -> int:
    lines = Path(f"/proc/{pages.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) * 1024
