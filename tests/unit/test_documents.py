"""The documents agree with the repository: links lead somewhere, and what they name exists.

What their commands print is compared by `tests/integration/test_readme.py` and `test_pages_of_docs.py`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from commands.main import app
from schemas.settings import Settings
from tests.support.processes import ROOT

#: What looks like a folder in the contract's Kafka keys.
NO_FOLDER = {"workspaceid/"}


def pages() -> Iterator[Path]:
    """All our pages but the changelog, which describes the past."""
    for folder in ("docs", "deploy", "bench"):
        yield from (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.md"))
    yield from (path.relative_to(ROOT) for path in ROOT.glob("*.md") if path.name != "CHANGELOG.md")


PAGES = sorted(pages())


def text_of(page: Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def code_of(page: Path) -> str:
    """What stands in code blocks and in backticks, where a line may end within it."""
    return "\n".join(re.findall(r"```.*?```|`[^`]+`", text_of(page), re.DOTALL))


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings have on GitHub."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """The relative links of a page: the file, from the root, and the anchor."""
    prose = re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if not re.match(r"\w+:", target):
            file, _, anchor = target.partition("#")
            where = (ROOT / page).parent / file if file else ROOT / page
            yield where.resolve().relative_to(ROOT), anchor


def test_there_are_pages() -> None:
    assert {Path("README.md"), Path("docs/operations.md"), Path("docs/decisions/README.md")} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, anchor in links(page):
        assert (ROOT / target).exists(), f"{page} links to {target}"
        if anchor:
            assert anchor in anchors(target), f"{page} links to {target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"`((?:\w+/)+(?:[\w-]+\.(?:py|sql|md|yaml|sh|toml|txt))?)`", text_of(page))
    places = (ROOT, (ROOT / page).parent)
    missing = {path for path in named if not any((place / path).exists() for place in places)}
    assert missing - NO_FOLDER == set()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_that_is_named_exists(page: Path) -> None:
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"(?<![-/\w])jejak ([a-z][a-z-]+)\b(?![=(.])", code_of(page)))
    assert named - commands == set()


def test_contributing_lists_the_targets_of_make() -> None:
    targets = re.search(r"^\.PHONY: (.*)$", text_of(Path("Makefile")), re.MULTILINE)
    assert targets
    listed = re.findall(r"^\| (`make .*?) \|", text_of(Path("CONTRIBUTING.md")), re.MULTILINE)
    assert sorted(name for row in listed for name in re.findall(r"make ([a-z-]+)", row)) == sorted(targets[1].split())


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_target_of_make_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(Path("Makefile")), re.MULTILINE))
    assert set(re.findall(r"(?<![-\w])make ([a-z-]+)\b", code_of(page))) - targets == set()


def test_the_settings_are_listed_with_their_defaults() -> None:
    rows = re.findall(r"^\| (`JEJAK_.*?) \| (.*?) \|", text_of(Path("docs/settings.md")), re.MULTILINE)
    listed = {name: default for names, default in rows for name in re.findall(r"`(JEJAK_\w+)`", names)}
    settings = Settings(_env_file=None)
    assert listed == {f"JEJAK_{name.upper()}": _shown_default(value) for name, value in settings}


def _shown_default(value: object) -> str:
    secret = getattr(value, "get_secret_value", None)
    text = secret() if secret else value
    return "–" if text is None else f"`{text}`"


def test_every_decision_is_in_the_index_once() -> None:
    folder = ROOT / "docs" / "decisions"
    index = re.findall(r"^- \[(.*)\]\((.*)\)$", text_of(Path("docs/decisions/README.md")), re.MULTILINE)
    titles = {
        path.name: path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        for path in folder.glob("*.md")
        if path.name != "README.md"
    }
    assert len(index) == len(titles)
    assert {file: title for title, file in index} == titles


def test_the_readme_stays_short() -> None:
    assert len(text_of(Path("README.md")).splitlines()) < 250
