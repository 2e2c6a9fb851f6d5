"""The board of topics: in care, waiting for somebody to take care, over."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from core.personal import masked_text
from core.words import FIRST_LANGUAGE, Words
from governance.hotspots.topics.queries import standing
from governance.hotspots.topics.states import MISSED, TopicEventKind, TopicStatus
from presentation.charts import event_trend_svg
from presentation.colours import style_sheet, var_of
from presentation.prints.document import document
from presentation.prints.notice import kinds
from presentation.words.days import span
from presentation.words.pages import sample_words
from presentation.words.topics import CATALOGUE, became, topic_title

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
    language: str = FIRST_LANGUAGE,
) -> str:
    """Write the board: topics in care, topics nobody takes care of, topics that are over.

    `map_path` is where the maps of runs are served, as the board's address names it; without it nothing is linked.
    """
    words = Words(CATALOGUE, language)
    waiting = [t for t in topics if t.status == TopicStatus.OPEN and not t.owner]
    cared = [t for t in topics if t.status == TopicStatus.OPEN and t.owner]
    over = [t for t in topics if t.status in {TopicStatus.RESOLVED, TopicStatus.GONE}]
    columns = "".join(
        f'<div class="column"><h2>{words("board/column", name=words(f"board/{name}"), count=len(own))}</h2>'
        + ("".join(_card(t, history[t.id], today, map_path, words) for t in own) or f"<p>{words('board/nothing')}</p>")
        + "</div>"
        for name, own in (("waiting", waiting), ("cared", cared), ("over", over))
    )
    title = words("board/title")
    body = f'<h1>{title}</h1><p class="small">{today}</p><div class="columns">{columns}</div>'
    sample = sample_words(layer_name, language)
    return document(title, body, "board", sample=sample, language=language, colours=style_sheet())


def _card(topic: HotspotTopic, events: Sequence[HotspotTopicEvent], today: date, map_path: str, words: Words) -> str:
    events = standing(events)
    seen = [e for e in events if "reports" in e.finding]
    latest = seen[-1] if seen else None
    steps = " → ".join(_step(e, words) for e in events if e.kind != TopicEventKind.DECIDED)
    chart = ""
    if latest is not None:
        chart = event_trend_svg(latest.finding, width=300, paint=var_of, language=words.language)
    owner = words("board/owner", owner=masked_text(topic.owner or words("care/no_owner")))
    measures = words("board/measures", measures=masked_text(topic.measures or "—"))
    return (
        f'<div class="card"><h3>{html.escape(topic_title(topic, words.language))}</h3>'
        f"<p>{kinds(latest, words) if latest else ''}</p>"
        f'<p class="small">{steps}</p>{chart}<p>{html.escape(owner)}</p>'
        f"<p>{html.escape(measures)}</p>{_due(topic, today, words)}{_map_link(topic, latest, map_path, words)}</div>"
    )


def _due(topic: HotspotTopic, today: date, words: Words) -> str:
    if not topic.follow_up_on:
        return ""
    is_late = topic.follow_up_on < today and topic.status == TopicStatus.OPEN
    return f"<p>{words('board/late' if is_late else 'board/due', day=str(topic.follow_up_on))}</p>"


def _map_link(topic: HotspotTopic, latest: HotspotTopicEvent | None, map_path: str, words: Words) -> str:
    """Link the map of the run that found a topic last, with the topic's areas selected."""
    if not map_path or latest is None or latest.run_id is None:
        return ""
    areas = ",".join(quote(code, safe="") for code in topic.area_codes)
    chosen = "" if words.language == FIRST_LANGUAGE else f"&amp;lang={words.language}"
    return f'<p class="go"><a href="{map_path}?run={latest.run_id}{chosen}#areas={areas}">{words("board/map")}</a></p>'


def _step(event: HotspotTopicEvent, words: Words) -> str:
    """Write one step; counts stand side by side only where they were made in the same way over as many days."""
    label, finding = words(f"event/{event.kind}"), event.finding
    if event.kind in MISSED or finding.get("last_time"):
        return became(event, words)
    if "reports" not in finding:
        return label
    return words("event/scoped", event=label, scope=_scope(finding, words), reports=finding["reports"])


def _scope(finding: Mapping[str, Any], words: Words) -> str:
    """Name what a count is of: a cluster has its own days."""
    if "first" in finding and "last" in finding:
        return words("scope/cluster", days=span(finding["first"], finding["last"], words.language))
    return words("scope/street" if finding.get("method") == "warning" else "scope/whole")
