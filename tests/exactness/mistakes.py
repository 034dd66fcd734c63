"""Deliberate mistakes, each of which the property test must catch: a test that cannot fail proves nothing.

`make test-mistakes` makes one mistake at a time in a copy of the sources and runs `test_views.py` on it. Exit status 1
where a mistake went unnoticed, or could not be made because the text it changes is no longer there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Bundles of event sets per mistake, of the 30 that `make test` draws.
BUNDLES = "15"
_LEFT_OUT = (".git", ".venv", ".venv-bench", ".jejak", ".mypy_cache", ".ruff_cache", ".hypothesis", "results")


@dataclass(frozen=True)
class Mistake:
    """One wrong change.

    Attributes:
        what: in a few words.
        file: below the root.
        right: the text that stands there.
        wrong: what it becomes.
    """

    what: str
    file: str
    right: str
    wrong: str


MISTAKES = (
    Mistake(
        "a line that only line feeds end",
        "schemas/lines.py",
        '"\\n\\v\\f\\r\\x85\\u2028\\u2029"',
        '"\\n\\r"',
    ),
    Mistake(
        "a label's version without its tie-break",
        "projections/sql/conversations.sql",
        "    event_order AS version,\n    type = 'label.added'",
        "    bitShiftLeft(bitShiftRight(event_order, 192), 192) AS version,\n    type = 'label.added'",
    ),
    Mistake(
        "a filter on cleared statuses",
        "projections/sql/conversations.sql",
        "fields.changed_by), type = 'pipeline.changed')",
        "fields.changed_by), type = 'pipeline.changed' AND fields.to_status_id != '')",
    ),
    Mistake(
        "min of nothing",
        "projections/snippets/first_response.sql",
        "    arrayExists(at -> at >= $1, $2),",
        "    1,",
    ),
    Mistake(
        "a tuple's element read by a dot with FINAL",
        "projections/sql/conversations.sql",
        "nullIf(tupleElement(facts.assignee, 'id'), '') AS assignee_id",
        "nullIf(facts.assignee.id, '') AS assignee_id",
    ),
    Mistake(
        "profiles replaced as a whole",
        "projections/sql/contacts.sql",
        "if(is_update, JSONHas(data, 'name'), 0)",
        "is_update",
    ),
    Mistake(
        "the last tie stored wins, not the latest",
        "projections/sql/identity.sql",
        "ENGINE = ReplacingMergeTree(version)\nORDER BY (workspace_id, visitor_id)",
        "ENGINE = ReplacingMergeTree\nORDER BY (workspace_id, visitor_id)",
    ),
    Mistake(
        "a cycle resolves to where it is entered",
        "projections/following.py",
        "root = min(cycle, key=str.encode)",
        "root = at",
    ),
    Mistake(
        "only the merged contact is followed, not those behind it",
        "projections/following.py",
        "sorted(behind(ties, moved))",
        "sorted(set(moved) & ties.keys())",
    ),
    Mistake(
        "the clock of a workspace stands still",
        "projections/roots.py",
        "max(times.get(workspace, 0), _FIRST) + 1",
        "_FIRST - times.get(workspace, 0) // _FIRST",
    ),
    Mistake(
        "a touch in the message's own millisecond does not count",
        "projections/snippets/origin.sql",
        "<= toUInt64(toUnixTimestamp64Milli($2))",
        "< toUInt64(toUnixTimestamp64Milli($2))",
    ),
    Mistake(
        "labels without FINAL",
        "projections/sql/conversations.sql",
        "FROM conversation_labels FINAL",
        "FROM conversation_labels",
    ),
    Mistake(
        "sessions numbered by the whole order",
        "projections/sql/sessions.sql",
        "ORDER BY {{ milliseconds tupleElement(starts.start, 'version') }} ASC, session_id ASC\n    ) AS number",
        "ORDER BY tupleElement(starts.start, 'version') ASC\n    ) AS number",
    ),
    Mistake(
        "the latest session.started",
        "projections/sql/sessions.sql",
        "    start        SimpleAggregateFunction(min,",
        "    start        SimpleAggregateFunction(max,",
    ),
    Mistake(
        "the URL's campaign wins over the event's own",
        "projections/snippets/attribution.sql",
        "            {{ given_parameters $1 }},\n            {{ url_parameters $1.url }}\n",
        "            {{ url_parameters $1.url }},\n            {{ given_parameters $1 }}\n",
    ),
    Mistake(
        "a plus in a URL is a plus",
        "projections/snippets/url_parameters.sql",
        "toValidUTF8(decodeURLFormComponent(",
        "toValidUTF8(decodeURLComponent(",
    ),
    Mistake(
        "sources without the table of platforms",
        "projections/sql/ad_touches.sql",
        "            platform_of_source != '', platform_of_source,\n"
        "            platform_of_advertiser != '', platform_of_advertiser,\n",
        "",
    ),
    Mistake(
        "changes of status in the order of contacts",
        "projections/snippets/window_of_conversation.sql",
        "ORDER BY version ASC, contact_id ASC",
        "ORDER BY contact_id ASC, version ASC",
    ),
    Mistake(
        "changes of status without FINAL",
        "projections/sql/status_changes.sql",
        "    FROM pipeline_changes FINAL\n    {{",
        "    FROM pipeline_changes\n    {{",
    ),
    Mistake(
        "an event that came twice is a reused id", "projections/sql/reused_ids.sql", "FROM events FINAL", "FROM events"
    ),
    Mistake("the journey without FINAL", "projections/sql/journey.sql", "    FROM events FINAL\n", "    FROM events\n"),
)


def _verdict(mistake: Mistake, copy: Path) -> str:
    path = copy / mistake.file
    right = path.read_text(encoding="utf-8")
    if mistake.right not in right:
        return "NOT MADE"
    path.write_text(right.replace(mistake.right, mistake.wrong), encoding="utf-8")
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/exactness/test_views.py"],
            cwd=copy,
            env=os.environ | {"PYTHONPATH": str(copy), "JEJAK_TEST_EXACTNESS": BUNDLES},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
        )
    finally:
        path.write_text(right, encoding="utf-8")
    # A failed test, not a broken run, and by a difference between a view and the fold.
    return "caught" if ran.returncode == 1 and "== []" in ran.stdout else "MISSED"


def main() -> int:
    """Make every mistake once; the exit status."""
    verdicts = []
    with tempfile.TemporaryDirectory(prefix="jejak-mistakes-") as folder:
        copy = Path(folder) / "jejak"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        for mistake in MISTAKES:
            verdicts.append(_verdict(mistake, copy))
            print(f"{verdicts[-1]:<9} {mistake.what}", flush=True)
    print(f"{verdicts.count('caught')} of {len(MISTAKES)} mistakes caught")
    return 0 if verdicts.count("caught") == len(MISTAKES) else 1


if __name__ == "__main__":
    sys.exit(main())
