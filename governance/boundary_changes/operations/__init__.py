"""The public verbs of boundary changes: preview a draft, hand open matters over, gather borders in doubt."""

from governance.boundary_changes.operations.handing_over import hand_over
from governance.boundary_changes.operations.previewing import Preview, disputes, points_of_last_year, preview

__all__ = ["Preview", "disputes", "hand_over", "points_of_last_year", "preview"]
