"""`make tracker`: makes `jejak.js` of the tracker's npm packages and `door.js`.

The packages come from npm in the versions of `packages.json` and are checked by their integrity hashes. Each is a
build that runs in any page; here they get a scope of their own, so that they neither see the page's modules nor leave
names in the page. Nobody needs npm to install Jejak: `jejak.js` is committed, and `made.json` says by hashes what it
was made of.
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

HERE = Path(__file__).parent
_BUILD = "package/dist/index.umd.min.js"
_LICENCE = "package/LICENSE"


class Package(TypedDict):
    """A line of `packages.json`."""

    part: str
    name: str
    version: str
    integrity: str


def packages() -> list[Package]:
    """The packages that `jejak.js` is made of."""
    found: list[Package] = json.loads((HERE / "packages.json").read_text(encoding="utf-8"))
    return found


def sha256(content: bytes) -> str:
    """A hash for `made.json`."""
    return hashlib.sha256(content).hexdigest()


def fetched(package: Package, directory: Path) -> bytes:
    """A package's archive, from npm.

    Raises:
        ValueError: it is not what `packages.json` says.
        subprocess.CalledProcessError: npm does not give it.
    """
    subprocess.run(  # noqa: S603
        ["npm", "pack", "--silent", f"{package['name']}@{package['version']}"],  # noqa: S607
        cwd=directory,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (path,) = directory.glob("*.tgz")
    archive = path.read_bytes()
    path.unlink()
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if found != package["integrity"]:
        raise ValueError(f"{package['name']}: its integrity is {found}, packages.json says {package['integrity']}")
    return archive


def member(archive: bytes, name: str) -> bytes:
    """A file of an archive."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        stream = tar.extractfile(name)
        assert stream is not None, name
        return stream.read()


def bundled(builds: dict[str, bytes], own: bytes) -> bytes:
    """The whole script.

    Arguments:
        builds: the packages' builds, by their parts.
        own: `door.js`.
    """
    pieces = [b"/*! jejak.js; made by `make tracker`. Licences: jejak.js.licences.txt */\n(function () {\n"]
    pieces.append(b"var jejakParts = {};\n")
    for part, build in builds.items():
        text = b"\n".join(line for line in build.splitlines() if not line.startswith(b"//# sourceMappingURL"))
        scope = b"(function (exports, module, define) {\n%s\n}).call(this, jejakParts.%s = {}, {}, undefined);\n"
        pieces.append(scope % (text, part.encode()))
    return b"".join([*pieces, own, b"}).call(window);\n"])


def main() -> None:
    """Make the files anew."""
    builds: dict[str, bytes] = {}
    licences: list[bytes] = []
    with tempfile.TemporaryDirectory() as directory:
        for package in packages():
            archive = fetched(package, Path(directory))
            builds[package["part"]] = member(archive, _BUILD)
            title = f"{package['name']} {package['version']}\n\n".encode()
            licences.append(title + member(archive, _LICENCE))
    own = (HERE / "door.js").read_bytes()
    script, licence = bundled(builds, own), b"\n\n".join(licences)
    (HERE / "jejak.js").write_bytes(script)
    (HERE / "jejak.js.licences.txt").write_bytes(licence)
    made = {
        "jejak.js": sha256(script),
        "jejak.js.licences.txt": sha256(licence),
        "door.js": sha256(own),
        "packages.json": sha256((HERE / "packages.json").read_bytes()),
        "bundle.py": sha256(Path(__file__).read_bytes()),
        "builds": {part: sha256(build) for part, build in builds.items()},
    }
    (HERE / "made.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"jejak.js has {len(script):,} bytes\n")


if __name__ == "__main__":
    main()
