"""How findings are said to people: probabilities, days, places, rates, small charts, the account of the input."""

from __future__ import annotations

import html
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from governance.hotspots.place_names import place_message, titled
from governance.hotspots.result_format.model import Trend
from presentation.words.hotspots.sentences import message_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from governance.hotspots.result_format.model import Cluster, Result

RATE_WORDS = {"households": ("每百户", 100.0), "km2": ("每平方公里", 1.0), "road_km": ("每公里道路", 1.0)}


def probability(value: float) -> str:
    """Write a probability as people read it: never 0, never with digits that mean nothing."""
    return "小于 0.0001" if value < 0.0001 else f"{value:.4f}".rstrip("0").rstrip(".")


def about(value: float) -> str:
    """Say a probability inside a sentence."""
    return probability(value) if value < 0.0001 else f"约为 {probability(value)}"


def number(value: float) -> str:
    """Write an expected count: one decimal, none where it would say nothing."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def span(first: str | date, last: str | date) -> str:
    """Say a span of days, the last included."""
    a, b = (date.fromisoformat(day) if isinstance(day, str) else day for day in (first, last))
    begin = f"{a.year} 年 {a.month} 月 {a.day} 日"
    if a == b:
        return begin
    end = f"{b.day} 日" if (a.year, a.month) == (b.year, b.month) else f"{b.month} 月 {b.day} 日"
    return f"{begin}至 {end if a.year == b.year else f'{b.year} 年 {end}'}"


def rate_words(rate: float, per: str) -> tuple[str, str]:
    """Say a unit's rate: what it is per, and how much."""
    words, times = RATE_WORDS[per]
    return words, f"{rate * times:.2f} 件"


def masked(report: int) -> str:
    """Say a report's number so that it can be found by who may look, and tells nothing to others."""
    return f"尾号 {report % 10_000:04d}"


def title_of(cluster: Cluster, result: Result) -> str:
    """Name a cluster: where it is, and what it is about."""
    return message_of(titled(place_message(cluster.areas, result), cluster.category))


def account_words(result: Result) -> str:
    """Say what was read and what was set aside, in numbers that add up."""
    account = result.input
    aside = [
        ("剔除默认坐标 {} 件", account.on_pile_ups),
        ("合并重复来电 {} 件", account.repeat_calls),
        ("合并与来电重复的随手记 {} 件", account.notes_of_calls),
        ("巡查上报 {} 件另计", account.patrol),
        ("感知设备 {} 件另计", account.sensors),
        ("无坐标 {} 件", account.without_point),
    ]
    said = "，".join(words.format(count) for words, count in aside if count)
    notes = f"（其中随手记 {account.quick_notes} 件）" if account.quick_notes else ""
    calls = account.incidents + account.repeat_calls - account.quick_notes
    unknown = f"来电中 {account.without_caller / calls:.0%} 未留来电人，按地点和时间合并。" if calls > 0 else ""
    return (
        f"自 {result.history_start} 起读入 {account.reports} 件"
        f"{'：' + said if said else ''}；用于分析 {account.incidents} 件{notes}。"
        f"{unknown if account.without_caller else ''}"
    )


def table(rows: Sequence[tuple[str, str]]) -> str:
    """Write rows of a heading and its value."""
    cells = "".join(f"<tr><th>{html.escape(a)}</th><td>{html.escape(b)}</td></tr>" for a, b in rows)
    return f"<table>{cells}</table>"


def trend_svg(
    trend: Trend, *, since: date | None = None, width: int = 260, height: int = 54, color: str = "#c0562b"
) -> str:
    """Draw counts a step as bars, with the first and last day under them; what is before `since` is pale."""
    counts = trend.counts or [0]
    top, bar, step = max([*counts, 1]), width / len(counts), trend.step_days
    begin = trend.start
    last = begin + timedelta(days=step * len(counts) - 1)
    bars = "".join(
        f'<rect x="{k * bar + 0.5:.1f}" y="{height - 14 - n / top * (height - 26):.1f}" '
        f'width="{max(bar - 1, 1):.1f}" height="{n / top * (height - 26):.1f}" '
        f'fill="{color if _is_since(begin + timedelta(days=step * (k + 1) - 1), since) else "#d8c3b4"}"/>'
        for k, n in enumerate(counts)
    )
    style = 'font-size="9" fill="#777"'
    return (
        f'<svg class="trend" width="{width}" height="{height}" viewBox="0 0 {width} {height}">{bars}'
        f'<line x1="0" x2="{width}" y1="{height - 14}" y2="{height - 14}" stroke="#999"/>'
        f'<text x="0" y="9" {style}>最多一周 {top} 件</text>'
        f'<text x="0" y="{height - 3}" {style}>{begin:%Y-%m-%d}</text>'
        f'<text x="{width}" y="{height - 3}" text-anchor="end" {style}>{last:%Y-%m-%d}</text></svg>'
    )


def event_trend_svg(finding: Mapping[str, Any], *, since: date | None = None, width: int, height: int = 54) -> str:
    """Draw the trend of a topic's event; nothing where the event has none."""
    if not finding.get("trend"):
        return ""
    return trend_svg(Trend.model_validate(finding["trend"]), since=since, width=width, height=height)


def _is_since(last_of_step: date, since: date | None) -> bool:
    return since is None or last_of_step >= since
