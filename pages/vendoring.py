"""`make vendor`: brings the scripts of others into `pages/static/vendor/` and `tests/browser/vendor/`, as npm has them.

`packages.json` beside them names versions and integrity hashes. The files are committed, with their licences and with
`made.json`, which holds their hashes; so nobody needs npm to install Jejak.
"""

import base64
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TypedDict

_ROOT = Path(__file__).parent
FOLDERS = (_ROOT / "static/vendor", _ROOT.parent / "tests/browser/vendor")


class Package(TypedDict):
    """An entry of `packages.json`: the file `member` of an npm package becomes the file `part`."""

    part: str
    name: str
    version: str
    member: str
    integrity: str


def packages(folder: Path) -> list[Package]:
    """What a folder holds."""
    found: list[Package] = json.loads((folder / "packages.json").read_text(encoding="utf-8"))
    return found


def licence_of(package: Package) -> str:
    """The name of the file with a package's licence."""
    return f"{package['part'].partition('.')[0]}.licence.txt"


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file in a folder that `make vendor` made."""
    names = [name for package in packages(folder) for name in (package["part"], licence_of(package))]
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def fetched(package: Package) -> bytes:
    """A package's archive, from npm.

    Raises:
        ValueError: it is not what `packages.json` says.
        subprocess.CalledProcessError: npm does not give it.
    """
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(  # noqa: S603
            ["npm", "pack", "--silent", f"{package['name']}@{package['version']}"],  # noqa: S607
            cwd=directory,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (path,) = Path(directory).glob("*.tgz")
        archive = path.read_bytes()
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if found != package["integrity"]:
        raise ValueError(f"{package['name']}: its integrity is {found}, packages.json says {package['integrity']}")
    return archive


def _bring(folder: Path) -> None:
    for package in packages(folder):
        with tarfile.open(fileobj=io.BytesIO(fetched(package))) as tar:
            for member, name in ((package["member"], package["part"]), ("package/LICENSE", licence_of(package))):
                stream = tar.extractfile(member)
                assert stream is not None, member
                (folder / name).write_bytes(stream.read())
    made = json.dumps(hashes(folder), indent=2) + "\n"
    (folder / "made.json").write_text(made, encoding="utf-8")


if __name__ == "__main__":
    for each in FOLDERS:
        _bring(each)
        sys.stdout.write(f"{each}: {', '.join(hashes(each))}\n")
