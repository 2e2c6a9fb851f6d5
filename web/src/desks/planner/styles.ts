/** How findings are drawn: units filled by their verdict, clusters outlined alone, numbers as in the list. */
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";

import { token } from "@/design/tokens";

export interface Verdict {
  fill: string;
  is_finding: boolean;
}

/** A unit by what a method says of it; lines alone where that is nothing. */
export function unitStyle(verdict: Verdict | undefined): Style {
  const stroke = new Stroke({ color: token("--map-line"), width: 0.7 });
  const fill = new Fill({ color: verdict?.is_finding ? `${verdict.fill}b0` : token("--map-fill") });
  return new Style({ stroke, fill });
}

/** A cluster: its outline, and the number that it has in the list. */
export function clusterStyle(number: string, colour: string, dash: string | null, isSelected: boolean): Style {
  const line = isSelected ? token("--map-selected") : colour;
  return new Style({
    zIndex: isSelected ? 3 : 2,
    stroke: new Stroke({ color: line, width: isSelected ? 5 : 3, ...(dash ? { lineDash: dash.split(/[ ,]+/).map(Number) } : {}) }),
    text: new Text({
      text: number,
      font: `bold 16px ${token("--font")}`,
      fill: new Fill({ color: token("--map-label") }),
      stroke: new Stroke({ color: token("--map-halo"), width: 4 }),
    }),
  });
}

/** The unit or area of the selected finding, and the place that is asked about. */
export function chosenStyle(): Style {
  return new Style({
    zIndex: 4,
    stroke: new Stroke({ color: token("--map-selected"), width: 4 }),
    image: new CircleStyle({ radius: 7, fill: new Fill({ color: token("--map-selected") }), stroke: new Stroke({ color: token("--surface"), width: 2 }) }),
  });
}

/** A point that carries more than people would report there, set aside. */
export function asideStyle(): Style {
  return new Style({ image: new CircleStyle({ radius: 6, stroke: new Stroke({ color: token("--muted"), width: 2.5 }) }) });
}
