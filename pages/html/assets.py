"""The pages' own and vendored files: each address holds the file's hash, so browsers may keep them for good."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FOLDER = Path(__file__).parent.parent / "static"
PATH = "/static"


class Assets(StaticFiles):
    """The files, kept by browsers for a year."""

    def __init__(self) -> None:
        """The files of the package."""
        super().__init__(directory=_FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Called by Starlette."""
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


@cache
def asset(name: str) -> str:
    """The address of a file, such as `style.css`."""
    content = (_FOLDER / name).read_bytes()
    return f"{PATH}/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
