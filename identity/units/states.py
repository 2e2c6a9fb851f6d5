"""What kind of unit a unit is."""

from __future__ import annotations

from enum import StrEnum


class UnitKind(StrEnum):
    """Where a unit stands in the district's administration."""

    CENTRE = "centre"
    """The operations centre (运行中心)."""
    DEPARTMENT = "department"
    """A department of the district (委办局), or a part of one that is sent out."""
    STREET = "street"
    """A street or town office (街道办事处、镇政府)."""
    COMMUNITY = "community"
    """A residents' or villagers' committee (社区、村)."""
    GRID = "grid"
    """Who works a grid: its captain and workers (网格)."""
    BUILDING = "building"
    """Who looks after a building or a row of them (楼栋)."""
    PARTY_ORGANISATION = "party_organisation"
    """A party organisation (党组织) beside one of the others."""
