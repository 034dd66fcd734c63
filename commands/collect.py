"""`jejak collect`: the front door, which takes events over HTTP."""

import logging

import typer

from commands.terminal.errors import CommandError
from processors.kafka.complaints import Complaints
from processors.kafka.faults import explain_kafka
from processors.telemetry.logs import set_up_logs
from schemas.settings import Settings


def collect() -> None:
    """Take events over HTTP and append them to Kafka until SIGTERM. Several processes need nothing from each other."""
    settings = Settings()
    set_up_logs(level=logging.getLevelNamesMapping()[settings.log_level.upper()])
    try:
        from producers.http.server import serve  # noqa: PLC0415 - an extra, which only this command needs
        from producers.http.sources.model import SourcesError  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise CommandError(f"the front door is not installed ({error.name}): pip install 'jejak[collect]'") from None
    heard = Complaints()
    try:
        serve(settings, lambda error: explain_kafka(error, heard.last))
    except SourcesError as error:
        raise CommandError(str(error)) from None
    raise typer.Exit
