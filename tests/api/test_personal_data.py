"""Nothing about people leaves for those who may not know it: every GET route of the document is asked.

A telephone number, an identity number and a name are planted wherever words come in. A new route is found by itself;
it has to answer, so that the test sees what it gives.
"""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import pytest
import shapely
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from core import clock
from core.settings import PROJECT_ROOT, Settings
from governance.assessment import operations as assessment
from governance.assessment.appeals import operations as appeals
from governance.assessment.appeals.rules import AppealIn
from governance.assessment.appeals.states import Ground
from governance.assessment.rule_files import read_indicators
from governance.assessment.sheets import operations as sheets
from governance.assessment.sheets.rules import ItemJson, ScoreIn
from governance.assessment.sheets.states import Dimension
from governance.assessment.states import Counted, IndicatorAction
from governance.bulletins import operations as bulletins
from governance.categories import operations as categories
from governance.categories.operations import CategoryIn
from governance.hotspots import execution
from governance.meetings import operations as meetings
from governance.meetings.rules import AgendaPoint, Call, MeetingIn
from governance.triage import operations as triage
from grids.boundaries import operations
from grids.boundaries.records import AreaRecord
from identity.grants import EVERYTHING, Scope
from identity.people import operations as people
from identity.people.operations import PersonIn
from identity.units import operations as units
from identity.units.operations import UnitIn
from presentation.words.places import reason_sentence
from tests.described import operations as documented
from tests.factories.identity import issue_key, stored, who
from tests.factories.photos import photo, send

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from core.db import Database

PHONE, IDENTITY, NAME, LANDLINE = "13912345678", "410106198507231239", "欧阳震华", "0371-68921234"
SPACED, WIDE = "139 1234 5678", "１３９１２３４５６７８"
SECRETS: Final = (PHONE, IDENTITY, NAME, LANDLINE, SPACED, WIDE, "68921234")
WORDS: Final = f"联系人：{NAME}，电话{PHONE}，{SPACED}，{WIDE}，座机{LANDLINE}，身份证{IDENTITY}"
TABLES: Final = {
    "/v1/assessment/table.{form}",
    "/v1/audit/export.{form}",
    "/v1/cases/export.{form}",
    "/v1/people/export.{form}",
    "/v1/personal-requests/{request}/data.{form}",
}
CLEAR: Final = {Scope.REPORTERS_READ, Scope.WORKERS_READ, Scope.PHONES_READ}
TITLE: Final = {"category": "c", "place": {"code": "place/area", "values": {"area": "s"}}}
# What a planted database has no answer for, and why.
SILENT: Final[dict[str, str]] = {
    "/v1/change-sets/{change_set}/repairs": "the draft needs none",
    "/v1/layers/{layer}/releases/{number}/withdrawal": "nobody asks for one",
    "/v1/dispatch-rules/{set_id}/trial": "the case has no category yet",
    "/v1/cases/{number}/forms/{kind}.{form}": "none of its steps has a form",
    "/v1/assessment/results/{assessment}/sheet.{form}": "no unit has a case yet",
    "/v1/assessment/samples/{sample}": "no results are frozen",
    "/v1/ground/{z}/{x}/{y}.mvt": "it has no gazetteer",
    "/ogc/": "redirects",
}


def score_sheet(session: Session) -> int:
    """Score a sheet with words about people, and return its number."""
    first, second = (stored(session, name) for name in ("一", "二"))
    today = clock.now().astimezone(clock.LOCAL).date()
    item = ItemJson(code="quality", title="办理质量", most=Decimal(3))
    form = sheets.propose_form(
        session, Dimension.ERRANDS, [item], valid_from=today - timedelta(days=9), source="试", actor=first
    )
    sheets.decide_form(session, form.id, IndicatorAction.CONFIRM, actor=second)
    sheet = sheets.open_sheet(session, Dimension.ERRANDS, "a", today - timedelta(days=2), today, actor=first)
    given = ScoreIn(item="quality", points=Decimal(1), words=WORDS[:200], evidence=[WORDS[:200]])
    return sheets.score(session, sheet.id, [given], actor=first).id


def meet(session: Session) -> int:
    """Plan a meeting in words about people, and return its number."""
    given = MeetingIn(
        title=f"会商{PHONE}", begins_at=clock.now() + timedelta(days=1), place=WORDS,
        agenda=[AgendaPoint(session.scalars(text("SELECT id FROM hotspot_topic")).one(), WORDS)],
        calls=[Call("a", WORDS)],
    )  # fmt: skip
    return meetings.plan(session, given, actor=stored(session, "one")).id


def contest(session: Session) -> int:
    """Contest something that was counted, in words about people, and return the appeal's number."""
    run, counted, case_id, step = session.execute(
        text("SELECT run_id, counted, case_id, number FROM assessment_fact WHERE counted = 'cases' LIMIT 1")
    ).one()
    given = AppealIn(
        counted=Counted(counted), case_id=case_id, step=step, ground=Ground.FACTS, words=WORDS, evidence=[WORDS[:200]]
    )
    return appeals.file(session, run, given, actor=stored(session, "one"), any_unit=True).id


def assess(session: Session) -> int:
    """State the standard indicators and compute results of today; return their number."""
    first, second = (stored(session, name) for name in ("one", "two"))
    given = read_indicators((PROJECT_ROOT / "data" / "assessment" / "standard.json").read_bytes())
    for row in assessment.propose_indicators(session, given, actor=first):
        assessment.decide_indicator(session, row.id, IndicatorAction.CONFIRM, actor=second)
    today = clock.now().astimezone(clock.LOCAL).date()
    return assessment.compute(session, today, today + timedelta(days=1), actor=first).id


class Place:
    """The application with people planted, and what its paths are filled with."""

    def __init__(self, client: TestClient, database: Database) -> None:
        self.client, self.database = client, database
        with database.transaction() as session:
            self.keys = {
                name: {"X-API-Key": issue_key(session, name=name, scopes=sorted(scopes), channel="12345")}
                for name, scopes in (("all", set(Scope)), ("no people", set(Scope) - CLEAR))
            }
        self.number = self.reported("a-1", lon=113.005, lat=34.005)
        waiting = self.reported("a-2", lon=None, lat=None)
        self.waiting = self.reported("a-3", lon=None, lat=None)
        settlement = {"lon": 113.005, "lat": 34.005, "reason": WORDS, "wording": "老地方"}
        done = self.post(f"/v1/triage/{waiting}/settlement", settlement)
        assert done["wording"] == "老地方"
        self.post("/v1/data-quality/examinations", {})
        self.post("/v1/cases", {"report": self.number})
        self.post(f"/v1/cases/{self.number}/steps", {"verb": "accept", "reason": WORDS, "opinion": WORDS})
        sent = send(client, self.keys["all"], self.number, photo())
        assert sent.status_code == 201, sent.text
        token = sent.json()["file_url"].rpartition("/")[2]
        note = {"id": "note-0001", "source": "visit", "category": "噪音", "text": WORDS, "lon": 113.005, "lat": 34.005}
        note |= {"contact": {"name": NAME, "phone": PHONE}}
        self.noted = self.post("/v1/quick-notes", note)["number"]
        draft = self.post("/v1/change-sets", {"layer": "admin", "title": f"调整，{WORDS}"[:100]})
        run = {"start": "2026-05-01", "end": "2026-05-31", "kind": "monthly", "methods": ["gi", "moran"]}
        number = self.post("/v1/hotspots/runs", run)["id"]
        execution.execute_run(database, number)
        with database.transaction() as session:
            session.execute(text("UPDATE wording SET words = :words, label = :words"), {"words": f"{NAME}女士{PHONE}"})
            session.execute(
                text(
                    "INSERT INTO hotspot_topic (layer_id, category, scope, title, area_codes, opened_on, last_seen_on,"
                    " owner, measures) SELECT id, 'c', 's', CAST(:title AS jsonb), '{a}', '2026-05-01', '2026-05-31',"
                    " :words, :words FROM layer"
                ),
                {"words": WORDS, "title": json.dumps({"code": "title/category_at", "values": TITLE})},
            )
            unit = UnitIn("a", "街道办", "street", None, clock.now())
            units.state_units(session, [unit], actor=who("test"))
            categories.state_categories(session, [CategoryIn("a", "噪音", "event", clock.now())], actor=who("test"))
            (person,) = people.add_people(session, [PersonIn("李四", "CY-1", PHONE)], actor=who("test"))
            worker = person.id
        self.post(f"/v1/people/{worker}/account/link", {})
        until = (clock.now() + timedelta(days=1)).isoformat()
        task = {"kind": "errand", "title": f"回访{PHONE}", "text": WORDS, "units": ["a"], "due_at": until}
        issued = self.post("/v1/tasks", task)["task"]
        self.post(f"/v1/tasks/{issued}/units/a/steps", {"verb": "finish", "text": WORDS})
        asked = {"kind": "copy", "phone": PHONE, "applicant": NAME, "wanted": WORDS, "identity_check": WORDS}
        request = self.post("/v1/personal-requests", asked)["id"]
        entry = {"question": "噪音扰民几点以后不允许", "answer": "22 时至次日 6 时。", "source": "条例第四十三条"}
        stated = self.client.put("/v1/knowledge/a", json=entry, headers=self.keys["all"])
        assert stated.status_code == 200, stated.text
        self.post("/v1/knowledge/gaps", {"question": WORDS[:200]})
        with database.transaction() as session:
            judged = {"assessment": assess(session), "sheet": score_sheet(session), "appeal": contest(session)}
            judged |= {"meeting": meet(session), "sample": 1}
            drafted = bulletins.draft_due(session, actor=who("test"))[-1]
            bulletins.write_words(session, drafted, WORDS, actor=who("test"))
        rules = self.post("/v1/dispatch-rules", {"rules": []})["id"]
        self.post(f"/v1/personal-requests/{request}/decision", {"grant": True, "reason": WORDS})
        self.post("/v1/legal-holds", {"phone": PHONE, "reason": WORDS})
        self.samples: Final = {
            "layer": "admin", "level": "grid", "code": "a", "number": self.number, "change_set": draft["id"],
            "source": "all", "run": number, "form": "geojson", "scheme": "WebMercatorQuad", "collection": "admin.grid",
            "z": "14", "x": "13334", "y": "6544", "person": worker, "request": request,
            "task": issued, "set_id": rules, "day": clock.now().astimezone(clock.LOCAL).date().isoformat(),
            "attachment": sent.json()["number"], "kind": "assignment", "copy": "file", "token": token,
            **judged, "bulletin": drafted,
        }  # fmt: skip

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post(path, json=body, headers=self.keys["all"])
        assert answer.is_success, answer.text
        return dict(answer.json())

    def reported(self, external: str, **where: Any) -> str:
        body = {
            "external_id": external, "category": "噪音", "text": f"夜间施工，{WORDS}", "address": f"老地方，{WORDS}",
            "channel": "12345", "reported_at": "2026-05-20T08:00:00+08:00", "reporter": {"name": NAME, "phone": PHONE},
        }  # fmt: skip
        return str(self.post("/v1/reports", body | where)["number"])

    def path(self, template: str) -> str:
        """Fill a path; a release's number is not a report's, a notice is no GeoJSON."""
        own: dict[str, Any] = {"number": 1} if "releases" in template else {}
        own |= {"number": self.noted} if "quick-notes" in template else {}
        own |= {"number": self.waiting} if "triage" in template else {}
        own |= (
            {"form": "html"}
            if any(one in template for one in ("notice", "logs", "/forms/", "bulletins", "/sheet."))
            else {}
        )
        own |= {"form": "csv"} if template in TABLES else {}
        filled = template.format(**self.samples | own)
        asked = {
            "/v1/locate": "?address=老地方",
            "/v1/assessment/results/{assessment}/evidence": "?indicator=closed",
            "/v1/assessment/results/{assessment}/comparison": "?indicator=closed",
            "/v1/coordinates": "?place=113.005,34.005",
            "/v1/assessment/results/{assessment}/sheet.{form}": "?unit=a",
            "/v1/reverse": "?lon=113.005&lat=34.005",
            "/v1/assignments": "?lon=113.005&lat=34.005",
            "/v1/assignments/layers": "?lon=113.005&lat=34.005",
            "/v1/layers/{layer}/export": "?format=geojson",
            "/v1/change-sets/{change_set}/window": "?bbox=112,33,114,35",
            "/v1/public/nearby": "?lon=113.005&lat=34.005",
            "/v1/units/answering": "?layer=admin&area=a",
            "/v1/dispatch-rules/{set_id}/trial": f"?number={self.number}",
            "/v1/knowledge/search": "?question=噪音",
            "/v1/search": f"?words={self.number}",
        }
        return filled + asked.get(template, "")


@pytest.fixture(scope="module")
def place(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("cache")
    app = create_app(Settings(DATABASE_URL=module_database_url, cache_dir=folder, log_level="CRITICAL"))
    database = app.state.services.database
    columns = {"网格员": NAME, "联系电话": int(PHONE), "身份证": IDENTITY, "备注": WORDS, "phone": PHONE, "楼长": NAME}
    columns |= {"面积": 7}
    areas = [AreaRecord("district", "D", "区", shapely.box(113, 34, 113.03, 34.01))]
    areas += [
        AreaRecord(
            "grid",
            code,
            f"{code}网格",
            shapely.box(113 + n / 100, 34, 113.01 + n / 100, 34.01),
            "D",
            attributes=columns,
        )
        for n, code in enumerate("abc")
    ]
    with database.transaction() as session:
        layer = operations.create_layer(
            session, code="admin", name="网格", levels=["district", "grid"], actor=who("test")
        )
        operations.publish(
            session,
            layer=layer,
            areas=areas,
            publication=operations.Publication(author=who("test"), note=WORDS),
            lead_s=0.0,
        )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Place(client, database)


GETS: Final = sorted(path for method, path, _ in documented() if method == "get")


@pytest.mark.parametrize("template", GETS)
def test_no_get_route_tells_of_people_to_who_may_not_know(place: Place, template: str) -> None:
    for headers in (place.keys["no people"], {}):
        answer = place.client.get(place.path(template), headers=headers, follow_redirects=False)
        told = answer.text if "pdf" not in answer.headers.get("content-type", "") else ""
        assert [secret for secret in SECRETS if secret in told] == [], template
    assert answer.status_code in {200, 401}, answer.text
    with_key = place.client.get(place.path(template), headers=place.keys["no people"]).status_code
    needs_clear = template.endswith(("/reporter", "/phone", "/data", "/data.{form}"))
    assert with_key == (403 if needs_clear else 200) or template in SILENT, (template, with_key)


@pytest.mark.parametrize("template", ["/v1/reports", "/v1/reports/{number}", "/v1/triage"])
def test_who_may_know_reads_in_clear_and_the_audit_keeps_it(place: Place, template: str) -> None:
    path = place.path(template)
    answer = place.client.get(path, headers=place.keys["all"])
    assert PHONE in answer.text
    assert NAME in answer.text
    assert answer.headers["cache-control"] == "no-store"
    with place.database.transaction() as session:
        kept = session.execute(
            text("SELECT subject, detail FROM audit_entry WHERE action LIKE '%in_clear' ORDER BY id DESC LIMIT 1")
        ).one()
    assert kept.subject == path
    assert {place.number, place.waiting} & set(kept.detail["reports"])


def test_a_masked_reading_is_not_kept_as_one_in_clear(place: Place) -> None:
    count = text("SELECT count(*) FROM audit_entry WHERE action = 'reports.read_in_clear'")
    with place.database.transaction() as session:
        before = session.scalar(count)
    place.client.get("/v1/reports", headers=place.keys["no people"])
    with place.database.transaction() as session:
        assert session.scalar(count) == before


def test_the_audit_itself_tells_of_nobody(place: Place) -> None:
    with place.database.transaction() as session:
        details = "".join(session.scalars(text("SELECT detail::text FROM audit_entry")))
    assert [secret for secret in SECRETS if secret in details] == []


def test_what_is_answered_to_a_key_is_stored_nowhere_on_the_way(place: Place) -> None:
    for path in ("/v1/reports", f"/v1/reports/{place.number}/reporter", "/v1/triage", "/v1/wordings"):
        for method in ("GET", "HEAD"):
            told = place.client.request(method, path, headers=place.keys["all"]).headers
            assert told["cache-control"] == "no-store", (method, path)


def test_a_problem_tells_of_nobody(place: Place) -> None:
    answer = place.client.post(
        "/v1/reports", json={"category": "噪音", "reported_at": f"打{PHONE}"}, headers=place.keys["all"]
    )
    assert answer.status_code == 422
    assert PHONE not in answer.text


@pytest.mark.parametrize("words", [f"{NAME}女士家", f"老地方{PHONE}"])
def test_a_wording_that_holds_a_person_is_neither_proposed_nor_taken(place: Place, words: str) -> None:
    settlement = {"lon": 113.005, "lat": 34.005, "reason": "电话核实", "wording": words}
    answer = place.client.post(f"/v1/triage/{place.waiting}/settlement", json=settlement, headers=place.keys["all"])
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:wangge:problem:wording-holds-person")
    assert answer.json()["field"] == "wording"
    taken = place.client.post("/v1/wordings/1/decision", json={"take": True, "reason": "x"}, headers=place.keys["all"])
    assert taken.status_code == 400


def test_no_wording_is_proposed_from_words_about_people(place: Place) -> None:
    name = str(uuid.uuid4())
    number = place.reported(name, lon=None, lat=None)
    settled = place.post(f"/v1/triage/{number}/settlement", {"lon": 113.005, "lat": 34.005, "reason": "电话核实"})
    assert [secret for secret in SECRETS if secret in str(settled["wording"])] == []


def test_the_map_of_triage_as_a_file_masks_people(place: Place) -> None:
    with place.database.snapshot() as session:
        drawn = str(triage.map_file(session, lambda reason: {"": reason_sentence(reason)}, reach=EVERYTHING))
    assert [secret for secret in SECRETS if secret in drawn] == []


AREAS: Final = (
    "/v1/layers/admin/areas", "/v1/layers/admin/areas/a", "/v1/layers/admin/areas/a/history",
    "/v1/layers/admin/export", "/ogc/collections/admin.grid/items", "/ogc/collections/admin.grid/items/a",
)  # fmt: skip


@pytest.mark.parametrize("path", AREAS)
def test_columns_about_people_are_shown_to_who_may_see_them_and_stored_nowhere(place: Place, path: str) -> None:
    clear = place.client.get(path, headers=place.keys["all"])
    assert PHONE in clear.text
    assert NAME in clear.text
    assert clear.headers["cache-control"] == "no-store"
    masked = place.client.get(path).text
    assert "联系电话" not in masked
    assert "面积" in masked


def test_no_filter_finds_out_what_is_not_shown(place: Place) -> None:
    path = "/ogc/collections/admin.grid"
    for name in ("网格员", "联系电话", "身份证", "备注", "phone"):
        condition = {"filter": f'"{name}" IS NOT NULL', "filter-lang": "cql2-text"}
        assert place.client.get(f"{path}/items", params=condition).status_code == 400
        assert place.client.get(f"{path}/items", params=condition, headers=place.keys["all"]).status_code == 200
    assert "面积" in place.client.get(f"{path}/queryables").text


def test_an_editor_who_does_not_see_people_does_not_lose_them(place: Place) -> None:
    draft = place.post("/v1/change-sets", {"layer": "admin", "title": "x"})["id"]
    path = f"/ogc/collections/draft-{draft}.grid/items/b"
    seen = place.client.get(path, headers=place.keys["no people"])
    body = {name: seen.json()[name] for name in ("type", "geometry", "properties")}
    body["properties"]["name"] = "新名称"
    sent = {"If-Match": seen.headers["etag"], "Content-Type": "application/geo+json"} | place.keys["no people"]
    answer = place.client.put(path, json=body, headers=sent)
    assert answer.status_code == 200, answer.text
    changed = {"attributes": {"备注": seen.json()["properties"]["备注"], "面积": 8}}
    patched = place.client.patch(f"/v1/change-sets/{draft}/areas/b", json=changed, headers=place.keys["no people"])
    assert patched.is_success, patched.text
    kept = place.client.get(path, headers=place.keys["all"]).json()["properties"]
    assert (kept["name"], kept["网格员"], kept["备注"], kept["面积"]) == ("新名称", NAME, WORDS, 8)
    again = place.client.get(f"/v1/change-sets/{draft}", headers=place.keys["no people"]).text
    assert [secret for secret in SECRETS if secret in again] == []
