"""Change sets, edits, checks and previews as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.change_sets.map_schemas import DraftAreaFeature, DraftAreas, ProposedGrids
from api.http.instants import Instant
from api.http.texts import LAYER_CODE, Line, Text
from api.shapes.defects import CheckReport, DefectFeature, FirstDefects
from api.shapes.geojson import AnyGeometry
from api.shapes.release_rules import MeantIn, RulesOut
from geo.coverage import DefectKind
from grids.change_sets.rules.verbs import MOST_PARTS
from grids.change_sets.states import ChangeSetState, EditLocking

Number = Annotated[float, Field(allow_inf_nan=False, ge=-(2**53), le=2**53)]
LOCKING = (
    "if-match: an edit over OGC API names the feature's ETag in If-Match. last-read: for programs that send none, as"
    " QGIS, an edit is held to the state in which the same key last read the feature."
)
_LINE = [{"type": "LineString", "coordinates": [[113.29, 34.801], [113.30, 34.803]]}]


class ChangeSetIn(BaseModel):
    """A new draft on top of the layer's latest release."""

    model_config = ConfigDict(extra="forbid")

    layer: str = LAYER_CODE
    title: Line = Field(examples=["新安路街道三网格调整"])
    locking: EditLocking = Field(default=EditLocking.IF_MATCH, description=LOCKING)


class LockingIn(BaseModel):
    """How edits of a draft over OGC API are kept apart."""

    model_config = ConfigDict(extra="forbid")

    locking: EditLocking = Field(description=LOCKING)


class EditIn(BaseModel):
    """One edit of geometry on the finest level; coarser levels follow."""

    model_config = ConfigDict(extra="forbid")

    verb: Literal["split", "merge", "transfer", "reshape", "create", "retire", "recut", "redraw"] = Field(
        description="split: cut `codes[0]` along lines. merge: `codes` into `into`. transfer: the part of `codes[0]` "
        "under a polygon to `codes[1]`. reshape: the border of two areas runs along the line. create: uncovered land "
        "under a polygon, below `parent_code`. retire: `codes[0]`, its land to `into` or uncovered. recut: the land of "
        "`codes` into the polygons. redraw: areas get the outlines in `shapes`, neighbours together."
    )
    codes: list[Line] = Field(default_factory=list, max_length=MOST_PARTS, examples=[["410106003001004"]])
    into: Line | None = None
    geometry: dict[str, Any] | None = Field(default=None, description="GeoJSON, WGS 84.", examples=_LINE)
    new_codes: list[Line] = Field(
        default_factory=list,
        max_length=MOST_PARTS,
        description="Else the next numbers of the community, W to E, N to S.",
    )
    parent_code: Line | None = None
    name: Line | None = None
    shapes: dict[Line, dict[str, Any]] = Field(
        default_factory=dict, max_length=MOST_PARTS, description="redraw: GeoJSON polygons by code, WGS 84."
    )


class FactsIn(BaseModel):
    """Facts of one area to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    code: Line | None = None
    name: Line | None = None
    parent_code: Line | None = None
    unit_code: Line | None = None
    unit_name: Line | None = None
    attributes: dict[Line, Text | Number | bool | None] | None = Field(default=None, max_length=100)


class ReasonIn(BaseModel):
    """Why a draft goes back."""

    model_config = ConfigDict(extra="forbid")

    reason: Text = Field(min_length=1)


class ApprovalIn(MeantIn):
    """When the release takes effect; as soon as it is published if left out."""

    model_config = ConfigDict(extra="forbid")

    effective_at: Instant | None = None


class ConflictResolutionIn(BaseModel):
    """Which side of a conflict counts for one area."""

    model_config = ConfigDict(extra="forbid")

    code: Line
    keep: Literal["mine", "theirs"]


class RepairIn(BaseModel):
    """The proposals to take, by their keys; or, left out, the preferred ones of every defect, or of some kinds."""

    model_config = ConfigDict(extra="forbid")

    keys: list[Line] | None = Field(default=None, min_length=1, max_length=10_000)
    kinds: list[DefectKind] | None = Field(default=None, min_length=1, description="Only with no `keys`.")


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


class MovementOut(BaseModel):
    """The ground one area gains and loses by a repair."""

    level: str
    code: str
    gained_m2: float
    lost_m2: float


class ProposalOut(BaseModel):
    """One way to mend one defect, with the ground it moves."""

    key: str = Field(description="Names the proposal for taking; a defect's first is the one to be preferred.")
    defect: str
    kind: str = Field(examples=["gap"])
    verb: str = Field(examples=["give_to_neighbour"])
    moved_m2: float
    moves: list[MovementOut]
    ground: AnyGeometry | None = Field(description="The ground that would change hands, as GeoJSON.")
    title: str = Field(
        description="What would be done, in the language of `?lang=` or `Accept-Language`; else English.",
        examples=["give the gap to the neighbour"],
    )
    message: str = Field(description="What is wrong and what would be done, in the same language.")
    message_zh: str = Field(
        description="The same in Chinese. Use `message` with `lang=zh`.", json_schema_extra={"deprecated": True}
    )
    message_en: str = Field(
        description="The same in English. Use `message` with `lang=en`.", json_schema_extra={"deprecated": True}
    )


class SurroundingsOut(BaseModel):
    """What lies around a change: the defects there, how they could be mended, and the areas beside it."""

    defects: CheckReport | None = Field(
        description="GeoJSON with `summary`, as the whole check gives it; null where so much changed that only the "
        "whole check tells."
    )
    proposals: list[ProposalOut] = Field(description="Repairs of the first defects, with the ground each would move.")
    beside: DraftAreas = Field(description="Unchanged areas of the finest level beside the change, as GeoJSON.")


class EditedOut(SurroundingsOut):
    """What an edit left different, as a GeoJSON FeatureCollection; an area that ended has no geometry."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[DraftAreaFeature]
    edit: int | None = Field(description="The edit's number; null where it was only tried.")
    version: int = Field(description="The draft's version, as in the ETag.")


class EditWindowOut(DraftAreas):
    """Areas of the finest level in a window, GeoJSON: vertices that neighbours share are equal to the last digit."""

    bbox: Annotated[list[float], Field(min_length=4, max_length=4)] = Field(
        description="The window: every area with a vertex or an edge in it is here. What is moved in it tears nothing."
    )
    version: int = Field(description="The draft's version, as in the ETag.")


class DifferenceOut(BaseModel):
    """One area of a delivery beside what was there."""

    code: str
    name: str
    level: str
    kind: Literal["added", "gone", "moved", "facts"]
    gained_m2: float
    lost_m2: float
    facts: dict[str, tuple[Any, Any]] = Field(description="Each fact that differs: what it was, what it is.")


class ReplacedOut(BaseModel):
    """What a delivery makes different, area by area."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[DraftAreaFeature] = Field(
        description="The areas as they are now, as GeoJSON; without outlines where more than 500 differ."
    )
    edit: int | None = Field(description="The edit's number; null where it was only tried.")
    version: int = Field(description="The draft's version, as in the ETag.")
    differences: list[DifferenceOut] = Field(description="Coarsest level first, then by code.")
    remarks: list[str] = Field(
        description="What was done with the files' columns and numbers, and what of the draft they hide and it keeps."
    )
    defects: FirstDefects = Field(description="What the whole layer's check then finds, as GeoJSON, at most 1,000.")


class RulesChangeOut(BaseModel):
    """What the base release answers by, and what the draft's would."""

    before: RulesOut
    after: RulesOut


class SentBackOut(BaseModel):
    """Who sent a draft back, when and why."""

    by: str
    at: datetime
    reason: str


class ChangeSetOut(BaseModel):
    """A draft."""

    id: int
    layer: str
    base_release: int = Field(description="The release the draft stands on.")
    title: str
    author: str
    state: ChangeSetState
    locking: EditLocking = Field(description=LOCKING)
    version: int = Field(description="Grows with every edit; also the ETag.")
    created_at: datetime
    updated_at: datetime
    submitted_by: str | None
    approved_by: str | None
    approved_at: datetime | None
    effective_at: datetime | None
    published_release: int | None
    sent_back: SentBackOut | None = Field(
        default=None, description="Why it went back, the last time; null where it never did, and in lists."
    )
    edits: list[EditOut] | None = None
    rules: RulesChangeOut | None = Field(
        default=None, description="What its release would answer by otherwise; null where nothing differs or in lists."
    )


class ChangeSetListOut(BaseModel):
    """Drafts, latest first."""

    change_sets: list[ChangeSetOut]


class RebasedOut(BaseModel):
    """Whether the draft now stands on the latest release, and which areas both sides changed."""

    change_set: ChangeSetOut
    is_current: bool
    conflicts: list[str]


class ProposalListOut(BaseModel):
    """One page of proposals, to be taken one by one or all."""

    proposals: list[ProposalOut]
    unmendable: list[str] = Field(description="Defects of this page that only a person can mend, by their keys.")
    defects: int = Field(description="How many defects there are that were asked for.")
    next: str | None = Field(description="`after` of the next page; null on the last.")


class RepairedOut(EditedOut):
    """What the repairs left different, and what could not be mended."""

    taken: int
    left: list[DefectFeature] = Field(description="The first hundred defects that are left.")
    left_count: int


class MeasuresOut(BaseModel):
    """A set of grids in numbers."""

    loads: list[float]
    imbalance: float = Field(description="Largest deviation of a load from the mean, as a share of the mean.")
    compactness: list[float] = Field(description="Polsby–Popper, 1 for a circle.")
    border_m: float


class RedesignMoveOut(BaseModel):
    """Load that would come under another grid."""

    from_area: str
    to_number: int = Field(description="The proposed grid, as numbered in `grids`.")
    load: float


class RedesignOut(BaseModel):
    """A proposal beside today's grids."""

    parent_code: str
    load: str
    seed: int
    method: str
    before: MeasuresOut
    after: MeasuresOut
    cut_on_roads: float = Field(description="Share of the new inner borders that follow roads.")
    moved_load: float = Field(description="Load that would come under another grid.")
    moves: list[RedesignMoveOut] = Field(description="What would move, the largest first.")
    grids: ProposedGrids
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
