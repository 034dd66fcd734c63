"""Snippets: rules that several statements share, each in its own file under `snippets/`.

A statement takes one by `{{ name }}`, or `{{ name first; second }}` where the snippet has places `$1`, `$2` for what
differs. Lines of a snippet behind its first are indented as the place where it is taken. What the catalogue knows is
taken in the same way (`projections/statements.py`). The golden SQL (`tests/golden/`) shows the result.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_PLACE = re.compile(r"^(?P<before>.*?)\{\{ (?P<name>\w+)(?: (?P<given>(?:(?!\}\}|\{\{).)+?))? \}\}", re.MULTILINE)
_COMMENT = re.compile(r"\A(?:--[^\n]*\n)+")


class UnknownSnippetError(ValueError):
    """A statement takes a snippet that is not there, or gives it too few or too many arguments."""


@cache
def _snippet(name: str) -> str | None:
    """A snippet's text; None if no snippet has this name."""
    file = files("projections") / "snippets" / f"{name}.sql"
    if not file.is_file():
        return None
    return _COMMENT.sub("", file.read_text(encoding="utf-8")).rstrip("\n")


def render(text: str, words: Mapping[str, str]) -> str:
    """Put snippets and words in their places, also in the snippets themselves.

    Arguments:
        text: of a .sql file.
        words: name → what stands for it, beside the snippets; asked for names that no snippet has.

    Raises:
        UnknownSnippetError: a name is neither a word nor a snippet, or its arguments do not fit.
    """

    def put(match: re.Match[str]) -> str:
        given = [item.strip() for item in (match["given"] or "").split(";")] if match["given"] else []
        snippet = _snippet(match["name"])
        body = _word(match["name"], words) if snippet is None else _filled(match["name"], snippet, given)
        indent = re.match(r" *", match["before"])
        assert indent is not None
        return match["before"] + body.replace("\n", "\n" + indent[0])

    while _PLACE.search(text):
        text = _PLACE.sub(put, text)
    return text


def _word(name: str, words: Mapping[str, str]) -> str:
    if name not in words:
        raise UnknownSnippetError(f"there is no snippet {name}")
    return words[name]


def _filled(name: str, body: str, given: list[str]) -> str:
    places = {int(number) for number in re.findall(r"\$(\d)", body)}
    if places != set(range(1, len(given) + 1)):
        raise UnknownSnippetError(f"snippet {name} has the places {sorted(places)} and is given {len(given)} arguments")
    return re.sub(r"\$(\d)", lambda match: given[int(match[1]) - 1], body)
