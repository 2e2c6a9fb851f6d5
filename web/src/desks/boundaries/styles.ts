/** How a draft's window is drawn: colours of the tokens. */
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";

import { token } from "@/design/tokens";

export function areaStyle(isSelected: boolean, isChanged: boolean): Style {
  const name = isSelected ? "--map-selected" : isChanged ? "--map-changed" : "--map-line";
  const fill = isSelected ? "--map-selected-fill" : isChanged ? "--map-changed-fill" : "--map-fill";
  return new Style({
    stroke: new Stroke({ color: token(name), width: isSelected ? 3 : isChanged ? 2 : 1 }),
    fill: new Fill({ color: token(fill) }),
    zIndex: isSelected ? 2 : isChanged ? 1 : 0,
  });
}

export function vertexStyle(): Style {
  return new Style({
    image: new CircleStyle({
      radius: 4,
      fill: new Fill({ color: token("--surface") }),
      stroke: new Stroke({ color: token("--map-selected"), width: 2 }),
    }),
  });
}

/** A ring on what the hand would take hold of; a second one around it where a road or another layer holds it. */
export function targetStyle(isGuided: boolean): Style[] {
  const ring = (radius: number): Style =>
    new Style({ image: new CircleStyle({ radius, stroke: new Stroke({ color: token("--map-defect"), width: 3 }) }) });
  return isGuided ? [ring(9), ring(15)] : [ring(9)];
}

export function defectStyle(number: string): Style {
  return new Style({
    stroke: new Stroke({ color: token("--map-defect"), width: 3 }),
    image: new CircleStyle({ radius: 10, stroke: new Stroke({ color: token("--map-defect"), width: 3 }) }),
    text: new Text({
      text: number,
      font: `bold 14px ${token("--font")}`,
      fill: new Fill({ color: token("--map-defect") }),
      stroke: new Stroke({ color: token("--map-halo"), width: 4 }),
    }),
  });
}

/** The ground that a repair moves. */
export function groundStyle(): Style {
  return new Style({
    stroke: new Stroke({ color: token("--map-added"), width: 2 }),
    fill: new Fill({ color: token("--map-added-fill") }),
  });
}

/** What was drawn on a state that somebody else has changed meanwhile. */
export function mineStyle(): Style {
  return new Style({ stroke: new Stroke({ color: token("--map-removed"), width: 3, lineDash: [8, 6] }) });
}

export function drawingStyle(): Style {
  const stroke = new Stroke({ color: token("--map-defect"), width: 3, lineDash: [8, 6] });
  return new Style({
    stroke,
    fill: new Fill({ color: token("--map-selected-fill") }),
    image: new CircleStyle({ radius: 5, fill: new Fill({ color: token("--map-defect") }) }),
  });
}
