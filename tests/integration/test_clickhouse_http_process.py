"""The server as a process: what it says, what it leaves behind, and what a restart finds."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.local.clickhouse_http.native_blocks import NativeDecoder
from tests.support.clickhouse_process import ServerProcess, StartError
from tests.support.plain_http import ask

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "the condition never held"
        time.sleep(0.01)


def alive(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_rows_survive_a_stop_and_a_kill(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as first:
        assert first.url == f"http://127.0.0.1:{first.port}"
        ask(first, "CREATE DATABASE kept")
        ask(first, "CREATE TABLE kept.rows (n UInt64) ENGINE = MergeTree ORDER BY n")
        assert ask(first, "INSERT INTO kept.rows SELECT number FROM numbers(1000)").status == 200
        assert first.stop() == 0
    with ServerProcess(tmp_path) as second:
        assert ask(second, "SELECT count() FROM kept.rows").body == b"1000\n"
        assert ask(second, "INSERT INTO kept.rows VALUES (1)").status == 200
        assert second.kill() == -signal.SIGKILL
    with ServerProcess(tmp_path) as third:
        assert ask(third, "SELECT count() FROM kept.rows").body == b"1001\n"
        third.child.signal(signal.SIGINT)
        assert third.child.wait(10) == 0


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = ServerProcess(tmp_path, port)
        with pytest.raises(StartError) as refused:
            server.start()
    assert str(port) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert server.child.exit_status == 1


def test_a_data_directory_serves_one_process(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as first:
        second = ServerProcess(tmp_path)
        with pytest.raises(StartError, match=f"in use by another process.*{first.child.pid}") as refused:
            second.start()
        assert "\n" not in str(refused.value)
        assert second.child.exit_status == 1


def test_a_platform_without_the_engine_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "chdb.py").write_text("raise ImportError('no wheel for this platform')")
    command = [
        sys.executable,
        "-m",
        "deploy.local.clickhouse_http",
        "--port",
        "0",
        "--data-dir",
        str(tmp_path / "data"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [done.stderr.strip()]
    assert "no wheel for this platform" in done.stderr


def test_the_engine_itself_writes_the_blocks_that_are_read_and_written_here(tmp_path: Path) -> None:
    values = b"".join(number.to_bytes(8, "little") for number in range(50000))
    with ServerProcess(tmp_path) as server:
        ask(server, "CREATE TABLE t (n UInt64 CODEC(LZ4)) ENGINE = TinyLog")
        assert ask(server, "INSERT INTO t SELECT number FROM numbers(50000)").status == 200
    (stored,) = tmp_path.rglob("n.bin")
    decoder = NativeDecoder()
    assert decoder.decode(stored.read_bytes()) == values
    decoder.finish()


def test_a_stop_lets_running_queries_finish(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(ask, server, "SELECT count() FROM numbers(40) WHERE sleepEachRow(0.02) = 0", query_id="slow")
        eventually(lambda: b"slow" in ask(server, "SELECT query_id FROM system.processes").body)
        kept = http.client.HTTPConnection("127.0.0.1", server.port)
        kept.connect()
        server.child.terminate()
        eventually(lambda: refused(kept))
        kept.close()
        assert server.stop() == 0
        assert slow.result().body == b"40\n"


def refused(connection: http.client.HTTPConnection) -> bool:
    connection.request("POST", "/", b"SELECT 1")
    answer = connection.getresponse()
    answer.read()
    return answer.status == 503


def test_a_stop_ends_queries_that_would_never_finish(tmp_path: Path) -> None:
    endless = "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)"
    with ServerProcess(tmp_path, 0, "--grace", "0.2") as server, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask, server, endless)
        eventually(lambda: b"sipHash64" in ask(server, "SELECT query FROM system.processes").body)
        assert server.stop() == 0
        assert answer.result().code == "394"


@LINUX
def test_the_server_ends_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys, time\n"
        "from tests.support.clickhouse_process import ServerProcess\n"
        f"server = ServerProcess(pathlib.Path({str(tmp_path)!r}))\n"
        "server.start()\n"
        "print(server.child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
    eventually(lambda: not alive(child))


def test_an_orphan_does_not_even_start(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploy.local.clickhouse_http", "--port", "0", "--data-dir", str(tmp_path)]
    done = subprocess.run([*command, "--die-with-parent=1"], capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (0, b"")


@LINUX
def test_an_idle_server_does_nothing_and_a_client_may_stay_connected(tmp_path: Path) -> None:
    def ticks() -> int:
        fields = Path(f"/proc/{server.child.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    with ServerProcess(tmp_path) as server:
        assert ask(server, "SELECT 1").status == 200
        before, began = ticks(), time.monotonic()
        # An interval to measure over, not a wait for something to happen.
        time.sleep(1.0)
        share = (ticks() - before) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - began)
        assert share < 0.1
