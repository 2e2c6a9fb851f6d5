"""Import: files in, checked, and published as a release if nothing blocks; otherwise nothing is changed."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core import progress
from geo import coverage
from grids.boundaries import confinement, queries, scratch
from grids.boundaries.checking import check_confined
from grids.boundaries.defect_words import ENGLISH, defect_features, worded
from grids.boundaries.errors import FileRefusedError, ImportBlockedError
from grids.boundaries.files import columns, fields, landing, reading, staging
from grids.boundaries.files.deriving import with_derived_levels
from grids.boundaries.files.limits import Limits
from grids.boundaries.files.people import with_people_kept
from grids.boundaries.operations.layers import remember_mapping
from grids.boundaries.operations.publish import publish
from grids.boundaries.records import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from grids.boundaries.files.staging import Upload
    from grids.boundaries.operations.publish import Published
    from grids.boundaries.publication import Publication
    from grids.boundaries.records import AreaRecord
    from grids.boundaries.release_rules import ReleaseRules
    from grids.boundaries.tables import Layer

# Stored coordinates are whole 1e-7 degrees: two borders meant to be one may lie this far apart (diagonal, at the
# equator), which is no defect of the delivery.
STORED_GRAIN_M = 0.016
_KEPT_DEFECTS = 200


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read: the system of the numbers, the text's encoding, which column means what, the level of each file.

    `derive` maps coarser levels that no file has to the column that names them (files/deriving.py). `district` is the
    layer whose coarsest areas are the district: a layer's first delivery has to lie there.
    """

    crs: str | None = None
    encoding: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    level_of_file: Mapping[str, str] = field(default_factory=dict)
    derive: Mapping[str, str] = field(default_factory=dict)
    district: str | None = None
    remember: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was delivered, read and brought to the stored form; `source` goes into the release."""

    areas: list[AreaRecord]
    source: dict[str, Any]
    remarks: list[str]

    @property
    def crs(self) -> str | None:
        """The system that all its files were drawn in, or None when they differ."""
        systems = {file["crs"] for file in self.source["files"]}
        return systems.pop() if len(systems) == 1 else None


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import; `published` is None when only checked."""

    delivery: Delivery
    report: coverage.CoverageReport
    published: Published | None


def read_delivery(layer: Layer, uploads: Sequence[Upload], options: ReadingOptions, limits: Limits) -> Delivery:
    """Read all files of one delivery into one set of areas; touches no database.

    Raises
    ------
    FileRefusedError, FileUnreadableError, FileTooLargeError, FileTooSlowError, CrsMissingError, CrsUnknownError,
    FieldMissingError, ReadersBusyError
    """
    options = _known(layer, options)
    shape = fields.LayerShape(tuple(layer.levels), layer.code_rule, layer.field_mapping)
    areas: list[AreaRecord] = []
    remarks: list[str] = []
    files = []
    with confinement.slot(), scratch.folder("import") as folder:
        until = None if limits.seconds is None else time.monotonic() + limits.seconds
        for staged in staging.stage(uploads, folder, limits):
            progress.report("reading", f"{staged.stem}{staged.path.suffix}")
            left = None if until is None else max(0, math.ceil(until - time.monotonic()))
            read = reading.read(staged, replace(limits, seconds=left), options.encoding, within=limits.seconds)
            if not len(read.geometries):
                remarks.append(f"{staged.stem}: no feature in it")
                continue
            crs, remarks_here = fields.system_of(read, options.crs)
            found, more = fields.records(read, shape, options.mapping, options.level_of_file, limits)
            given = np.array([area.geom for area in found], dtype=object)
            geometries, mended = fields.in_wgs84(given, crs)
            landing.require_inside(found, geometries, crs, staged.stem)
            more += landing.conversion_remarks(given, crs) + _mended(found, mended)
            areas += [replace(area, geom=geom) for area, geom in zip(found, geometries, strict=True)]
            remarks += [f"{staged.stem}: {remark}" for remark in (*read.remarks, *remarks_here, *more)]
            files.append(
                {
                    "name": f"{staged.stem}{staged.path.suffix}",
                    "format": staged.format.name,
                    "crs": crs.name,
                    "features": len(found),
                }
            )
    if not areas:
        raise FileRefusedError("There is not one feature in it.")
    if options.derive:
        names = {key.rpartition(".")[0]: column for key, column in options.mapping.items() if key.endswith(".name")}
        areas, told = with_derived_levels(areas, options.derive, names, shape.levels)
        remarks += told
    parents = fields.with_parents(areas, shape)
    areas = [replace(area, parent_code=parent) for area, parent in zip(areas, parents, strict=True)]
    return Delivery(areas, {"files": files, "remarks": remarks}, remarks)


def _mended(areas: Sequence[AreaRecord], mended: NDArray[np.bool_]) -> list[str]:
    """Return what to tell of outlines that are valid in the file and that storing would have broken."""
    codes = [areas[i].code for i in np.flatnonzero(mended).tolist()]
    if not codes:
        return []
    named = ", ".join(codes[:5])[:200] + (f" and {len(codes) - 5:,} more" if len(codes) > 5 else "")
    what = "outlines have necks or holes narrower than the 1 cm that is stored; these were closed"
    return [f"mended: {len(codes):,} {what} ({named})"]


def check(
    session: Session,
    layer: Layer,
    areas: Sequence[AreaRecord],
    *,
    source_crs: str | None = None,
    limits: Limits | None = None,
    latest: Sequence[AreaRecord] | None = None,
    answering: ReleaseRules | None = None,
    district: str | None = None,
) -> coverage.CoverageReport:
    """Check a layer's whole content against its rules, its declared gaps and its latest release.

    With `limits` the check runs in a confined process: for what comes from outside. `latest` are the latest release's
    areas, where the caller has read them already; `answering` the rules of a release, where not the latest one's.
    Before a layer's first release its content is compared with the coarsest areas of the layer `district`, if that has
    a release.

    Raises
    ------
    FileTooLargeError, FileTooSlowError, ReadersBusyError
    """
    latest = latest_areas(session, layer) if latest is None else latest
    rules = rules_of(layer, answering or queries.current_rules(session, layer), source_crs, latest=latest)
    if not latest and district is not None:
        rules = replace(rules, reference=_outline_of(session, layer, district))
    if limits is not None:
        return check_confined(as_area_set(areas), rules, limits)
    return coverage.check_layer(as_area_set(areas), rules)


def _outline_of(session: Session, layer: Layer, district: str) -> coverage.Reference | None:
    found = next((known for known in queries.list_layers(session) if known.code == district), None)
    latest = None if found is None or found.id == layer.id else queries.latest_release(session, found)
    if found is None or latest is None:
        return None
    coarsest = queries.AreaFilter(level=found.levels[0])
    areas = queries.areas_of_release(session, found, latest, only=coarsest)
    return coverage.Reference(geometries=np.array([area.record.geom for area in areas], dtype=object))


def rules_of(
    layer: Layer, answering: ReleaseRules, source_crs: str | None = None, *, latest: Sequence[AreaRecord] = ()
) -> coverage.LayerRules:
    """Return what the check holds a layer to; the reference, its latest release's areas, only tells a wrong datum."""
    reference = None
    if latest:
        reference = coverage.Reference(
            geometries=np.array([a.geom for a in latest], dtype=object),
            codes=np.array([a.code for a in latest], dtype=object),
        )
    return coverage.LayerRules(
        levels=tuple(layer.levels),
        code_rule="gb15" if layer.code_rule == "gb15" else "free",
        is_coverage=layer.is_coverage,
        covers_parent=layer.is_coverage,
        tolerances=coverage.Tolerances(noise_width_m=STORED_GRAIN_M),
        allowed_gaps=answering.land_of_gaps,
        reference=reference,
        source_crs=source_crs,
    )


def latest_areas(session: Session, layer: Layer) -> list[AreaRecord]:
    """Return the areas of the layer's latest release; none before the first."""
    latest = queries.latest_release(session, layer)
    return [] if latest is None else [stored.record for stored in queries.areas_of_release(session, layer, latest)]


def as_area_set(areas: Sequence[AreaRecord]) -> coverage.AreaSet:
    """Return records as the arrays that the check takes."""
    return coverage.AreaSet.from_areas(
        levels=[a.level for a in areas],
        codes=[a.code for a in areas],
        names=[a.name for a in areas],
        parent_codes=[a.parent_code for a in areas],
        geometries=[a.geom for a in areas],
    )


def check_delivery(
    session: Session,
    *,
    layer: Layer,
    uploads: Sequence[Upload],
    options: ReadingOptions | None = None,
    limits: Limits | None = None,
) -> Imported:
    """Read a delivery and check it; nothing is stored.

    Raises
    ------
    FileRefusedError, FileUnreadableError, FileTooLargeError, FileTooSlowError, CrsMissingError, CrsUnknownError,
    FieldMissingError, ReadersBusyError
    """
    limits = limits or Limits()
    options = options or ReadingOptions()
    latest = latest_areas(session, layer)
    delivery = read_delivery(layer, uploads, options, limits)
    areas, told = with_people_kept(delivery.areas, latest)
    if told:
        remarks = [*delivery.remarks, *told]
        delivery = Delivery(areas, {**delivery.source, "remarks": remarks}, remarks)
    report = check(
        session,
        layer,
        delivery.areas,
        source_crs=delivery.crs,
        limits=limits,
        latest=latest,
        district=options.district,
    )
    return Imported(delivery, report, None)


def import_delivery(
    session: Session,
    *,
    layer: Layer,
    uploads: Sequence[Upload],
    publication: Publication,
    lead_s: float,
    options: ReadingOptions | None = None,
    limits: Limits | None = None,
) -> Imported:
    """Read, check, and publish unless something blocks; the release's source tells the files.

    Raises
    ------
    ImportBlockedError
        With `imported` in its context: the report tells every defect. Nothing was changed.
    FileRefusedError, FileUnreadableError, FileTooLargeError, FileTooSlowError, CrsMissingError, CrsUnknownError,
    FieldMissingError, ReadersBusyError, EffectiveInstantError, ReleaseOvertakenError
    """
    imported = check_delivery(session, layer=layer, uploads=uploads, options=options, limits=limits)
    if imported.report.blocks:
        raise BlockedImport(imported)
    published = publish(
        session,
        layer=layer,
        areas=imported.delivery.areas,
        publication=replace(publication, source=imported.delivery.source),
        lead_s=lead_s,
        check_report=summary(imported.report),
    )
    if options is not None and options.remember and options.mapping:
        remember_mapping(session, layer=layer, field_mapping=options.mapping, actor=publication.author)
    return replace(imported, published=published)


class BlockedImport(ImportBlockedError):  # noqa: N818 (it is an import that was blocked)
    """The boundaries have defects that block publishing; nothing was changed."""

    def __init__(self, imported: Imported) -> None:
        blocking = [d for d in imported.report.defects if d.severity is coverage.Severity.BLOCKS]
        shown = features(imported.report)
        for feature in shown["features"]:
            feature["properties"]["message"] = worded(feature["properties"])
        super().__init__(
            "{count} defects block publishing; nothing was changed. The first: {first}",
            values={"count": len(blocking), "first": worded(blocking[0].facts)},
            counts=imported.report.counts,
            defects=shown,
        )
        self.imported = imported


def summary(report: coverage.CoverageReport) -> dict[str, Any]:
    """Return what a release keeps of its check: the counts, and the warnings as codes and values, without places."""
    return {
        "areas_checked": report.areas_checked,
        "counts": report.counts,
        "is_edge_matched": report.is_edge_matched,
        "decimals": DECIMALS,
        "warnings": [
            {name: fact for name, fact in defect.facts.items() if name != "severity"}
            for defect in report.defects[:_KEPT_DEFECTS]
        ],
    }


def features(report: coverage.CoverageReport, most: int = 1000, language: str = ENGLISH) -> dict[str, Any]:
    """Return the defects as GeoJSON, what blocks first, at most so many."""
    collection = defect_features(replace(report, defects=report.defects[:most]), language)
    collection["summary"] |= {"counts": report.counts, "blocks": report.blocks, "shown": min(most, len(report.defects))}
    return collection


def _known(layer: Layer, options: ReadingOptions) -> ReadingOptions:
    """Return the options with the fields' own names; refuse words that name no level of the layer and no field."""
    levels = {*options.level_of_file.values(), *(key.rpartition(".")[0] for key in options.mapping if "." in key)}
    unknown = sorted(levels - set(layer.levels))
    if unknown:
        raise FileRefusedError(
            "The layer has no level '{unknown}'; it has {levels}.",
            values={"unknown": unknown[0][:40], "levels": [*layer.levels]},
            field="level",
        )
    return replace(options, mapping=columns.known_fields(options.mapping))
