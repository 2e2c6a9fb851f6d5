"""The monthly notice (HTML and PDF): from the topics of a run, in the words of officials.

Of each topic it states what was found, how sure that is, compared with what, and what became of it since last time.
"""

from __future__ import annotations

import html
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from core.clock import LOCAL
from core.personal import masked_text
from core.words import FIRST_LANGUAGE, Words
from governance.hotspots.catalogue import ABOUT
from governance.hotspots.topics.rules import WHOLE
from governance.hotspots.topics.states import MISSED, TopicEventKind
from presentation.charts import event_trend_svg
from presentation.colours import on_paper
from presentation.prints.document import document, table_head
from presentation.prints.notice_map import map_svg
from presentation.prints.pdf import rendered
from presentation.words.days import day_words, month_words, span
from presentation.words.hotspots import account_words, note_sentence, number
from presentation.words.pages import sample_words
from presentation.words.topics import CATALOGUE, became, topic_title

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from governance.hotspots.result_format import Result
    from governance.hotspots.topics.tables import HotspotTopic, HotspotTopicEvent
    from presentation.pages.hotspot_page import RunView

Followed = tuple["HotspotTopic", "HotspotTopicEvent"]
MOST_PLACES, MOST_WHOLE = 8, 8


def notice_html(
    view: RunView,
    followed: Sequence[Followed],
    *,
    issuer: str,
    issued_at: datetime,
    language: str = FIRST_LANGUAGE,
) -> str:
    """Write the notice as one page that needs nothing from outside."""
    result, words = view.result, Words(CATALOGUE, language)
    start, end = result.period.start, result.period.end
    found = [(t, e) for t, e in followed if e.kind not in MISSED]
    whole = [(t, e) for t, e in found if t.scope == WHOLE][:MOST_WHOLE]
    places = [(t, e) for t, e in found if t.scope != WHOLE][:MOST_PLACES]
    missed = [(t, e) for t, e in followed if e.kind in MISSED]
    days = span(start, end - timedelta(days=1), language)
    title = words("notice/title", period=month_words(start, language) if _is_month(start, end) else days)
    parts = [
        f'<div class="head">{html.escape(issuer)}</div><h1>{title}</h1>',
        f'<p class="period">{words("notice/period", days=days, run=view.number)}</p>',
        f"<p>{html.escape(_summary(result, found, missed, words))}</p>",
        f"<h2>{words('part/whole')}</h2>",
        _whole_table(whole, words) if whole else f"<p>{words('whole/none')}</p>",
        f"<h2>{words('part/places')}</h2>",
        *_places(view, places, words),
        f"<h2>{words('part/since')}</h2>",
        _since_last(followed, words),
        f"<h2>{words('part/methods')}</h2>",
        *[f'<p class="small">{html.escape(told)}</p>' for told in _method_words(result, words)],
        f'<p class="sign">{html.escape(issuer)}<br/>{day_words(issued_at.astimezone(LOCAL).date(), language)}</p>',
    ]
    return document(title, "".join(parts), sample=sample_words(view.layer_name, language), language=language)


def notice_pdf(page: str) -> bytes:
    """Print a notice; nothing is fetched."""
    return bytes(rendered(page).write_pdf())


def _is_month(start: date, end: date) -> bool:
    return start.day == 1 and (start + timedelta(days=32)).replace(day=1) == end


def _summary(result: Result, found: Sequence[Followed], missed: Sequence[Followed], words: Words) -> str:
    total = sum(entry.reports for entry in result.by_category)
    if not total:
        return words("notice/no_reports")
    befores = [entry.before for entry in result.by_category if entry.before is not None]
    compared, earlier = "", sum(befores)
    if earlier and len(befores) == len(result.by_category):
        rise = total / earlier - 1
        compared = words("notice/more" if rise >= 0 else "notice/less", share=abs(rise))
    most = sorted(result.by_category, key=lambda c: -c.reports)[:3]
    return words(
        "notice/summary",
        total=total,
        compared=compared,
        top=[words("notice/top", category=c.category, reports=c.reports) for c in most],
        found=len(found),
        new=sum(e.kind == TopicEventKind.APPEARED for _, e in found),
        grown=sum(e.kind == TopicEventKind.GREW for _, e in found),
        missed=len(missed),
    )


def kinds(event: HotspotTopicEvent, words: Words) -> str:
    """Write the kinds that a run assigned to a topic, as small labels."""
    return "".join(f'<span class="kind">{words(f"kind/{k}")}</span>' for k in event.finding.get("kinds", []))


def _whole_table(rows: Sequence[Followed], words: Words) -> str:
    cells = "".join(
        f"<tr><td>{html.escape(t.category)}<br/>{kinds(e, words)}</td>"
        f'<td class="n">{e.finding["reports"]}</td><td class="n">{_compared(e.finding)}</td>'
        f'<td class="n">{e.finding["areas_touched"]} / {e.finding["areas_in_all"]}</td>'
        f"<td>{_sure(e.finding, words)}</td><td>{words(f'event/{e.kind}')}</td></tr>"
        for t, e in rows
    )
    heads = (words(f"head/{head}") for head in ("topic", "reports", "before", "areas", "past", "followed"))
    return f'<table class="whole">{table_head(*heads)}<tbody>{cells}</tbody></table>'


def _compared(finding: dict[str, Any]) -> str:
    before = finding.get("before")
    return f"{finding['reports'] - before:+d}" if before is not None else "—"


def _sure(finding: dict[str, Any], words: Words) -> str:
    if finding.get("p") is None or finding.get("expected") is None:
        return words("whole/within")
    return words("whole/chance", expected=number(finding["expected"]), chance=_chance(finding["p"], words))


def _chance(value: float, words: Words) -> str:
    return words("chance/below") if value < 1e-4 else words("chance/is", value=value)


def _places(view: RunView, places: Sequence[Followed], words: Words) -> list[str]:
    if not places:
        return [f"<p>{words('places/none')}</p>"]
    listed = "".join(
        f"<tr><td>{k}</td><td>{html.escape(topic_title(t, words.language))}<br/>{kinds(e, words)}</td>"
        f'<td class="n">{words("places/reports", count=e.finding["reports"])}</td></tr>'
        for k, (t, e) in enumerate(places, 1)
    )
    heads = table_head(*(words(f"head/{head}") for head in ("number", "topic", "period")))
    drawn = map_svg(view, places, words.language)
    figure = (
        f'<div class="figure"><div class="beside"><div class="map">{drawn}</div><div class="list">'
        f"<table>{heads}<tbody>{listed}</tbody></table></div></div>"
        f'<p class="caption">{words("places/caption")}</p>'
        "</div>"
    )
    since = view.result.period.start
    return [figure, *[_place(k, t, e, since, words) for k, (t, e) in enumerate(places, 1)]]


def _place(position: int, topic: HotspotTopic, event: HotspotTopicEvent, since: date, words: Words) -> str:
    f = event.finding
    lines = [_evidence(f, words)]
    lines += [
        html.escape(
            words(
                "place/also",
                days=span(also["first"], also["last"], words.language),
                observed=also["observed"],
                expected=number(also["expected"]),
                chance=_chance(also["adjusted_p"], words),
            )
        )
        for also in f.get("also", [])
        if also["method"] == "scan"
    ]
    if f.get("warning"):
        w = f["warning"]
        around = {"area": w["area_name"], "observed": w["observed"], "expected": number(w["expected"])}
        lines.append(html.escape(words("place/street", **around)))
    is_compared = f.get("last_time") or event.kind == TopicEventKind.STEADY
    state = became(event, words) if is_compared else words(f"event/{event.kind}")
    lines.append(_labelled(words, followed=words("line", words=state), care=words("line", words=_care(topic, words))))
    text = "".join(f"<p>{line}</p>" for line in lines)
    chart = event_trend_svg(f, since=since, width=170, height=60, paint=on_paper, language=words.language)
    heading = f"<h3>{position}. {html.escape(topic_title(topic, words.language))} {kinds(event, words)}</h3>"
    return f'{heading}<div class="topic"><div>{text}</div>{chart}</div>'


def _evidence(f: dict[str, Any], words: Words) -> str:
    """Write what was found, compared with what, and how sure that is."""
    if f.get("method") == "warning":
        expected, upper = number(f["expected"]), number(f["upper"])
        return _labelled(
            words,
            found=words("place/warned", observed=f["observed"]),
            compared=words("place/warned_compared", expected=expected, upper=upper),
            sure=words("place/warned_sure", chance=_chance(f["p"], words)),
        )
    compared: dict[str, Any] = {
        "basis": words("place/basis_scan" if f["method"] == "scan" else "place/basis"),
        "expected": number(f["expected"]),
    }
    if f.get("relative_risk"):
        compared_words = words("place/compared_risk", times=f["relative_risk"], **compared)
    else:
        compared_words = words("place/compared", **compared)
    days = span(f["first"], f["last"], words.language)
    return _labelled(
        words,
        found=words("place/found", days=days, areas=len(f["areas"]), observed=f["observed"]),
        compared=compared_words,
        sure=words("place/sure", chance=_chance(f["adjusted_p"], words)),
    )


def _labelled(words: Words, **sentences: str) -> str:
    """Write sentences one behind the other, each with its label in bold."""
    return "".join(f"<b>{words(f'label/{name}')}</b>{html.escape(told)}" for name, told in sentences.items())


def _care(topic: HotspotTopic, words: Words) -> str:
    """Return who takes care of a topic, how, and until when, with persons masked."""
    values = {
        "owner": topic.owner or words("care/no_owner"),
        "measures": topic.measures or words("care/no_measures"),
    }
    if topic.follow_up_on:
        return masked_text(words("care/due", day=str(topic.follow_up_on), **values))
    return masked_text(words("care/all", **values))


def _since_last(followed: Sequence[Followed], words: Words) -> str:
    earlier = [(t, e) for t, e in followed if e.kind != TopicEventKind.APPEARED]
    if not earlier:
        return f"<p>{words('since/first')}</p>"
    rows = "".join(
        f"<tr><td>{html.escape(topic_title(t, words.language))}</td>"
        f"<td>{month_words(t.opened_on - timedelta(days=1), words.language)}</td><td>{became(e, words)}</td>"
        f"<td>{html.escape(masked_text(t.owner or words('care/no_owner')))}</td></tr>"
        for t, e in earlier
    )
    heads = (words(f"head/{head}") for head in ("topic", "first", "now", "owner"))
    return f"<table>{table_head(*heads)}<tbody>{rows}</tbody></table>"


def _method_words(result: Result, words: Words) -> list[str]:
    """Return what the notice's own findings stand on; what only the map shows is explained there."""
    notes = [note for note in result.notes if note.method is None or ABOUT[note.method].followed]
    told = "".join(note_sentence(note, words.language) for note in notes)
    return [words("methods/kinds"), account_words(result, words.language) + told]
