/** What a hand is drawn to beside the draft's own borders: the ground's roads, or the borders of another layer. */
import Feature from "ol/Feature";
import type Map from "ol/Map";
import { closestOnSegment, type Coordinate } from "ol/coordinate";
import { buffer, boundingExtent } from "ol/extent";
import LineString from "ol/geom/LineString";
import type VectorTileLayer from "ol/layer/VectorTile";
import { fromLonLat } from "ol/proj";
import RenderFeature from "ol/render/Feature";
import VectorSource from "ol/source/Vector";

import { groundLayer } from "@/map/ground";

/** `roads`, the code of a layer, or nothing. */
export type Guide = string;
export const ROADS = "roads";

function linesOf(feature: RenderFeature): Coordinate[][] {
  const [flat, ends] = [feature.getFlatCoordinates(), (feature.getEnds() ?? []) as number[]];
  const lines: Coordinate[][] = [];
  let start = 0;
  for (const end of ends.length ? ends : [flat.length]) {
    const line: Coordinate[] = [];
    for (let i = start; i < end; i += 2) line.push([flat[i] ?? 0, flat[i + 1] ?? 0]);
    lines.push(line);
    start = end;
  }
  return lines;
}

export class Guides {
  readonly source = new VectorSource<Feature<LineString>>();
  private readonly roads: VectorTileLayer;
  private isOfRoads = false;
  private isStale = true;

  constructor(map: Map) {
    this.roads = groundLayer(() => []);
    this.roads.setVisible(false);
    this.roads.setZIndex(0);
    map.addLayer(this.roads);
    map.on("moveend", () => (this.isStale = true));
    this.roads.getSource()?.on("tileloadend", () => (this.isStale = true));
    map.on("rendercomplete", () => this.readRoads(map));
  }

  followRoads(isOn: boolean): void {
    this.isOfRoads = this.isStale = isOn;
    this.roads.setVisible(isOn);
    this.source.clear(true);
  }

  /** Follow outlines: rings of places in degrees. */
  followOutlines(rings: readonly (readonly number[][])[]): void {
    this.followRoads(false);
    this.source.addFeatures(rings.map((ring) => new Feature(new LineString(ring.map((place) => fromLonLat(place))))));
  }

  /** The vertex of a guide within reach, else the nearest place on one; in the map's plane. */
  nearest(at: Coordinate, reach: number): Coordinate | null {
    const far = (place: Coordinate): number => Math.hypot((place[0] ?? 0) - (at[0] ?? 0), (place[1] ?? 0) - (at[1] ?? 0));
    let [vertex, foot]: [Coordinate | null, Coordinate | null] = [null, null];
    this.source.forEachFeatureIntersectingExtent(buffer(boundingExtent([at]), reach), (feature) => {
      const line = feature.getGeometry()?.getCoordinates() ?? [];
      line.forEach((place, index) => {
        if (far(place) <= Math.min(reach, vertex ? far(vertex) : Infinity)) vertex = place;
        const before = line[index - 1];
        const on = before ? closestOnSegment(at, [before, place]) : place;
        if (far(on) <= Math.min(reach, foot ? far(foot) : Infinity)) foot = on;
      });
    });
    return vertex ?? foot;
  }

  private readRoads(map: Map): void {
    if (!this.isOfRoads || !this.isStale) return;
    this.isStale = false;
    const found = this.roads.getFeaturesInExtent(map.getView().calculateExtent(map.getSize()));
    const roads = found.filter((one): one is RenderFeature => one instanceof RenderFeature && /Line/.test(one.getType()));
    this.source.clear(true);
    this.source.addFeatures(roads.flatMap(linesOf).map((line) => new Feature(new LineString(line))));
  }
}
