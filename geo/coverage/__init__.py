"""Checks of a coverage, every defect with its place and size, and proposals to repair it.

A layer is levels of areas that must neither overlap nor leave gaps and must nest. :func:`check_layer` looks
at the whole of it, :func:`check_neighbourhood` at what an edit touches; :func:`propose` offers repairs and
shows the ground they move. Nothing here changes a layer.
"""

from __future__ import annotations

from geo.coverage.check import PreparedLayer, prepare, severity_order
from geo.coverage.model import (
    SEVERITY,
    AreaSet,
    CoverageReport,
    Defect,
    DefectKind,
    LayerRules,
    Reference,
    Severity,
    Tolerances,
)
from geo.coverage.neighbourhood import check_neighbourhood, ground_changed
from geo.coverage.proposal import Movement, Repair, RepairVerb
from geo.coverage.repair import mend, propose, propose_all, repair_whole, take_repair
from geo.coverage.whole import Findings, check_layer, recheck

__all__ = [
    "SEVERITY",
    "AreaSet",
    "CoverageReport",
    "Defect",
    "DefectKind",
    "Findings",
    "LayerRules",
    "Movement",
    "PreparedLayer",
    "Reference",
    "Repair",
    "RepairVerb",
    "Severity",
    "Tolerances",
    "check_layer",
    "check_neighbourhood",
    "ground_changed",
    "mend",
    "prepare",
    "propose",
    "propose_all",
    "recheck",
    "repair_whole",
    "severity_order",
    "take_repair",
]
