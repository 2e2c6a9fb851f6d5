"""Units over HTTP and in the terminal: stated, read by date, mapped, ended; what does not fit names its field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cli import app as commands

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi.testclient import TestClient

    from core.settings import Settings

    Keys = Callable[..., dict[str, str]]

CENTRE = {"name": "运行中心", "kind": "centre", "start": "2026-01-01T00:00:00+08:00"}
STREET = {"name": "新安路街道办事处", "kind": "street", "parent_code": "410106", "start": "2026-01-01T00:00:00+08:00"}


def test_units_are_stated_read_mapped_and_ended(client: TestClient, make_key: Keys) -> None:
    editor, anyone = make_key("administrator"), make_key("intake", channel="1")
    for code, body in (("410106", CENTRE), ("410106003", STREET)):
        assert client.put(f"/v1/units/{code}", json=body, headers=editor).status_code == 200
    assert client.put("/v1/units/410106003", json=STREET, headers=make_key("viewer")).status_code == 403
    mapped = client.put("/v1/units/410106003/release-codes/XA", json={}, headers=editor).json()
    assert mapped["release_codes"] == ["410106003", "XA"]
    answers = client.post("/v1/units/410106003/answers", json={"category": "违建"}, headers=editor).json()["answers"]
    assert [(one["area"], one["category"]) for one in answers] == [(None, "违建")]

    def listed(query: str) -> list[str]:
        answer = client.get(f"/v1/units?{query}", headers=anyone)
        assert answer.status_code == 200, answer.text
        return [one["code"] for one in answer.json()["items"]]

    assert listed("") == ["410106", "410106003"]
    assert listed("kind=street") == listed("parent=410106") == listed("release_code=XA") == ["410106003"]
    assert listed("at=2025-12-31T00:00:00Z") == []
    first = client.get("/v1/units?limit=1", headers=anyone).json()
    assert (first["next"], listed(f"after={first['next']}")) == ("410106", ["410106003"])
    refused = client.post("/v1/units/410106/end", json={}, headers=editor)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:wangge:problem:unit-in-use")
    assert client.post("/v1/units/410106003/end", json={}, headers=editor).status_code == 200
    assert listed("") == ["410106"]
    assert len(client.get("/v1/units/410106003", headers=anyone).json()["states"]) == 1
    assert client.get("/v1/units/unmapped", headers=anyone).json()["items"] == []


@pytest.mark.parametrize(
    ("method", "url", "body", "status", "field"),
    [
        ("PUT", "/v1/units/a", CENTRE | {"kind": "office"}, 422, "body.kind"),
        ("PUT", "/v1/units/a", CENTRE | {"parent_code": "no"}, 404, "parent_code"),
        ("PUT", "/v1/units/unmapped", CENTRE, 400, "code"),
        ("PUT", "/v1/units/a", CENTRE | {"until": "2025-01-01T00:00:00Z"}, 400, "until"),
        ("PUT", "/v1/units/no/release-codes/x", {}, 404, "unit_code"),
        ("POST", "/v1/units/no/answers", {}, 404, "code"),
        ("POST", "/v1/units/no/answers", {"area": "admin"}, 400, "area"),
        ("POST", "/v1/units/no/answers", {"area": "admin/x"}, 404, "layer"),
        ("POST", "/v1/units/no/end", {}, 404, "code"),
        ("GET", "/v1/units/no", None, 404, "code"),
        ("GET", "/v1/units/unmapped?layer=no", None, 404, "layer"),
        ("GET", "/v1/units/answering?layer=no&area=x", None, 404, "layer"),
    ],
)
def test_what_does_not_fit_is_told_with_its_field(
    client: TestClient, make_key: Keys, *, method: str, url: str, body: object, status: int, field: str | None
) -> None:
    answer = client.request(method, url, headers=make_key(), **({} if body is None else {"json": body}))
    assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text


def test_the_terminal_states_and_lists_units(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.libpq_url)

    def run(*words: str) -> str:
        done = CliRunner().invoke(commands, ["units", *words], env={"COLUMNS": "200"}, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    run("state", "410106", "--name", "运行中心", "--kind", "centre", "--from", "2026-01-01", "--actor", "王主任")
    run("state", "410106003", "--name", "新安路街道办事处", "--kind", "street", "--parent", "410106")
    run("map", "XA", "410106003")
    run("answer", "410106003", "--category", "违建")
    assert "新安路街道办事处" in run("list", "--kind", "street")
    shown = run("show", "410106003")
    assert "410106003, XA" in shown
    assert "answers for all areas, 违建" in shown
    assert "every code stands for a unit" in run("unmapped")
    run("end", "410106003")
    assert "新安路" not in run("list", "--kind", "street")


def test_units_are_taken_in_from_a_file(client: TestClient, make_key: Keys) -> None:
    editor = make_key("administrator")
    file = {"file": ("units.csv", "单位编码,单位名称,单位类型\ns,街道办,街道\n".encode())}
    form = {"start": "2026-01-01T00:00:00+08:00", "dry_run": "true"}
    tried = client.post("/v1/units/imports", files=file, data=form, headers=editor)
    assert (tried.status_code, tried.json()["added"], tried.json()["dry_run"]) == (200, 1, True), tried.text
    assert client.get("/v1/units/s", headers=editor).status_code == 404
    assert (
        client.post("/v1/units/imports", files=file, data=form | {"dry_run": "false"}, headers=editor).status_code
        == 200
    )
    assert client.get("/v1/units?at=2026-02-01T00:00:00Z", headers=editor).json()["items"][0]["code"] == "s"
    wrong = {"file": ("units.csv", "单位编码,单位名称,单位类型\ns,街道办,王国\n".encode())}
    refused = client.post("/v1/units/imports", files=wrong, headers=editor)
    assert (refused.status_code, refused.json()["field"]) == (400, "line 2")
