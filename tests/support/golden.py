"""The golden SQL: everything that `jejak migrate` runs in an empty database, as plain .sql files in the repository.

What a snippet, the catalogue or the cluster's rendering makes of a statement is seen in these files, so a reviewer
reads a change of DDL as a diff. `python -m tests.support.golden` writes them; a test holds them against the code, and
`jejak migrate --dry-run` prints the same for one's own settings.
"""

from collections.abc import Mapping
from pathlib import Path

from projections.cluster import Cluster
from projections.query import query_names, query_text
from projections.statements import as_script, statements

FOLDER = Path(__file__).parents[1] / "golden"
#: Of the files; every installation has its own.
_CLUSTER, _DATABASE = "crm", "jejak"


def golden() -> Mapping[str, str]:
    """File name → what belongs into it."""
    return {
        "server.sql": as_script(statements()),
        "cluster.sql": as_script(Cluster(_CLUSTER, _DATABASE).statements()),
        "queries.sql": "".join(f"-- {name}\n{query_text(name)}\n" for name in query_names()),
    }


def write() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in golden().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
