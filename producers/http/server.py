"""The process of `jejak collect`: uvicorn around the routes, and its end on SIGTERM."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import structlog
import uvicorn

from producers.http.app import create_app
from producers.http.connections import BoundedProtocol
from producers.http.door import Door
from producers.http.in_flight import InFlight
from producers.http.limits import CONNECTIONS, DRAIN_SECONDS, IDLE_SECONDS
from producers.http.metrics import Metrics
from producers.http.publishing import Explain, Publisher
from producers.http.sources.watching import SourcesFile
from schemas.settings import Settings

log = structlog.get_logger()

#: Descriptors beside the connections: Kafka's, the log, the listener.
_OTHER_FILES = 200


class _Server(uvicorn.Server):
    """Ends on SIGTERM with exit status 0; uvicorn would send itself the signal again."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def listen(host: str, port: int) -> socket.socket:
    """Take the port, before anything else is begun.

    Raises:
        OSError: the port is taken, or the host is no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0]
        raise OSError(
            f"the front door cannot listen on {host} port {port} ({reason}); set JEJAK_COLLECT_HOST and "
            "JEJAK_COLLECT_PORT (0 takes a free one)"
        ) from error


def serve(settings: Settings, explain: Explain) -> None:
    """Answer requests until SIGTERM or SIGINT, then let those on their way end.

    Prints one line with the address once connections are taken.

    Arguments:
        settings: where Kafka is, where to listen, and the sources file.
        explain: says what is wrong with Kafka.

    Raises:
        OSError: the port cannot be had.
        SourcesError: the sources file cannot be used.
    """
    sources = SourcesFile(Path(settings.collect_sources) if settings.collect_sources else None)
    listener = listen(settings.collect_host, settings.collect_port)
    metrics, in_flight = Metrics(), InFlight(settings.collect_in_flight_bytes)
    door = Door(settings, sources, Publisher(settings, metrics, explain), in_flight, metrics)
    _allow_connections()
    # It warns of each request that is no HTTP, and anybody can send as many of those as they like.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    _calm_garbage_collector()
    server = _Server(
        uvicorn.Config(
            create_app(door),
            http=BoundedProtocol,
            ws="none",
            loop="auto" if sys.platform == "win32" else "uvloop",
            log_config=None,
            access_log=False,
            server_header=False,
            # No address is looked at, so none can be kept.
            proxy_headers=False,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
    )
    print(f"ready collect={address_of(listener)}", flush=True)
    server.run(sockets=[listener])


def _calm_garbage_collector() -> None:
    """Events are short-lived trees without cycles, and looking for cycles takes a tenth of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def address_of(listener: socket.socket) -> str:
    """The URL that leads to a listener."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _allow_connections() -> None:
    """Raise the limit of open files as far as the connections need it and the system lets us."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not to be had on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + _OTHER_FILES
    if soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
