"""A case as lists show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.cases.schemas import CaseSummaryOut

if TYPE_CHECKING:
    from datetime import datetime

    from governance.cases.lifecycle.queries import CaseView


def summary(view: CaseView, now: datetime) -> dict[str, object]:
    """Return the members of a case's summary."""
    known = {name: getattr(view, name) for name in CaseSummaryOut.model_fields if hasattr(view, name)}
    return known | {
        "category": view.category_path[0] if view.category_path else None,
        "is_overdue": view.due_at is not None and view.due_at < now,
    }
