"""The scripts of others are what npm has under the versions and hashes that stand beside them."""

import json
from pathlib import Path

import pytest

from pages.vendoring import FOLDERS, hashes, licence_of, packages


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_no_vendored_file_was_changed(folder: Path) -> None:
    made = json.loads((folder / "made.json").read_text(encoding="utf-8"))
    assert hashes(folder) == made
    own = {"packages.json", "made.json"}
    assert {path.name for path in folder.iterdir()} == own | set(made)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_each_has_a_version_an_integrity_hash_and_a_licence(folder: Path) -> None:
    for package in packages(folder):
        assert package["integrity"].startswith("sha512-")
        assert package["version"][0].isdigit()
        assert len((folder / licence_of(package)).read_text(encoding="utf-8")) > 400
