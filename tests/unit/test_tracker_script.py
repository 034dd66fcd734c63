"""jejak.js: the committed file is what `make tracker` makes of the packages and of `door.js`."""

import json
import re

from producers.http.static import script
from producers.http.static.bundle import HERE, bundled, packages, sha256

MADE = json.loads((HERE / "made.json").read_text(encoding="utf-8"))
OWN = (HERE / "door.js").read_bytes()


def builds() -> dict[str, bytes]:
    """The packages' builds, taken out of the committed file."""
    pattern = rb"\(function \(exports, module, define\) \{\n(.*?)\n\}\)\.call\(this, jejakParts\.(\w+) = "
    return {part.decode(): build for build, part in re.findall(pattern, script(), re.DOTALL)}


def test_the_committed_files_are_those_that_were_made() -> None:
    names = [name for name in MADE if name != "builds"]
    assert {"jejak.js", "jejak.js.licences.txt", "door.js", "packages.json", "bundle.py"} == set(names)
    changed = [name for name in names if sha256((HERE / name).read_bytes()) != MADE[name]]
    assert changed == [], "run `make tracker`"


def test_the_script_is_made_of_the_packages_and_of_our_own_part() -> None:
    assert builds().keys() == {package["part"] for package in packages()} == MADE["builds"].keys()
    assert bundled(builds(), OWN) == script(), "run `make tracker`"


def test_every_package_is_of_one_version_with_a_hash_and_a_licence() -> None:
    licences = (HERE / "jejak.js.licences.txt").read_text(encoding="utf-8")
    for package in packages():
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert re.fullmatch(r"sha512-[\w+/]{86}==", package["integrity"])
        assert f"{package['name']} {package['version']}" in licences
        assert f"v{package['version']} (" in builds()[package["part"]].decode()
    assert licences.count("BSD 3-Clause License") == len(packages())
