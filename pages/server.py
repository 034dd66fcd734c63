"""The process of `jejak pages`: uvicorn around the application, and its end on SIGTERM."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Iterator

import uvicorn

from pages.app import create_app
from pages.desk import make_desk
from schemas.settings import Settings

#: How long answers that are on their way may take when the process is to end; streams are cut off.
_DRAIN_SECONDS = 5
_IDLE_SECONDS = 75


class _Server(uvicorn.Server):
    """Ends on SIGTERM with exit status 0; uvicorn would send itself the signal again."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Called by uvicorn around its work."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def serve(settings: Settings) -> None:
    """Answer requests until SIGTERM or SIGINT. Prints one line with the address once connections are taken.

    Arguments:
        settings: where Kafka and ClickHouse are, and where to listen.

    Raises:
        OSError: the port cannot be had.
        WhoError: the files of users or keys cannot be used, or the host is not for an open gate.
    """
    desk = make_desk(settings)
    listener = _listen(settings.pages_host, settings.pages_port)
    server = _Server(
        uvicorn.Config(
            create_app(desk),
            ws="none",
            loop="auto" if sys.platform == "win32" else "uvloop",
            log_config=None,
            access_log=False,
            server_header=False,
            # Which headers of proxies count is decided in pages/who/proxy.py.
            proxy_headers=False,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
        )
    )
    print(f"ready pages={address_of(listener)}", flush=True)
    server.run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        raise OSError(
            f"the pages cannot listen on {host} port {port} ({reason}); set JEJAK_PAGES_HOST and JEJAK_PAGES_PORT "
            "(0 takes a free one)"
        ) from error


def address_of(listener: socket.socket) -> str:
    """The URL that leads to a listener."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
