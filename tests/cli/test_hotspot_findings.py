"""What `hotspots run` prints: the findings of every method, what found nothing, and what the run notes."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from cli.hotspot_findings import MOST_UNITS, print_result
from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.findings import findings_of
from governance.hotspots.notes import NoteCode, note
from governance.hotspots.result_format.model import Result, Unit
from presentation.words.hotspots import message_of, method_label
from tests.factories import hotspot_results as make


def printed(result: Result, language: str) -> tuple[str, str]:
    """The table and the notices, each on lines as long as they are."""
    table, notices = (Console(file=io.StringIO(), width=400, color_system=None) for _ in range(2))
    print_result(table, notices, 7, result, language)
    return tuple(console.file.getvalue() for console in (table, notices))  # type: ignore[attr-defined,return-value]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("method", list(HotspotMethod))
def test_every_finding_of_every_method_is_a_row(method: HotspotMethod, language: str) -> None:
    result = make.result_of(method)
    table, notices = printed(result, language)
    for one in findings_of(result):
        row = next(line for line in table.splitlines() if re.match(rf"\W*{one.number}\s", line))
        for words in (method_label(method, language), message_of(one.label, language), message_of(one.title, language)):
            assert words in row
    assert "nothing found" not in notices


def test_a_method_without_findings_an_unknown_category_and_an_empty_run_are_told() -> None:
    result = make.result(
        methods=[HotspotMethod.GI, HotspotMethod.SCAN],
        notes=[
            note(NoteCode.CATEGORY_WITHOUT_REPORTS, category="占道经宫"),
            note(NoteCode.NO_REPORTS, start="2026-03-09", end="2026-05-31"),
        ],
    )
    table, notices = printed(result, "en")
    assert table == ""
    for words in (
        "Hot and cold units (Gi*): nothing found",
        "Clusters in space and time (permutation scan): nothing found",
        "There is no report of the category '占道经宫': check the name.",
        "2026-03-09 to 2026-05-31 there is no report to analyse: not judged.",
    ):
        assert words in notices


def test_of_many_units_the_surest_are_listed_and_the_others_counted() -> None:
    hot = make.judgement(HotspotMethod.GI, "hot")
    units = [
        Unit(code=f"hex200:{n}:0", near_name=f"{n}号", judged={HotspotMethod.GI: hot}) for n in range(MOST_UNITS + 5)
    ]
    table, notices = printed(make.result(methods=[HotspotMethod.GI], units=units), "en")
    assert sum("号" in line for line in table.splitlines()) == MOST_UNITS
    assert "5 more units" in notices
