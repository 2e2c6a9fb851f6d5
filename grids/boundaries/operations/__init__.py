"""The public verbs of the registry: define layers, import files, publish releases, roll back."""

from grids.boundaries.operations.exports import PACKAGE, export
from grids.boundaries.operations.imports import (
    BlockedImport,
    Delivery,
    Imported,
    ReadingOptions,
    as_area_set,
    check,
    check_delivery,
    features,
    import_delivery,
    latest_areas,
    read_delivery,
    rules_of,
    summary,
)
from grids.boundaries.operations.inspecting import Column, Inspected, inspect_delivery
from grids.boundaries.operations.layers import change_layer, create_layer, declare_gaps, remember_mapping
from grids.boundaries.operations.publish import NOTIFY_CHANNEL, Published, lock, publish, require_meant, roll_back
from grids.boundaries.operations.withdrawing import require_withdrawable, take_out
from grids.boundaries.publication import Publication
from grids.boundaries.rules import Meant

__all__ = [
    "NOTIFY_CHANNEL",
    "PACKAGE",
    "BlockedImport",
    "Column",
    "Delivery",
    "Imported",
    "Inspected",
    "Meant",
    "Publication",
    "Published",
    "ReadingOptions",
    "as_area_set",
    "change_layer",
    "check",
    "check_delivery",
    "create_layer",
    "declare_gaps",
    "export",
    "features",
    "import_delivery",
    "inspect_delivery",
    "latest_areas",
    "lock",
    "publish",
    "read_delivery",
    "remember_mapping",
    "require_meant",
    "require_withdrawable",
    "roll_back",
    "rules_of",
    "summary",
    "take_out",
]
