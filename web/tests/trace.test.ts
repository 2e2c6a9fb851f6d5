import { describe, expect, it } from "vitest";

import { Coverage } from "../src/desks/boundaries/geometry/coverage.ts";
import type { Point } from "../src/desks/boundaries/geometry/grid.ts";
import { along } from "../src/desks/boundaries/geometry/trace.ts";

/** A field of squares, 100 steps a side, `across` by `across`. */
function field(across: number): Coverage {
  const at = (x: number, y: number): number[] => [(x * 100) / 1e7, (y * 100) / 1e7];
  const drawn = [];
  for (let x = 0; x < across; x++) {
    for (let y = 0; y < across; y++) {
      const ring = [at(x, y), at(x + 1, y), at(x + 1, y + 1), at(x, y + 1), at(x, y)];
      drawn.push({ code: `${x} ${y}`, geometry: { type: "Polygon", coordinates: [ring] } });
    }
  }
  return new Coverage(drawn, [0, 0, across * 100, across * 100]);
}

const length = (way: readonly Point[]): number =>
  way.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - (way[i] as Point)[0], y - (way[i] as Point)[1]), 0);

describe("the way along borders", () => {
  const coverage = field(4);
  const places: Point[] = [[0, 0], [100, 300], [400, 400], [150, 200], [300, 37], [0, 250], [400, 110]];

  it("is the shortest one, from vertices and from the middle of edges alike", () => {
    for (const from of places) {
      for (const to of places) {
        const way = [from, ...(along(coverage, from, to) ?? []), to];
        const isBeside = (from[1] === to[1] && from[1] % 100 === 0) || (from[0] === to[0] && from[0] % 100 === 0);
        // On a net of squares nothing is shorter than the sum of both ways; two places in the middle of edges may need more.
        const least = Math.abs(from[0] - to[0]) + Math.abs(from[1] - to[1]);
        expect(length(way)).toBeGreaterThanOrEqual(least - 1e-6);
        if (isBeside || (from[0] % 100 === 0 && to[1] % 100 === 0)) expect(length(way)).toBeCloseTo(least, 6);
        way.slice(1).forEach(([x, y], i) => expect(x === way[i]?.[0] || y === way[i]?.[1]).toBe(true));
      }
    }
  });

  it("is the same whichever end it is drawn from", () => {
    for (const from of places) {
      for (const to of places) {
        const [there, back] = [along(coverage, from, to) ?? [], along(coverage, to, from) ?? []];
        expect(length([from, ...there, to])).toBeCloseTo(length([to, ...back, from]), 6);
      }
    }
  });

  it("is found from a place a step beside an edge, where the grid has no nearer one", () => {
    const slanted = new Coverage(
      [{ code: "a", geometry: { type: "Polygon", coordinates: [[[0, 0], [7e-5, 3e-5], [0, 6e-5], [0, 0]]] } }],
      [0, 0, 700, 700],
    );
    const foot: Point = [351, 150]; // the edge runs through 350, 150
    expect(along(slanted, foot, [350, 450])).toEqual([[700, 300]]);
  });

  it("leads nowhere from inside an area", () => {
    expect(along(coverage, [50, 50], [100, 100])).toBeNull();
    expect(along(coverage, [100, 100], [50, 50])).toBeNull();
  });
});
