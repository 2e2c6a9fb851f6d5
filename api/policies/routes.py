"""Values of policy over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query

from api.http.access import CategoriesEditor
from api.http.dependencies import PrincipalDep, SessionDep, SnapshotDep
from api.http.instants import InstantQuery
from api.http.openapi import feature_router
from api.http.problems import responses
from api.policies.schemas import (
    PolicyDecisionIn,
    PolicyIn,
    PolicyListOut,
    PolicyOut,
    PolicyStatedListOut,
    PolicyStatedOut,
)
from core import clock
from governance.policies import operations, queries, rules
from governance.policies.states import PolicyCode, PolicyState

if TYPE_CHECKING:
    from governance.policies.tables import PolicyValue

router = feature_router(prefix="/v1/policies", tags=["policies"])


@router.get("", responses=responses(400, 401, 503))
def list_policies(
    session: SnapshotDep,
    _: PrincipalDep,
    at: Annotated[InstantQuery | None, Query(description="Instant, with a time zone. Now if left out.")] = None,
) -> PolicyListOut:
    """List the values of policy that count at an instant: bounds and spans of cases."""
    instant = at or clock.now()
    known = queries.policies_at(session, instant)
    items = [
        PolicyOut(
            code=code, value=rules.written(getattr(known, code)), default=rules.written(getattr(rules.DEFAULTS, code)),
            two_persons=code in rules.TWO_PERSONS,
        )
        for code in PolicyCode
    ]  # fmt: skip
    return PolicyListOut(at=instant, items=items)


@router.get("/stated", responses=responses(400, 401, 503))
def list_stated_policies(
    session: SnapshotDep,
    _: PrincipalDep,
    code: PolicyCode | None = None,
    state: PolicyState | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[int | None, Query(ge=1, le=2**62, description="`next` of the page before.")] = None,
) -> PolicyStatedListOut:
    """List the values that were stated, the latest first: in force, refused, or waiting for a second person."""
    rows = queries.stated(session, code=code, state=state, before=after, limit=limit + 1)
    following = rows[limit - 1].id if len(rows) > limit else None
    return PolicyStatedListOut(items=[_stated(one) for one in rows[:limit]], next=following)


@router.post("/stated", status_code=201, responses=responses(400, 401, 403, 422, 503))
def state_policy(session: SessionDep, editor: CategoriesEditor, body: PolicyIn) -> PolicyStatedOut:
    """State a value from an instant on; what decides over deadlines waits for a second person."""
    return _stated(
        operations.state_value(
            session, body.code, body.value, note=body.note, actor=editor.actor, effective_from=body.effective_from
        )
    )


@router.post("/stated/{stated}/decision", responses=responses(400, 401, 403, 404, 409, 422, 503))
def decide_policy(
    session: SessionDep,
    editor: CategoriesEditor,
    stated: Annotated[int, Path(ge=1, le=2**62, description="Number of the stated value.")],
    body: PolicyDecisionIn,
) -> PolicyStatedOut:
    """Confirm or refuse a value that waits, as a second person; confirmed late it counts from then on."""
    return _stated(operations.decide(session, stated, body.action, actor=editor.actor))


def _stated(row: PolicyValue) -> PolicyStatedOut:
    known = {name: getattr(row, name) for name in PolicyStatedOut.model_fields if hasattr(row, name)}
    return PolicyStatedOut.model_validate(known | {"number": row.id})
