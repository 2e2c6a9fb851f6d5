import { describe, expect, it } from "vitest";

import { kindOf, tileAddress, wmsOf } from "@/map/basemap";
import { anchorsOf } from "@/map/labels";

describe("labels", () => {
  const piece = (code: string, width: number): Parameters<typeof anchorsOf>[0] extends Iterable<infer One> ? One : never => ({
    code, name: "甲网格", extent: [0, 0, width, 10], inside: [width / 2, 5],
  });

  it("stand once in an area, in its largest piece", () => {
    const found = anchorsOf([piece("1", 10), piece("1", 30), piece("1", 20), piece("2", 12)], 1);
    expect([...found].map(([code, { at }]) => [code, at])).toEqual([["1", [15, 5]], ["2", [6, 5]]]);
  });

  it("are left out where there is no room for the name", () => {
    expect([...anchorsOf([piece("1", 29), piece("2", 30)], 10).keys()]).toEqual(["2"]);
  });
});

describe("the ground", () => {
  it("is asked for as the operator's address names it", () => {
    const wmts = "https://t{0-7}.example.org/vec_w/wmts?TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}&tk=k";
    expect(kindOf(wmts)).toBe("tiles");
    expect(tileAddress(wmts)).toBe("https://t{0-7}.example.org/vec_w/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=k");
    const wms = "https://maps.example.org/ows?service=WMS&layers=base&styles=";
    expect(kindOf(wms)).toBe("wms");
    expect(wmsOf(wms)).toEqual({ url: "https://maps.example.org/ows", params: { LAYERS: "base", STYLES: "" } });
  });
});
