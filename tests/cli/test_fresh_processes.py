"""Each command in a process of its own: one that lives on what another has imported fails here.

The first command of each group runs in a process that has imported nothing of ours; the others in one that has loaded
the tables (migrations.tables), as each command does before it opens a database (cli/context.py, which no command goes
around): to map them takes more than all else that a command does.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import pytest
import shapely

from core.settings import PROJECT_ROOT
from tests.cli.test_help import ALL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.fresh import Ended, FreshProcesses

ELSEWHERE = {"console build", "console types", "demo", "lint", "serve", "test", "worker"}
"""Commands that start processes; tests/e2e, tests/web, tests/cli/test_serve.py and tests/spatial_jobs run them so."""

EDITOR, APPROVER = "--key {editor}", "--key {approver}"
# Words, what follows them, and how the command ends: 1 is a sentence about having nothing to work on; None: 0 or 1, as
# the release that was published just before is not in force yet or is.
STEPS: Final[tuple[tuple[str, str, int | None], ...]] = (
    ("migrate", "", 0),
    ("layers create", "admin --levels grid", 0),
    ("layers list", "", 0),
    ("layers describe", "admin", 0),
    ("boundaries check", "{folder}/layer.geojson --layer admin", 0),
    ("layers gaps", "admin {folder}/gaps.geojson", 0),
    ("boundaries import", "{folder}/layer.geojson --layer admin", 0),
    ("boundaries releases", "admin", 0),
    ("boundaries export", "admin --output {folder}", 0),
    ("boundaries lineage", "admin g0", 0),
    ("keys create", "editor --role gis-editor", 0),
    ("keys create", "approver --role gis-approver", 0),
    ("boundaries draft", f"admin --title 调整 {EDITOR}", 0),
    ("boundaries drafts", EDITOR, 0),
    ("boundaries replace", f"1 {{folder}}/layer.geojson {EDITOR}", 1),
    ("boundaries edit", f"1 split --code g0 --geometry {{folder}}/cut.geojson --new-code n --new-code s {EDITOR}", 0),
    ("boundaries facts", f"1 n --set name=北片 {EDITOR}", 0),
    ("boundaries rules", f"1 --tolerance-m 30 {EDITOR}", 0),
    ("boundaries undo", f"1 {EDITOR}", 0),
    ("boundaries check-draft", f"1 {EDITOR}", 0),
    ("boundaries repair", f"1 {EDITOR}", 0),
    ("boundaries preview", f"1 {EDITOR}", 0),
    ("boundaries submit", f"1 {EDITOR}", 0),
    ("boundaries send-back", f"1 --reason 再看 {APPROVER}", 0),
    ("boundaries submit", f"1 {EDITOR}", 0),
    ("boundaries approve", f"1 {APPROVER}", 0),
    ("boundaries publish", f"1 {APPROVER}", 0),
    ("boundaries draft", f"admin --title 又一 {EDITOR}", 0),
    ("boundaries create", f"2 nowhere --geometry {{folder}}/more.geojson {EDITOR}", 1),
    ("boundaries retire", f"2 nowhere {EDITOR}", 1),
    ("boundaries propose", f"2 nowhere 2 {EDITOR}", 1),
    ("boundaries rebase", f"2 {EDITOR}", 0),
    ("boundaries settle", f"2 g1 mine {EDITOR}", 1),
    ("boundaries withdraw", f"2 {EDITOR}", 0),
    ("boundaries request-withdrawal", f"admin 2 --reason 错 {EDITOR}", None),
    ("boundaries approve-withdrawal", f"admin 2 {APPROVER}", None),
    ("boundaries rollback", "admin 1", 0),
    ("boundaries handovers", f"admin {EDITOR}", 0),
    ("boundaries disputes", f"admin {EDITOR}", 0),
    ("boundaries workers import", f"{{folder}}/workers.csv {EDITOR}", 1),
    ("boundaries workers list", EDITOR, 0),
    ("gazetteer import", "roads data/gazetteer/roads.geojson --licence CC0", 0),
    ("gazetteer list", "", 0),
    ("locate", "新乡路与孟津路交叉口", 0),
    ("keys create", "hotline --role intake --channel 12345", 0),
    ("keys list", "", 0),
    ("keys rotate", "hotline", 0),
    ("keys withdraw", "hotline", 0),
    ("reports import", "{folder}/reports.csv --channel 12345 --crs WGS84", 0),
    ("reports erase", "SJ00000009-0 --yes", 1),
    ("holds set", "--from 2020-01-01 --until 2020-02-01 --reason 调卷", 0),
    ("holds list", "", 0),
    ("holds lift", "1 --reason 已结", 1),
    ("personal-requests receive", "access --phone 13800001234", 0),
    ("personal-requests list", "", 0),
    ("personal-requests export", "1 --output {folder}/copy.csv", 1),
    ("personal-requests decide", "1", 0),
    ("personal-requests finish", "1", 0),
    ("personal-requests withdraw", "1", 1),
    ("training create", "", 1),
    ("training reset", "--yes", 1),
    ("retention list", "", 0),
    ("retention run", "words --days 3650 --yes", 0),
    ("reports rekey", "", 0),
    ("reports conceal", "SJ00000009-0", 1),
    ("reports reveal", "SJ00000009-0 --reason 已公开", 1),
    ("reports mark", "SJ00000009-0 --kind minor", 1),
    ("reports unmark", "SJ00000009-0 --kind minor --reason 误标", 1),
    ("assign", "{folder}/points.csv -o {folder}/answers.csv", 0),
    ("triage list", "", 0),
    ("triage map", "{folder}/triage.geojson", 0),
    ("triage wordings", "", 0),
    ("triage examine", "", 0),
    ("triage settle", "SJ00000001-0 --reason 看过", 1),
    ("triage decide", "1 --reason 对", 1),
    ("hotspots methods", "", 0),
    ("hotspots run", "--start 2026-06-01 --end 2026-07-01 --method gi", 0),
    ("hotspots map", "{folder}/map.html", 0),
    ("hotspots topics", "", 0),
    ("hotspots notice", "{folder}/notice.html", 1),
    ("hotspots policy list", "", 0),
    ("hotspots policy add", "--from 2031-01-01 --set hot_q=0.01", 0),
    ("hotspots effort import", "{folder}/effort.csv", 0),
    ("hotspots effort list", "", 0),
    ("hotspots holidays list", "", 0),
    ("hotspots holidays add", "2031 --off 2031-01-01 --source 通知", 0),
    ("events list", "", 0),
    ("events rebase", "", 0),
    ("partitions list", "", 0),
    ("partitions make", "--ahead 4", 0),
    ("partitions detach", "202601", 1),
    ("partitions attach", "202601", 1),
    ("jobs list", "", 0),
    ("jobs retry", "1", 1),
    ("audit list", "", 0),
    ("audit failures", "", 0),
    ("audit head", "", 0),
    ("audit verify", "", 0),
    ("audit erase", "1 --note 申请 --yes", 0),
    ("keys join", "editor approver", 0),
    ("keys holders", "", 0),
    ("keys separate", "approver", 0),
    ("grants add", "editor --role viewer --area admin/g1", 0),
    ("grants list", "", 0),
    ("grants revoke", "1", 0),
    ("channels bind", "editor app --crs GCJ-02", 0),
    ("channels list", "", 0),
    ("channels unbind", "editor app", 0),
    ("channels cases", "app --none", 0),
    ("channels kind", "app sensor --from 2031-02-01", 0),
    ("units unmapped", "", 0),
    ("units state", "u --name 街道办 --kind street", 0),
    ("units show", "u", 0),
    ("units import", "{folder}/units.csv --dry-run", 0),
    ("units list", "", 0),
    ("units answer", "u --area admin/g1 --category 垃圾", 0),
    ("units map", "u u", 0),
    ("people create", "王主任 --staff-number CY-1 --phone 13800000001 --unit u --role administrator", 0),
    ("people create", "李 --staff-number CY-2 --role dispatcher", 0),
    ("people show", "CY-1", 0),
    ("people list", "--unit u", 0),
    ("people import", "{folder}/people.csv --dry-run", 0),
    ("people export", "--output {folder}/people.xlsx", 0),
    ("seats state", "D-01 --name 受理 --zone 调度指挥区 --unit u", 0),
    ("seats duty", "D-01 CY-1", 0),
    ("seats absence", "CY-1 --stand-in CY-2 --until 2099-01-01", 0),
    ("seats list", "", 0),
    ("seats roster", "", 0),
    ("seats absences", "", 0),
    ("seats end", "D-01 --at 2099-01-01", 0),
    ("people correct", "CY-1 --phone 13800000009", 0),
    ("people unit", "CY-2 u", 0),
    ("accounts invite", "CY-2", 0),
    ("accounts reset", "CY-2", 0),
    ("accounts list", "", 0),
    ("accounts sessions", "CY-2", 0),
    ("accounts revoke", "CY-2", 0),
    ("accounts encrypt", "", 1),
    ("accounts lock", "CY-2", 0),
    ("accounts unlock", "CY-2", 0),
    ("people end", "CY-2 --successor CY-1", 0),
    ("people reactivate", "CY-2", 0),
    ("people end", "CY-2", 0),
    ("people erase", "CY-2 --note 申请 --yes", 0),
    ("categories state", "E01 --name 垃圾 --limit handle=4个工作日", 0),
    ("categories list", "", 0),
    ("categories show", "E01", 0),
    ("categories map", "垃圾清运 E01", 0),
    ("categories unknown", "", 0),
    ("categories import", "{folder}/categories.csv --dry-run", 0),
    ("categories end", "E01", 0),
    ("knowledge state", "K01 --question 犬只登记在哪里办 --answer 派出所 --source 条例", 0),
    ("knowledge list", "", 0),
    ("knowledge search", "犬只登记", 0),
    ("knowledge record-gap", "无人机怎么报备", 0),
    ("knowledge gaps", "", 0),
    ("knowledge close-gap", "1 K01", 0),
    ("knowledge end", "K01", 0),
    ("cases transitions", "", 0),
    ("cases list", "", 0),
    ("cases open", "SJ2607000731-4", 1),
    ("cases verify", "", 0),
    ("cases load", "", 0),
    ("cases levels", "", 0),
    ("cases export", "{folder}/cases.parquet", 0),
    ("cases form", "SJ2607000731-4 assignment --output {folder}/form.html", 1),
    ("cases forms", "SJ2607000731-4", 1),
    ("whistles kinds", "", 0),
    ("whistles state-kind", "request --name 诉求哨 --arrive 5个工作日", 0),
    ("whistles list", "--overdue", 0),
    ("whistles counts", "", 0),
    ("duplicates list", "SJ2607000731-4", 1),
    ("duplicates bursts", "", 0),
    ("duplicates repeats", "", 0),
    ("caller-marks list", "", 0),
    ("caller-marks propose", "SJ2607000731-4 repeats --reason 反复 --until 2031-01-01", 1),
    ("caller-marks decide", "1 confirm", 1),
    ("duplicates merge", "SJ2607000731-4 SJ2607000730-6 --reason 重复", 1),
    ("duplicates act", "SJ2607000731-4 merge SJ2607000730-6 --reason 重复", 1),
    ("parts list", "--overdue", 0),
    ("parts give", "SJ2607000731-4 u --reason 清运", 1),
    ("parts act", "SJ2607000731-4 1 finish_part --opinion 已清运", 1),
    ("whistles show", "SJ2607000731-4", 1),
    ("whistles blow", "SJ2607000731-4 --unit u --reason 会商", 1),
    ("whistles act", "SJ2607000731-4 1 sign", 1),
    ("cases import", "{folder}/old.csv --channel 12345", 0),
    ("dispatch-rules import", "{folder}/rules.csv", 0),
    ("dispatch-rules list", "", 0),
    ("dispatch-rules show", "1", 0),
    ("dispatch-rules check", "1", 1),
    ("dispatch-rules try", "1 SJ2607000731-4", 1),
    ("dispatch-rules replay", "1", 0),
    ("dispatch-rules publish", "1", 0),
    ("cases show", "SJ2607000731-4", 1),
    ("cases act", "SJ2607000731-4 accept", 1),
    ("tasks issue", "点名 --unit u --due 2099-01-01", 0),
    ("tasks list", "", 0),
    ("tasks show", "1", 0),
    ("tasks act", "1 u acknowledge", 0),
    ("notifications make", "m --kind mail --recipient a@example.org --quiet 22:00-07:00", 0),
    ("notifications make", "h --address https://a.example", 1),
    ("notifications list", "", 0),
    ("notifications test", "1", 0),
    ("notifications deliveries", "", 0),
    ("notifications disable", "1", 0),
    ("notifications enable", "1", 0),
    ("notifications rotate", "1", 1),
    ("notifications replay", "--target 1", 0),
    ("notifications inbox", "CY-1", 0),
    ("suggestions train", "", 0),
    ("suggestions models", "--reliability", 0),
    ("suggestions show", "SJ2607000731-4", 1),
    ("suggestions try", "垃圾没人清", 0),
    ("suggestions danger", "SJ2607000731-4 --yes", 1),
    ("assessment propose", "data/assessment/standard.json --actor 刘洋", 0),
    ("assessment indicators", "", 0),
    ("assessment decide", "confirm 1 --actor 陈静", 0),
    ("assessment compute", "2026-06", 0),
    ("assessment list", "", 0),
    ("assessment show", "1 --by unit", 0),
    ("assessment compare", "1 receipt_in_time", 0),
    ("assessment verify", "1", 0),
    ("assessment sheet", "1 unit none --output {folder}/sheet.html", 1),
    ("assessment freeze", "1 --actor 陈静", 0),
    ("assessment publish", "1", 0),
    ("assessment sample", "1 --size 3", 0),
    ("assessment table", "--output {folder}/values.csv", 0),
    ("assessment archive", "1 --output {folder}/results.zip", 0),
    ("appeals file", "1 handlings SJ2607000731-4 3 --text 非本单位职责 --evidence 三定方案", 1),
    ("appeals answer", "1 记录可核对", 1),
    ("appeals decide", "grant 1 --reason 属实", 1),
    ("appeals withdraw", "1", 1),
    ("appeals list", "", 0),
    ("sheets propose", "data/assessment/sheets.json --actor 刘洋", 0),
    ("sheets decide", "confirm 2 --actor 陈静", 0),
    ("sheets open", "dispatching u 2026-06", 0),
    ("sheets score", "1 --actor 刘洋", 0),
    ("sheets act", "confirm 1 --actor 陈静", 0),
    ("sheets list", "", 0),
    ("sheets show", "1", 0),
    ("meetings plan", "会商 --begins 2099-07-21 --topic 999 --call u=台账", 1),
    ("meetings minutes", "1 纪要", 1),
    ("meetings decide", "1 1 u 清运 --due 2099-08-01", 1),
    ("meetings act", "close 1", 1),
    ("meetings list", "", 0),
    ("meetings close-topic", "999 --since 2026-06-01", 1),
    ("bulletins draft", "2026-06-02 morning", 0),
    ("bulletins list", "", 0),
    ("bulletins show", "1", 0),
    ("bulletins words", "1 请及时办结", 0),
    ("bulletins print", "1 --output bulletin.xlsx", 2),
    ("bulletins release", "1", 0),
    ("connectors keep", "12345 DH-1 2099-01-01", 1),
    ("connectors orders", "", 0),
    ("connectors sends", "--failed", 0),
    ("policies state", "extensions 1 --note 试", 0),
    ("policies list", "--stated", 0),
    ("policies confirm", "1", 1),
    ("policies refuse", "1", 0),
    ("call-backs record", "SJ2607000731-4 --missed", 1),
    ("call-backs list", "", 0),
    ("call-backs rates", "", 0),
    ("trace token", "SJ2607000731-4", 1),
    ("trace show", "SJ2607000731-4 x", 1),
    ("quick-notes policy", "3 --from 2031-01-01", 0),
    ("quick-notes list", "--day 2026-06-02", 0),
    ("quick-notes case", "SJ2607000731-4", 1),
    ("quick-notes log", "CY-1 2026-06-02 --output {folder}/log.html", 0),
    ("attachments add", "SJ2607000731-4 {folder}/units.csv", 1),
    ("attachments list", "SJ2607000731-4", 0),
    ("attachments save", "1 --output {folder}/photo.jpg", 1),
    ("attachments clear", "1", 1),
    ("attachments sweep", "", 0),
    ("units end", "u", 0),
)  # fmt: skip


@pytest.fixture(scope="module")
def run(
    fresh: FreshProcesses, module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[list[str]], Ended]]:
    """Run one command in a process of its own, all on one database."""
    state = str(tmp_path_factory.mktemp("state"))
    environment = {"DATABASE_URL": module_database_url, "WANGGE_STATE_DIR": state, "WANGGE_CACHE_DIR": f"{state}/cache"}
    groups: set[str] = set()
    with fresh.loaded("migrations.tables") as with_tables:

        def one(words: list[str]) -> Ended:
            processes = with_tables if words[0] in groups else fresh
            groups.add(words[0])
            return processes.command(words, **environment)

        yield one


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files that the commands read."""
    features = [
        {
            "type": "Feature",
            "geometry": shapely.geometry.mapping(shapely.box(113.30 + i * 0.01, 34.80, 113.31 + i * 0.01, 34.81)),
            "properties": {"code": f"g{i}", "name": f"网格{i}", "level": "grid", "unit_code": "u", "unit_name": "街道"},
        }
        for i in range(4)
    ]
    files: dict[str, Any] = {
        "layer.geojson": {"type": "FeatureCollection", "features": features},
        "gaps.geojson": {"type": "FeatureCollection", "features": []},
        "cut.geojson": {"type": "LineString", "coordinates": [[113.299, 34.805], [113.311, 34.806]]},
        "more.geojson": shapely.geometry.mapping(shapely.box(113.34, 34.80, 113.35, 34.81)),
        "workers.csv": "nothing,here\n1,2\n",
        "reports.csv": "external_id,category,lon,lat,reported_at\n1,垃圾,113.301,34.805,2026-06-01T08:00+08:00\n",
        "categories.csv": "编码,类型,名称\nE02,事件,广告\n",
        "old.csv": "案件编号,状态\n",
        "rules.csv": "area,category,unit_code\nadmin/g1,,\n",
        "people.csv": "姓名,工号\n赵,CY-3\n",
        "units.csv": "单位编码,单位名称,单位类型\nv,某局,委办局\n",
        "points.csv": "lon,lat\n113.301,34.805\n",
        "effort.csv": "channel,area,day,hours\npatrol,g1,2026-06-01,2\n",
    }
    for name, value in files.items():
        (tmp_path / name).write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return tmp_path


def test_a_command_opens_a_database_in_one_place() -> None:
    opening = {path.name for path in (PROJECT_ROOT / "cli").rglob("*.py") if " Database(" in path.read_text("utf-8")}
    assert opening == {"context.py", "command.py"}  # the demo, which tests/e2e runs as a whole


def test_every_command_is_run_in_a_process_of_its_own() -> None:
    assert {words for words, _, _ in STEPS} | ELSEWHERE == {" ".join(words) for words in ALL}


def test_each_command_works_in_a_process_of_its_own(run: Callable[[list[str]], Ended], folder: Path) -> None:
    known = {"folder": str(folder)}
    failed: list[str] = []
    for words, more, code in STEPS:
        found = run([*words.split(), *more.format(**known).split()])
        if found.code not in ({code} if code is not None else {0, 1}) or "Traceback" in found.said:
            failed.append(f"{words} {more} ended with {found.code}: {found.said[-1500:]}")
        if words == "keys create":
            known[more.split()[0]] = re.findall(r"\bwg_\S+", found.said)[-1]
    assert not failed, "\n\n".join(failed)
