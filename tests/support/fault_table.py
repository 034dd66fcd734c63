"""The table of faults in `docs/reliability.md`, made from what the tests reported.

    python -m tests.support.fault_table REPORT [REPORT…]          prints it
    python -m tests.support.fault_table --write REPORT [REPORT…]  puts it into the page, between its two markers

A report is the file that `JEJAK_TEST_FAULT_REPORT` named. Of a fault that was run several times on the same broker the
last run counts, in whichever file it is.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.support.processes import ROOT

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- faults: made by tests.support.fault_table -->", "<!-- faults: end -->"
_TITLES = {
    "embedded": "On the embedded broker",
    "apache": "On Apache Kafka, from its jars",
    "containers": "On Apache Kafka and a ClickHouse server, in containers",
}
_HEAD = (
    "| fault | sent | stored | lost | duplicate rows in views | dead letters | recovered after |\n"
    "|---|--:|--:|--:|--:|--:|--:|\n"
)


def table(lines: Iterable[str]) -> str:
    """The tables in Markdown, one a broker.

    Arguments:
        lines: the reports' lines of JSON.
    """
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:
        told = json.loads(line)
        last[told["broker"], told["fault"]] = told
    found = sorted(last.values(), key=lambda told: told["test"].partition("::")[0])
    return "\n".join(_tables(found))


def _tables(found: list[dict[str, Any]]) -> Iterator[str]:
    for broker, title in _TITLES.items():
        rows = [told for told in found if told["broker"] == broker]
        if rows:
            yield f"### {title}\n\n{_HEAD}{''.join(map(_row, rows))}{_sum(rows)}"
        else:
            yield f"### {title}\n\nNot run.\n"


def _row(told: dict[str, Any]) -> str:
    recovery = "–" if told["recovery"] is None else f"{told['recovery']:.1f} s"
    numbers = [f"{told[name]:,}" for name in ("sent", "stored", "lost", "duplicate_rows", "dead_letters")]
    return f"| {told['fault']} | {' | '.join(numbers)} | {recovery} |\n"


def _sum(rows: list[dict[str, Any]]) -> str:
    """Only what may be added up: behind one fault of ClickHouse's, all that was sent before is reckoned again."""
    lost, doubled = (sum(told[name] for told in rows) for name in ("lost", "duplicate_rows"))
    return f"| **{len(rows)} faults** | | | **{lost:,}** | **{doubled:,}** | | |\n"


def write(page: Path, tables: str) -> None:
    """Put the tables into a page, in place of those between its markers."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{after}")


def main(arguments: list[str]) -> int:
    """Print the tables or write them."""
    reports = [name for name in arguments if name != "--write"]
    if not reports:
        print(__doc__)
        return 2
    tables = table(line for name in reports for line in Path(name).read_text().splitlines())
    if "--write" in arguments:
        write(PAGE, tables)
    else:
        print(tables)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
