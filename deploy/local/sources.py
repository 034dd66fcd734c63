"""The sources of the embedded stack's front door: workspace `ws_demo`, for whose key any page on this machine may send.

Contract, section 8. The file is made once and then left alone, so that `jejak sources add --file` can add to it.
"""

from pathlib import Path

from producers.http.origins import LOOPBACK
from producers.http.sources.writing import add_source

WORKSPACE = "ws_demo"
PUBLIC_KEY = "demo"
#: Nobody tries a front door out slowly.
_EVENTS_PER_SECOND = 10_000.0


def write_sources(path: Path) -> None:
    """Make the file unless it is there.

    Arguments:
        path: where.
    """
    if path.exists():
        return
    add_source(
        path,
        "page",
        {
            "workspace": WORKSPACE,
            "key": PUBLIC_KEY,
            "origins": list(LOOPBACK),
            "events_per_second": _EVENTS_PER_SECOND,
            "automation": True,
        },
    )
