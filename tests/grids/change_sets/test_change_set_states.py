"""A change set moves only as the table of transitions has it; tests/architecture/test_states.py holds each step."""

from __future__ import annotations

import pytest

from grids.change_sets.errors import ChangeSetStateError
from grids.change_sets.operations.drafting import apply
from grids.change_sets.states import CHANGE_SET, PENDING, Action, ChangeSetState
from grids.change_sets.tables import ChangeSet


def test_an_action_counts_the_version_up_or_is_refused_as_a_conflict() -> None:
    change_set = ChangeSet(id=1, state=ChangeSetState.OPEN, version=1)
    apply(change_set, Action.SUBMIT)
    assert (change_set.state, change_set.version) == (ChangeSetState.SUBMITTED, 2)
    with pytest.raises(ChangeSetStateError, match="Change set 1 is submitted: publish is not possible"):
        apply(change_set, Action.PUBLISH)
    assert (change_set.state, change_set.version) == (ChangeSetState.SUBMITTED, 2)


def test_nothing_leaves_withdrawn_and_only_the_withdrawal_of_its_release_leaves_published() -> None:
    leaving = {state: {a for a, t in CHANGE_SET.transitions.items() if state in t.sources} for state in ChangeSetState}
    assert leaving[ChangeSetState.WITHDRAWN] == set()
    assert leaving[ChangeSetState.PUBLISHED] == {Action.REOPEN}
    assert set(PENDING) == set(ChangeSetState) - {ChangeSetState.PUBLISHED, ChangeSetState.WITHDRAWN}
