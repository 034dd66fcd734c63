"""The words of the pages: every language has all of them, and the pages use no other."""

import re
import string
from pathlib import Path

import pytest

from pages.html.words import LANGUAGES, Words, preferred, words

TEMPLATES = Path(__file__).parents[2] / "pages" / "templates"
CODE = Path(__file__).parents[2] / "pages" / "html"
#: Keys that are put together from a part and a word.
PREFIXES = ("error.t", "journey.", "leads.")
FORMS = (".one", ".other")


def keys(language: str) -> set[str]:
    return {re.sub(r"\.(one|other)$", "", key) for key in words(language).texts}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts_with_the_same_gaps(language: str) -> None:
    assert keys(language) == keys("en")
    for key, text in words(language).texts.items():
        assert fields(text) == fields(words("en").texts[key]), key


def test_the_pages_use_every_text_and_no_other() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (*TEMPLATES.glob("*.html"), *CODE.glob("*.py"))]
    used = {key for text in sources for key in re.findall(r"(?:\bt|say)\(\"([a-z_0-9.]+)\"", text)}
    used |= {key for text in sources for key in re.findall(r"(?:\bt|say)\('([a-z_0-9.]+)'", text)}
    assert {key for key in used if key not in keys("en") and key not in PREFIXES} == set()
    unused = {key for key in keys("en") - used if not key.startswith(PREFIXES)}
    assert unused == set()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("id", "id"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("de,fr;q=0.5", "en"),
        ("en;q=0.3,id;q=0.7", "id"),
        ("id;q=0,en", "en"),
        (";;;q=,,=", "en"),
    ],
)
def test_the_language_is_the_one_that_the_browser_wants_most(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


def test_a_number_decides_between_singular_and_plural() -> None:
    assert [Words("en").say("pipeline.conversations", n=n) for n in (0, 1, 2)] == [
        *("0 conversations", "1 conversation", "2 conversations"),
    ]
    assert Words("id").say("pipeline.conversations", n=1) == "1 percakapan"
