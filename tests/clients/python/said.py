"""How the programs here tell what a call answered: one line of JSON each, as those in other languages do."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any


def say(call: str, work: Callable[[], Any]) -> None:
    """Make the call, and tell its answer or its error."""
    try:
        line: dict[str, Any] = {"call": call, "answer": work()}
    except Exception as error:
        line = {"call": call, "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(line, default=plain), flush=True)


def plain(value: Any) -> Any:
    """What JSON has no form for: instants in UTC, and everything else as text."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
