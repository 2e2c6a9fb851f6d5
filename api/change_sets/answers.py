"""Drafts, proposals and lineage in the form they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from api.change_sets.map_schemas import DraftAreas, ProposedGridFacts, ProposedGridFeature, ProposedGrids
from api.change_sets.schemas import (
    ChangeSetOut,
    DifferenceOut,
    EditedOut,
    EditOut,
    LineageStepOut,
    MeasuresOut,
    MovementOut,
    ProposalOut,
    RedesignMoveOut,
    RedesignOut,
    ReplacedOut,
    RulesChangeOut,
    SentBackOut,
    SurroundingsOut,
)
from api.shapes.defects import CheckReport, FirstDefects, defects_language
from api.shapes.geojson import Geometry
from api.shapes.release_rules import rules_out
from core.personal import masked_text, without_people
from core.words import FIRST_LANGUAGE
from grids.boundaries import operations as boundaries
from grids.boundaries.defect_words import ENGLISH, defect_features, repair_sentence, repaired_sentence
from grids.change_sets.operations.surroundings import MOST_AREAS
from grids.geojson import geojson
from presentation.words.remarks import remark_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from core.audit import AuditEntry
    from geo.regionalise import Measures
    from grids.boundaries.records import AreaRecord
    from grids.boundaries.release_rules import ReleaseRules
    from grids.change_sets.operations import Delivered, Edited, Offer, Redesign, Surroundings
    from grids.change_sets.queries import LineageStep
    from grids.change_sets.rules.differences import Difference
    from grids.change_sets.tables import ChangeSet, ChangeSetEdit


def change_set_out(
    change_set: ChangeSet,
    layer: str,
    base: int,
    published: int | None,
    edits: Iterable[ChangeSetEdit] | None = None,
    rules: tuple[ReleaseRules, ReleaseRules] | None = None,
    sent_back: AuditEntry | None = None,
) -> ChangeSetOut:
    """Show a draft."""
    return ChangeSetOut(
        id=change_set.id, layer=layer, base_release=base, title=masked_text(change_set.title), author=change_set.author,
        state=change_set.state,  # type: ignore[arg-type]
        locking=change_set.locking,  # type: ignore[arg-type]
        version=change_set.version, created_at=change_set.created_at, updated_at=change_set.updated_at,
        submitted_by=change_set.submitted_by, approved_by=change_set.approved_by, approved_at=change_set.approved_at,
        effective_at=change_set.effective_at, published_release=published,
        sent_back=None if sent_back is None else SentBackOut(
            by=sent_back.actor, at=sent_back.happened_at, reason=str(sent_back.detail.get("reason", ""))
        ),
        edits=None if edits is None else [edit_out(e) for e in edits],
        rules=None if rules is None else RulesChangeOut(before=rules_out(rules[0]), after=rules_out(rules[1])),
    )  # fmt: skip


def edit_out(edit: ChangeSetEdit) -> EditOut:
    """Show one edit as it was asked for, without what is about people."""
    said = EditOut.model_validate(edit, from_attributes=True)
    return said.model_copy(update={"arguments": without_people(said.arguments)})


def difference_out(difference: Difference) -> DifferenceOut:
    """Show one area of a delivery beside what was there, without what is about people in its facts."""
    said = DifferenceOut.model_validate(difference, from_attributes=True).model_dump()
    return DifferenceOut.model_validate(said | {"facts": without_people(said["facts"])})


def edited_out(edited: Edited, around: Surroundings, *, drawn: str | None) -> EditedOut:
    """Show what an edit left different, with outlines of the level `drawn` alone (None: of all)."""
    return EditedOut(
        features=features(edited.after, drawn=drawn, edit=edited.number)["features"],
        edit=edited.number,
        version=edited.change_set.version,
        **dict(surroundings_out(around)),
    )


def replaced_out(delivered: Delivered, remarks: Sequence[str]) -> ReplacedOut:
    """Show what a delivery makes different, and remarks; the outlines too where it is not a whole layer's."""
    done = delivered.edited
    drawn = None if len(done.after) <= MOST_AREAS else ""
    return ReplacedOut(
        features=features(done.after, drawn=drawn, edit=done.number)["features"],
        edit=done.number,
        version=done.change_set.version,
        differences=[difference_out(difference) for difference in delivered.differences],
        remarks=[remark_in(remark, defects_language()) for remark in (*remarks, *delivered.remarks)],
        defects=FirstDefects.model_validate(boundaries.features(delivered.report, language=defects_language())),
    )


def surroundings_out(around: Surroundings) -> SurroundingsOut:
    """Show what lies around a change."""
    found = None if around.report is None else defect_features(around.report, defects_language())
    return SurroundingsOut(
        defects=None if found is None else CheckReport.model_validate(found),
        proposals=[proposal_out(offer) for offer in around.offers],
        beside=DraftAreas.model_validate(features(dict(around.beside))),
    )


def proposal_out(offer: Offer) -> ProposalOut:
    """Show one proposal with the ground it moves."""
    return ProposalOut(
        key=offer.key,
        defect=offer.defect.key,
        kind=offer.defect.kind.value,
        verb=offer.repair.verb.value,
        moved_m2=offer.repair.moved_m2,
        moves=[MovementOut.model_validate(movement, from_attributes=True) for movement in offer.repair.movements],
        ground=None if shapely.is_empty(offer.repair.ground) else Geometry.model_validate(geojson(offer.repair.ground)),
        title=repair_sentence(offer.repair, defects_language()),
        message=repaired_sentence(offer.defect, offer.repair, defects_language()),
        message_zh=repaired_sentence(offer.defect, offer.repair, FIRST_LANGUAGE),
        message_en=repaired_sentence(offer.defect, offer.repair, ENGLISH),
    )


def redesign_out(redesign: Redesign, *, taken: bool) -> RedesignOut:
    """Show a proposal."""
    return RedesignOut(
        parent_code=redesign.parent_code,
        load=redesign.load,
        seed=redesign.seed,
        method="recombination of spanning trees (DeFord, Duchin & Solomon 2021)",
        before=_measures(redesign.before),
        after=_measures(redesign.after),
        cut_on_roads=redesign.cut_on_roads,
        moved_load=redesign.moved_load,
        moves=[RedesignMoveOut(from_area=a, to_number=n, load=load) for a, n, load in redesign.moves],
        grids=ProposedGrids(
            features=[
                ProposedGridFeature(
                    geometry=Geometry.model_validate(geojson(piece)),
                    properties=ProposedGridFacts(number=number, load=float(redesign.after.loads[number - 1])),
                )
                for number, piece in enumerate(redesign.pieces, start=1)
            ]
        ),
        taken=taken,
    )


def lineage_steps(steps: Iterable[LineageStep]) -> list[LineageStepOut]:
    """Show steps of lineage."""
    return [
        LineageStepOut(
            predecessor=s.predecessor, successor=s.successor, share_of_predecessor=s.share_of_predecessor,
            share_of_successor=s.share_of_successor, release=s.release_number, effective_at=s.effective_at,
        )
        for s in steps
    ]  # fmt: skip


def features(
    areas: Mapping[str, AreaRecord | None], *, drawn: str | None = None, **properties: object
) -> dict[str, Any]:
    """Show areas as a FeatureCollection; a retired one has no geometry, nor one of another level than `drawn`."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": code,
                "geometry": None
                if record is None or drawn not in {None, record.level}
                else geojson(record.geom),
                "properties": {"code": code, "retired": True, **properties}
                if record is None
                else {
                    "code": code, "name": record.name, "level": record.level, "parent_code": record.parent_code,
                    "unit_code": record.unit_code, "unit_name": record.unit_name, "retired": False, **properties,
                },
            }
            for code, record in areas.items()
        ],
    }  # fmt: skip


def _measures(measures: Measures) -> MeasuresOut:
    return MeasuresOut(
        loads=measures.loads.tolist(),
        imbalance=measures.imbalance,
        compactness=measures.compactness.tolist(),
        border_m=measures.border_m,
    )
