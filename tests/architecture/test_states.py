"""Every state of a stored row has a table of transitions, and only that table changes it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import CheckConstraint, Text

import migrations.tables  # noqa: F401 (with it, the metadata is whole)
from core.db import Base
from core.states import Decision, Lifecycle, Transition, TransitionNotAllowedError
from governance.data_quality.states import CorrectionState

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("core", "geo", "identity", "grids", "governance", "presentation", "api", "spatial_jobs", "cli")
NAMED_AS_STATE = re.compile(r"(^|_)(state|status)$")
NO_STATE = {
    "change_set_read.state": "the tag of the feature that was read, as in If-Match",
}
NO_ROW = {
    "api/http/middleware.py": "the status of an HTTP exchange",
    "api/scim/errors.py": "the HTTP status of an error",
    "governance/cases/clocks/measuring.py": "the state of a clock while it is measured",
}


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Give each node of each source with its file; no tree is kept, they are millions of objects."""
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                yield path.relative_to(ROOT).as_posix(), node


def lifecycles() -> dict[str, Lifecycle[Any, Any]]:
    """Return each lifecycle by the column it is for."""
    return {
        f"{table.name}.{constraint.info['lifecycle'].column}": constraint.info["lifecycle"]
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint) and "lifecycle" in constraint.info
    }


LIFECYCLES = lifecycles()


def test_every_column_that_holds_a_state_has_a_lifecycle_and_begins_in_one_of_its_states() -> None:
    columns = {
        f"{table.name}.{column.name}": column
        for table in Base.metadata.tables.values()
        for column in table.columns
        if NAMED_AS_STATE.search(column.name) and isinstance(column.type, Text)
    }
    assert columns.keys() - NO_STATE.keys() == LIFECYCLES.keys()
    for name, lifecycle in LIFECYCLES.items():
        default = columns[name].server_default
        assert default is None or str(default.arg) in lifecycle.begins, name  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", LIFECYCLES)
def test_an_action_moves_a_row_as_the_table_has_it_or_is_refused(name: str) -> None:
    lifecycle = LIFECYCLES[name]
    mapped = next(m for m in Base.registry.mappers if m.local_table.name == name.partition(".")[0])  # type: ignore[attr-defined]
    for state in lifecycle.states:
        for action in lifecycle.actions:
            row = mapped.class_(**{lifecycle.column: state})
            sources, target = lifecycle.transitions[action]
            if state in sources:
                lifecycle.move(row, action)
                assert lifecycle.state_of(row) == (target or state)
            else:
                with pytest.raises(TransitionNotAllowedError, match=re.escape(f"is {state}: {action} is not possible")):
                    lifecycle.move(row, action)
                assert lifecycle.state_of(row) == state


def test_a_table_that_is_not_whole_is_refused() -> None:
    take = {Decision.TAKE: Transition((CorrectionState.OFFERED,), CorrectionState.TAKEN)}
    with pytest.raises(ValueError, match="No transition for refuse"):
        Lifecycle(CorrectionState, Decision, (CorrectionState.OFFERED,), take)
    both = take | {Decision.REFUSE: Transition((CorrectionState.OFFERED,), CorrectionState.TAKEN)}
    with pytest.raises(ValueError, match="Nothing leads to refused"):
        Lifecycle(CorrectionState, Decision, (CorrectionState.OFFERED,), both)


def _sets_a_state(node: ast.AST, columns: set[str]) -> bool:
    """Return whether a node assigns to an attribute named as a state, or gives one to `UPDATE … .values()`."""
    if isinstance(node, ast.Attribute):
        return isinstance(node.ctx, ast.Store) and node.attr in columns
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
        return any(keyword.arg in columns for keyword in node.keywords)
    return False


def test_only_a_lifecycle_changes_a_state_and_no_statement_compares_one_with_a_word_of_its_own() -> None:
    """A literal beside the enumeration is forgotten when a state is renamed."""
    columns = {lifecycle.column for lifecycle in LIFECYCLES.values()}
    values = {str(state) for lifecycle in LIFECYCLES.values() for state in lifecycle.states}
    tables = "|".join(name.partition(".")[0] for name in LIFECYCLES)
    by_hand = re.compile(rf"UPDATE\s+({tables})\s[^;]*?\bSET\b[^;]*?\b(state|status)\s*=")
    setting, updating, comparing = set(), [], []
    for name, node in nodes():
        if _sets_a_state(node, columns):
            setting.add(name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and by_hand.search(node.value):
            updating.append(f"{name}:{node.lineno}")
        elif isinstance(node, ast.Compare) and _compares_a_state(node, columns, values):
            comparing.append(f"{name}:{node.lineno}")
    assert setting == NO_ROW.keys()
    assert updating == []
    assert comparing == []


def _compares_a_state(node: ast.Compare, columns: set[str], values: set[str]) -> bool:
    return (
        isinstance(node.left, ast.Attribute)
        and node.left.attr in columns
        and any(
            isinstance(part, ast.Constant) and part.value in values
            for right in node.comparators
            for part in ast.walk(right)
        )
    )
