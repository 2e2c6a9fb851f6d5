/** The ground of maps without a basemap: the gazetteer's roads and places, as tiles of our own. */
import MVT from "ol/format/MVT";
import VectorTileLayer from "ol/layer/VectorTile";
import VectorTileSource from "ol/source/VectorTile";
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style, { type StyleFunction } from "ol/style/Style";
import Text from "ol/style/Text";

import { addressOf } from "@/api/client";
import { token } from "@/design/tokens";

const FIRST_ZOOM = 10;

function named(name: string, isRoad: boolean): Text {
  return new Text({
    text: name,
    placement: isRoad ? "line" : "point",
    font: `12px ${token("--font")}`,
    offsetY: isRoad ? 0 : 12,
    fill: new Fill({ color: token("--muted") }),
    stroke: new Stroke({ color: token("--map-ground"), width: 3 }),
  });
}

function styleOf(layer: string, name: string): Style {
  if (layer === "roads") return new Style({ stroke: new Stroke({ color: token("--map-road"), width: 3 }), text: named(name, true) });
  return new Style({ image: new CircleStyle({ radius: 2.5, fill: new Fill({ color: token("--muted") }) }), text: named(name, false) });
}

/** Make the layer; it lies under everything else. Another style may draw nothing of it, where only its lines are asked for. */
export function groundLayer(style?: StyleFunction): VectorTileLayer {
  const source = new VectorTileSource({
    format: new MVT(),
    minZoom: FIRST_ZOOM,
    maxZoom: 16,
    tileUrlFunction: ([z, x, y]) => addressOf("/v1/ground/{z}/{x}/{y}.mvt", { z: z ?? 0, x: x ?? 0, y: y ?? 0 }),
  });
  return new VectorTileLayer({
    source,
    declutter: true,
    minZoom: FIRST_ZOOM,
    zIndex: 0,
    style: style ?? ((feature) => styleOf(String(feature.get("layer")), String(feature.get("name") ?? ""))),
  });
}
