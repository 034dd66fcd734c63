"""No request sees what another one set: settings, readonly, databases, sessions, also under concurrency."""

from __future__ import annotations

import http.client
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.clickhouse_process import ServerProcess
from tests.support.plain_http import Answer, ask

GET_BLOCK = "SELECT getSetting('max_block_size')"
ENDLESS = "SELECT sum(sipHash64(number)) FROM numbers(1000000000000) SETTINGS max_threads = 1"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("clickhouse")) as process:
        assert ask(process, "CREATE TABLE rows (n UInt64) ENGINE = MergeTree ORDER BY n").status == 200
        assert ask(process, "CREATE DATABASE other").status == 200
        yield process


@pytest.fixture
def session() -> str:
    return str(uuid.uuid4())


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "the condition never held"
        time.sleep(0.01)


def runs(server: ServerProcess, part: str) -> bool:
    sql = "SELECT count() FROM system.processes WHERE query LIKE {part:String} AND query NOT LIKE '%processes%'"
    return ask(server, sql, param_part=f"%{part}%").body != b"0\n"


def test_settings_of_a_request_end_with_it(server: ServerProcess) -> None:
    before = ask(server, GET_BLOCK).body
    assert ask(server, GET_BLOCK, max_block_size=77).body == b"77\n"
    assert ask(server, "SET max_block_size = 78").status == 200
    assert ask(server, "USE other").status == 200
    assert ask(server, GET_BLOCK).body == before
    assert ask(server, "SELECT currentDatabase()").body == b"default\n"


def test_unknown_settings_and_databases_are_errors(server: ServerProcess) -> None:
    hostile: dict[str, Any] = {"max_threads = 1, readonly": 1}
    assert ask(server, "SELECT 1", no_such_setting=1).code == "115"
    assert ask(server, "SELECT 1", **hostile).code == "115"
    assert ask(server, "SELECT 1", database="nothing").code == "81"
    assert ask(server, "SELECT 1", database="other`; SELECT 2").code == "81"


def test_readonly_holds_for_its_own_request_only(server: ServerProcess) -> None:
    assert ask(server, "INSERT INTO rows VALUES (1)", readonly=1).code == "164"
    assert ask(server, "SET max_threads = 1", readonly=1).code == "164"
    assert ask(server, "SELECT 1", readonly=1, max_threads=1).body == b"1\n"
    assert ask(server, "SELECT currentDatabase()", readonly=1, database="other").body == b"other\n"
    assert ask(server, "INSERT INTO rows VALUES (1)").status == 200


def test_a_session_keeps_what_it_set_to_itself(server: ServerProcess, session: str) -> None:
    assert ask(server, "SET max_block_size = 77", session_id=session).status == 200
    assert ask(server, "USE other", session_id=session).status == 200
    assert ask(server, "CREATE TEMPORARY TABLE mine (n UInt8)", session_id=session).status == 200
    assert ask(server, "INSERT INTO mine VALUES (5)", session_id=session).status == 200
    all_of_it = "SELECT getSetting('max_block_size'), currentDatabase(), n FROM mine"
    assert ask(server, all_of_it, session_id=session).body == b"77\tother\t5\n"
    assert ask(server, all_of_it, session_id=f"{session}2").code == "60"
    assert ask(server, all_of_it).code == "60"


def test_settings_of_a_request_do_not_stay_in_its_session(server: ServerProcess, session: str) -> None:
    ask(server, "SET max_block_size = 77", session_id=session)
    everything = "SELECT getSetting('max_block_size'), getSetting('max_columns_to_read'), currentDatabase()"
    once: dict[str, Any] = {"max_block_size": 78, "max_columns_to_read": 9, "database": "other"}
    assert ask(server, everything, session_id=session, **once).body == b"78\t9\tother\n"
    assert ask(server, "SELECT nothing", session_id=session, **once).status == 404
    assert ask(server, everything, session_id=session).body == b"77\t0\tdefault\n"
    assert ask(server, "INSERT INTO rows VALUES (1)", session_id=session, readonly=1).code == "164"
    assert ask(server, "INSERT INTO rows VALUES (1)", session_id=session, method="GET").code == "164"
    assert ask(server, "INSERT INTO rows VALUES (1)", session_id=session).status == 200


def test_a_session_is_locked_while_it_works(server: ServerProcess, session: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        endless = pool.submit(ask, server, ENDLESS, session_id=session, query_id=f"endless {session}")
        eventually(lambda: runs(server, "sipHash64"))
        assert ask(server, "SELECT 1", session_id=session).code == "373"
        assert ask(server, "SELECT 1", query_id=f"endless {session}").code == "216"
        killed = ask(server, f"KILL QUERY WHERE query_id = 'endless {session}' SYNC")
        assert killed.body.startswith(b"finished")
        assert endless.result().code == "394"
    assert ask(server, "SELECT 1", session_id=session).status == 200


def test_a_session_ends_by_its_timeout_or_when_told(server: ServerProcess, session: str) -> None:
    assert ask(server, "SELECT 1", session_id=session, session_check=1).code == "372"
    ask(server, "CREATE TEMPORARY TABLE mine (n UInt8)", session_id=session, session_timeout=1)
    assert ask(server, "SELECT 1", session_id=session, session_check=1, session_timeout=0).status == 200
    eventually(lambda: ask(server, "SELECT 1", session_id=session, session_check=1).code == "372")
    ask(server, "SET max_threads = 1", session_id=session)
    ask(server, "SELECT 1", session_id=session, close_session=1)
    assert ask(server, "SELECT 1", session_id=session, session_check=1).code == "372"
    assert ask(server, "SELECT 1", session_id=session, session_timeout=99999).code == "374"


def test_requests_side_by_side_keep_their_own_settings_databases_and_rows(server: ServerProcess) -> None:
    ask(server, "CREATE OR REPLACE TABLE crowd (worker UInt8, n UInt32) ENGINE = MergeTree ORDER BY n")

    def work(worker: int) -> list[str]:
        wrong: list[str] = []
        session = f"crowd {worker}" if worker % 2 else ""
        ask(server, f"SET max_insert_block_size = {1000 + worker}", session_id=session)
        for round_number in range(12):
            size = 100 * worker + round_number + 1
            database = "other" if round_number % 2 else "default"
            sql = "SELECT getSetting('max_block_size'), currentDatabase(), {x:UInt32}, count() FROM numbers(1000)"
            answer = ask(server, sql, session_id=session, max_block_size=size, database=database, param_x=size)
            if answer.body != f"{size}\t{database}\t{size}\t1000\n".encode():
                wrong.append(f"{worker} got {answer.body!r}")
            readonly: dict[str, Any] = {"readonly": 1} if round_number % 3 == 0 else {}
            insert = ask(server, f"INSERT INTO crowd VALUES ({worker}, {round_number})", session_id=session, **readonly)
            if insert.status != (500 if readonly else 200):
                wrong.append(f"{worker} inserted with {insert.status} {insert.body!r}")
            expected = str(1000 + worker) if session else "1048449"
            kept = ask(server, "SELECT getSetting('max_insert_block_size')", session_id=session)
            if kept.body != f"{expected}\n".encode():
                wrong.append(f"{worker} kept {kept.body!r}")
        return wrong

    with ThreadPoolExecutor(8) as pool:
        assert [problem for wrong in pool.map(work, range(8)) for problem in wrong] == []
    counts = ask(server, "SELECT worker, count(), uniq(n) FROM crowd GROUP BY worker ORDER BY worker")
    assert counts.body == b"".join(b"%d\t8\t8\n" % worker for worker in range(8))


def test_a_long_query_holds_nobody_up(server: ServerProcess) -> None:
    with ThreadPoolExecutor(2) as pool:
        endless = [pool.submit(ask, server, ENDLESS, query_id=f"slow {number}") for number in range(2)]
        eventually(lambda: runs(server, "sipHash64"))
        assert ask(server, method="GET", path="/ping").status == 200
        assert ask(server, "INSERT INTO rows VALUES (1)").status == 200
        for number in range(2):
            eventually(lambda n=number: kill(server, f"slow {n}").body != b"")  # type: ignore[misc]
        assert [query.result().code for query in endless] == ["394", "394"]


def kill(server: ServerProcess, query_id: str) -> Answer:
    return ask(server, f"KILL QUERY WHERE query_id = '{query_id}' SYNC")


def test_a_client_that_leaves_a_big_answer_frees_its_query(server: ServerProcess) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("POST", "/", b"SELECT number AS leaving, toString(number) FROM numbers(1000000000)")
    response = connection.getresponse()
    response.read(100)
    assert runs(server, "leaving")
    response.close()
    connection.close()
    eventually(lambda: not runs(server, "leaving"))
