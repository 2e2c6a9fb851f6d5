"""A mistyped year is asked about before it locks a layer for decades."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from grids.boundaries.errors import EffectiveInstantDoubtfulError
from grids.boundaries.rules import Meant, require_meant

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
FIRST = datetime(2025, 1, 3, 9, tzinfo=UTC)


def days(count: float) -> datetime:
    return NOW + timedelta(days=count)


@pytest.mark.parametrize(
    ("wanted", "first_report_at", "needs"),
    [
        (None, FIRST, None),
        (days(0.01), FIRST, None),
        (days(31), FIRST, None),
        (days(32), FIRST, "confirm"),
        (days(366), None, "confirm"),
        (days(367), None, "force"),
        (days(36 * 365), FIRST, "force"),
        (FIRST, FIRST, None),
        (datetime(2025, 1, 3, tzinfo=UTC), FIRST, None),
        (datetime(2025, 1, 1, tzinfo=UTC), FIRST, "force"),
        (datetime(1970, 8, 21, tzinfo=UTC), FIRST, "force"),
        (datetime(2018, 1, 1, tzinfo=UTC), None, None),
        (datetime(1970, 8, 21, tzinfo=UTC), None, "confirm"),
    ],
)
def test_what_has_to_be_said_of_an_instant(
    wanted: datetime | None, first_report_at: datetime | None, needs: str | None
) -> None:
    said = {
        "nothing": Meant(first_report_at=first_report_at),
        "confirm": Meant(confirm=True, first_report_at=first_report_at),
        "force": Meant(force=True, first_report_at=first_report_at),
    }
    enough = {None: {"nothing", "confirm", "force"}, "confirm": {"confirm", "force"}, "force": {"force"}}[needs]
    for words, meant in said.items():
        if words in enough:
            require_meant(wanted, now=NOW, meant=meant)
            continue
        with pytest.raises(EffectiveInstantDoubtfulError, match=f"{needs}\\)") as caught:
            require_meant(wanted, now=NOW, meant=meant)
        assert caught.value.context["needs"] == needs
