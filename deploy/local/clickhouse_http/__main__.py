"""`python -m deploy.local.clickhouse_http --port N --data-dir DIR`: the embedded ClickHouse as a process of its own."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

from deploy.local.clickhouse_http.parent import die_with_parent


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.clickhouse_http", description=__doc__)
    parser.add_argument("--port", type=int, default=8123, help="TCP port on 127.0.0.1; 0 for a free one")
    parser.add_argument("--data-dir", type=Path, required=True, help="where the tables live; created when missing")
    parser.add_argument(
        "--die-with-parent",
        nargs="?",
        type=int,
        const=0,
        metavar="PID",
        help="end when the parent process does; its PID, if given, closes the gap before this process can look",
    )
    parser.add_argument("--config-file", type=Path, help="ClickHouse's own configuration: clusters, macros")
    parser.add_argument("--grace", type=float, default=10.0, help="seconds that running queries get at the end")
    return parser.parse_args(arguments)


def main() -> int:
    """Run the server; returns the exit status."""
    chosen = options()
    if sys.platform == "win32":
        print("clickhouse: there is no embedded ClickHouse for Windows; use WSL or Docker", file=sys.stderr)
        return 1
    if chosen.die_with_parent is not None:
        die_with_parent(chosen.die_with_parent)
    # Not at the top: it imports what Windows does not have, and takes its time, in which the parent might end.
    server = import_module("deploy.local.clickhouse_http.run")
    try:
        server.run(chosen.data_dir, chosen.port, chosen.grace, chosen.config_file)
    except server.StartupError as error:
        print(f"clickhouse: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # The engine's own threads and static destructors have nothing left to do, and must not delay the end.
    os._exit(status)
