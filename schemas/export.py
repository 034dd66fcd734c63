"""What `jejak schemas` writes: the contract as documents for other tools, made from the models each time.

One JSON Schema 2020-12 per event type and one AsyncAPI 3.0 document; nothing of them is kept in the repository, so
they cannot fall behind the models.
"""

import json
from pathlib import Path
from typing import Any

from schemas.asyncapi import asyncapi
from schemas.catalogue import CATALOGUE
from schemas.json_schema import json_schema
from schemas.settings import Settings

ASYNCAPI_FILE = "asyncapi.json"


def file_name(type_name: str) -> str:
    """The file that holds a type's JSON Schema."""
    return f"{type_name}.schema.json"


def documents(settings: Settings | None = None) -> dict[str, dict[str, Any]]:
    """File name → document: the JSON Schemas in the catalogue's order, then the AsyncAPI document.

    Arguments:
        settings: names the brokers, the topics' prefix and the consumer group; None for the contract's defaults.
    """
    exported = {file_name(item.name): json_schema(item) for item in CATALOGUE}
    exported[ASYNCAPI_FILE] = asyncapi() if settings is None else _asyncapi_of(settings)
    return exported


def _asyncapi_of(settings: Settings) -> dict[str, Any]:
    return asyncapi(
        topic_prefix=settings.topic_prefix,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        consumer_group=settings.consumer_group,
        tls="SSL" in settings.kafka_security_protocol,
    )


def as_text(document: dict[str, Any]) -> str:
    """A document as JSON text, readable and the same every time."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def write_documents(directory: Path, settings: Settings | None = None) -> list[Path]:
    """Write all documents into a directory, which is created if it is missing; return the files."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name, document in documents(settings).items():
        path = directory / name
        path.write_text(as_text(document), encoding="utf-8")
        written.append(path)
    return written
