"""Colours of one legend can be told apart as they are drawn, on both grounds, by people of every colour vision."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from governance.hotspots.catalogue import ABOUT, HotspotMethod
from presentation.colours import (
    CHANGE_OPACITY,
    COLOURS,
    COUNT_OPACITY,
    COUNTS,
    LOAD_OPACITY,
    LOADS,
    fill_of,
    style_sheet,
    var_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

# Machado, Oliveira & Fernandes (2009), severity 1, on linear RGB.
VISIONS = {
    "all": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                   [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
WHITE = np.array([0.95047, 1.0, 1.08883])


def rgb(value: str) -> np.ndarray:
    return np.array([int(value[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def linear(color: np.ndarray) -> np.ndarray:
    return np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)


def lab(color: np.ndarray, vision: str) -> np.ndarray:
    seen = np.clip(VISIONS[vision] @ linear(color), 0, 1)
    t = TO_XYZ @ seen / WHITE
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: Sequence[float], other: Sequence[float]) -> float:
    """CIEDE2000 (Sharma, Wu & Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    d_l, d_c, d_h = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    hue = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    t = (1 - 0.17 * np.cos(np.radians(hue - 30)) + 0.24 * np.cos(np.radians(2 * hue))
         + 0.32 * np.cos(np.radians(3 * hue + 6)) - 0.2 * np.cos(np.radians(4 * hue - 63)))  # fmt: skip
    s_l = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_c, s_h = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    around = 60 * np.exp(-(((hue - 275) / 25) ** 2))
    r_t = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(around))
    parts = d_l / s_l, d_c / s_c, d_h / s_h
    return float(np.sqrt(sum(part**2 for part in parts) + r_t * parts[1] * parts[2]))


# Published pairs: Sharma, Wu & Dalal (2005), table 1, rows 1, 7, 17, 22 and 25.
@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ],
)
def test_differences_are_those_published(one: Sequence[float], other: Sequence[float], wanted: float) -> None:
    assert difference(one, other) == pytest.approx(wanted, abs=1e-4)


CHANGES = ["change-unchanged", "change-changed", "change-created", "change-retired", "change-renamed"]
SURE = (HotspotMethod.GI, HotspotMethod.MORAN, HotspotMethod.WARNING)


@pytest.mark.parametrize("vision", list(VISIONS))
@pytest.mark.parametrize("ground", ["light", "dark"])
@pytest.mark.parametrize(
    ("names", "opacity", "least"),
    [
        (CHANGES, CHANGE_OPACITY, 13.5),
        (LOADS, LOAD_OPACITY, 13.5),
        (["land-out", "land-in"], 1.0, 25),
        (["dispute-moved", "dispute-ambiguous"], 0.85, 25),
        (["step-high", "step-low"], 0.8, 20),
        (["report-open", "report-other"], 0.9, 50),
        (COUNTS, COUNT_OPACITY, 8),
        *(([fill_of(m, one.code) for one in ABOUT[m].classes], COUNT_OPACITY, 8) for m in SURE),
    ],
    ids=["changes", "loads", "land", "disputes", "steps", "reports", "counts", *SURE],
)
def test_colours_of_a_legend_differ(
    names: Sequence[str], opacity: float, least: float, ground: str, vision: str
) -> None:
    below = rgb(getattr(COLOURS["ground"], ground))
    drawn = {name: lab(rgb(getattr(COLOURS[name], ground)) * opacity + below * (1 - opacity), vision) for name in names}
    close = {pair: difference(drawn[pair[0]], drawn[pair[1]]) for pair in combinations(names, 2)}
    assert min(close.values()) >= least, min(close.items(), key=lambda item: item[1])


@pytest.mark.parametrize("ground", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("text", "surface"), ("text", "ground"), ("muted", "surface"), ("muted", "quiet-surface"),
        ("warning", "warning-surface"), ("accent", "surface"), ("number", "surface"),
    ],
)  # fmt: skip
def test_words_have_the_contrast_that_wcag_asks_for(ink: str, paper: str, ground: str) -> None:
    lights = sorted(float(TO_XYZ[1] @ linear(rgb(getattr(COLOURS[name], ground)))) for name in (ink, paper))
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5


def test_every_class_of_every_legend_has_colours_for_both_grounds() -> None:
    for method, about in ABOUT.items():
        for one in about.classes:
            assert COLOURS[fill_of(method, one.code)].dark == one.dark_fill
            assert bool(one.outline) == bool(one.dark_outline)
    assert "--gi-hot-very_sure:#b2182b" in style_sheet()
    with pytest.raises(KeyError):
        var_of("no-such-colour")
