"""Inside a feature, writes know reads, reads know rules and tables, and rules and tables know neither each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("grids", "governance", "identity")
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for floor in FLOORS
    for path in sorted((ROOT / floor).rglob("*.py"))
}
MAY_IMPORT = {
    "operations": {"operations", "queries", "rules", "tables", "states"},
    "queries": {"queries", "rules", "tables", "states"},
    "rules": {"rules", "states"},
    "tables": {"tables", "states"},
    "states": set(),
}
"""Which files of its own feature each kind of file may import; other files of a feature are free."""
IMPURE = {
    "core.audit", "core.db", "core.queue", "fastapi", "geoalchemy2", "http", "httpx", "procrastinate", "psycopg",
    "requests", "socket", "sqlalchemy", "starlette", "subprocess", "urllib",
}  # fmt: skip
"""What pure decisions do without: the database, the queue, the network, other programs."""


def kind_of(module: str) -> str | None:
    """The kind of a file by its name or its folder's: `draft_queries` and `operations/editing` count too."""
    for part in reversed(module.split(".")):
        for kind in MAY_IMPORT:
            if part == kind or part.endswith(f"_{kind}"):
                return kind
    return None


def feature_of(module: str) -> str:
    """The folder of the feature: everything before the file, or before the folder named after a kind."""
    parts = module.split(".")[:-1]
    while parts and any(parts[-1] == kind or parts[-1].endswith(f"_{kind}") for kind in MAY_IMPORT):
        parts.pop()
    return ".".join(parts)


def imported(path: Path) -> set[str]:
    """All modules that a file imports at run time or for its types, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def wrong_imports(module: str, imports: set[str]) -> list[str]:
    """Which imports of a module go against the order of files inside its feature."""
    kind = kind_of(module)
    if kind is None:
        return []
    own = feature_of(module)
    return sorted(
        f"{module} imports {name}"
        for name in imports
        if name in MODULES
        and feature_of(name) == own
        and (other := kind_of(name)) is not None
        and other not in MAY_IMPORT[kind]
    )


@pytest.mark.parametrize("module", [module for module in MODULES if kind_of(module)])
def test_files_inside_a_feature_keep_their_order(module: str) -> None:
    assert wrong_imports(module, imported(MODULES[module])) == []


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("grids.change_sets.draft_queries", "grids.change_sets.operations.editing"),
        ("grids.change_sets.rules.verbs", "grids.change_sets.queries"),
        ("grids.change_sets.rules.verbs", "grids.change_sets.tables"),
        ("grids.change_sets.tables", "grids.change_sets.rules.verbs"),
        ("governance.hotspots.topics.rules", "governance.hotspots.topics.operations"),
    ],
)
def test_an_import_against_the_order_is_found(module: str, name: str) -> None:
    assert wrong_imports(module, {name})


@pytest.mark.parametrize("module", [module for module in MODULES if kind_of(module) in {"rules", "states"}])
def test_rules_reach_no_database_no_queue_and_no_network(module: str) -> None:
    names = imported(MODULES[module])
    assert sorted(name for name in names for root in IMPURE if name == root or name.startswith(f"{root}.")) == []
