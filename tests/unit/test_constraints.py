"""The constraint files pin everything that pyproject.toml asks for; `make install` and the image use them."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.support.processes import ROOT

#: Each extra is installed with one of the two files.
FILES = {
    "collect": "constraints.txt",
    "pages": "constraints.txt",
    "embedded": "constraints.txt",
    "dev": "constraints.txt",
    "bench": "bench/constraints.txt",
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins(path: Path) -> dict[str, list[Requirement]]:
    """What a constraint file pins, by package; one package has several pins where they depend on the Python version."""
    found: dict[str, list[Requirement]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.lstrip().startswith("#"):
            pin = Requirement(line)
            found.setdefault(pin.name, []).append(pin)
    return found


def asked() -> Iterator[tuple[str, str, Requirement]]:
    """Each requirement with its extra and the file that has to pin it; Jejak's own extras are no packages."""
    for extra, texts in {"": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}.items():
        for requirement in map(Requirement, texts):
            if requirement.name != PROJECT["name"]:
                for file in [FILES[extra]] if extra else sorted(set(FILES.values())):
                    yield extra, file, requirement


def test_every_extra_has_a_constraint_file() -> None:
    assert PROJECT["optional-dependencies"].keys() == FILES.keys()


@pytest.mark.parametrize(("extra", "file", "requirement"), list(asked()), ids=lambda item: str(item).partition(";")[0])
def test_every_requirement_is_pinned_to_a_version_that_fits(extra: str, file: str, requirement: Requirement) -> None:
    pinned = pins(ROOT / file).get(requirement.name, [])
    assert pinned, f"{file} lacks {requirement.name}: run `make upgrade`"
    for pin in pinned:
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert exact.version in requirement.specifier, f"{file} has {pin}: run `make upgrade`"


@pytest.mark.parametrize("file", sorted(set(FILES.values())))
def test_each_python_has_one_version_of_each_package(file: str) -> None:
    for minor in (11, 12, 13):
        here = {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.0"}
        for name, pinned in pins(ROOT / file).items():
            fitting = [pin for pin in pinned if pin.marker is None or pin.marker.evaluate(here)]
            assert len(fitting) <= 1, f"{name} on Python 3.{minor}: {fitting}"


def test_make_install_and_the_image_use_the_constraints() -> None:
    for name in ("Makefile", "Dockerfile"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        installing = [line for line in lines if re.search(r"(install|PIP\)).* '?\.(\[| )", line)]
        assert installing
        assert [line for line in installing if "--constraint " not in line] == []
