/** The window of a draft on the map: what is drawn of it, and the hand that drags. The map's own Modify is not used: it
    works on rounded map units and moves neighbours only where those agree to the bit. */
import Feature from "ol/Feature";
import type Map from "ol/Map";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import GeoJSON from "ol/format/GeoJSON";
import MultiPoint from "ol/geom/MultiPoint";
import MultiPolygon from "ol/geom/MultiPolygon";
import PointGeometry from "ol/geom/Point";
import PointerInteraction from "ol/interaction/Pointer";
import VectorLayer from "ol/layer/Vector";
import { fromLonLat, toLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";

import type { Defect } from "./drafts";
import { DrawingHand, REACH_PX } from "./drawing_hand";
import type { Coverage, MultiPolygon as Outline, Refusal } from "./geometry/coverage.ts";
import { isOn, meetingPoint, toDegrees, toSteps, type Point } from "./geometry/grid.ts";
import { Guides } from "./guides";
import { areaStyle, defectStyle, groundStyle, mineStyle, targetStyle, vertexStyle } from "./styles";

export type Tool = "select" | "reshape" | "remove" | "split" | "merge" | "transfer" | "create" | "retire";
export interface Dragged {
  from: Point;
  to: Point;
  edge: readonly [Point, Point] | null;
}
export interface Handlers {
  pick: (code: string, isMore: boolean) => void;
  moved: (codes: string[], refusal: Refusal | null) => void;
  dragged: (drag: Dragged) => void;
  remove: (vertex: number) => void;
  drawn: (points: Point[]) => void;
  pointer: (place: Point) => void;
}

function onMap(outline: Outline): MultiPolygon {
  return new MultiPolygon(outline.coordinates.map((rings) => rings.map((ring) => ring.map((place) => fromLonLat(place)))));
}

function placeOf(coordinate: number[]): Point {
  return toSteps(toLonLat(coordinate));
}

/** What the hand has hold of: a vertex, or a place on an edge that becomes one when it is moved. */
interface Grip {
  vertex: number | null;
  edge: readonly [number, number] | null;
  at: Point;
}

export class EditorView {
  private coverage: Coverage | null = null;
  private tool: Tool = "select";
  private selected: ReadonlySet<string> = new Set();
  private changed: ReadonlySet<string> = new Set();
  private isBusy = false;
  private grip: Grip | null = null;
  private start: Point | null = null;
  private edge: readonly [Point, Point] | null = null;
  private isFree = false;
  readonly guides: Guides;
  private readonly drawing: DrawingHand;
  private readonly areas = new VectorSource<Feature<MultiPolygon>>();
  private readonly handles = new VectorSource();
  private readonly target = new VectorSource();
  private readonly defects = new VectorSource();
  private readonly ground = new VectorSource();
  private readonly mine = new VectorSource();
  private readonly layers = [
    new VectorLayer({
      source: this.areas,
      style: (feature) => areaStyle(this.selected.has(String(feature.getId())), this.changed.has(String(feature.getId()))),
      zIndex: 10,
      updateWhileInteracting: true,
    }),
    new VectorLayer({ source: this.ground, style: groundStyle, zIndex: 11 }),
    new VectorLayer({ source: this.mine, style: mineStyle, zIndex: 12 }),
    new VectorLayer({ source: this.defects, style: (feature) => defectStyle(String(feature.get("number"))), zIndex: 13 }),
    new VectorLayer({ source: this.handles, style: vertexStyle, zIndex: 14 }),
    new VectorLayer({ source: this.target, style: (feature) => targetStyle(feature.get("isGuided") === true), zIndex: 15 }),
  ];

  private readonly map: Map;
  private readonly handlers: Handlers;

  constructor(map: Map, handlers: Handlers) {
    this.map = map;
    this.handlers = handlers;
    this.guides = new Guides(map);
    this.drawing = new DrawingHand(map, [this.guides.source, this.areas], {
      coverage: () => this.coverage,
      drawn: (points) => handlers.drawn(points),
      near: (place) => this.showTarget(place),
    });
    for (const layer of this.layers) map.addLayer(layer);
    map.addInteraction(
      new PointerInteraction({
        handleDownEvent: (event) => this.down(event),
        handleDragEvent: (event) => this.drag(event),
        handleUpEvent: () => this.up(),
        handleMoveEvent: (event) => this.hover(event),
      }),
    );
    map.on("singleclick", (event) => this.click(event));
  }

  show(coverage: Coverage | null): void {
    this.coverage = coverage;
    this.areas.clear(true);
    if (coverage) {
      this.areas.addFeatures(coverage.codes().map((code) => {
        const feature = new Feature(onMap(coverage.outline(code)));
        feature.setId(code);
        return feature;
      }));
    }
    this.drawHandles();
  }

  /** Draw areas again whose outlines changed. */
  redraw(codes: Iterable<string>): void {
    for (const code of codes) {
      if (this.coverage) this.areas.getFeatureById(code)?.setGeometry(onMap(this.coverage.outline(code)));
    }
    this.drawHandles();
  }

  mark(selected: ReadonlySet<string>, changed: ReadonlySet<string>): void {
    this.selected = selected;
    this.changed = changed;
    this.repaint();
    this.drawHandles();
  }

  repaint(): void {
    for (const layer of this.layers) layer.changed();
  }

  useTool(tool: Tool, isBusy: boolean): void {
    if (tool !== this.tool) this.drawing.abort();
    this.tool = tool;
    this.isBusy = isBusy;
    this.drawing.use(tool === "split" ? "LineString" : tool === "transfer" || tool === "create" ? "Polygon" : null);
    this.drawHandles();
  }

  /** Hide the draft: what is there before it is seen below. */
  hide(isHidden: boolean): void {
    for (const layer of this.layers) layer.setVisible(!isHidden);
  }

  /** Draw along borders, from here on. */
  trace(isTracing: boolean): void {
    this.drawing.isTracing = isTracing;
  }

  /** Go to a typed place: the next one of what is drawn, or the middle of the map. */
  goTo(place: Point): void {
    const at = fromLonLat(toDegrees(place));
    if (this.drawing.isOn) this.drawing.append(place);
    else {
      this.map.getView().setCenter(at);
      this.showTarget(place);
    }
  }

  finish(): void {
    this.drawing.finish();
  }

  /** Draw freely: nothing draws the pointer to itself. */
  free(isFree: boolean): void {
    this.isFree = isFree;
    this.drawing.free(isFree);
    if (isFree) this.target.clear(true);
  }

  /** Take back the last point of what is being drawn, or all of it. */
  abort(): void {
    this.drawing.abort();
  }

  showDefects(defects: readonly Defect[]): void {
    this.defects.clear(true);
    this.defects.addFeatures(defects.flatMap(({ geometry }, index) => this.read(geometry, { number: index + 1 })));
  }

  showGround(ground: unknown): void {
    this.ground.clear(true);
    this.ground.addFeatures(this.read(ground, {}));
  }

  showMine(shapes: Record<string, Outline>): void {
    this.mine.clear(true);
    this.mine.addFeatures(Object.values(shapes).map((outline) => new Feature(onMap(outline))));
  }

  /** Bring areas into view. */
  fit(codes: Iterable<string>): void {
    const found = new VectorSource({ features: [...codes].flatMap((code) => this.areas.getFeatureById(code) ?? []) });
    if (found.getFeatures().length) {
      this.map.getView().fit(found.getExtent() ?? [], { padding: [64, 64, 64, 64], maxZoom: 18 });
    }
  }

  private read(geometry: unknown, facts: Record<string, unknown>): Feature[] {
    if (!geometry) return [];
    const features = new GeoJSON().readFeatures(geometry, { featureProjection: "EPSG:3857" }) as Feature[];
    for (const feature of features) feature.setProperties(facts);
    return features;
  }

  private drawHandles(): void {
    this.handles.clear(true);
    const made = this.coverage;
    if (!made || (this.tool !== "reshape" && this.tool !== "remove")) return;
    const shown = new Set([...this.selected].flatMap((code) => made.polygons(code).flat(2)).filter((one) => made.isMovable(one)));
    this.handles.addFeature(new Feature(new MultiPoint([...shown].map((one) => fromLonLat(toDegrees(made.place(one)))))));
  }

  /** The nearest vertex within reach, or the nearest place on an edge. */
  private gripAt(event: MapBrowserEvent): Grip | null {
    const made = this.coverage;
    if (!made) return null;
    const [at, beside] = [placeOf(event.coordinate), this.map.getCoordinateFromPixel([(event.pixel[0] ?? 0) + REACH_PX, event.pixel[1] ?? 0])];
    const reach = Math.abs((placeOf(beside)[0] ?? 0) - at[0]);
    const narrow = Math.cos((at[1] / 1e7) * (Math.PI / 180)) || 1;
    const far = (p: Point): number => Math.hypot(p[0] - at[0], (p[1] - at[1]) / narrow);
    let best: Grip | null = null;
    let nearest = reach;
    for (const vertex of made.vertices()) {
      const place = made.place(vertex);
      if (Math.abs(place[0] - at[0]) > nearest || far(place) > nearest || !made.isMovable(vertex)) continue;
      [best, nearest] = [{ vertex, edge: null, at: place }, far(place)];
    }
    if (best || this.tool === "remove") return best;
    for (const edge of made.allEdges()) {
      const [a, b] = [made.place(edge[0]), made.place(edge[1])];
      const foot = meetingPoint(a, b, at, [at[0] - (b[1] - a[1]), at[1] + (b[0] - a[0])]);
      if (!foot || far(foot) > nearest || !isBetween(foot, a, b)) continue;
      [best, nearest] = [{ vertex: null, edge, at: foot }, far(foot)];
    }
    return best;
  }

  private hover(event: MapBrowserEvent): void {
    this.handlers.pointer(placeOf(event.coordinate));
    if (this.tool !== "reshape" && this.tool !== "remove") return;
    this.showTarget(this.gripAt(event)?.at ?? null);
  }

  private showTarget(at: Point | null, isGuided = false): void {
    this.target.clear(true);
    if (at) this.target.addFeature(new Feature({ geometry: new PointGeometry(fromLonLat(toDegrees(at))), isGuided }));
    const element = this.map.getTargetElement();
    if (element instanceof HTMLElement) element.style.cursor = at ? "move" : "";
  }

  private down(event: MapBrowserEvent): boolean {
    if (this.tool !== "reshape" || this.isBusy) return false;
    this.grip = this.gripAt(event);
    return this.grip !== null;
  }

  private drag(event: MapBrowserEvent): void {
    const [made, grip] = [this.coverage, this.grip];
    const reach = REACH_PX * (this.map.getView().getResolution() ?? 0);
    const guided = this.isFree ? null : this.guides.nearest(event.coordinate, reach);
    const to = placeOf(guided ?? event.coordinate);
    if (!made || !grip) return;
    if (grip.vertex === null && grip.edge) {
      const [a, b] = grip.edge;
      this.edge = [made.place(a), made.place(b)];
      const vertex = made.insert(a, b, grip.at);
      if (typeof vertex !== "number") {
        this.handlers.moved([], vertex);
        return;
      }
      grip.vertex = vertex;
    }
    if (grip.vertex === null) return;
    this.start ??= made.place(grip.vertex);
    const refusal = made.move(grip.vertex, to);
    const codes = made.areasAt(grip.vertex);
    if (!refusal) this.redraw(codes);
    this.showTarget(made.place(grip.vertex), guided !== null && !refusal);
    this.handlers.moved(codes, refusal);
  }

  private up(): boolean {
    const [grip, from, edge] = [this.grip, this.start, this.edge];
    this.grip = this.start = this.edge = null;
    if (grip && grip.vertex !== null && from && this.coverage) {
      this.handlers.dragged({ from, to: this.coverage.place(grip.vertex), edge });
    }
    return false;
  }

  private click(event: MapBrowserEvent): void {
    if (this.drawing.isOn || this.isBusy) return;
    if (this.tool === "remove") {
      const grip = this.gripAt(event);
      if (grip && grip.vertex !== null) this.handlers.remove(grip.vertex);
      return;
    }
    const found = this.map.getFeaturesAtPixel(event.pixel, { layerFilter: (one) => one === this.layers[0] })[0];
    const code = found instanceof Feature ? found.getId() : undefined;
    if (code !== undefined) this.handlers.pick(String(code), event.originalEvent.shiftKey === true);
  }
}

function isBetween(p: Point, a: Point, b: Point): boolean {
  const length = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2;
  const share = ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length;
  return (0 < share && share < 1) || isOn(p, a, b);
}
