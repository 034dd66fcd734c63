"""The simulator's modules use each other in one direction."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

from tests.support.processes import ROOT

PACKAGE = "producers.simulator"


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> set[str]:
    """All modules that a file names in an import, those under `if TYPE_CHECKING` included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{item.name}" for item in node.names)}
        elif isinstance(node, ast.Import):
            found |= {item.name for item in node.names}
    return found


def test_no_module_of_the_simulator_imports_itself_through_others() -> None:
    paths = {name_of(path): path for path in (ROOT / PACKAGE.replace(".", "/")).rglob("*.py")}
    graph = {name: (imported(path) & set(paths)) - {PACKAGE} for name, path in paths.items()}
    assert len(list(TopologicalSorter(graph).static_order())) >= len(graph)
