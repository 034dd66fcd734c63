"""What is served as it is: `jejak.js`, the tracker for web pages, made by `make tracker` and committed."""

from functools import cache
from importlib.resources import files


@cache
def script() -> bytes:
    """The bytes of `jejak.js`."""
    return (files(__name__) / "jejak.js").read_bytes()
