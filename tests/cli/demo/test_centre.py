"""The sample's centre has the numbers of the source: four zones, 8 departments, 32 seats, people of every role."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import shapely
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from cli.demo import centre, links
from cli.demo.half_year import HalfYear
from core import clock
from governance.grid_workers.operations import set_workers
from governance.grid_workers.rules import Appointment
from grids.boundaries.records import AreaRecord
from identity.grants import ROLES
from identity.people.queries import of_staff_numbers, profile, profiles
from identity.seats.queries import seats_at
from identity.units.queries import units_at
from tests.factories.identity import who
from tests.factories.releases import publish_areas
from tests.factories.sign_in import CHEAP, PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from core.db import Database
    from core.settings import Settings

OURS = {"X-Requested-With": "tests"}
UNITS = {"410106": "district", "410106001": "street", "410106001001": "community"}
PARENTS = {"410106001": "410106", "410106001001": "410106001"}


def test_the_centre_is_set_up_once_with_people_of_every_role_who_can_all_sign_in(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    with database.transaction() as session:
        areas = [
            AreaRecord(
                level, code, code, shapely.box(113, 34, 114, 35), code[:-3] if len(code) > 6 else None, code, code
            )
            for code, level in UNITS.items()
        ]
        layer = publish_areas(session, areas, levels=list(UNITS.values()))
        set_workers(
            session, layer=layer, appointments=[Appointment("410106001001", "SL-1", "网格员（示例）01")],
            areas=["410106001001"], actor=who("demo"),
        )  # fmt: skip
    half_year = HalfYear(date(2026, 1, 1))
    made = centre.set_up(database, half_year)
    assert centre.set_up(database, half_year) == made
    assert (made.unmapped, made.seats) == (0, 32)
    with database.transaction() as session:
        seated = seats_at(session, clock.now())
        assert Counter(one.seat.zone for one in seated) == {
            "调度指挥区": 12, "监督考核区": 6, "技术保障区": 6, "入驻部门区": 8,
        }  # fmt: skip
        assert all(one.person is not None and "（示例）" in one.person.name for one in seated)
        kinds = Counter(row.kind for row in units_at(session, clock.now()))
        assert kinds == {"centre": 1, "department": 8, "street": 1, "community": 1, "party_organisation": 1}
        held = {grant.role for one in profiles(session, clock.now()) for grant in one.grants}
    assert held == set(ROLES) - {"intake", "viewer"}
    invited = links.invite_samples(database, settings, base="http://x", into=tmp_path / "links.json")
    assert set(invited) == held, "a link for every role"
    rows = json.loads((tmp_path / "links.json").read_text())
    assert len(rows) == 32 + 4 + 1
    cheap = settings.model_copy(update={**CHEAP, "secret_keys": SecretStr("k" * 32)})
    with TestClient(create_app(cheap), base_url="https://testserver") as client:
        for row in rows:
            token = row["link"].partition("#token=")[2]
            chosen = client.post("/v1/passwords", json={"token": token, "password": PASSWORD}, headers=OURS)
            assert chosen.is_success, (row["login"], chosen.text)
            entered = client.post("/v1/sessions", json={"login": row["login"], "password": PASSWORD}, headers=OURS)
            assert entered.is_success, (row["login"], entered.text)
            assert client.get("/v1/me").json()["name"] == row["name"]
            client.cookies.clear()
    with database.transaction() as session:
        worker = of_staff_numbers(session, ["SL-1"])["SL-1"]
        assert profile(session, worker.id, clock.now()).units == ("410106001001",)
