"""The delivery package: one zip with the GeoPackage, the check report, the defects and a manifest of checksums."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING, Any

import orjson

from core.words import FIRST_LANGUAGE
from grids.boundaries.defect_words import ENGLISH, defect_features, defect_sentence
from grids.boundaries.files import staging
from grids.boundaries.files.writing import Written, _member, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.coverage import CoverageReport
    from grids.boundaries.files.writing import Title
    from grids.boundaries.records import AreaRecord


def package(
    areas: Sequence[AreaRecord],
    title: Title,
    *,
    report: CoverageReport,
    release: Mapping[str, Any],
    crs: str = "WGS84",
) -> Written:
    """Write the package; `release` is the manifest's entry on the release."""
    geopackage = write(areas, title, file_format="geopackage", crs=crs)
    files = {
        geopackage.name: geopackage.content,
        "check-report.md": _report(report, title).encode(),
        "defects.geojson": orjson.dumps(defect_features(report)),
    }
    manifest = {
        **release,
        "crs": crs,
        "levels": _counts(areas),
        "boundaries": geopackage.name,
        "columns": list(geopackage.remarks),
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        },
    }
    files[staging.MANIFEST] = orjson.dumps(manifest, option=orjson.OPT_INDENT_2, default=str)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(_member(name), content)
    stem = geopackage.name.removesuffix(".gpkg")
    return Written(f"{stem}-delivery.zip", "application/zip", out.getvalue(), geopackage.remarks)


def _counts(areas: Sequence[AreaRecord]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for area in areas:
        counts[area.level] = counts.get(area.level, 0) + 1
    return counts


def _report(report: CoverageReport, title: Title) -> str:
    """Return the check as a page to read, Chinese and English."""
    verdict = "不可发布 / blocked" if report.blocks else "可发布 / may be published"
    lines = [
        f"# {title.layer_name} · {title.layer} · release {title.release}",
        "",
        f"- 生效 / effective: {title.effective_at}",
        f"- 检查区域 / areas checked: {report.areas_checked}",
        f"- 结论 / verdict: {verdict}",
        f"- 缺陷 / defects: {len(report.defects)} "
        + (", ".join(f"{kind} {count}" for kind, count in report.counts.items()) or "无 / none"),
        "",
    ]
    for number, defect in enumerate(report.defects, start=1):
        chinese, english = (defect_sentence(defect.facts, language) for language in (FIRST_LANGUAGE, ENGLISH))
        lines += [f"{number}. [{defect.severity.value}] {chinese}", f"   {english}"]
    return "\n".join(lines) + "\n"
