/** How places are drawn that a report may mean. */
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";

import { token } from "@/design/tokens";

/** A candidate with the number that is its key. */
export function candidateStyle(rank: number, isChosen: boolean): Style[] {
  const colour = token(isChosen ? "--map-selected" : "--map-line-strong");
  const stroke = new Stroke({ color: colour, width: isChosen ? 5 : 3 });
  return [
    new Style({ stroke, zIndex: isChosen ? 3 : 2 }),
    new Style({
      zIndex: isChosen ? 3 : 2,
      image: new CircleStyle({
        radius: isChosen ? 15 : 12,
        fill: new Fill({ color: isChosen ? colour : token("--surface") }),
        stroke: new Stroke({ color: colour, width: 2 }),
      }),
      text: new Text({ text: String(rank), font: `bold 14px ${token("--font")}`, fill: new Fill({ color: isChosen ? token("--on-accent") : colour }) }),
    }),
  ];
}

/** The place that was clicked. */
export function pointStyle(): Style {
  return new Style({
    zIndex: 4,
    image: new CircleStyle({ radius: 8, fill: new Fill({ color: token("--map-selected") }), stroke: new Stroke({ color: token("--surface"), width: 3 }) }),
  });
}

/** Where a report beside this one belongs. */
export function neighbourStyle(): Style {
  return new Style({
    zIndex: 1,
    image: new CircleStyle({ radius: 5, fill: new Fill({ color: token("--surface") }), stroke: new Stroke({ color: token("--muted"), width: 2 }) }),
  });
}
