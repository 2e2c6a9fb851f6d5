"""Bursts: many report one incident within the hour; they are offered as one, and nothing is joined by it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from core import clock
from identity.grants import Grant
from tests.factories.cases import SharedOffice, shared_office

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP_DEG = 0.0012
"""Some 110 m from west to east."""


@pytest.fixture(scope="module")
def office(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedOffice]:
    with shared_office(module_database_url, tmp_path_factory.mktemp("office")) as opened:
        yield opened


def case(office: SharedOffice, lon: float, *, minutes: float, grid: str = "g1", category: str = "违建") -> str:
    at = clock.now() - timedelta(minutes=minutes)
    return office.case(lon=lon, at=at, received_at=at, grid=grid, category=category)


def test_what_is_near_of_one_class_and_within_the_hour_is_offered_as_one(office: SharedOffice) -> None:
    # A chain: each within reach of the next, the ends are not.
    chain = [case(office, 113.5 + i * STEP_DEG, minutes=50 - i) for i in range(4)]
    case(office, 113.51, minutes=10)  # too far
    case(office, 113.5, minutes=90)  # too long ago
    case(office, 113.5, minutes=5, category="路灯不亮")  # of another class
    ended = case(office, 113.5, minutes=4)
    office.act(ended, "reject")
    (burst,) = office.ask("GET", "/v1/cases/bursts")["items"]
    assert [one["number"] for one in burst["cases"]] == chain
    assert (burst["main"], burst["category"]) == (chain[0], "E0101")
    assert {one["state"] for one in burst["cases"]} == {"opened"}


def test_a_burst_is_made_of_what_the_reader_may_see(office: SharedOffice) -> None:
    here = office.member("here", None, Grant("dispatcher", area="admin/g1"))
    there = office.member("there", None, Grant("dispatcher", area="admin/g2"))
    assert len(office.ask("GET", "/v1/cases/bursts", by=here)["items"]) == 1
    assert office.ask("GET", "/v1/cases/bursts", by=there)["items"] == []
