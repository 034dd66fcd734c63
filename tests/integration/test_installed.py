"""Jejak installed from its wheel, in an environment of its own, as docs/operations.md says.

Its top-level packages have short names that PyPI knows too (`schemas`, `deploy`, …), so what counts is that they are
Jejak's own in the new environment, and that the wheel holds no others. The dependencies are those of the environment
that runs the tests, because a second copy of them takes more than a gigabyte.
"""

import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.golden import golden
from tests.support.processes import ROOT, environment

PACKAGES = ("schemas", "processors", "projections", "producers", "commands", "deploy")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def run(command: Sequence[str | Path], directory: Path) -> str:
    """What a command writes to stdout; it has to succeed."""
    variables = environment() | {"JEJAK_CLICKHOUSE_URL": "http://127.0.0.1:1/jejak"}
    done = subprocess.run(
        [str(part) for part in command], cwd=directory, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy, because a build leaves files beside its sources."""
    directory = tmp_path_factory.mktemp("wheel")
    sources = directory / "sources"
    for name in PACKAGES:
        shutil.copytree(ROOT / name, sources / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, sources)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    run([*pip, "--wheel-dir", directory, sources], directory)
    (built,) = directory.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A new environment with the wheel in it; its scripts are in `bin`."""
    root = wheel.parent / "environment"
    venv.create(root, with_pip=False)
    python = root / "bin" / "python"
    run([sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel], wheel.parent)
    (packages,) = root.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return root / "bin"


def test_the_wheel_holds_jejaks_packages_and_no_others(wheel: Path) -> None:
    top = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert top == {*PACKAGES, f"jejak-{VERSION}.dist-info"}


def test_it_runs_and_says_its_version(installed: Path, tmp_path: Path) -> None:
    assert run([installed / "jejak", "--version"], tmp_path) == f"jejak {VERSION}\n"


def test_the_short_names_are_jejaks_own(installed: Path, tmp_path: Path) -> None:
    code = f"import importlib; [print(importlib.import_module(name).__file__) for name in {PACKAGES}]"
    where = run([installed / "python", "-c", code], tmp_path).splitlines()
    assert len(where) == len(PACKAGES)
    assert [path for path in where if not Path(path).is_relative_to(installed.parent)] == []


def test_it_has_the_files_that_are_no_code(installed: Path, tmp_path: Path) -> None:
    assert run([installed / "jejak", "migrate", "--dry-run"], tmp_path) == golden()["server.sql"]
    samples = "import producers.whatsapp as w; print(sum(1 for _ in w.sample_files()))"
    assert int(run([installed / "python", "-c", samples], tmp_path)) > 0
    assert "message.incoming" in run([installed / "jejak", "simulate", "--contacts", "3", "--days", "1"], tmp_path)
