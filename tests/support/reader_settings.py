"""docs/reader-settings.md: the settings of readers, tried on every view and lookup.

`python -m tests.support.reader_settings` asks an embedded ClickHouse and writes the page.
"""

import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import SecretStr

from projections.clickhouse import connect
from projections.migrate import migrate
from projections.pinned import IN_VIEWS
from schemas.settings import Settings
from tests.exactness.comparison import VIEWS
from tests.support.clickhouse_process import ServerProcess
from tests.support.processes import ROOT
from tests.support.reader_cases import CASES
from tests.support.reader_questions import LOOKUPS, Tried, fill, reader, tried

PAGE = ROOT / "docs" / "reader-settings.md"

_HEAD = """\
# Settings of readers

A reader, or the tool that one uses, may set what it likes: every view and lookup answers as without, or with an error.
What could change an answer is pinned in the views:{pinned}.

A limit of bytes or of time that may `break` would cut what lies below a view short, and no view can pin it. So views
refuse to answer where `read_overflow_mode` or `timeout_overflow_mode` (also `…_leaf`) is `break`; ClickHouse's own
value is `throw`.

What belongs to the reader's own statement does what it says. `limit`, `offset` and `additional_result_filter` leave
rows of the right answer out, as a `LIMIT` or a `WHERE` does, and so do `max_result_rows` and `max_result_bytes` with
`result_overflow_mode = 'break'`. `additional_table_filters` filters the tables that it names, also those behind a view.
Settings of output formats say how values are written. `session_timezone` changes no view: its instants are in UTC. It
is the zone of what the reader's own statement says without one ([Time zones](analysts.md#time-zones)).

This page is made by `python -m tests.support.reader_settings`; `tests/integration/test_reader_settings.py` tries the
same. Each value is tried on {views} views and {lookups} lookups, over events with merges, cleared fields and whatever
else may be missing. "With an error" is how many of them refuse, "another answer" how many differ in a row or a type.

| setting | values | along with | with an error | another answer |
|---|---|---|---:|---:|
"""


def page(done: Sequence[Tried]) -> str:
    """The page, of what was tried."""
    lines = [line for case in CASES for line in _lines([item for item in done if item.case == case])]
    names = textwrap.fill(
        ", ".join(f"`{name}`" for name in IN_VIEWS), 120, break_long_words=False, break_on_hyphens=False
    )
    head = _HEAD.format(pinned="\n" + names, views=len(VIEWS), lookups=len(LOOKUPS))
    return head + "\n".join(lines) + "\n"


def _lines(of_case: Sequence[Tried]) -> Iterator[str]:
    """A line for all values that did the same."""
    counts: dict[tuple[int, int], list[str]] = {}
    for item in of_case:
        counts.setdefault((len(item.refused), len(item.other)), []).append(item.value)
    for (refused, other), values in counts.items():
        case = of_case[0].case
        along = ", ".join(f"`{name} = {value}`" for name, value in case.along.items())
        shown = ", ".join(f"`{value}`" if value else "empty" for value in values)
        yield f"| `{case.setting}` | {shown} | {along or '–'} | {refused} | {other} |"


def write() -> None:
    """Ask, and write the page."""
    with tempfile.TemporaryDirectory() as directory, ServerProcess(Path(directory)) as server:
        of = Settings(
            _env_file=None, clickhouse_url=SecretStr(f"http://default:@127.0.0.1:{server.port}/reader_settings")
        )
        migrate(of)
        with connect(of) as client:
            fill(client)
        with reader(of) as client:
            PAGE.write_text(page(list(tried(client))), encoding="utf-8")


if __name__ == "__main__":
    write()
