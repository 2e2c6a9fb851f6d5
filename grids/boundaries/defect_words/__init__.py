"""The words of defects and their repairs, one file a language (`zh`, `en`); geo gives codes and values only.

`kind` or `kind/cause` -> sentence, and the parts of sentences. A release keeps the kinds, causes and values of its
check: their sentences, and the names of their values, stay for good (docs/adr/0014). Words are made when shown.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from core.errors import Worded
from core.words import FIRST_LANGUAGE, Catalogue, Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.coverage import CoverageReport, Defect, Repair

CATALOGUE = Catalogue("grids.boundaries.defect_words")
ENGLISH = "en"
_NAMED_CODES = 3
_HECTARE_M2 = 10_000.0
_KM2 = 1_000_000.0


def defect_sentence(facts: Mapping[str, Any], language: str) -> str:
    """Return what is wrong and what to do about it, of the facts of a defect as a check or a release has them."""
    words = Words(CATALOGUE, language)
    code = f"{facts['kind']}/{facts['cause']}"
    if code not in CATALOGUE.sentences(FIRST_LANGUAGE):
        code = facts["kind"]
    return words(code, **{**facts["values"], **_parts(facts, words)})


def repair_sentence(repair: Repair, language: str) -> str:
    """Return what a repair would do."""
    return Words(CATALOGUE, language)(f"repair/{repair.verb}")


def repaired_sentence(defect: Defect, repair: Repair, language: str) -> str:
    """Return what is wrong and what the repair would do."""
    told, done = defect_sentence(defect.facts, language), repair_sentence(repair, language)
    return Words(CATALOGUE, language)("repaired", defect=told, repair=done)


def worded(facts: Mapping[str, Any]) -> Worded:
    """Return the sentence of a defect as a value of an error, which is shown in the reader's language."""
    return Worded(partial(defect_sentence, facts))


def with_sentences(facts: Mapping[str, Any], language: str = ENGLISH) -> dict[str, Any]:
    """Return the facts of a defect with its sentence in a language, and in Chinese and English.

    Facts that hold sentences already (of a release that was published when these were stored) keep them.
    """
    if "message_zh" in facts:
        return {**facts, "message": facts.get(f"message_{language}", facts["message_zh"])}
    sentences = {tag: defect_sentence(facts, tag) for tag in {language, FIRST_LANGUAGE, ENGLISH}}
    return {
        **facts,
        "message": sentences[language],
        "message_zh": sentences[FIRST_LANGUAGE],
        "message_en": sentences[ENGLISH],
    }


def defect_feature(defect: Defect, language: str = ENGLISH) -> dict[str, Any]:
    """Return a defect as a GeoJSON feature with its sentences."""
    feature = defect.as_feature()
    return {**feature, "properties": with_sentences(feature["properties"], language)}


def defect_features(report: CoverageReport, language: str = ENGLISH) -> dict[str, Any]:
    """Return all defects as GeoJSON with their sentences, and the summary beside them."""
    features = [defect_feature(defect, language) for defect in report.defects]
    return {"type": "FeatureCollection", "features": features, "summary": report.summary}


def _parts(facts: Mapping[str, Any], words: Words) -> dict[str, str]:
    """Return the blanks of a sentence that hold words themselves: areas, measures, reasons, directions."""
    values = facts["values"]
    parts = {
        "areas": _areas(values.get("areas") or [code or "?" for code in facts["codes"]], words),
        "suggestion": words("suggestion", system=values["system"]) if "system" in values else "",
    }
    if facts["size"] is not None:
        parts["size"] = _length(facts["size"], words) if facts["unit"] == "m" else _area(facts["size"], words)
    if "width_m" in values:
        parts["width"] = words("length/width", m=values["width_m"])
    if "residual_m" in values:
        parts["residual"] = _length(values["residual_m"], words)
    if "way" in values:
        parts["way"] = words(f"way/{values['way']}")
    if "ring" in values:
        parts["reason"] = words(f"ring/{values['ring']}", stated=values.get("stated", ""))
    if "rule" in values:
        unfit = [words("character/space") if one.isspace() else one for one in values.get("unfit", ())]
        parts["rule"] = words(f"rule/{values['rule']}", **{**values, "unfit": " ".join(unfit)})
    return parts


def _areas(labels: Sequence[str], words: Words) -> str:
    """Return the areas concerned in words; of many the first three and how many more."""
    if not labels:
        return words("areas/none")
    if len(labels) > _NAMED_CODES:
        shown = list(labels[:_NAMED_CODES])
        return words("areas/more", shown=shown, count=len(labels), rest=len(labels) - _NAMED_CODES)
    if len(labels) == 1:
        return labels[0]
    return words("areas/several", first=list(labels[:-1]), last=labels[-1])


def _area(area_m2: float, words: Words) -> str:
    """Return an area as a person would write it: '0.40 m²', '812 m²', '3.1 ha', '5.20 km²'."""
    if area_m2 < 0.01:
        return words("area/least")
    if area_m2 < _HECTARE_M2:
        return words("area/small" if area_m2 < 10.0 else "area/m2", m2=area_m2)
    return words("area/ha", ha=area_m2 / _HECTARE_M2) if area_m2 < _KM2 else words("area/km2", km2=area_m2 / _KM2)


def _length(length_m: float, words: Words) -> str:
    """Return a length as a person would write it: '1.0 mm', '0.45 m', '12 m', '3.4 km'."""
    if length_m < 0.01:
        return words("length/mm", mm=length_m * 1000.0)
    if length_m < 1000.0:
        return words("length/small" if length_m < 10.0 else "length/m", m=length_m)
    return words("length/km", km=length_m / 1000.0)
