"""Reads the lists of words and lines that lie beside this file; `# ` begins a comment."""

from __future__ import annotations

from pathlib import Path


def lines_of(name: str) -> list[str]:
    """The lines of a file that are neither empty nor comments."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("# ")]


def sections(name: str) -> dict[str, list[str]]:
    """The entries, separated by `|` or line breaks, under each `[heading]` of a file, in its order."""
    found: dict[str, list[str]] = {}
    entries: list[str] = []
    for line in lines_of(name):
        if line.startswith("["):
            entries = found.setdefault(line.strip("[]"), [])
        else:
            entries += [entry.strip() for entry in line.split("|")]
    return found
