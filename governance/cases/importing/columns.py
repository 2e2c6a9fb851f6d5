"""The tables of an old system: which column is which field, and which word is which state or step."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from core import spreadsheets
from core.csv_files import CsvFile, CsvUnreadableError, folded
from core.errors import DomainError, Kind
from governance.cases.importing.histories import WAYS
from governance.cases.lifecycle.states import CaseState, Verb

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from core.errors import Detail

E = TypeVar("E", bound=StrEnum)
CASE_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "external_id": ("id", "案件编号", "工单编号", "编号", "案件号"),
    "state": ("状态", "案件状态", "当前状态", "工单状态"),
    "opened_at": ("建案时间", "登记时间", "上报时间"),
    "accepted_at": ("受理时间",),
    "filed_at": ("立案时间",),
    "dispatched_at": ("派遣时间", "派单时间"),
    "acknowledged_at": ("接单时间", "签收时间"),
    "suspended_at": ("挂账时间",),
    "returned_at": ("退单时间", "回退时间"),
    "handled_at": ("处置时间", "处置完成时间", "办理时间"),
    "verified_at": ("核查时间",),
    "ended_at": ("结案时间", "办结时间", "作废时间", "不予受理时间"),
    "rated_at": ("评价时间",),
    "deadline": ("处置截止时间", "办理时限", "截止时间"),
    "unit": ("责任单位", "承办单位", "处置单位"),
    "opinion": ("处置意见", "处置结果", "办理结果"),
    "reason": ("不予受理原因", "作废原因"),
    "rating": ("评价", "满意度"),
    "photos": ("处置照片", "处置图片", "附件"),
}
"""Fields of a table of cases, a row a case, and the headings under which they are found without being told."""
STEP_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "external_id": CASE_FIELDS["external_id"],
    "at": ("时间", "操作时间", "办理时间"),
    "step": ("操作", "环节", "动作", "办理环节"),
    "unit": ("单位", "责任单位", "承办单位", "接收单位"),
    "opinion": ("意见", "办理意见", "处理意见"),
    "reason": ("原因", "说明"),
}
"""Fields of a table of steps, a row a step."""
STATES: Final[dict[str, CaseState]] = {
    "待受理": CaseState.OPENED, "已受理": CaseState.ACCEPTED, "已立案": CaseState.FILED,
    "已派遣": CaseState.DISPATCHED, "已派单": CaseState.DISPATCHED, "待接单": CaseState.DISPATCHED,
    "已接单": CaseState.ACKNOWLEDGED, "处置中": CaseState.ACKNOWLEDGED, "挂账": CaseState.SUSPENDED,
    "已退单": CaseState.RETURNED, "已处置": CaseState.HANDLED, "待核查": CaseState.HANDLED,
    "已核查": CaseState.VERIFIED, "待结案": CaseState.VERIFIED, "已结案": CaseState.CLOSED, "结案": CaseState.CLOSED,
    "已办结": CaseState.CLOSED, "已评价": CaseState.RATED, "不予受理": CaseState.REJECTED, "作废": CaseState.VOIDED,
    "已作废": CaseState.VOIDED, "已转办外区": CaseState.TRANSFERRED, "已转市级": CaseState.TRANSFERRED,
}  # fmt: skip
"""Words for states that need no mapping."""
STEPS: Final[dict[str, Verb]] = {
    "上报": Verb.OPEN, "登记": Verb.OPEN, "受理": Verb.ACCEPT, "不予受理": Verb.REJECT, "立案": Verb.FILE,
    "派遣": Verb.DISPATCH, "派单": Verb.DISPATCH, "改派": Verb.REDISPATCH, "接单": Verb.ACKNOWLEDGE,
    "签收": Verb.ACKNOWLEDGE, "退单": Verb.RETURN, "回退": Verb.RETURN, "处置": Verb.HANDLE, "核查": Verb.VERIFY,
    "返工": Verb.REWORK, "结案": Verb.CLOSE, "评价": Verb.RATE, "延期": Verb.EXTEND, "挂账": Verb.SUSPEND,
    "恢复": Verb.RESUME, "督办": Verb.SUPERVISE, "作废": Verb.VOID, "下派": Verb.HAND_DOWN, "上报上级": Verb.REPORT_UP,
}  # fmt: skip
"""Words for steps that need no mapping."""
MAPPED: Final = ("columns", "states", "steps", "units")


class CaseMappingError(DomainError):
    """The mapping file does not fit. It is TOML with tables [columns], [states], [steps] and [units]."""

    code = "case-mapping-invalid"
    kind = Kind.INVALID


@dataclass(frozen=True, slots=True)
class CaseMapping:
    """What an old system's columns and words mean; what it does not have is known by the usual words."""

    columns: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, CaseState] = field(default_factory=dict)
    steps: Mapping[str, Verb] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def state(self, word: str) -> CaseState | None:
        """Return the state that a word means; None: nobody has said, or no history of the case alone leads there."""
        return self.states.get(word) or STATES.get(word) or _value(WAYS, word)

    def step(self, word: str) -> Verb | None:
        """Return the verb that a word for a step means; None: nobody has said."""
        return self.steps.get(word) or STEPS.get(word) or _value(Verb, word)


def read_mapping(path: Path) -> CaseMapping:
    """Read a mapping file: `[columns] field = "heading"`, `[states]`, `[steps]`, `[units]` with word = meaning.

    Raises
    ------
    CaseMappingError
    """
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseMappingError("{name} is no TOML: {error}", values={"name": path.name, "error": error}) from error
    for name, table in found.items():
        if name not in MAPPED or not isinstance(table, dict) or not all(isinstance(one, str) for one in table.values()):
            raise CaseMappingError(
                "[{name}] is not known: the tables are {tables}, each of words.",
                values={"name": name, "tables": [*MAPPED]}, field=name,
            )  # fmt: skip
    known = {*CASE_FIELDS, *STEP_FIELDS}
    unknown = next((one for one in found.get("columns", {}) if one not in known), None)
    if unknown is not None:
        raise CaseMappingError(
            "There is no field '{unknown}'; there are {fields}.",
            values={"unknown": unknown, "fields": sorted(known)}, field="columns",
        )  # fmt: skip
    return CaseMapping(
        found.get("columns", {}), _meanings(WAYS, found.get("states", {}), "states"),
        _meanings(tuple(Verb), found.get("steps", {}), "steps"), found.get("units", {}),
    )  # fmt: skip


def _meanings(known: Collection[E], words: Mapping[str, str], table: str) -> dict[str, E]:
    found = {word: _value(known, meaning) for word, meaning in words.items()}
    wrong = next((words[word] for word, value in found.items() if value is None), None)
    if wrong is not None:
        raise CaseMappingError(
            "[{table}] has '{wrong}', which is none of {values}.",
            values={"table": table, "wrong": wrong, "values": [str(one) for one in known]}, field=table,
        )  # fmt: skip
    return {word: value for word, value in found.items() if value is not None}


def _value(known: Iterable[E], word: str) -> E | None:
    return next((one for one in known if one == word), None)


@dataclass(frozen=True, slots=True)
class OldRow:
    """A row of an old table by field; a column that the file does not have is missing. `cells` is the row as it stands.

    `problem` is why the line cannot be used.
    """

    line: int
    said: dict[str, str]
    cells: list[str]
    problem: Detail | None = None


def rows_of(
    path: Path, fields: Mapping[str, tuple[str, ...]], told: Mapping[str, str], *, needed: Sequence[str]
) -> tuple[list[str], Iterator[OldRow]]:
    """Return a table's headings and its rows by field; headings that were told count before the usual ones.

    Raises
    ------
    CsvUnreadableError, SheetUnreadableError, CaseMappingError
        Also where a column that is needed, or was named, is missing.
    """
    usual = {folded(word): name for name, words in fields.items() for word in (name, *words)}

    def score(cells: Sequence[str]) -> int:
        return sum(folded(cell) in usual or cell in told.values() for cell in cells)

    table: CsvFile | spreadsheets.SheetFile
    if spreadsheets.kind_of(path):
        table = spreadsheets.SheetFile(path, header_score=score)
    else:
        table = CsvFile(path.open("rb"), header_score=score)
    places: dict[str, int] = {}
    for name, heading in told.items():
        place = next((i for i, word in enumerate(table.header) if folded(word) == folded(heading)), None)
        if name in fields and place is None:
            table.close()
            raise CaseMappingError(
                "{file} has no column '{heading}'; it has {header}.",
                values={"file": path.name, "heading": heading, "header": table.header}, field="columns",
            )  # fmt: skip
        if name in fields and place is not None:
            places[name] = place
    for place, word in enumerate(table.header):
        if folded(word) in usual and place not in places.values():
            places.setdefault(usual[folded(word)], place)
    missing = next((fields[name] for name in needed if name not in places), None)
    if missing is not None:
        table.close()
        raise CsvUnreadableError(
            "The heading lacks the column {missing}.", values={"missing": " or ".join(missing[:2])}, field="file"
        )
    return table.header, _rows(table, places)


def _rows(table: CsvFile | spreadsheets.SheetFile, places: Mapping[str, int]) -> Iterator[OldRow]:
    try:
        for line, cells, problem in table.rows():
            said = {} if problem else {name: cells[place].strip() for name, place in places.items()}
            yield OldRow(line, said, cells, problem)
    finally:
        table.close()
