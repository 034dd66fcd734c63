"""The process of `jejak collect`: uvicorn around the routes, and its end on SIGTERM."""

import gc
import logging
import sys
from pathlib import Path

import structlog

from producers.http.app import create_app
from producers.http.connections import BoundedProtocol
from producers.http.door import Door
from producers.http.in_flight import InFlight
from producers.http.limits import CONNECTIONS, DRAIN_SECONDS, IDLE_SECONDS
from producers.http.metrics import Metrics
from producers.http.publishing import Explain, Publisher
from producers.http.serving import address_of, listen, server
from producers.http.sources.watching import SourcesFile
from schemas.settings import Settings

log = structlog.get_logger()

#: Descriptors beside the connections: Kafka's, the log, the listener.
_OTHER_FILES = 200


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
    listener = listen("the front door", "JEJAK_COLLECT", settings.collect_host, settings.collect_port)
    metrics, in_flight = Metrics(), InFlight(settings.collect_in_flight_bytes)
    door = Door(settings, sources, Publisher(settings, metrics, explain), in_flight, metrics)
    _allow_connections()
    # It warns of each request that is no HTTP, and anybody can send as many of those as they like.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    _calm_garbage_collector()
    # No header of a proxy is looked at, so no address can be kept.
    running = server(create_app(door), idle_seconds=IDLE_SECONDS, drain_seconds=DRAIN_SECONDS, http=BoundedProtocol)
    print(f"ready collect={address_of(listener)}", flush=True)
    running.run(sockets=[listener])


def _calm_garbage_collector() -> None:
    """Events are short-lived trees without cycles, and looking for cycles takes a tenth of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


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
