"""Results that were stored in an earlier format are read as ones of today, and say the same."""

from __future__ import annotations

import pytest

from governance.hotspots.catalogue import HotspotMethod
from governance.hotspots.notes import NoteCode
from governance.hotspots.result_format.upgrade import note_of_sentence
from presentation.words.hotspots import note_sentence

#: Sentences as results of format 2 hold them.
WRITTEN = [
    ("节假日：2031、2032 年的放假安排未知，该年各日按普通星期看待。", NoteCode.CALENDAR_UNKNOWN),
    ("冷热区（Gi*）：没有“每公里道路”所需的数，未作判断。", NoteCode.EXPOSURE_UNKNOWN),
    ("高低聚集与异常（局部莫兰）：按六边形时巡查发现仍另计，未作校正。", NoteCode.FINDINGS_APART_IN_HEXAGONS),
    ("冷热区（Gi*）：按每户的率（标准化）比较。", NoteCode.RATES_COMPARED),
    ("冷热区（Gi*）：按每户的率（标准化）比较，12 个网格没有这个数。", NoteCode.RATES_COMPARED_EXCEPT),
    (
        "冷热区（Gi*）：327 个网格同时检验，999 次置换不足以在校正后达到 0.05，改用解析 z 值判定。",
        NoteCode.DECIDED_BY_Z,
    ),
    (
        "冷热区（Gi*）：327 个六边形同时检验，按 Benjamini-Hochberg 校正，标出的六边形中误报的期望占比不超过 5%。",
        NoteCode.FALSE_DISCOVERY,
    ),
    (
        "时空聚集（时空重排扫描）：渠道“巡查：一队”有 3 天没有巡查工时记录，其 20 件巡查发现仍另计，未作校正。",
        NoteCode.EFFORT_MISSING,
    ),
    ("冷热区（Gi*）：渠道“patrol”的 20 件巡查发现已计入，按巡查 812 小时校正。", NoteCode.EFFORT_USED),
    (
        "冷热区（Gi*）：渠道“patrol”的 20 件巡查发现已计入，按巡查 812 公里校正；2 件所在网格当周没有工时，仍另计。",
        NoteCode.EFFORT_USED_EXCEPT,
    ),
    ("相对户数偏多（泊松扫描）：按每平方公里比较，各网格均有这个数。", NoteCode.COMPARED_PER),
    ("相对户数偏多（泊松扫描）：按每户比较；4 个网格没有这个数，未参与比较。", NoteCode.COMPARED_PER_EXCEPT),
    (
        "事项区域集中（伯努利扫描）：对 9 类事项分别扫描，p 值已乘以 9（Bonferroni），只列出校正后不超过 0.05 的聚集。",
        NoteCode.SCANS_ADJUSTED,
    ),
    ("时空聚集（时空重排扫描）：没有一类事项达到 20 件，未作判断。", NoteCode.TOO_FEW_REPORTS),
    ("演变类型（新兴热点）：历史不足三步，未作判断。", NoteCode.HISTORY_TOO_SHORT),
    ("同期预警：往期不足 60 天，未作判断。", NoteCode.PAST_TOO_SHORT),
    ("同期预警：44 个序列（街道 × 事项），其中 31 个往期足以比较，按错误发现率校正。", NoteCode.SERIES_JUDGED),
    ("同期预警：本期有法定假日，往期假日太少，按周末水平比较；警报可能只是假日所致。", NoteCode.HOLIDAYS_AS_WEEKENDS),
    ("户数不详", NoteCode.LEFT_OUT_HOUSEHOLDS),
    ("地名库在此没有道路（不足 50 米）", NoteCode.LEFT_OUT_ROADS),
    ("为零", NoteCode.LEFT_OUT_ZERO),
    ("同期预警：另一句话。", NoteCode.AS_WRITTEN),
    ("密集：另一句话。", NoteCode.AS_WRITTEN),
]


SINCE_WORDED_OTHERWISE = {
    "事项区域集中": "区域集中", "类事项": "类上报", "× 事项": "× 类别", "不足三步": "不足 3 步"
}  # fmt: skip


@pytest.mark.parametrize(("sentence", "code"), WRITTEN, ids=[code for _, code in WRITTEN])
def test_a_stored_sentence_becomes_a_code_that_reads_the_same(sentence: str, code: NoteCode) -> None:
    found = note_of_sentence(sentence)
    assert found.code == code
    for then, today in SINCE_WORDED_OTHERWISE.items():
        sentence = sentence.replace(then, today)
    assert note_sentence(found) == sentence


def test_the_method_of_a_stored_sentence_is_known() -> None:
    assert note_of_sentence("同期预警：往期不足 60 天，未作判断。").method is HotspotMethod.WARNING
    assert note_of_sentence("节假日：2031 年的放假安排未知，该年各日按普通星期看待。").method is None
