"""The pages under `docs/` that show commands do not lie either (see `test_readme.py`)."""

import shutil
from pathlib import Path

import pytest

from tests.support.processes import ROOT
from tests.support.reader import reader

#: In this order, because the last one leads its shell to other topics and another database.
PAGES = [ROOT / "docs" / name for name in ("producers.md", "collecting.md", "api.md", "operations.md", "settings.md")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the pages ask ClickHouse with curl")
def test_every_command_shows_what_the_pages_say(tmp_path: Path) -> None:
    with reader(tmp_path) as somebody:
        wrong = [complaint for page in PAGES for complaint in somebody.reads(page.read_text(encoding="utf-8"))]
        somebody.stop()
    assert not wrong, "\n\n".join(wrong)
