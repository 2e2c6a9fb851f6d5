"""The public verbs of the registry: define layers, import files, publish releases, roll back."""

from grids.boundaries.operations.layers import change_layer, create_layer, declare_gaps, remember_mapping
from grids.boundaries.operations.publish import NOTIFY_CHANNEL, Published, publish, roll_back

__all__ = [
    "NOTIFY_CHANNEL",
    "Published",
    "change_layer",
    "create_layer",
    "declare_gaps",
    "publish",
    "remember_mapping",
    "roll_back",
]
