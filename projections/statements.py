"""The .sql files as statements: what `jejak migrate` creates, in the order in which it must.

A file is a read model: its tables, its materialized views, its views. What the schemas know (types, titles, categories,
what ends a line) is written into the statements from there, and what several statements share comes from `snippets/`,
so that each rule is in one place.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from projections.snippets import render
from schemas.catalogue import CATALOGUE
from schemas.lines import LINE_BREAKS

#: Files in the order of their dependencies.
FILES = (
    "events",
    "identity",
    "pipeline_statuses",
    "conversations",
    "contacts",
    "sessions",
    "leads",
    "journey",
)

#: What every view ends with: readers and their tools set these, and a view must answer alike whatever they set.
PINNED = "\nSETTINGS join_use_nulls = 0, prefer_column_name_to_alias = 0"

_HEAD = re.compile(r"CREATE\s+(TABLE|MATERIALIZED VIEW|VIEW)\s+(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """One CREATE statement.

    Attributes:
        kind: `TABLE`, `MATERIALIZED VIEW` or `VIEW`.
        name: the object it creates.
        sql: its text, comments included.
        file: the read model it belongs to.
        is_derived: whether the table holds no rows itself, so that it may be replaced like a view.
    """

    kind: str
    name: str
    sql: str
    file: str
    is_derived: bool = False

    @property
    def is_replaceable(self) -> bool:
        """Whether nothing is lost when it is created again."""
        return self.kind == "VIEW" or self.is_derived


def _quoted(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


@cache
def catalogue_words() -> dict[str, str]:
    """What the catalogue knows, and what ends a line, as SQL."""
    entries = [item for item in CATALOGUE if item.title]
    return {
        "journey_types": _quoted([item.name for item in entries]),
        "journey_titles": _quoted([item.title or "" for item in entries]),
        "journey_categories": _quoted([item.category or "" for item in entries]),
        "external_types": _quoted([item.name for item in entries if item.category == "external"]),
        "internal_types": _quoted([item.name for item in entries if item.category == "internal"]),
        "line_breaks": "[" + "".join(rf"\\x{{{ord(char):x}}}" for char in LINE_BREAKS) + "]+",
    }


@cache
def statements() -> tuple[Statement, ...]:
    """All statements, in the order in which they can be run."""
    found: list[Statement] = []
    for file in FILES:
        text = render((files("projections") / "sql" / f"{file}.sql").read_text(encoding="utf-8"), catalogue_words())
        for sql in re.split(r";\s*(?:\n|\Z)", text):
            if head := _HEAD.search(sql):
                pinned = PINNED if head[1].upper() == "VIEW" else ""
                found.append(Statement(head[1].upper(), head[2], sql.strip() + pinned, file))
    return tuple(found)


def as_script(wanted: Iterable[Statement]) -> str:
    """Statements as one script.

    Arguments:
        wanted: in the order in which they are run.
    """
    return "\n".join(f"{item.sql};\n" for item in wanted)
