"""The sample's cases: histories by the import of old systems, fifty through the API, and quick notes beside them."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import httpx2
import numpy as np
from sqlalchemy import text

from cli.demo import district as places
from cli.demo import matters
from cli.demo.categories import CATEGORIES, CHANNELS, TOTAL
from cli.demo.centre import CENTRE
from cli.demo.half_year import ZONE, HalfYear
from cli.demo.importing import WORKED_LAYER, demo_actor
from cli.demo.reports import SEED
from cli.demo.sending import QUICK_NOTES, IntakeRefusedError, require_success
from core import clock
from core.settings import PROJECT_ROOT
from governance.cases.importing.operations import take_in
from governance.categories.imports import import_categories
from governance.categories.operations import map_word
from governance.categories.table_files import read_categories
from governance.grid_workers.queries import posts_at
from governance.quick_notes import operations as quick_notes
from governance.quick_notes.states import NoteSource
from governance.reports.numbers import report_number
from grids.boundaries import queries as boundaries
from identity.people.queries import of_staff_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.demo.reports import SampleReport
    from core.db import Database

CLASSES: Final = PROJECT_ROOT / "data" / "categories" / "classes.csv"
WHOLE_WAYS: Final = 12
"""Of the cases that are led through the API, those that go every step; the rest is handled on the spot if it may be."""
ON_THE_SPOT: Final = {"E0102", "E0104", "E0201", "E0501", "E0502", "E0503", "E0504"}
_END: Final[tuple[tuple[str, dict[str, object]], ...]] = (
    ("verifier", {"verb": "verify", "opinion": "现场已核查（示例）"}),
    ("verifier", {"verb": "close"}),
)
NOTES: Final = 467
"""Quick notes of the last month."""
_PATHS: Final = "SELECT external_id, id, area_path FROM report WHERE channel = ANY (:channels)"
_COUNTS: Final = """
SELECT count(*), count(*) FILTER (WHERE state IN ('closed', 'rated')), (SELECT count(*) FROM quick_note)
FROM case_record
"""
_SOURCES: Final = (NoteSource.PATROL, NoteSource.PATROL, NoteSource.VISIT, NoteSource.WECHAT, NoteSource.PHONE)


@dataclass(frozen=True)
class CaseCounts:
    """Cases of the sample, closed ones among them, quick notes, and how many cases were led through the API now."""

    cases: int
    closed: int
    notes: int
    live: int


def set_up_categories(database: Database, half_year: HalfYear) -> None:
    """State the classes and what the channels' words mean, unless the database has any."""
    with database.transaction() as session:
        if session.scalar(text("SELECT count(*) FROM category")):
            return
        actor, start = demo_actor(session), half_year.begins_at
        import_categories(session, read_categories(CLASSES, start=start), actor=actor)
        import_categories(session, matters.sample_classes(start), actor=actor)
        words = matters.WORDS | {name: code for code, name in matters.CLASSES}
        for word, code in words.items():
            map_word(session, channel=None, word=word, category=code, start=start, actor=actor)


def take_in_histories(database: Database, sample: Sequence[SampleReport]) -> list[str]:
    """Take in what became of the reports, unless cases are there; return the numbers of those left to be run live."""
    with database.transaction() as session:
        if session.scalar(text("SELECT EXISTS (SELECT FROM case_record)")):
            return []
        actor = demo_actor(session)
        rows = session.execute(text(_PATHS), {"channels": [channel.code for channel in CHANNELS]}).all()
    paths = {external_id: area_path for external_id, _, area_path in rows}
    ids = {external_id: report_id for external_id, report_id, _ in rows}
    ordered = sorted((one for one in sample if one.external_id in paths), key=lambda one: one.reported_at)
    unclosed = TOTAL - matters.CLOSED
    told = ordered[: -matters.LIVE]
    now = clock.now()
    cases = matters.told_cases([matters.Placed(one, paths[one.external_id]) for one in told], unclosed, now=now)
    by_channel: dict[str, list[Any]] = {}
    for one, case in zip(told, cases, strict=True):
        by_channel.setdefault(one.channel.code, []).append(case)
    for channel, found in by_channel.items():
        done = take_in(database, found, channel=channel, name="old-system (sample)", actor=actor)
        if done.refused:
            raise IntakeRefusedError(
                "{name}: {status_code} {text}",
                values={"name": channel, "status_code": len(done.refused), "text": str(done.refused[0])},
            )
    return [report_number(ids[one.external_id]) for one in ordered[-matters.LIVE :]]


def run_live(numbers: Sequence[str], *, base: str, keys: dict[str, str]) -> None:
    """Lead cases from the opening to the closing through the API, a photo with each, as people at their desks do."""
    content = _photo()
    digest = hashlib.sha256(content).hexdigest()
    with httpx2.Client(base_url=base, timeout=60) as client:
        desk = _Desk(client, keys)
        for position, number in enumerate(numbers):
            case = desk.ask("dispatcher", "POST", "/v1/cases", {"report": number})
            desk.put_photo(f"/v1/reports/{number}/attachments/{digest}?stage=after", content)
            is_quick = position >= WHOLE_WAYS and case["category"] in ON_THE_SPOT and case["lon"] is not None
            for role, step in _on_the_spot(case, digest) if is_quick else _whole_way(case, digest):
                desk.ask(role, "POST", f"/v1/cases/{number}/steps", step)


def _whole_way(case: dict[str, Any], digest: str) -> list[tuple[str, dict[str, object]]]:
    unit = next((code for code in case["area_path"] if len(code) == 9), CENTRE)
    return [
        ("dispatcher", {"verb": "accept"}),
        ("dispatcher", {"verb": "file"}),
        ("dispatcher", {"verb": "dispatch", "unit_code": unit, "reason": "示例"}),
        ("street-staff", {"verb": "acknowledge"}),
        ("street-staff", {"verb": "handle", "opinion": matters.DONE, "photos": [digest]}),
        *_END,
    ]


def _on_the_spot(case: dict[str, Any], digest: str) -> list[tuple[str, dict[str, object]]]:
    done = {"verb": "handle_on_the_spot", "opinion": matters.DONE, "photos": [digest]}
    return [("street-staff", done | {"lon": case["lon"], "lat": case["lat"]}), *_END]


@dataclass(frozen=True)
class _Desk:
    """Who asks the API, each role by its key."""

    client: httpx2.Client
    keys: dict[str, str]

    def ask(self, role: str, method: str, path: str, sent: dict[str, object]) -> dict[str, Any]:
        answer = self.client.request(method, path, json=sent, headers={"X-API-Key": self.keys[role]})
        require_success(answer, path)
        found: dict[str, Any] = answer.json()
        return found

    def put_photo(self, path: str, content: bytes) -> None:
        headers = {"X-API-Key": self.keys["street-staff"], "Content-Type": "image/jpeg"}
        require_success(self.client.put(path, content=content, headers=headers), path)


def write_notes(database: Database, half_year: HalfYear, *, base: str, key: str) -> None:
    """Write the quick notes of the last month down, as their old system has them, unless there are any."""
    with database.snapshot() as session:
        if session.scalar(text("SELECT EXISTS (SELECT FROM quick_note)")):
            return
    sent = _sample_notes(half_year)
    with httpx2.Client(base_url=base, timeout=120) as client:
        answer = client.post("/v1/reports/batch", json={"reports": sent}, headers={"X-API-Key": key})
        require_success(answer, QUICK_NOTES)
    with database.transaction() as session:
        layer = boundaries.get_layer(session, WORKED_LAYER)
        posts = {one.area_code: one.staff_number for one in posts_at(session, layer_id=layer.id, at=clock.now())}
        workers = of_staff_numbers(session, set(posts.values()))
        by_grid = {code: workers[number] for code, number in posts.items() if number in workers}
        told = [
            quick_notes.OldNote(
                result["report"]["number"], _SOURCES[index % len(_SOURCES)],
                by_grid.get((result["report"]["areas"] or [{"code": ""}])[-1]["code"], next(iter(by_grid.values()))),
            )
            for index, result in enumerate(answer.json()["results"])
        ]  # fmt: skip
        quick_notes.take_over(session, told, actor=demo_actor(session))


def follow_up(
    database: Database, half_year: HalfYear, sample: Sequence[SampleReport], *, base: str, keys: dict[str, str]
) -> CaseCounts:
    """Write the notes, take in the histories, lead fifty cases, each unless that is done; return what there is then."""
    set_up_categories(database, half_year)
    write_notes(database, half_year, base=base, key=keys[QUICK_NOTES])
    live = take_in_histories(database, sample)
    run_live(live, base=base, keys=keys)
    with database.snapshot() as session:
        cases, closed, notes = session.execute(text(_COUNTS)).one()
    return CaseCounts(cases, closed, notes, len(live))


def _sample_notes(half_year: HalfYear) -> list[dict[str, Any]]:
    """Draw the notes: where households are, on the days and at the hours of duty of the last month."""
    random = np.random.default_rng(SEED + 2)
    grids = [grid for grid in places.load().grids if grid.doors]
    weights = np.array([grid.households for grid in grids], dtype=float)
    first, behind = half_year.last_months[1]
    # None of a planted cluster: as many notes of the last month as of half a year's reports would drown it.
    kinds = [one for one in CATEGORIES if one.name in {"非机动车乱停放", "非法小广告", "店外经营"}]
    notes = []
    for number, cell in enumerate(random.choice(len(grids), NOTES, p=weights / weights.sum()).tolist(), 1):
        door = grids[cell].doors[int(random.integers(len(grids[cell].doors)))]
        lon, lat = places.to_lonlat(door.x, door.y)
        day = first + timedelta(days=int(random.integers((behind - first).days)))
        at = datetime.combine(day, time(8), ZONE) + timedelta(minutes=int(random.integers(540)))
        kind = kinds[int(random.integers(len(kinds)))]
        notes.append({
            "external_id": f"note-{first:%Y%m}-{number:04}", "category": kind.name, "lon": round(lon, 6),
            "lat": round(lat, 6), "text": f"{kind.texts[0].format(at=door.words)}已当场处理（示例）",
            "reported_at": at.isoformat(),
        })  # fmt: skip
    return notes


def _photo() -> bytes:
    """Make a small picture that says that it is a sample."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (160, 120), (190, 200, 190))
    ImageDraw.Draw(image).text((40, 50), "SAMPLE", fill=(40, 40, 40))
    target = io.BytesIO()
    image.save(target, "JPEG", quality=70)
    return target.getvalue()
