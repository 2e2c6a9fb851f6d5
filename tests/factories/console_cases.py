"""Cases in the sample district, for what the console shows of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from core import clock
from governance.reports.numbers import report_number
from tests.factories.cases import WORD, open_case_of
from tests.factories.reports import store_report
from tests.factories.sample import sample_areas

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def case_in_sample(
    session: Session, grid: int, *, is_late: bool = False, channel: str = "12345", description: str = ""
) -> str:
    """Open the case of a report in a grid of the sample, its deadline over where asked for; return its number."""
    areas = {area.code: area for area in sample_areas()}
    inner = [area for area in areas.values() if area.level == "grid"][grid * 7 % 250]
    path, parent = [inner.code], inner.parent_code
    while parent is not None:
        path.insert(0, parent)
        parent = areas[parent].parent_code
    assert inner.geom is not None
    point = inner.geom.representative_point()
    where = {"lon": point.x, "lat": point.y, "path": path}
    stored = store_report(session, category=WORD, channel=channel, description=description, **where)
    case = open_case_of(session, stored)
    if is_late:
        given = {"id": case, "at": clock.now() - timedelta(hours=1)}
        session.execute(text("UPDATE case_record SET due_at = :at WHERE id = :id"), given)
    return report_number(case)
