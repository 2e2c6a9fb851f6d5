"""Samples for back-checking (倒查) of frozen results, and what the checks found."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from api.http.access import CaseSupervisor
from api.http.dependencies import SessionDep, SnapshotDep
from api.http.openapi import feature_router
from api.http.problems import responses
from governance.assessment.samples import operations
from governance.assessment.samples.rules import MOST
from governance.reports.numbers import report_number

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

router = feature_router(prefix="/v1/assessment", tags=["assessment"])
RunNumber = Annotated[int, Path(ge=1, le=2**62, description="Number of the results.")]
SampleNumber = Annotated[int, Path(ge=1, le=2**62, description="Number of the sample.")]


class SampleIn(BaseModel):
    """How many cases are drawn."""

    model_config = ConfigDict(extra="forbid")

    size: int = Field(ge=1, le=MOST)


class SampledCaseOut(BaseModel):
    """A case of a sample."""

    number: str
    checked_at: datetime | None = Field(description="When it was back-checked since the sample was drawn.")
    reopened_at: datetime | None = Field(description="When it was sent back since: it counts as reworked from then.")
    rating: int | None


class SampleOut(BaseModel):
    """A sample, and what its checks found."""

    sample: int
    assessment: int
    size: int
    seed: str = Field(description="The digest of the results and the sample's number among theirs.")
    drawn_at: datetime
    drawn_by: str
    checked: int
    reopened: int
    items: list[SampledCaseOut]


@router.post("/results/{assessment}/samples", status_code=201, responses=responses(400, 401, 403, 404, 409, 422, 503))
def draw_sample(session: SessionDep, supervisor: CaseSupervisor, assessment: RunNumber, body: SampleIn) -> SampleOut:
    """Draw closed cases of frozen results to be back-checked, by units and a seed that nobody chooses."""
    row = operations.draw_sample(session, assessment, body.size, actor=supervisor.actor)
    return _sample(session, row.id)


@router.get("/samples/{sample}", responses=responses(400, 401, 403, 404, 503))
def read_sample(session: SnapshotDep, _: CaseSupervisor, sample: SampleNumber) -> SampleOut:
    """Read a sample: which cases were checked, and which were sent back."""
    return _sample(session, sample)


def _sample(session: Session, number: int) -> SampleOut:
    row, found = operations.sample(session, number)
    return SampleOut(
        sample=row.id, assessment=row.run_id, size=row.size, seed=row.seed, drawn_at=row.drawn_at,
        drawn_by=row.drawn_by, checked=sum(one.checked_at is not None for one in found),
        reopened=sum(one.reopened_at is not None for one in found),
        items=[
            SampledCaseOut(
                number=report_number(one.case_id), checked_at=one.checked_at, reopened_at=one.reopened_at,
                rating=one.rating,
            )
            for one in found
        ],
    )  # fmt: skip
