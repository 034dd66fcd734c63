"""Adding a source to the file, without touching what is in it already.

The new table is appended as text, so comments and order stay. The whole is checked before it replaces the file at
once, and only its owner may read it, because some secrets have to be there in clear.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from producers.http.sources.model import parsed_sources

Value = str | float | bool | list[str]


def table_of(kind: str, values: Mapping[str, Value | None]) -> str:
    """A table of the sources file as TOML.

    Arguments:
        kind: `page`, `service` or `whatsapp`.
        values: its fields; those that are None are left out.
    """
    # JSON's strings, numbers, booleans and lists of strings are TOML's too.
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items() if value is not None]
    return "\n".join([f"[[{kind}]]", *lines, ""])


def add_source(path: Path, kind: str, values: Mapping[str, Value | None]) -> None:
    """Add one source; the file is made if it is missing.

    Arguments:
        path: the sources file.
        kind: `page`, `service` or `whatsapp`.
        values: the fields of the new table.

    Raises:
        SourcesError: the file would not be usable with it.
        OSError: the file cannot be read or written.
    """
    before = path.read_bytes() if path.exists() else b""
    gap = b"\n" if before.strip() else b""
    content = before + gap + table_of(kind, values).encode()
    parsed_sources(content)
    _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(number)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
