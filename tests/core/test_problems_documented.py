"""Every problem the service can answer is documented, and none that it cannot."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

from api.http.problems import STATUS
from core.errors import DomainError

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "identity", "grids", "governance", "migrations", "api", "cli")


def every_error() -> dict[str, type[DomainError]]:
    """Every domain error there is, by its code."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "DomainError" in path.read_text() or path.name == "errors.py":
                importlib.import_module(
                    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                )
    found: dict[str, type[DomainError]] = {}
    todo = DomainError.__subclasses__()
    while todo:
        error = todo.pop()
        todo += error.__subclasses__()
        if not error.__module__.startswith("tests"):
            found.setdefault(error.code, error)
    return found


def table() -> list[str]:
    """The rows the document must have."""
    rows = []
    for code, error in sorted(every_error().items()):
        title = inspect.cleandoc(error.__doc__ or "").partition("\n")[0].replace("|", "\\|")
        rows.append(f"| `{code}` | {STATUS[error.kind]} | {title} |")
    return rows


def test_the_document_tells_every_problem_as_the_code_has_it() -> None:
    document = (ROOT / "docs" / "problems.md").read_text()
    documented = re.findall(r"^\| `.*\|$", document, flags=re.MULTILINE)
    assert documented == table()
