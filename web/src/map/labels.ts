/** One label an area, however many tiles hold a piece of it: at a point inside its largest piece that is in view. */
import Feature from "ol/Feature";
import type Map from "ol/Map";
import type VectorTileLayer from "ol/layer/VectorTile";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import RenderFeature from "ol/render/Feature";
import VectorSource from "ol/source/Vector";

import { labelStyle } from "./styles";

interface Anchor {
  name: string;
  size: number;
  at: number[];
}

/** Pixels of the map's width that an area needs for each letter of its name; labels may reach a little over its borders. */
const LETTER_PX = 7;

/** Return for each area's code the best of its pieces; none that is less wide than so much for each letter. */
export function anchorsOf(
  pieces: Iterable<{ code: string; name: string; extent: number[]; inside: number[] }>,
  leastWidth: number,
): globalThis.Map<string, Anchor> {
  const best = new globalThis.Map<string, Anchor>();
  for (const { code, name, extent, inside } of pieces) {
    const [west = 0, south = 0, east = 0, north = 0] = extent;
    if (east - west < name.length * leastWidth) continue; // where there is no room, the list has the name
    const size = (east - west) * (north - south);
    if (size > (best.get(code)?.size ?? -1)) best.set(code, { name, size, at: inside });
  }
  return best;
}

/** Make the layer of labels; `renew` places them for what is in view. */
export function labelLayer(map: Map, tiles: () => VectorTileLayer | null): { layer: VectorLayer; renew: () => void } {
  const source = new VectorSource();
  const layer = new VectorLayer({
    source,
    declutter: true,
    style: (feature) => labelStyle(String(feature.get("name"))),
  });
  function* pieces(): Generator<{ code: string; name: string; extent: number[]; inside: number[] }> {
    const extent = map.getView().calculateExtent(map.getSize());
    for (const feature of tiles()?.getFeaturesInExtent(extent) ?? []) {
      if (!(feature instanceof RenderFeature) || !/Polygon/.test(feature.getType())) continue;
      const inside = feature.getType() === "Polygon" ? feature.getFlatInteriorPoint() : feature.getFlatInteriorPoints();
      yield { code: String(feature.get("code")), name: String(feature.get("name")), extent: feature.getExtent(), inside: inside.slice(0, 2) };
    }
  }
  let drawn = "";
  function renew(): void {
    const anchors = anchorsOf(pieces(), LETTER_PX * (map.getView().getResolution() ?? 1));
    const told = JSON.stringify([...anchors]);
    if (told === drawn) return; // what draws labels ends in another frame
    drawn = told;
    source.clear(true);
    source.addFeatures([...anchors.values()].map(({ name, at }) => new Feature({ geometry: new Point(at), name })));
  }
  return { layer, renew };
}
