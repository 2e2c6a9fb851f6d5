"""People over HTTP and in the terminal: who manages them, what is masked, how an appointment ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from sqlalchemy import text
from typer.testing import CliRunner

from cli import app as commands
from grids.boundaries.records import AreaRecord
from tests.factories.releases import publish_areas

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
    from fastapi.testclient import TestClient

    from core.db import Database
    from core.settings import Settings

    Keys = Callable[..., dict[str, str]]


def test_a_security_administrator_manages_people_and_phones_are_masked_but_for_an_audited_read(
    client: TestClient, make_key: Keys
) -> None:
    security, reader, auditor = make_key("security-administrator"), make_key("supervisor"), make_key("auditor")
    client.put("/v1/units/u", json={"name": "某局", "kind": "department"}, headers=make_key("administrator"))
    body = {"name": "张三（示例）", "staff_number": "A1", "phone": "13800001234", "unit_codes": ["u"],
            "grants": [{"role": "dispatcher", "category": "违建"}]}  # fmt: skip
    made = client.post("/v1/people", json=body, headers=security)
    assert made.status_code == 201, made.text
    person = f"/v1/people/{made.json()['id']}"
    assert client.post("/v1/people", json=body, headers=security).json()["field"] == "staff_number"
    assert client.post("/v1/people", json=body, headers=make_key("administrator")).status_code == 403

    listed = client.get("/v1/people?unit=u&role=dispatcher&words=张", headers=reader).json()["items"]
    assert [(one["phone"], one["units"], one["grants"][0]["category"]) for one in listed] == [
        ("138****34", ["u"], "违建")
    ]
    assert client.get("/v1/people?role=auditor", headers=reader).json()["items"] == []
    assert client.get(f"{person}/phone", headers=reader).status_code == 403
    assert client.get(f"{person}/phone", headers=security).json()["phone"] == "13800001234"
    read = client.get("/v1/audit?action=people.read_phone", headers=auditor).json()["items"]
    assert [entry["subject"] for entry in read] == [str(made.json()["id"])]

    assert client.patch(person, json={"phone": ""}, headers=security).json()["phone"] is None
    grant = client.post(f"{person}/grants", json={"role": "auditor"}, headers=security).json()["id"]
    refused = client.post(f"{person}/grants", json={"role": "administrator"}, headers=security)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:wangge:problem:roles-separated")
    assert client.delete(f"{person}/grants/{grant}", headers=security).status_code == 200
    assert client.delete(f"{person}/grants/{grant}", headers=security).status_code == 404
    assert client.post(f"{person}/erasure", json={"note": "r"}, headers=security).status_code == 409
    assert client.post(f"{person}/end", json={}, headers=security).status_code == 200
    assert client.get("/v1/people", headers=reader).json()["items"] == []
    assert client.post(f"{person}/reactivation", headers=security).json()["ended_at"] is None


def test_an_appointment_ends_with_its_posts_handed_over(client: TestClient, make_key: Keys, database: Database) -> None:
    security, editor = make_key("security-administrator"), make_key("gis-editor")
    with database.transaction() as session:
        areas = [
            AreaRecord("grid", c, c, shapely.box(113 + i, 34, 114 + i, 35), None, "u", "队") for i, c in enumerate("ab")
        ]
        publish_areas(session, areas, levels=["grid"])
    for code in "ab":
        body = {"workers": [{"staff_number": "A1", "name": "甲"}]}
        assert client.put(f"/v1/layers/admin/areas/{code}/workers", json=body, headers=editor).status_code == 200
    heir = client.post("/v1/people", json={"name": "乙", "staff_number": "A2"}, headers=security).json()["id"]
    (worker,) = client.get("/v1/people?words=A1", headers=security).json()["items"]
    refused = client.post(f"/v1/people/{worker['id']}/end", json={}, headers=security)
    assert (refused.status_code, refused.json()["grid posts"]) == (409, 2)
    assert (
        client.post(f"/v1/people/{worker['id']}/end", json={"successor": worker["id"]}, headers=security).status_code
        == 409
    )
    done = client.post(f"/v1/people/{worker['id']}/end", json={"successor": heir}, headers=security).json()
    assert done["handed_over"] == {"grid posts": 2}
    posts = client.get("/v1/layers/admin/workers", headers=editor).json()["posts"]
    assert [(post["area_code"], post["staff_number"], post["name"]) for post in posts] == [
        ("a", "A2", "乙"),
        ("b", "A2", "乙"),
    ]
    with database.transaction() as session:
        spans = session.execute(text("SELECT count(*), count(upper(valid_during)) FROM grid_worker_post")).one()
    assert tuple(spans) == (4, 2)


def test_files_come_in_and_go_out(client: TestClient, make_key: Keys) -> None:
    security = make_key("security-administrator")
    file = {"file": ("people.csv", "姓名,工号,角色\n张三,A1,verifier\n".encode(), "text/csv")}
    tried = client.post("/v1/people/imports", files=file, data={"dry_run": "true"}, headers=security).json()
    assert (tried["dry_run"], tried["added"]) == (True, 1)
    assert client.get("/v1/people", headers=security).json()["items"] == []
    assert client.post("/v1/people/imports", files=file, headers=security).json()["added"] == 1
    wrong = {"file": ("people.csv", "姓名,工号,角色\n张三,A1,king\n李四,,\n".encode(), "text/csv")}
    refused = client.post("/v1/people/imports", files=wrong, headers=security)
    assert (refused.status_code, [one["field"] for one in refused.json()["errors"]]) == (400, ["line 2", "line 3"])
    table = client.get("/v1/people/export.csv", headers=security)
    assert "张三,A1,,verifier" in table.content.decode("utf-8-sig")
    assert client.get("/v1/people/export.xlsx", headers=security).content.startswith(b"PK")


def test_the_terminal_creates_lists_imports_exports_and_ends(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.libpq_url)

    def run(*words: str) -> str:
        done = CliRunner().invoke(commands, ["people", *words], env={"COLUMNS": "200"}, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    run("create", "王主任", "--staff-number", "A1", "--phone", "13800001234", "--role", "administrator")
    assert "138****34" in run("list", "--role", "administrator")
    assert "administrator in all areas" in run("show", "A1")
    file = tmp_path / "people.csv"
    file.write_text("姓名,工号\n李四,A2\n")
    assert "1 added" in run("import", str(file), "--dry-run")
    assert "李四" not in run("list")
    run("import", str(file))
    run("export", "--output", str(tmp_path / "out.xlsx"))
    assert "ended" in run("end", "王主任", "--successor", "A2")
    assert "王主任" not in run("list")
    assert "王主任" in run("list", "--ended")
