"""Change sets, edits, checks and previews as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.boundaries import TEXT, LayerCode, Line

Text = Annotated[str, StringConstraints(pattern=TEXT, max_length=2000)]
_LINE = [{"type": "LineString", "coordinates": [[113.29, 34.801], [113.30, 34.803]]}]
COORDINATES = 200_000
"""Numbers a drawn geometry may have: a district's outline has a tenth of them."""


class ChangeSetIn(BaseModel):
    """A new draft on top of the layer's latest release."""

    model_config = ConfigDict(extra="forbid")

    layer: str = LayerCode
    title: Line = Field(examples=["新安路街道三网格调整"])


class EditIn(BaseModel):
    """One edit of geometry on the finest level; coarser levels follow."""

    model_config = ConfigDict(extra="forbid")

    verb: Literal["split", "merge", "transfer", "reshape", "create", "retire", "recut"] = Field(
        description="split: cut `codes[0]` along lines. merge: `codes` into `into`. transfer: the part of `codes[0]` "
        "under a polygon to `codes[1]`. reshape: the border of two areas runs along the line. create: uncovered land "
        "under a polygon, below `parent_code`. retire: `codes[0]`, its land to `into` or uncovered. recut: the land of "
        "`codes` into the polygons."
    )
    codes: list[Line] = Field(default_factory=list, max_length=1000, examples=[["410106003001004"]])
    into: Line | None = None
    geometry: dict[str, Any] | None = Field(default=None, description="GeoJSON, WGS 84.", examples=_LINE)
    new_codes: list[Line] = Field(
        default_factory=list, max_length=1000, description="Else the next numbers of the community, W to E, N to S."
    )
    parent_code: Line | None = None
    name: Line | None = None


class FactsIn(BaseModel):
    """Facts of one area to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    code: Line | None = None
    name: Line | None = None
    parent_code: Line | None = None
    unit_code: Line | None = None
    unit_name: Line | None = None
    attributes: dict[Line, str | float | bool | None] | None = None


class ReasonIn(BaseModel):
    """Why a draft goes back."""

    model_config = ConfigDict(extra="forbid")

    reason: Text = Field(min_length=1)


class ApprovalIn(BaseModel):
    """When the release takes effect; as soon as it is published if left out."""

    model_config = ConfigDict(extra="forbid")

    effective_at: AwareDatetime | None = None


class SettlementIn(BaseModel):
    """Which side of a conflict counts for one area."""

    model_config = ConfigDict(extra="forbid")

    code: Line
    keep: Literal["mine", "theirs"]


class RepairIn(BaseModel):
    """The proposals to take, by their keys; all of them when left out."""

    model_config = ConfigDict(extra="forbid")

    keys: list[Line] | None = Field(default=None, max_length=10_000)


class RedesignIn(BaseModel):
    """What to redesign and how."""

    model_config = ConfigDict(extra="forbid")

    parent_code: Line = Field(description="A community or street.", examples=["410106003001"])
    k: int = Field(ge=1, le=500, description="How many grids.")
    load: Literal["households", "reports"] = "households"
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    take: bool = Field(default=False, description="Take the proposal into the draft, as one edit.")


class EditOut(BaseModel):
    """One edit as it was asked for."""

    number: int
    verb: str
    arguments: dict[str, Any]
    actor: str
    made_at: datetime


class ChangeSetOut(BaseModel):
    """A draft."""

    id: int
    layer: str
    base_release: int = Field(description="The release the draft stands on.")
    title: str
    author: str
    state: Literal["open", "submitted", "approved", "published", "withdrawn"]
    version: int = Field(description="Grows with every edit; also the ETag.")
    created_at: datetime
    updated_at: datetime
    submitted_by: str | None
    approved_by: str | None
    approved_at: datetime | None
    effective_at: datetime | None
    published_release: int | None
    edits: list[EditOut] | None = None


class ChangeSetListOut(BaseModel):
    """Drafts, latest first."""

    change_sets: list[ChangeSetOut]


class RebasedOut(BaseModel):
    """Whether the draft now stands on the latest release, and which areas both sides changed."""

    change_set: ChangeSetOut
    is_current: bool
    conflicts: list[str]


class ProposalOut(BaseModel):
    """One way to mend one defect, with the ground it moves."""

    key: str
    defect: str
    verb: str
    moves: list[dict[str, Any]]
    message_zh: str
    message_en: str


class ProposalListOut(BaseModel):
    """Proposals, to be taken one by one or all."""

    proposals: list[ProposalOut]


class MeasuresOut(BaseModel):
    """A set of grids in numbers."""

    loads: list[float]
    imbalance: float = Field(description="Largest deviation of a load from the mean, as a share of the mean.")
    compactness: list[float] = Field(description="Polsby–Popper, 1 for a circle.")
    border_m: float


class RedesignOut(BaseModel):
    """A proposal beside today's grids; `grids` is GeoJSON."""

    parent_code: str
    load: str
    seed: int
    method: str
    before: MeasuresOut
    after: MeasuresOut
    cut_on_roads: float = Field(description="Share of the new inner borders that follow roads.")
    moved_load: float = Field(description="Load that would come under another grid.")
    grids: dict[str, Any]
    taken: bool


class LineageStepOut(BaseModel):
    """How much of one area's land became another's."""

    predecessor: str
    successor: str
    share_of_predecessor: float
    share_of_successor: float
    release: int
    effective_at: datetime


class LineageOut(BaseModel):
    """What an area became, and came from."""

    code: str
    became: list[LineageStepOut]
    came_from: list[LineageStepOut]
