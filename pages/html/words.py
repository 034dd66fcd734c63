"""The words of the pages, in each language: texts by key, with numbers put in by the language's rules (CLDR)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, negotiate_locale

_FOLDER = Path(__file__).parent.parent / "words"
LANGUAGES: Mapping[str, str] = {"en": "English", "id": "Bahasa Indonesia"}
DEFAULT = "en"


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """Read them.

        Arguments:
            language: one of `LANGUAGES`.
        """
        self.language = language
        self.locale = Locale.parse(language)
        text = (_FOLDER / f"{language}.toml").read_text(encoding="utf-8")
        self.texts = dict(_flat(tomllib.loads(text)))

    def say(self, key: str, /, **values: Any) -> str:
        """A text with values put in.

        Arguments:
            key: where it stands, such as `nav.chat`.
            values: what its braces name; `n` decides between singular and plural.

        Raises:
            KeyError: there is no such text.
        """
        text = self.texts.get(key)
        if text is None:
            form = self.locale.plural_form(values["n"])
            text = self.texts.get(f"{key}.{form}") or self.texts[f"{key}.other"]
        return text.format(**values) if values else text


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        found += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, str(value))]
    return found


@cache
def words(language: str) -> Words:
    """The words of a language, read once."""
    return Words(language)


def preferred(accepted: str) -> str:
    """The language that a browser wants most.

    Arguments:
        accepted: its `Accept-Language` (RFC 9110, section 12.5.4).
    """
    wanted = []
    for number, item in enumerate(accepted.split(",")[:20]):
        tag, _, weight = item.strip().partition(";q=")
        wanted.append((-_weight(weight), number, tag.replace("-", "_")))
    tags = [tag for weight, _, tag in sorted(wanted) if weight < 0]
    return negotiate_locale(tags, list(LANGUAGES)) or DEFAULT


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
