"""Serving HTTP in a process of Jejak's: taking the port, the options of uvicorn, and its end on SIGTERM."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp


class Server(uvicorn.Server):
    """Ends on SIGTERM with exit status 0; uvicorn would send itself the signal again."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Called by uvicorn around its work."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def server(app: ASGIApp, *, idle_seconds: int, drain_seconds: int, **options: Any) -> Server:
    """A server of an application, without a log of its own.

    Arguments:
        app: the application.
        idle_seconds: how long a connection without a request is kept.
        drain_seconds: how long answers that are on their way may take when the process is to end.
        options: more of uvicorn's.
    """
    return Server(
        uvicorn.Config(
            app,
            ws="none",
            loop="auto" if sys.platform == "win32" else "uvloop",
            log_config=None,
            access_log=False,
            server_header=False,
            # Whether and which headers of proxies count is the application's to decide.
            proxy_headers=False,
            timeout_keep_alive=idle_seconds,
            timeout_graceful_shutdown=drain_seconds,
            **options,
        )
    )


def listen(who: str, settings: str, host: str, port: int) -> socket.socket:
    """Take a port, before anything else is begun.

    Arguments:
        who: what the message calls the process, such as `the pages`.
        settings: how the names of its two settings begin, such as `JEJAK_PAGES`.
        host, port: where to listen; port 0 is a free one.

    Raises:
        OSError: the port is taken, or the host is no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        raise OSError(
            f"{who} cannot listen on {host} port {port} ({reason}); set {settings}_HOST and {settings}_PORT "
            "(0 takes a free one)"
        ) from error


def address_of(listener: socket.socket) -> str:
    """The URL that leads to a listener."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
