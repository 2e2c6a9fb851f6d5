/** The ground of the map, by the operator's setting: tiles of an XYZ or WMTS address (天地图, say), a WMS, or none. */
import type Layer from "ol/layer/Layer";
import ImageLayer from "ol/layer/Image";
import TileLayer from "ol/layer/Tile";
import ImageWMS from "ol/source/ImageWMS";
import XYZ from "ol/source/XYZ";

/** Names that other programs give to the three numbers of a tile, in the braces of an address. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/\{(?:TileMatrix|zoom)\}/gi, "{z}"],
  [/\{(?:TileCol|col)\}/gi, "{x}"],
  [/\{(?:TileRow|row)\}/gi, "{y}"],
  [/\{s\}/g, "{0-7}"],
];

/** What an address is: a WMS by its service, else tiles. */
export function kindOf(address: string): "wms" | "tiles" {
  return /[?&]service=wms(&|$)/i.test(address) ? "wms" : "tiles";
}

/** Return the address of tiles as OpenLayers takes it. */
export function tileAddress(address: string): string {
  return NAMES.reduce((told, [theirs, ours]) => told.replace(theirs, ours), address);
}

/** Return a WMS address without its query, and what of the query a GetMap takes. */
export function wmsOf(address: string): { url: string; params: Record<string, string> } {
  const [url = "", query = ""] = address.split("?");
  const params: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (!["service", "request"].includes(name.toLowerCase())) params[name.toUpperCase()] = value;
  }
  return { url, params };
}

/** Make the layer of the ground; null without one. */
export function basemapLayer(address: string | null): Layer | null {
  if (!address) return null;
  if (kindOf(address) === "wms") {
    const { url, params } = wmsOf(address);
    return new ImageLayer({ source: new ImageWMS({ url, params, ratio: 1 }), className: "basemap" });
  }
  return new TileLayer({ source: new XYZ({ url: tileAddress(address) }), className: "basemap" });
}
