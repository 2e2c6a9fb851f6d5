"""The monthly notice (HTML and PDF): from the topics of a run, in the words of officials.

Of each topic it says what was found, how sure that is, compared with what, and what became of it since last time.
"""

from __future__ import annotations

import html
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from core.clock import LOCAL
from core.personal import masked_text
from governance.hotspots.catalogue import ABOUT
from governance.hotspots.topics.rules import KIND_LABELS, WHOLE
from governance.hotspots.topics.states import EVENT_LABELS, MISSED, TopicEventKind
from presentation.charts import event_trend_svg
from presentation.colours import on_paper
from presentation.pages.features import box_of
from presentation.prints.paper_map import PaperMap
from presentation.prints.pdf import rendered
from presentation.words.hotspots import account_words, note_sentence, number, span
from presentation.words.pages import sample_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from governance.hotspots.result_format import Result
    from governance.hotspots.topics.tables import HotspotTopic, HotspotTopicEvent
    from presentation.pages.hotspot_page import RunView

_STYLE = Path(__file__).parent / "assets" / "notice.css"

Followed = tuple["HotspotTopic", "HotspotTopicEvent"]
MOST_PLACES, MOST_WHOLE = 8, 8
KINDS_IN_WORDS = (
    "高频：30 天件数与占比达到规定值；共性：达到规定比例的社区/村均有发生；"
    "区域集中：空间或时空扫描经多重检验校正后显著；热点：较往期同样日子显著偏多。各项标准见带日期的热点口径表。"
)


def notice_html(view: RunView, followed: Sequence[Followed], *, issuer: str, issued_at: datetime) -> str:
    """Write the notice as one page that needs nothing from outside."""
    result = view.result
    start, end = result.period.start, result.period.end
    found = [(t, e) for t, e in followed if e.kind not in MISSED]
    whole = [(t, e) for t, e in found if t.scope == WHOLE][:MOST_WHOLE]
    places = [(t, e) for t, e in found if t.scope != WHOLE][:MOST_PLACES]
    missed = [(t, e) for t, e in followed if e.kind in MISSED]
    month = f"{start.year} 年 {start.month} 月" if _is_month(start, end) else span(start, end - timedelta(days=1))
    title = f"关于 {month}热点事项的通报"
    parts = [
        f'<div class="head">{html.escape(issuer)}</div><h1>{title}</h1>',
        f'<p class="period">分析时段：{span(start, end - timedelta(days=1))}（第 {view.number} 次分析）</p>',
        f"<p>{_summary(result, found, missed)}</p>",
        "<h2>一、全区高频与共性事项</h2>",
        _whole_table(whole) if whole else "<p>本期没有达到高频、共性或热点标准的全区事项。</p>",
        "<h2>二、区域集中与热点事项</h2>",
        *_places(view, places),
        "<h2>三、上期事项的变化</h2>",
        _since_last(followed),
        "<h2>四、口径说明</h2>",
        *[f'<p class="small">{html.escape(words)}</p>' for words in _method_words(result)],
        f'<p class="sign">{html.escape(issuer)}<br/>{_chinese_date(issued_at.astimezone(LOCAL).date())}</p>',
    ]
    return document(title, "".join(parts), sample=sample_words(view.layer_name))


def notice_pdf(page: str) -> bytes:
    """Print a notice; nothing is fetched."""
    return bytes(rendered(page).write_pdf())


def document(title: str, body: str, kind: str = "", *, sample: str = "") -> str:
    """Write a page that needs nothing from outside; `sample` is the label of sample data."""
    css = _STYLE.read_text(encoding="utf-8")
    mark = f'<p class="sample">{sample}</p>' if sample else ""
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"/>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"/><title>{html.escape(title)}</title>'
        f'<style>{css}</style></head><body class="{kind}"><main>'
        f"{mark}{body}</main></body></html>"
    )


def _is_month(start: date, end: date) -> bool:
    return start.day == 1 and (start + timedelta(days=32)).replace(day=1) == end


def _chinese_date(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _summary(result: Result, found: Sequence[Followed], missed: Sequence[Followed]) -> str:
    total = sum(entry.reports for entry in result.by_category)
    befores = [entry.before for entry in result.by_category if entry.before is not None]
    compared = ""
    earlier = sum(befores)
    if earlier and len(befores) == len(result.by_category):
        rise = total / earlier - 1
        compared = f"，较上期（同等天数）{'增长' if rise >= 0 else '下降'} {abs(rise):.1%}"
    new = sum(e.kind == TopicEventKind.APPEARED for _, e in found)
    grown = sum(e.kind == TopicEventKind.GREW for _, e in found)
    top = "、".join(f"{c.category}（{c.reports} 件）" for c in sorted(result.by_category, key=lambda c: -c.reports)[:3])
    if not total:
        return "本期没有上报记录，不能据此得出任何结论。"
    return (
        f"本期上报共 {total} 件{compared}，居前三位的是{html.escape(top)}。共有 {len(found)} 个热点事项"
        f"（新出现 {new} 个、增多 {grown} 个），上期事项中 {len(missed)} 个本期未达标准。"
    )


def kinds(event: HotspotTopicEvent) -> str:
    """Write the kinds a run gave a topic, as small labels."""
    return "".join(f'<span class="kind">{KIND_LABELS[k]}</span>' for k in event.finding.get("kinds", []))


def _whole_table(rows: Sequence[Followed]) -> str:
    cells = "".join(
        f"<tr><td>{html.escape(t.category)}<br/>{kinds(e)}</td>"
        f'<td class="n">{e.finding["reports"]}</td><td class="n">{_compared(e.finding)}</td>'
        f'<td class="n">{e.finding["areas_touched"]} / {e.finding["areas_in_all"]}</td>'
        f"<td>{_sure(e.finding)}</td><td>{EVENT_LABELS[e.kind]}</td></tr>"
        for t, e in rows
    )
    return (
        '<table class="whole"><thead><tr><th>事项</th><th>本期件数</th><th>较上期</th><th>涉及社区/村</th>'
        f"<th>与往期相比</th><th>跟踪</th></tr></thead><tbody>{cells}</tbody></table>"
    )


def _compared(finding: dict[str, Any]) -> str:
    before = finding.get("before")
    return f"{finding['reports'] - before:+d}" if before is not None else "—"


def _sure(finding: dict[str, Any]) -> str:
    if finding.get("p") is None or finding.get("expected") is None:
        return "在往期波动范围内"
    return f"按往期推算约 {number(finding['expected'])} 件；若无变化，达到本期件数的概率{_chance(finding['p'])}"


def _chance(value: float) -> str:
    return "不足万分之一" if value < 1e-4 else f"为 {value:.2%}"


def _places(view: RunView, places: Sequence[Followed]) -> list[str]:
    if not places:
        return ["<p>本期没有经检验显著的区域集中事项。</p>"]
    listed = "".join(
        f"<tr><td>{k}</td><td>{html.escape(t.title)}<br/>{kinds(e)}</td>"
        f'<td class="n">{e.finding["reports"]} 件</td></tr>'
        for k, (t, e) in enumerate(places, 1)
    )
    figure = (
        f'<div class="figure"><div class="beside"><div class="map">{_map_svg(view, places)}</div><div class="list">'
        "<table><thead><tr><th>编号</th><th>事项</th><th>本期</th></tr></thead>"
        f"<tbody>{listed}</tbody></table></div></div>"
        '<p class="caption">图 1　区域集中与热点事项分布（深色：空间或时空聚集；浅色：街道/镇范围内显著上升）。</p>'
        "</div>"
    )
    since = view.result.period.start
    return [figure, *[_place(k, t, e, since) for k, (t, e) in enumerate(places, 1)]]


def _place(position: int, topic: HotspotTopic, event: HotspotTopicEvent, since: date) -> str:
    f = event.finding
    lines = []
    if f.get("method") == "warning":
        lines.append(
            f"<b>发现：</b>本期 {f['observed']} 件。<b>比较基准：</b>按往期同样日子推算约 {number(f['expected'])} 件"
            f"（通常不超过 {number(f['upper'])} 件）。"
            f"<b>可信程度：</b>若无变化，偶然达到这么多的概率{_chance(f['p'])}。"
        )
    else:
        basis = "按同一地点和时段的往常水平推算应有" if f["method"] == "scan" else "按圈外同类上报占比推算应有"
        risk = f"，为圈外的 {f['relative_risk']:.1f} 倍" if f.get("relative_risk") else ""
        lines.append(
            f"<b>发现：</b>{span(f['first'], f['last'])}，{len(f['areas'])} 个网格内 {f['observed']} 件。"
            f"<b>比较基准：</b>{basis} {number(f['expected'])} 件{risk}。"
            f"<b>可信程度：</b>若只是偶然，出现这样聚集的概率{_chance(f['adjusted_p'])}（已按扫描次数校正）。"
        )
    lines += [
        f"其中 {span(also['first'], also['last'])}的 {also['observed']} 件最为突出，按地点和时段的往常水平推算应有 "
        f"{number(also['expected'])} 件，若只是偶然的概率{_chance(also['adjusted_p'])}。"
        for also in f.get("also", [])
        if also["method"] == "scan"
    ]
    if f.get("warning"):
        w = f["warning"]
        lines.append(
            f"所在的{html.escape(w['area_name'])}同类上报 {w['observed']} 件，按往期推算约 {number(w['expected'])} 件。"
        )
    last = f.get("last_time")
    state = became(event) if last or event.kind == TopicEventKind.STEADY else EVENT_LABELS[event.kind]
    due = f"，{topic.follow_up_on} 前回访" if topic.follow_up_on else ""
    care = masked_text(f"{topic.owner or '待明确'}；{topic.measures or '待提出措施'}{due}")
    lines.append(f"<b>跟踪：</b>{state}。<b>责任单位与措施：</b>{html.escape(care)}。")
    text = "".join(f"<p>{line}</p>" for line in lines)
    chart = event_trend_svg(f, since=since, width=170, height=60, paint=on_paper)
    heading = f"<h3>{position}. {html.escape(topic.title)} {kinds(event)}</h3>"
    return f'{heading}<div class="topic"><div>{text}</div>{chart}</div>'


def _since_last(followed: Sequence[Followed]) -> str:
    earlier = [(t, e) for t, e in followed if e.kind != TopicEventKind.APPEARED]
    if not earlier:
        return "<p>本期为首次通报，没有可比较的上期事项。</p>"
    rows = "".join(
        f"<tr><td>{html.escape(t.title)}</td><td>{_month_before(t.opened_on)}</td><td>{became(e)}</td>"
        f"<td>{html.escape(masked_text(t.owner or '待明确'))}</td></tr>"
        for t, e in earlier
    )
    return (
        "<table><thead><tr><th>事项</th><th>首次列入</th><th>本期情况</th><th>责任单位</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _month_before(day: date) -> str:
    """Name the month of the run that ended on a day."""
    last = day - timedelta(days=1)
    return f"{last.year} 年 {last.month} 月"


def became(event: HotspotTopicEvent) -> str:
    """Write what became of a topic, with both counts where they can be compared."""
    last = event.finding.get("last_time")
    if event.kind == TopicEventKind.STEADY and not last:
        return "继续存在（与上次的范围或时段不同，件数不可比）"
    if event.kind in MISSED:
        now = event.finding.get("reports_now")
        return EVENT_LABELS[event.kind] + (f"（{now} 件）" if now is not None else "")
    if not last:
        return EVENT_LABELS[event.kind]
    wider = last.get("way") == "warning" and event.finding.get("method") != "warning"
    whose = "所在街道/镇同类上报 " if wider else ""
    now = last.get("now", event.finding["reports"])
    return f"{EVENT_LABELS[event.kind]}：{whose}{last['reports']} 件 → {now} 件"


def _method_words(result: Result) -> list[str]:
    """Say what the notice's own findings stand on; what only the map shows is explained there."""
    notes = [note for note in result.notes if note.method is None or ABOUT[note.method].followed]
    return [KINDS_IN_WORDS, account_words(result) + "".join(map(note_sentence, notes))]


def _map_svg(view: RunView, places: Sequence[Followed]) -> str:
    """Draw the areas, the places and their numbers; a number keeps clear of those before it."""
    ground = PaperMap(box_of(list(view.shapes.values())), 330.0, 285.0, filled=0.97)
    pale = f'fill="{on_paper("ground")}" stroke="{on_paper("line")}" stroke-width=".5"'
    drawn = [ground.path(shape, pale) for shape in view.shapes.values()]
    labels: list[str] = []
    taken: list[tuple[float, float]] = []
    order = sorted(enumerate(places, 1), key=lambda item: item[1][1].finding.get("method") != "warning")
    for position, (topic, event) in order:
        parts = [view.shapes[code] for code in topic.area_codes if code in view.shapes]
        if not parts:
            continue
        shape = shapely.union_all(parts)
        is_strong = "concentrated" in event.finding.get("kinds", [])
        color, opacity = (on_paper("land-out"), 0.6) if is_strong else (on_paper("count-2"), 0.3)
        drawn.append(ground.path(shape, f'fill="{color}" fill-opacity="{opacity}" stroke="{color}"'))
        spot = ground.drawn(shape.centroid if is_strong else shapely.point_on_surface(shape))
        at = float(shapely.get_x(spot)), float(shapely.get_y(spot))
        labels.append(_number_svg(position, at, taken))
    line = f'fill="none" stroke="{on_paper("border-above")}" stroke-width="1.2"'
    outlines = [ground.path(shape, line) for shape in view.outlines.values()]
    return ground.svg("".join([*drawn, *outlines, *labels]))


def _number_svg(position: int, at: tuple[float, float], taken: list[tuple[float, float]]) -> str:
    """Write a number in a circle at its place, or beside it at the end of a line where another one stands."""
    x, y = at
    for step in range(40):
        far, turn = -(-step // 8) * 21.0, step % 8 * np.pi / 4
        x, y = at[0] + far * float(np.cos(turn)), at[1] + far * float(np.sin(turn))
        if not any((x - a) ** 2 + (y - b) ** 2 < 20**2 for a, b in taken):
            break
    taken.append((x, y))
    ink = on_paper("text")
    return (
        f'<path d="M{at[0]:.1f} {at[1]:.1f} L{x:.1f} {y:.1f}" stroke="{ink}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="#fff" stroke="{ink}"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="11" '
        f'font-family="sans-serif">{position}</text>'
    )
