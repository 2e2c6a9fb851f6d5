"""The board of topics: in care, waiting for somebody to take care, over."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from core.personal import masked_text
from governance.hotspots.topics.queries import standing
from governance.hotspots.topics.states import EVENT_LABELS, MISSED, TopicEventKind, TopicStatus
from presentation.charts import event_trend_svg
from presentation.colours import on_paper
from presentation.prints.notice import became, document, kinds
from presentation.words.hotspots import span
from presentation.words.pages import sample_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from governance.hotspots.topics.tables import HotspotTopic, HotspotTopicEvent


def board_html(
    topics: Sequence[HotspotTopic],
    history: dict[int, list[HotspotTopicEvent]],
    *,
    today: date,
    layer_name: str = "",
    map_path: str = "",
) -> str:
    """Write the board: topics in care, topics nobody takes care of, topics that are over.

    `map_path` is where the maps of runs are served, as the board's address names it; without it nothing is linked.
    """
    waiting = [t for t in topics if t.status == TopicStatus.OPEN and not t.owner]
    cared = [t for t in topics if t.status == TopicStatus.OPEN and t.owner]
    over = [t for t in topics if t.status in {TopicStatus.RESOLVED, TopicStatus.GONE}]
    columns = "".join(
        f'<div class="column"><h2>{name}（{len(own)}）</h2>'
        + ("".join(_card(t, history[t.id], today, map_path) for t in own) or "<p>无</p>")
        + "</div>"
        for name, own in (("待明确责任单位", waiting), ("跟进中", cared), ("已办结或连续多期未达标准", over))
    )
    body = f'<h1>热点事项看板</h1><p class="small">{today}</p><div class="columns">{columns}</div>'
    return document("热点事项看板", body, "board", sample=sample_words(layer_name))


def _card(topic: HotspotTopic, events: Sequence[HotspotTopicEvent], today: date, map_path: str) -> str:
    events = standing(events)
    seen = [e for e in events if "reports" in e.finding]
    latest = seen[-1] if seen else None
    late = topic.follow_up_on is not None and topic.follow_up_on < today and topic.status == TopicStatus.OPEN
    steps = " → ".join(_step(e) for e in events if e.kind != TopicEventKind.DECIDED)
    due = f"<p>回访：{topic.follow_up_on}{'（已到期）' if late else ''}</p>" if topic.follow_up_on else ""
    chart = event_trend_svg(latest.finding, width=300, paint=on_paper) if latest is not None else ""
    return (
        f'<div class="card"><h3>{html.escape(topic.title)}</h3><p>{kinds(latest) if latest else ""}</p>'
        f'<p class="small">{steps}</p>{chart}<p>责任单位：{html.escape(masked_text(topic.owner or "待明确"))}</p>'
        f"<p>措施：{html.escape(masked_text(topic.measures or '—'))}</p>{due}{_map_link(topic, latest, map_path)}</div>"
    )


def _map_link(topic: HotspotTopic, latest: HotspotTopicEvent | None, map_path: str) -> str:
    """Link the map of the run that found a topic last, with the topic's areas selected."""
    if not map_path or latest is None or latest.run_id is None:
        return ""
    areas = ",".join(quote(code, safe="") for code in topic.area_codes)
    return f'<p class="go"><a href="{map_path}?run={latest.run_id}#areas={areas}">在地图上查看</a></p>'


def _step(event: HotspotTopicEvent) -> str:
    """Write one step; counts stand side by side only where they were made in the same way over as many days."""
    label, finding = EVENT_LABELS[event.kind], event.finding
    if event.kind in MISSED:
        now = finding.get("reports_now")
        return label if now is None else f"{label}（{now} 件）"
    if finding.get("last_time"):
        return became(event)
    return label + (f"（{_scope(finding)} {finding['reports']} 件）" if "reports" in finding else "")


def _scope(finding: Mapping[str, Any]) -> str:
    """Name what a count is of: a cluster has its own days."""
    if "first" in finding and "last" in finding:
        return f"{span(finding['first'], finding['last'])}聚集区内"
    return "街道/镇内" if finding.get("method") == "warning" else "全域"
