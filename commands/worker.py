"""`jejak worker`: one stream processor."""

import typer

from schemas.settings import Settings


def worker() -> None:
    """Project events from Kafka into ClickHouse until SIGTERM. Start as many as there are partitions."""
    from processors.worker.worker import run_worker  # noqa: PLC0415 - Faust is slow to import, and only this needs it

    raise typer.Exit(run_worker(Settings()))
