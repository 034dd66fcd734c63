"""The process of `jejak pages`: uvicorn around the application, and its end on SIGTERM."""

from pages.app import create_app
from pages.desk import make_desk
from producers.http.serving import address_of, listen, server
from schemas.settings import Settings

#: How long answers that are on their way may take when the process is to end; streams are cut off.
_DRAIN_SECONDS = 5
_IDLE_SECONDS = 75


def serve(settings: Settings) -> None:
    """Answer requests until SIGTERM or SIGINT. Prints one line with the address once connections are taken.

    Arguments:
        settings: where Kafka and ClickHouse are, and where to listen.

    Raises:
        OSError: the port cannot be had.
        WhoError: the files of users or keys cannot be used, or the host is not for an open gate.
    """
    desk = make_desk(settings)
    listener = listen("the pages", "JEJAK_PAGES", settings.pages_host, settings.pages_port)
    # Which headers of proxies count is decided in pages/who/proxy.py.
    running = server(create_app(desk), idle_seconds=_IDLE_SECONDS, drain_seconds=_DRAIN_SECONDS)
    print(f"ready pages={address_of(listener)}", flush=True)
    running.run(sockets=[listener])
