/** The hand that draws a line or a ring: drawn to borders and guides, along borders where it is told to. */
import type Feature from "ol/Feature";
import type Map from "ol/Map";
import LineString from "ol/geom/LineString";
import Polygon from "ol/geom/Polygon";
import type SimpleGeometry from "ol/geom/SimpleGeometry";
import Draw from "ol/interaction/Draw";
import Snap from "ol/interaction/Snap";
import { fromLonLat, toLonLat } from "ol/proj";
import type VectorSource from "ol/source/Vector";

import type { Coverage } from "./geometry/coverage.ts";
import { toDegrees, toSteps, type Point } from "./geometry/grid.ts";
import { along } from "./geometry/trace.ts";
import { drawingStyle } from "./styles";

export const REACH_PX = 12;
type Kind = "LineString" | "Polygon";

interface Told {
  coverage: () => Coverage | null;
  drawn: (points: Point[]) => void;
  /** The place that the pointer is drawn to. */
  near: (place: Point | null) => void;
}

function placeOf(coordinate: number[]): Point {
  return toSteps(toLonLat(coordinate));
}

export class DrawingHand {
  isTracing = false;
  private isFree = false;
  private kind: Kind | null = null;
  private draw: Draw | null = null;
  private snaps: Snap[] = [];
  /** Whether a stretch runs along borders, stretch by stretch; the last one is under the pointer. */
  private traced: boolean[] = [];
  private readonly map: Map;
  private readonly sources: readonly VectorSource<Feature>[];
  private readonly told: Told;

  /** `sources` draw the pointer to themselves, the last one first. */
  constructor(map: Map, sources: readonly VectorSource<Feature>[], told: Told) {
    this.map = map;
    this.sources = sources;
    this.told = told;
  }

  get isOn(): boolean {
    return this.draw !== null;
  }

  /** Take a line or a ring in hand, or nothing. */
  use(kind: Kind | null): void {
    if (kind === this.kind) return;
    this.stop();
    this.kind = kind;
    if (kind) this.start(kind);
  }

  free(isFree: boolean): void {
    this.isFree = isFree;
    for (const snap of this.snaps) snap.setActive(!isFree);
  }

  /** Add a place as the next one of what is drawn. */
  append(place: Point): void {
    this.draw?.appendCoordinates([fromLonLat(toDegrees(place))]);
  }

  finish(): void {
    this.draw?.finishDrawing();
  }

  /** Take back all that is being drawn. */
  abort(): void {
    this.draw?.abortDrawing();
  }

  private start(type: Kind): void {
    this.traced = [];
    this.draw = new Draw({
      type,
      // Of a ring, the line through the clicked points alone would be drawn as well.
      style: (feature) => (type === "Polygon" && feature.getGeometry() instanceof LineString ? [] : drawingStyle()),
      stopClick: true,
      condition: ({ originalEvent }) => !(originalEvent as PointerEvent).shiftKey,
      freehandCondition: () => false,
      geometryFunction: (coordinates, geometry) => this.shape(type, coordinates as number[][] | number[][][], geometry),
    });
    this.draw.on("drawend", ({ feature }) => {
      const made = feature.getGeometry() as Polygon | LineString;
      const line = made instanceof Polygon ? (made.getCoordinates()[0] ?? []) : made.getCoordinates();
      const points = line.map(placeOf);
      this.told.drawn(made instanceof Polygon ? points.slice(0, -1) : points);
    });
    this.map.addInteraction(this.draw);
    // Last, so that they see the pointer before the others; of two, the own borders before the guides.
    this.snaps = this.sources.map((source) => new Snap({ source, pixelTolerance: REACH_PX }));
    for (const snap of this.snaps) {
      snap.on("snap", ({ vertex }) => this.told.near(placeOf(vertex)));
      snap.on("unsnap", () => this.told.near(null));
      snap.setActive(!this.isFree);
      this.map.addInteraction(snap);
    }
  }

  /** What was clicked, with the ways along borders between. */
  private shape(type: Kind, clicked: number[][] | number[][][], geometry?: SimpleGeometry): SimpleGeometry {
    const line = (type === "Polygon" ? clicked[0] : clicked) as number[][];
    this.traced.length = Math.min(this.traced.length, Math.max(0, line.length - 2));
    if (line.length > 1) this.traced[line.length - 2] = this.isTracing;
    const stretches = line.slice(1).flatMap((to, index) => [...this.between(line[index] as number[], to, this.traced[index] === true), to]);
    const whole = [...line.slice(0, 1), ...stretches];
    if (type === "LineString") {
      if (!geometry) return new LineString(whole);
      (geometry as LineString).setCoordinates(whole);
      return geometry;
    }
    const [first, last] = [line[0], line.at(-1)];
    const ring = first && last ? [...whole, ...this.between(last, first, this.isTracing), first] : [];
    if (!geometry) return new Polygon([ring]);
    (geometry as Polygon).setCoordinates([ring]);
    return geometry;
  }

  private between(from: number[], to: number[], isTraced: boolean): number[][] {
    const coverage = this.told.coverage();
    const way = isTraced && coverage ? along(coverage, placeOf(from), placeOf(to)) : null;
    return (way ?? []).map((place) => fromLonLat(toDegrees(place)));
  }

  private stop(): void {
    if (this.draw) this.map.removeInteraction(this.draw);
    for (const snap of this.snaps) this.map.removeInteraction(snap);
    this.draw = null;
    this.snaps = [];
    this.told.near(null);
  }
}
