"""Fold: what a materialized view makes of rows, and whether its table has it, asked of ClickHouse.

Read from the view's own statement and its table's: by which columns the table is sorted, and which of the others keep a
maximum or a minimum. Nothing here knows any read model.
"""

import re
from dataclasses import dataclass
from functools import cache

from projections.snippets import render
from projections.statements import Statement, split_comment, statements

_SELECT = re.compile(r"\bAS\s+(?=SELECT|WITH)")
_KEYS = re.compile(r"^ORDER BY \((.+)\)$", re.MULTILINE)
_TARGET = re.compile(r"\bTO (\w+)")
_FOLDED = re.compile(r"^ +(\w+) +SimpleAggregateFunction\(\s*(min|max),", re.MULTILINE)
_VERSION = re.compile(r"^ENGINE = ReplacingMergeTree\((\w+)\)$", re.MULTILINE)
#: `SELECT *` leaves out what is not stored or not given; views read it all the same.
_MORE = {"events": ", entity, event_order"}


@dataclass(frozen=True)
class Fold:
    """One materialized view.

    Attributes:
        view: its statement.
        source: the table that it reads.
        target: the table that it writes.
        select: its query.
        keys: by what the target keeps one row.
        kept: column → `min` or `max`, of what else the target keeps by its order.
    """

    view: Statement
    source: str
    target: str
    select: str
    keys: tuple[str, ...]
    kept: dict[str, str]

    def lacking_sql(self, names: list[str], where: str) -> str:
        """The question how many keys of some rows the target lacks.

        Arguments:
            names: the columns that the view writes.
            where: which rows of the source.
        """
        kept = {name: way for name, way in self.kept.items() if name in names}
        # As text: NULL is a value too, and tuples are compared whole.
        changes = "".join(
            f"OR toString(tuple({way}If({name}, is_kept))) != toString(tuple({way}({name})))"
            for name, way in kept.items()
        )
        parts = {
            "keys": ", ".join(self.keys),
            "columns": ", ".join([*self.keys, *kept]),
            "changes": changes,
            "made": self.made_sql(where),
            "target": self.target,
        }
        return render("{{ lacking }}", parts)

    def made_sql(self, where: str) -> str:
        """The view's query over some rows of its source."""
        some = f"(SELECT *{_MORE.get(self.source, '')} FROM {self.source} WHERE {where}) AS {self.source}"  # noqa: S608 - our own
        return re.sub(rf"\bFROM {self.source}\b", lambda _: f"FROM {some}", self.select, count=1)


@cache
def folds() -> tuple[Fold, ...]:
    """All of them, in the order of the files."""
    tables = {item.name: item for item in statements() if item.kind == "TABLE"}
    return tuple(_fold(item, tables) for item in statements() if item.kind == "MATERIALIZED VIEW")


def _fold(view: Statement, tables: dict[str, Statement]) -> Fold:
    sql = re.sub(r"--[^\n]*", "", split_comment(view.sql)[0])
    head, select = _SELECT.split(sql, maxsplit=1)
    target = _found(_TARGET, head)
    made = re.sub(r"--[^\n]*", "", tables[target].sql)
    version = _VERSION.search(made)
    kept = dict(_FOLDED.findall(made)) | ({version[1]: "max"} if version else {})
    keys = tuple(_found(_KEYS, made).split(", "))
    return Fold(view, _found(re.compile(r"\bFROM (\w+)"), select), target, select, keys, kept)


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    assert match is not None, text
    return match[1]
