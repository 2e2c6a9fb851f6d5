/** What a draft would do, on the map: areas as they will be, land that changes hands with the number of the list. */
import Feature from "ol/Feature";
import type Map from "ol/Map";
import GeoJSON from "ol/format/GeoJSON";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";

import { afterStyle, pieceStyle } from "./styles";

/** A piece of land of the impact, where it lies. */
export interface Piece {
  ground?: unknown;
  from_area: string | null;
  to_area: string | null;
}

export class ImpactView {
  private readonly after = new VectorSource();
  private readonly pieces = new VectorSource();
  private readonly map: Map;
  private looked: number | null = null;
  private readonly layers = [
    new VectorLayer({ source: this.after, style: (one) => afterStyle(String(one.get("name") ?? "")), zIndex: 8, declutter: true }),
    new VectorLayer({
      source: this.pieces,
      zIndex: 16,
      style: (one) => pieceStyle(Number(one.get("number")), Number(one.get("taker")), one.get("number") === this.looked),
    }),
  ];

  constructor(map: Map) {
    this.map = map;
    for (const layer of this.layers) map.addLayer(layer);
  }

  /** Show areas as they will be; none of them shows what is there before. */
  showAfter(areas: readonly unknown[]): void {
    this.after.clear(true);
    this.after.addFeatures(areas.flatMap((area) => this.read(area)));
  }

  showPieces(pieces: readonly Piece[]): void {
    this.pieces.clear(true);
    const takers = [...new Set(pieces.map(({ to_area: to }) => to))];
    this.pieces.addFeatures(pieces.flatMap(({ ground, to_area: to }, index) => {
      const found = this.read(ground);
      for (const one of found) one.setProperties({ number: index + 1, taker: to === null ? -1 : takers.indexOf(to) });
      return found;
    }));
    this.fit();
  }

  /** Draw one piece stronger, by its number in the list. */
  look(number: number | null): void {
    this.looked = number;
    this.layers[1]?.changed();
  }

  repaint(): void {
    for (const layer of this.layers) layer.changed();
  }

  /** Bring the land that changes hands into view. */
  fit(): void {
    const extent = this.pieces.getFeatures().length ? this.pieces.getExtent() : null;
    if (extent?.every(Number.isFinite)) this.map.getView().fit(extent, { padding: [96, 96, 96, 96], maxZoom: 18 });
  }

  private read(geometry: unknown): Feature[] {
    return geometry ? (new GeoJSON().readFeatures(geometry, { featureProjection: "EPSG:3857" }) as Feature[]) : [];
  }
}
