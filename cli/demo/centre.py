"""The sample's centre: units that the releases name, eight departments, 32 seats in four zones, people of every role.

The numbers are those of 上街区 (a centre of four zones with 8 departments and 32 seats); names of people and the
departments chosen are samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from cli.demo.importing import WORKED_LAYER, demo_actor
from core import clock
from governance.grid_workers.queries import posts_at
from governance.responsibility.queries import unmapped_codes
from grids.boundaries import queries as boundaries
from identity.granting import add_grants
from identity.grants import Grant
from identity.people import operations as people
from identity.people import queries as known_people
from identity.people.operations import PersonIn
from identity.seats import operations as seats
from identity.seats.operations import Duty, SeatIn
from identity.seats.queries import seats_at
from identity.units import operations as units
from identity.units.operations import UnitIn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from cli.demo.half_year import HalfYear
    from core.db import Database
    from identity.actors import Actor

CENTRE: Final = "410106"
DEPARTMENTS: Final = {
    "CG": "城市管理局", "ZR": "自然资源和规划局", "GA": "公安分局", "HB": "生态环境分局",
    "YJ": "应急管理局", "ZJ": "住房和城乡建设局", "SC": "市场监督管理局", "WJ": "卫生健康委员会",
}  # fmt: skip
SANITATION: Final = ("HW-A", "HW-B", "HW-C")
ZONES: Final = {
    "调度指挥区": ("dispatcher",) * 12,
    "监督考核区": ("supervisor",) * 3 + ("verifier",) * 2 + ("privacy-officer",),
    "技术保障区": ("gis-editor", "gis-approver", "planner", "administrator", "security-administrator", "auditor"),
    "入驻部门区": ("department-staff",) * 8,
}
"""Zones of the hall, and the role of who sits in each seat."""
SAMPLE: Final = "（示例）"
"""What the names of sample people and units bear."""
OUTSIDE: Final = ("street-staff", "grid-captain", "building-captain", "volunteer")
"""Roles of those who work in the streets: one of each a street."""
TITLES: Final = {
    "dispatcher": "调度员",
    "supervisor": "督查员",
    "verifier": "核查员",
    "privacy-officer": "个人信息保护专员",
    "gis-editor": "制图员",
    "gis-approver": "审图员",
    "planner": "分析员",
    "administrator": "系统管理员",
    "security-administrator": "安全管理员",
    "auditor": "审计员",
    "department-staff": "部门联络员",
    "street-staff": "街道干部",
    "grid-captain": "网格长",
    "building-captain": "楼栋长",
    "volunteer": "党员志愿者",
}


@dataclass(frozen=True)
class Centre:
    """What the sample's centre has now."""

    units: int
    unmapped: int
    seats: int
    people: int


def set_up(database: Database, half_year: HalfYear) -> Centre:
    """State the sample's units, seats and people, unless somebody has stated the centre."""
    with database.transaction() as session:
        actor, start = demo_actor(session), half_year.begins_at
        if not seats_at(session, clock.now()):
            streets = _state_units(session, start, actor)
            seated = _state_seats(session, start, actor)
            _add_people(session, seated, streets, start, actor)
            _employ_workers(session, start, actor)
        now = clock.now()
        count = session.scalar(text("SELECT count(*) FROM unit_state WHERE superseded_at IS NULL"))
        return Centre(
            int(count or 0), len(unmapped_codes(session, now)), len(seats_at(session, now)),
            len(known_people.profiles(session, now)),
        )  # fmt: skip


def _state_units(session: Session, start: datetime, actor: Actor) -> list[str]:
    """State the units that the releases name, with departments and party organisations; return the streets."""
    named = {row.code: row.name for row in session.execute(text("SELECT code, name FROM responsible_unit"))}
    streets = sorted(code for code in named if code.startswith(CENTRE) and len(code) == 9)
    communities = sorted(code for code in named if code[:9] in streets and len(code) == 12)
    stated = [UnitIn(CENTRE, named.get(CENTRE, "新型智慧城市运行中心"), "centre", None, start)]
    stated += [UnitIn(code, f"上街区{name}", "department", CENTRE, start) for code, name in DEPARTMENTS.items()]
    stated += [UnitIn(code, named[code], "street", CENTRE, start) for code in streets]
    stated += [UnitIn(code, named[code], "community", code[:9], start) for code in communities]
    stated += [
        UnitIn(f"DW-{code}", f"{named[code]}党工委{SAMPLE}", "party_organisation", code, start) for code in streets
    ]
    units.state_units(session, stated, actor=actor)
    for code in SANITATION:
        if code in named:
            units.map_code(session, code, "CG", start=start, actor=actor)
    return streets


def _state_seats(session: Session, start: datetime, actor: Actor) -> list[tuple[str, str, str]]:
    """State the seats; return code, role and unit of who sits in each."""
    stated: list[SeatIn] = []
    seated: list[tuple[str, str, str]] = []
    departments = iter(DEPARTMENTS)
    for zone, roles in ZONES.items():
        for role in roles:
            code = f"X-{len(stated) + 1:02}"
            unit = next(departments) if role == "department-staff" else CENTRE
            stated.append(SeatIn(code, f"{TITLES[role]}席", zone, unit, start))
            seated.append((code, role, unit))
    seats.state_seats(session, stated, actor=actor)
    return seated


def _add_people(
    session: Session, seated: Sequence[tuple[str, str, str]], streets: Sequence[str], start: datetime, actor: Actor
) -> None:
    """Add who sits in the seats, and those who work in the streets, each labelled as a sample."""
    wanted: list[tuple[str, str, str | None]] = [(role, unit, None) for _, role, unit in seated]
    wanted += [(role, street, f"{WORKED_LAYER}/{street}") for street in streets for role in OUTSIDE]
    new = [
        PersonIn(f"{TITLES[role]}{SAMPLE}{number:02}", f"CY-{number:04}")
        for number, (role, _, _) in enumerate(wanted, 1)
    ]
    added = people.add_people(session, new, actor=actor)
    ids = [person.id for person in added]
    members = [(number, unit) for number, (_, unit, _) in zip(ids, wanted, strict=True)]
    people.state_units(session, members, start=start, actor=actor)
    grants = [(number, Grant(role, area)) for number, (role, _, area) in zip(ids, wanted, strict=True)]
    add_grants(session, grants, actor=actor)
    duties = [Duty(code, number, start) for (code, _, _), number in zip(seated, ids, strict=False)]
    seats.state_duties(session, duties, actor=actor)


def _employ_workers(session: Session, start: datetime, actor: Actor) -> None:
    """Put each grid worker into the units of the own posts, with the role on their areas."""
    layer = boundaries.get_layer(session, WORKED_LAYER)
    posts = posts_at(session, layer_id=layer.id, at=clock.now())
    workers = known_people.of_staff_numbers(session, {post.staff_number for post in posts})
    grants = [
        (workers[post.staff_number].id, Grant("grid-worker", f"{WORKED_LAYER}/{post.area_code}")) for post in posts
    ]
    members = {(workers[post.staff_number].id, post.unit_code) for post in posts if post.unit_code is not None}
    if grants:
        people.state_units(session, sorted(members), start=start, actor=actor)
        add_grants(session, grants, actor=actor)
