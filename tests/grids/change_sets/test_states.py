"""A change set moves only as the table of transitions says, and every state is in it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grids.change_sets.errors import ChangeSetStateError
from grids.change_sets.operations.drafting import apply
from grids.change_sets.states import PENDING, STATE_LABELS, TRANSITIONS, Action, ChangeSetState
from grids.change_sets.tables import ChangeSet

FOLDER = Path(__file__).resolve().parents[3] / "grids" / "change_sets"


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("state", ChangeSetState)
def test_an_action_moves_a_change_set_as_the_table_says_or_is_refused(state: ChangeSetState, action: Action) -> None:
    change_set = ChangeSet(id=1, state=state, version=1)
    if state in TRANSITIONS[action].sources:
        apply(change_set, action)
        assert (change_set.state, change_set.version) == (TRANSITIONS[action].target, 2)
    else:
        with pytest.raises(ChangeSetStateError, match=f"Change set 1 is {state}: {action} is not possible"):
            apply(change_set, action)
        assert (change_set.state, change_set.version) == (state, 1)


def test_nothing_leaves_withdrawn_and_only_the_withdrawal_of_its_release_leaves_published() -> None:
    leaving = {state: {a for a, t in TRANSITIONS.items() if state in t.sources} for state in ChangeSetState}
    assert leaving[ChangeSetState.WITHDRAWN] == set()
    assert leaving[ChangeSetState.PUBLISHED] == {Action.REOPEN}
    assert set(PENDING) == set(ChangeSetState) - {ChangeSetState.PUBLISHED, ChangeSetState.WITHDRAWN}
    assert STATE_LABELS.keys() == set(ChangeSetState)


def test_no_other_code_sets_a_change_set_s_state() -> None:
    setting = {
        f"{path.relative_to(FOLDER)}:{node.lineno}"
        for path in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in ast.walk(node)
        if isinstance(target, ast.Attribute) and isinstance(target.ctx, ast.Store) and target.attr == "state"
    }
    assert {place.partition(":")[0] for place in setting} == {"operations/drafting.py"}
    assert len(setting) == 1
