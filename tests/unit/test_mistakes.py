"""The deliberate mistakes of `make test-mistakes` can be made: each has its text in its file."""

import pytest

from tests.exactness.mistakes import MISTAKES, Mistake
from tests.support.processes import ROOT


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.what)
def test_the_text_to_be_changed_is_there(mistake: Mistake) -> None:
    assert mistake.right in (ROOT / mistake.file).read_text(encoding="utf-8")
