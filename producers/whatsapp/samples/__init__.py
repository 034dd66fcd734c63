"""Sample webhook bodies: a few weeks of an Indonesian coffee shop, for the demo and the tests.

Shaped as Meta documents them, with invented people, numbers and texts. The files cover every kind of
message, click-to-WhatsApp ads, users who hide their number, echoes, statuses, and webhooks delivered twice.
"""

from importlib.resources import files
from pathlib import Path


def sample_files() -> list[Path]:
    """The sample files, by name: `.jsonl` with a body a line, `.json` pretty-printed."""
    folder = Path(str(files(__name__)))
    return sorted(path for path in folder.iterdir() if path.suffix in {".json", ".jsonl"})
