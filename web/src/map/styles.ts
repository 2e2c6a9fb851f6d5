/** How boundaries are drawn: colours of the tokens, widths by level, the coarser the stronger. */
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";

import { token } from "@/design/tokens";

const WIDTHS = [2.5, 2, 1.2, 0.7];

/** Return the width of a level's lines, in pixels: level 0 is the coarsest of so many. */
export function widthOf(index: number, count: number): number {
  return WIDTHS[count <= WIDTHS.length ? index : Math.round((index * (WIDTHS.length - 1)) / (count - 1))] ?? 0.7;
}

/** Lines of a level, and for the level that is in view a fill that can be clicked. */
export function levelStyle(index: number, count: number, isInView: boolean): Style {
  const colour = token(isInView ? "--map-line" : "--map-line-strong");
  const stroke = new Stroke({ color: colour, width: widthOf(index, count) });
  return isInView ? new Style({ stroke, fill: new Fill({ color: token("--map-fill") }) }) : new Style({ stroke });
}

export function selectedStyle(): Style {
  return new Style({
    stroke: new Stroke({ color: token("--map-selected"), width: 3 }),
    fill: new Fill({ color: token("--map-selected-fill") }),
  });
}

/** `chosen`: an area of the unit that is looked at. */
export type Mark = "added" | "changed" | "chosen";

/** An area that came, or that has another state than on the day it is compared with. */
export function markedStyle(mark: Mark): Style {
  if (mark === "chosen") return markedStyle("added");
  return new Style({
    stroke: new Stroke({ color: token(`--map-${mark}`), width: 2 }),
    fill: new Fill({ color: token(`--map-${mark}-fill`) }),
  });
}

export function labelStyle(name: string): Style {
  return new Style({
    text: new Text({
      text: name,
      font: `13px ${token("--font")}`,
      fill: new Fill({ color: token("--map-label") }),
      stroke: new Stroke({ color: token("--map-halo"), width: 3 }),
    }),
  });
}
