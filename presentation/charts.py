"""Small charts inside pages and prints."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.words import FIRST_LANGUAGE
from governance.hotspots.result_format.model import Trend
from presentation.colours import var_of
from presentation.words.hotspots import sentence_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date


def trend_svg(
    trend: Trend,
    *,
    since: date | None = None,
    width: int = 260,
    height: int = 54,
    paint: Callable[[str], str] = var_of,
    language: str = FIRST_LANGUAGE,
) -> str:
    """Draw counts a step as bars, with the first and last day under them; what is before `since` is pale.

    `paint` returns a colour by its name: as a custom property for pages, its value on paper for prints.
    """
    counts = trend.counts or [0]
    top, bar, step = max([*counts, 1]), width / len(counts), trend.step_days
    begin = trend.start
    last = begin + timedelta(days=step * len(counts) - 1)

    def color(number: int) -> str:
        last_of_step = begin + timedelta(days=step * (number + 1) - 1)
        return paint("trend" if since is None or last_of_step >= since else "trend-before")

    bars = "".join(
        f'<rect x="{k * bar + 0.5:.1f}" y="{height - 14 - n / top * (height - 28):.1f}" '
        f'width="{max(bar - 1, 1):.1f}" height="{n / top * (height - 28):.1f}" fill="{color(k)}"/>'
        for k, n in enumerate(counts)
    )
    most = sentence_of("trend/most_a_week" if step == 7 else "trend/most", language, reports=top, days=step)
    style = f'font-size="9" fill="{paint("muted")}"'
    return (
        f'<svg class="trend" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{begin:%Y-%m-%d} – {last:%Y-%m-%d}: {most}">{bars}'
        f'<line x1="0" x2="{width}" y1="{height - 14}" y2="{height - 14}" stroke="{paint("control")}"/>'
        f'<text x="0" y="9" {style}>{most}</text>'
        f'<text x="0" y="{height - 3}" {style}>{begin:%Y-%m-%d}</text>'
        f'<text x="{width}" y="{height - 3}" text-anchor="end" {style}>{last:%Y-%m-%d}</text></svg>'
    )


def event_trend_svg(finding: Mapping[str, Any], **drawn: Any) -> str:  # noqa: ANN401 (as trend_svg takes them)
    """Draw the trend of a topic's event; nothing where the event has none."""
    return trend_svg(Trend.model_validate(finding["trend"]), **drawn) if finding.get("trend") else ""
