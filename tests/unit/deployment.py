"""The deployment's files as data, for the tests of them."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SCHEMAS = ROOT / "tests" / "contract_schemas"


def documents(path: Path) -> list[dict[str, Any]]:
    """All documents of a YAML file."""
    return [item for item in yaml.safe_load_all(path.read_text(encoding="utf-8")) if item]


def dockerfile() -> list[tuple[str, str]]:
    """The Dockerfile's instructions and their arguments, continued lines joined."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines if line.strip() and not line.startswith("#"))
    return [(name, " ".join(rest.split())) for name, rest in pairs]
