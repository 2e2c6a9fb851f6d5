"""The board of topics: in care, waiting for somebody to take care, over."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from core.personal import masked_text
from governance.hotspots.topics.states import EVENT_LABELS, TopicEventKind, TopicStatus
from presentation.prints.notice import document, kinds
from presentation.words.hotspots import event_trend_svg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from governance.hotspots.topics.tables import HotspotTopic, HotspotTopicEvent


def board_html(topics: Sequence[HotspotTopic], history: dict[int, list[HotspotTopicEvent]], *, today: date) -> str:
    """Write the board: topics in care, topics nobody takes care of, topics that are over."""
    waiting = [t for t in topics if t.status == TopicStatus.OPEN and not t.owner]
    cared = [t for t in topics if t.status == TopicStatus.OPEN and t.owner]
    over = [t for t in topics if t.status != TopicStatus.OPEN]
    columns = "".join(
        f'<div class="column"><h2>{name}（{len(own)}）</h2>'
        + ("".join(_card(t, history[t.id], today) for t in own) or "<p>无</p>")
        + "</div>"
        for name, own in (("待明确责任单位", waiting), ("跟进中", cared), ("已办结或已消退", over))
    )
    body = f'<h1>热点事项看板</h1><p class="small">{today}</p><div class="columns">{columns}</div>'
    return document("热点事项看板", body, "board")


def _card(topic: HotspotTopic, events: Sequence[HotspotTopicEvent], today: date) -> str:
    seen = [e for e in events if "reports" in e.finding]
    latest = seen[-1] if seen else None
    late = topic.follow_up_on is not None and topic.follow_up_on < today and topic.status == TopicStatus.OPEN
    steps = " → ".join(_step(e) for e in events if e.kind != TopicEventKind.DECIDED)
    due = f"<p>回访：{topic.follow_up_on}{'（已到期）' if late else ''}</p>" if topic.follow_up_on else ""
    chart = event_trend_svg(latest.finding, width=300) if latest is not None else ""
    return (
        f'<div class="card"><h3>{html.escape(topic.title)}</h3><p>{kinds(latest) if latest else ""}</p>'
        f'<p class="small">{steps}</p>{chart}<p>责任单位：{html.escape(masked_text(topic.owner or "待明确"))}</p>'
        f"<p>措施：{html.escape(masked_text(topic.measures or '—'))}</p>{due}</div>"
    )


def _step(event: HotspotTopicEvent) -> str:
    reports = event.finding.get("reports")
    return EVENT_LABELS[event.kind] + (f" {reports} 件" if reports is not None else "")
