"""`jejak pages`: the pages and the API."""

from commands.terminal.errors import CommandError
from processors.telemetry.logs import set_up_logs
from schemas.settings import Settings


def pages() -> None:
    """Serve journeys, pipeline and leads to browsers, and the API, until SIGTERM."""
    from pages.server import serve  # noqa: PLC0415 - the web framework is slow to import, and only this needs it
    from pages.who.files import WhoError  # noqa: PLC0415

    settings = Settings()
    set_up_logs()
    try:
        serve(settings)
    except WhoError as error:
        raise CommandError(str(error)) from None
