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

from projections.pinned import IN_VIEWS
from projections.snippets import render
from schemas.catalogue import CATALOGUE, EventType
from schemas.lines import LINE_BREAKS
from schemas.touches import PageView

#: Files in the order of their dependencies.
FILES = (
    "events",
    "identity",
    "pipeline_statuses",
    "conversations",
    "status_changes",
    "contacts",
    "sessions",
    "ad_touches",
    "leads",
    "journey",
    "reused_ids",
)

#: What every view ends with: readers and their tools set these, and a view must answer alike whatever they set.
PINNED = "\nSETTINGS " + ", ".join(
    f"{name} = {value}" if value.isdecimal() else f"{name} = '{value}'" for name, value in IN_VIEWS.items()
)

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
        "external_types": _quoted([item.name for item in entries if item.category == "external"]),
        "web_types": _quoted([item.name for item in entries if issubclass(item.model, PageView)]),
        "internal_types": _quoted([item.name for item in entries if item.category == "internal"]),
        "line_breaks": "[" + "".join(rf"\\x{{{ord(char):x}}}" for char in LINE_BREAKS) + "]+",
        **_by_type(entries),
    }


def _by_type(entries: list[EventType]) -> dict[str, str]:
    """For the snippet `by_type`: the types of which something is said, and what that is, in the same order."""
    said: dict[str, list[tuple[str, str]]] = {
        "title": [(item.name, item.title or "") for item in entries],
        "category": [(item.name, item.category or "") for item in entries],
        "actor_else": [(item.name, item.actor_else) for item in entries],
        "actor_1": [(item.name, item.actor[0]) for item in entries if item.actor],
        "actor_2": [(item.name, item.actor[1]) for item in entries if len(item.actor) > 1],
        "summary_1": [(item.name, item.summary[0]) for item in entries if item.summary],
        "summary_2": [(item.name, item.summary[1]) for item in entries if len(item.summary) > 1],
    }
    words: dict[str, str] = {}
    for what, pairs in said.items():
        told = [(name, value) for name, value in pairs if value]
        words[f"types_with_{what}"] = _quoted([name for name, _ in told])
        words[f"values_of_{what}"] = _quoted([value for _, value in told])
    return words


@cache
def statements() -> tuple[Statement, ...]:
    """All statements, in the order in which they can be run."""
    found: list[Statement] = []
    for file in FILES:
        text = render((files("projections") / "sql" / f"{file}.sql").read_text(encoding="utf-8"), catalogue_words())
        for sql in re.split(r";\s*(?:\n|\Z)", text):
            if head := _HEAD.search(sql):
                kind = head[1].upper()
                found.append(Statement(kind, head[2], _completed(kind, sql.strip()), file))
    return tuple(found)


def _completed(kind: str, sql: str) -> str:
    """A statement with what every one of its kind has."""
    if kind == "VIEW":
        return pinned(sql)
    if kind == "MATERIALIZED VIEW":
        target, source = _found(r"\bTO (\w+)", sql), _found(r"\bFROM (\w+)", sql)
        return f"{sql}\nCOMMENT 'Internal: fills {target} from {source}'"
    return sql


def _found(pattern: str, sql: str) -> str:
    match = re.search(pattern, re.sub(r"--[^\n]*", "", sql))
    assert match is not None, sql
    return match[1]


def pinned(sql: str, more: str = "") -> str:
    """A view's statement with the settings that it is to have, which stand before its comment.

    Arguments:
        sql: the statement.
        more: further settings, each with a comma before it.
    """
    query, comment = split_comment(sql)
    return f"{query}{'' if PINNED in query else PINNED}{more}{comment}"


def split_comment(sql: str) -> tuple[str, str]:
    """A statement and, from its line feed on, the comment that it ends with; empty where it has none."""
    query, comment, text = sql.rpartition("\nCOMMENT '")
    return (query, comment + text) if comment else (sql, "")


def as_script(wanted: Iterable[Statement]) -> str:
    """Statements as one script.

    Arguments:
        wanted: in the order in which they are run.
    """
    return "\n".join(f"{item.sql};\n" for item in wanted)
