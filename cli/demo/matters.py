"""What became of the sample reports: the categories of their words, and histories as an old system would tell them.

All are closed but the last ones, which stand at every step of the way. Durations and who solved what are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from cli.demo.reports import SEED
from governance.cases.importing.histories import ToldCase, ToldStep
from governance.cases.lifecycle.states import CaseState, Verb
from governance.categories.operations import CategoryIn
from governance.categories.rules import Limit
from governance.categories.states import LimitUnit, Step, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cli.demo.reports import SampleReport

CLOSED: Final = 9006
LIVE: Final = 50
"""Of the closed ones, those that go their way through the API while one looks on."""
WORDS: Final = {
    "窨井盖缺损": "C01", "施工噪声扰民": "E0301", "社会生活噪声": "E0112", "积水内涝": "E0108", "绿化缺损": "E0105",
    "路灯不亮": "C0106",
}  # fmt: skip
"""Words of the channels that the table of classes does not have, and the classes that they mean."""
CLASSES: Final = (("S0101", "供暖问题"), ("S0102", "供水问题"), ("S0103", "物业纠纷"))
"""Classes that the sample adds."""
DEPARTMENTS: Final = {
    "占道经营": "CG", "店外经营": "CG", "违法建设": "CG", "非法小广告": "CG", "油烟污染": "HB", "施工噪声扰民": "HB",
    "供暖问题": "ZJ", "供水问题": "ZJ", "机动车乱停放": "GA",
}  # fmt: skip
"""Which department solved what a street does not."""
HOURS: Final = {
    "暴露垃圾": 3, "占道经营": 2, "店外经营": 2, "机动车乱停放": 3, "非机动车乱停放": 2, "非法小广告": 10,
    "违法建设": 90, "油烟污染": 30, "物业纠纷": 40,
}  # fmt: skip
"""About how many hours handling took; 12 where it is not told."""
DONE: Final = "已处置完毕，现场恢复正常（示例）"
OPEN_STATES: Final = (
    CaseState.OPENED, CaseState.ACCEPTED, CaseState.FILED, CaseState.DISPATCHED, CaseState.DISPATCHED,
    CaseState.ACKNOWLEDGED, CaseState.ACKNOWLEDGED, CaseState.HANDLED, CaseState.VERIFIED,
)  # fmt: skip
_WAY: Final = (
    Verb.OPEN, Verb.ACCEPT, Verb.FILE, Verb.DISPATCH, Verb.ACKNOWLEDGE, Verb.HANDLE, Verb.VERIFY, Verb.CLOSE, Verb.RATE
)  # fmt: skip
_LENGTHS: Final = {
    CaseState.OPENED: 1, CaseState.ACCEPTED: 2, CaseState.FILED: 3, CaseState.DISPATCHED: 4,
    CaseState.ACKNOWLEDGED: 5, CaseState.HANDLED: 6, CaseState.VERIFIED: 7,
}  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """Where a report belongs, by the codes of its areas from the district down."""

    report: SampleReport
    path: Sequence[str]


def sample_classes(start: datetime) -> list[CategoryIn]:
    """Return the classes that the sample adds, below one of their own."""
    limits: dict[tuple[Step, Urgency], Limit | None] = {
        (Step.ACCEPT, Urgency.NORMAL): Limit(15, LimitUnit.MINUTES),
        (Step.HANDLE, Urgency.NORMAL): Limit(5, LimitUnit.WORKING_DAYS),
    }
    top = CategoryIn("S01", "民生服务（示例）", "event", start, limits=limits)
    return [top, *(CategoryIn(code, name, "event", start, parent_code="S01") for code, name in CLASSES)]


def told_cases(placed: Sequence[Placed], open_and_live: int, *, now: datetime) -> Iterator[ToldCase]:
    """Yield what an old system tells of reports in the order of time; the last ones are not closed."""
    random = np.random.default_rng(SEED + 1)
    draws = random.random((len(placed), 10))
    first_open = len(placed) - open_and_live
    for line, (one, drawn) in enumerate(zip(placed, draws.tolist(), strict=True), 2):
        state = OPEN_STATES[(line - 2) % len(OPEN_STATES)] if line - 2 >= first_open else None
        yield _told(line, one, drawn, state, now)


def _told(line: int, one: Placed, drawn: Sequence[float], state: CaseState | None, now: datetime) -> ToldCase:
    """Draw how a case went: nine steps, a few fewer on the spot, a few more with a return or a rework."""
    report = one.report
    hours = HOURS.get(report.category, 12) * (0.3 + 1.1 * drawn[0])
    minutes = (0, 1 + 13 * drawn[1], 1 + 13 * drawn[2], 1 + 12 * drawn[3], 8 + 60 * drawn[4], 60 * hours,
               4 + 25 * drawn[5], 5 + 50 * drawn[6], 60 * (2 + 40 * drawn[7]))  # fmt: skip
    # What was reported in the last days has not taken longer than until now.
    left = (now - report.reported_at).total_seconds() / 60 - 5
    pace = min(1.0, 0.9 * left / sum(minutes))
    at = [report.reported_at + timedelta(minutes=pace * sum(minutes[: i + 1])) for i in range(len(minutes))]
    unit, below = _units(one, drawn[8])
    steps = [
        ToldStep(verb, when.replace(microsecond=0), unit if verb is Verb.DISPATCH else None,
                 DONE if verb is Verb.HANDLE else None)
        for verb, when in zip(_WAY, at, strict=True)
    ]  # fmt: skip
    if state is not None:
        return ToldCase(line, report.external_id, steps[: _LENGTHS[state]])
    rating = (5, 5, 4, 5, 3)[int(drawn[9] * 1000) % 5] if drawn[9] < 0.3 else None
    steps = steps if rating is not None else steps[:-1]
    if report.channel.code == "grid-patrol" and drawn[8] < 0.45:
        handled = ToldStep(Verb.HANDLE_ON_THE_SPOT, steps[1].at, None, DONE)
        return ToldCase(line, report.external_id, [*steps[:2], handled, *steps[6:]], rating=rating)
    if drawn[8] > 0.97:  # given back once, as another unit's duty, and sent on
        back = ToldStep(Verb.RETURN, steps[3].at + (steps[4].at - steps[3].at) / 2)
        steps[4:4] = [back, ToldStep(Verb.DISPATCH, back.at, unit)]
    elif drawn[8] > 0.95:
        half = steps[5].at - (steps[5].at - steps[4].at) / 3
        again = ToldStep(Verb.REWORK, half, reason="现场仍有遗留（示例）")
        steps[5:5] = [ToldStep(Verb.HANDLE, half, None, DONE), again]
    elif below is not None:  # the street hands it down to the community
        steps[4:4] = [ToldStep(Verb.HAND_DOWN, steps[3].at, below)]
    return ToldCase(line, report.external_id, steps, rating=rating)


def _units(one: Placed, drawn: float) -> tuple[str, str | None]:
    """Return the unit that a case went to, and the one below to which it was handed down."""
    street = next((code for code in one.path if len(code) == 9), None)
    community = next((code for code in one.path if len(code) == 12), None)
    department = DEPARTMENTS.get(one.report.category)
    if department is not None and (drawn < 0.35 or street is None):
        return department, None
    return street or "410106", community if drawn > 0.6 else None
