"""Maps on paper as SVG: what part of the ground they show, with scale bar and north. The colours are those of paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from core.words import FIRST_LANGUAGE
from presentation.colours import on_paper
from presentation.words.pages import sentence_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DEGREE_M = 111_320.0


@dataclass(frozen=True, slots=True)
class PaperMap:
    """A map of `width` x `height` units of SVG around bounds (west, south, east, north) in degrees.

    It is true to shape at the middle latitude: a degree of longitude is shortened by its cosine.
    """

    bounds: tuple[float, float, float, float]
    width: float
    height: float
    filled: float = 0.92

    @property
    def squeeze(self) -> float:
        """How much shorter a degree of longitude is than one of latitude."""
        return float(np.cos(np.radians((self.bounds[1] + self.bounds[3]) / 2)))

    @property
    def scale(self) -> float:
        """Units of the map in a degree of latitude."""
        west, south, east, north = self.bounds
        wide, high = max((east - west) * self.squeeze, 1e-5), max(north - south, 1e-5)
        return min(self.width / wide, self.height / high) * self.filled

    @property
    def box(self) -> shapely.Polygon:
        """The ground that the map shows, in degrees."""
        west, south, east, north = self.bounds
        half_wide, half_high = self.width / 2 / self.scale / self.squeeze, self.height / 2 / self.scale
        lon, lat = (west + east) / 2, (south + north) / 2
        return shapely.box(lon - half_wide, lat - half_high, lon + half_wide, lat + half_high)

    def place(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bring degrees (n, 2) to the map's units, y downwards."""
        west, _, _, north = self.box.bounds
        return np.column_stack([(xy[:, 0] - west) * self.squeeze, north - xy[:, 1]]) * self.scale

    def drawn(self, geometry: Any) -> shapely.Geometry:  # noqa: ANN401 (shapely)
        """Bring a geometry to the map's units, cut to what the map shows."""
        clipped = shapely.clip_by_rect(shapely.make_valid(geometry), *self.box.bounds)
        placed: shapely.Geometry = shapely.transform(clipped, self.place)
        return placed

    def path(self, geometry: Any, style: str) -> str:  # noqa: ANN401 (shapely)
        """Write the polygons of a geometry as one path with these attributes; nothing where the map shows none."""
        parts = [part for part in shapely.get_parts(self.drawn(geometry)) if isinstance(part, shapely.Polygon)]
        rings = [shapely.simplify(ring, 0.2) for part in parts for ring in (part.exterior, *part.interiors)]
        steps = " ".join(
            "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring)) + "Z" for ring in rings
        )
        return f'<path d="{steps}" fill-rule="evenodd" {style}/>' if steps else ""

    def svg(self, drawn: str, language: str = FIRST_LANGUAGE, defs: str = "") -> str:
        """Write the map with what is drawn on it, a scale bar and north."""
        return (
            f'<svg viewBox="0 0 {self.width:.0f} {self.height:.0f}" width="{self.width:.0f}" '
            f'height="{self.height:.0f}" xmlns="http://www.w3.org/2000/svg"><defs>{_HATCHES}{defs}</defs>{drawn}'
            f"{self._scale_bar(language)}{self._north(language)}</svg>"
        )

    def _scale_bar(self, language: str) -> str:
        """Draw a bar of a round length, at most a fifth of the map's width."""
        metre = self.scale / _DEGREE_M
        wanted = self.width / 5 / metre
        step = 10.0 ** np.floor(np.log10(wanted))
        length = max(f * step for f in (1, 2, 5) if f * step <= wanted)
        words = (
            sentence_of("print/km", language, length=f"{length / 1000:g}")
            if length >= 1000
            else sentence_of("print/m", language, length=f"{length:g}")
        )
        y, end, ink = self.height - 10, 12 + length * metre, on_paper("text")
        return (
            f'<rect x="6" y="{y - 14:.0f}" width="{end + 44:.0f}" height="20" fill="#fff" fill-opacity=".8"/>'
            f'<path class="scale" d="M12 {y - 5:.1f} V{y:.1f} H{end:.1f} V{y - 5:.1f}" fill="none" stroke="{ink}"/>'
            f'<text x="{end + 4:.1f}" y="{y:.0f}" font-size="10" fill="{ink}">{words}</text>'
        )

    def _north(self, language: str) -> str:
        x, ink = self.width - 16, on_paper("text")
        return (
            f'<path class="north" d="M{x:.0f} 8 l6 18 l-6 -4 l-6 4 Z" fill="{ink}"/><text x="{x:.0f}" y="37" '
            f'font-size="10" text-anchor="middle" fill="{ink}">{sentence_of("frame/north", language)}</text>'
        )


def hatched_on_paper(way: str) -> str:
    """Return the fill of land that goes `out` or comes `in`, or of a `retired` area."""
    return f"url(#hatch-{way})"


_HATCHES = "".join(
    f'<pattern id="hatch-{way}" width="5" height="5" patternUnits="userSpaceOnUse" '
    f'patternTransform="rotate({turn})"><rect width="2" height="5" fill="{on_paper(color)}"/></pattern>'
    for way, turn, color in (("out", 45, "land-out"), ("in", -45, "land-in"), ("retired", 45, "change-retired"))
)


def hatched_swatch(way: str) -> str:
    """Return a small drawing for legends with the hatch of the map: a printed gradient would be left white."""
    box = '<rect width="16" height="11" fill="'
    return f'<svg viewBox="0 0 16 11"><defs>{_HATCHES}</defs>{box}{hatched_on_paper(way)}"/></svg>'
