"""How findings are said to people: probabilities, days, places, rates, the account of the input."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from governance.hotspots.place_names import place_message, titled
from presentation.words.hotspots.sentences import message_of

if TYPE_CHECKING:
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
