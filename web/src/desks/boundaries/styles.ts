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

/** An area as it will be. */
export function afterStyle(name: string): Style {
  return new Style({
    stroke: new Stroke({ color: token("--map-line-strong"), width: 2 }),
    fill: new Fill({ color: token("--map-changed-fill") }),
    text: new Text({
      text: name, font: `bold 13px ${token("--font")}`, fill: new Fill({ color: token("--map-label") }),
      stroke: new Stroke({ color: token("--map-halo"), width: 3 }), offsetY: 16,
    }),
  });
}

const TAKERS = ["--map-added", "--map-removed", "--map-defect", "--map-selected"] as const;

function hatch(colour: string): CanvasPattern | string {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  const pen = canvas.getContext("2d");
  if (!pen) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.beginPath();
  for (const from of [-4, 4]) {
    pen.moveTo(from, 8);
    pen.lineTo(from + 8, 0);
  }
  pen.stroke();
  return pen.createPattern(canvas, "repeat") ?? colour;
}

/** Land that changes hands, hatched in a colour of who gets it, with its number in the list; land of nobody is not hatched. */
export function pieceStyle(number: number, taker: number, isLooked: boolean): Style {
  const colour = token(taker < 0 ? "--map-line-strong" : (TAKERS[taker % TAKERS.length] ?? "--map-added"));
  return new Style({
    stroke: new Stroke({ color: colour, width: isLooked ? 4 : 2 }),
    fill: new Fill({ color: taker < 0 ? "rgba(0, 0, 0, 0)" : hatch(colour) }),
    text: new Text({
      text: String(number), font: `bold 15px ${token("--font")}`, fill: new Fill({ color: colour }),
      stroke: new Stroke({ color: token("--map-halo"), width: 5 }), overflow: true,
    }),
    zIndex: isLooked ? 1 : 0,
  });
}

/** A shape of a proposal or a border in doubt. More load than the mean is orange, less is blue; its label says the number. */
export function shapeStyle(label: string, width: number, off: number | null, isSelected: boolean): Style {
  const isFilled = off !== null && Math.abs(off) > 0.1;
  const colour = off === null ? "--map-defect" : "--map-line-strong";
  return new Style({
    stroke: new Stroke({ color: token(isSelected ? "--map-selected" : colour), width: isSelected ? width + 3 : width }),
    fill: new Fill({ color: token(isFilled ? (off > 0 ? "--map-removed-fill" : "--map-added-fill") : "--map-fill") }),
    text: new Text({
      text: label, font: `bold 13px ${token("--font")}`, fill: new Fill({ color: token("--map-label") }),
      stroke: new Stroke({ color: token("--map-halo"), width: 4 }), overflow: true,
    }),
    zIndex: isSelected ? 1 : 0,
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
