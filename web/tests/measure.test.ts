import { describe, expect, it } from "vitest";

import { areaOf, lengthOf } from "@/map/measure";

describe("measuring", () => {
  it("finds the lengths that PROJ's geodesics have", () => {
    // By pyproj.Geod(ellps="WGS84")
    expect(lengthOf([[113.6, 34.8], [113.7, 34.8]])).toBeCloseTo(9150.973, 1);
    expect(lengthOf([[113.6, 34.8], [113.65, 34.9], [113.7, 34.8]])).toBeCloseTo(23998.483, 1);
    expect(lengthOf([[113.6, 34.8]])).toBe(0);
  });

  it("finds the areas that PROJ's geodesics have, whichever way the ring is drawn", () => {
    const ring: [number, number][] = [[113.6, 34.8], [113.61, 34.8], [113.612, 34.812], [113.6, 34.81]];
    expect(areaOf(ring) / 1218134.750).toBeCloseTo(1, 5);
    expect(areaOf([...ring].reverse())).toBeCloseTo(areaOf(ring), 3);
    expect(areaOf([...ring, [113.6, 34.8]])).toBeCloseTo(areaOf(ring), 3);
  });
});
