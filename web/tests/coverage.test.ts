import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { Coverage, type Drawn } from "@/desks/boundaries/geometry/coverage";
import { toSteps, type Box, type Point } from "@/desks/boundaries/geometry/grid";
import { cut, merge, split, transfer } from "@/desks/boundaries/geometry/verbs";

import { chance, Drawer, faultsOf, ringsAround } from "./random_edits";

const DISTRICT = join(import.meta.dirname, "..", "..", "data", "boundaries", "shangjie.geojson");
const EVERYWHERE: Box = [-1.8e9, -0.9e9, 1.8e9, 0.9e9];

/** Areas from rings of places in steps. */
function drawn(rings: Record<string, Point[][]>): Coverage {
  const areas = Object.entries(rings).map(([code, all]): Drawn => ({
    code,
    geometry: { type: "Polygon", coordinates: all.map((ring) => [...ring, ring[0] as Point].map(([x, y]) => [x / 1e7, y / 1e7])) },
  }));
  return new Coverage(areas, EVERYWHERE);
}

/** West and east over a south strip, whose upper edge has the corner of both. */
function three(): Coverage {
  return drawn({
    west: [[[0, 0], [100, 0], [100, 100], [0, 100]]],
    east: [[[100, 0], [200, 0], [200, 100], [100, 100]]],
    south: [[[0, -100], [200, -100], [200, 0], [100, 0], [0, 0]]],
  });
}

function vertex(coverage: Coverage, x: number, y: number): number {
  const found = coverage.vertexAt([x, y]);
  if (found === undefined) throw new Error(`no vertex at ${x} ${y}`);
  return found;
}

describe("a coverage that is drawn on", () => {
  it("moves a shared vertex in all areas that have it", () => {
    const coverage = three();
    expect(coverage.move(vertex(coverage, 100, 0), [120, 20])).toBeNull();
    expect(Object.keys(coverage.changed()).sort()).toEqual(["east", "south", "west"]);
    for (const outline of Object.values(coverage.changed())) {
      expect(outline.coordinates.flat(2)).toContainEqual([120 / 1e7, 20 / 1e7]);
    }
    expect(faultsOf(coverage)).toEqual([]);
  });

  it.each([
    ["onto another vertex", [200, 0], "occupied"],
    ["across a border", [250, 50], "crossing"],
    ["past a vertex", [-10, 0], "passing"],
  ] as const)("refuses a vertex that is moved %s", (_, to, why) => {
    const coverage = three();
    const before = coverage.outline("west");
    expect(coverage.move(vertex(coverage, 100, 0), to)?.why).toBe(why);
    expect([coverage.outline("west"), coverage.changed()]).toEqual([before, {}]);
  });

  it("refuses a vertex that is moved through a border that its edges do not cross at the end", () => {
    const coverage = drawn({ a: [[[0, 0], [10, 0], [5, 10]]] });
    expect(coverage.move(vertex(coverage, 5, 10), [5, -10])?.why).toBe("crossing");
  });

  it("lets nothing be moved out of the window, nor what lies outside", () => {
    const coverage = new Coverage(
      [{ code: "a", geometry: { type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] } }], [0, 0, 1e7, 5e6],
    );
    expect(coverage.move(vertex(coverage, 0, 0), [-1, 0])?.why).toBe("outside");
    expect(coverage.move(vertex(coverage, 1e7, 1e7), [1e7, 4e6])?.why).toBe("outside");
  });

  it("puts a vertex on an edge of both neighbours, and takes out one where two edges meet", () => {
    const coverage = three();
    const made = coverage.insert(vertex(coverage, 100, 0), vertex(coverage, 100, 100), [100, 50]);
    expect(coverage.areasAt(made as number).sort()).toEqual(["east", "west"]);
    expect(coverage.move(made as number, [130, 50])).toBeNull();
    expect(faultsOf(coverage)).toEqual([]);
    expect(coverage.remove(made as number)).toBeNull();
    expect(coverage.outline("west")).toEqual(three().outline("west"));
    expect(coverage.remove(vertex(coverage, 100, 0))?.why).toBe("fork");
  });

  it("splits across holes and keeps them, and refuses a line that cuts nothing", () => {
    const rings = { ring: [[[0, 0], [90, 0], [90, 90], [0, 90]], [[30, 30], [30, 60], [60, 60], [60, 30]]] } as Record<string, Point[][]>;
    const coverage = drawn({ ...rings, island: [[[30, 30], [60, 30], [60, 60], [30, 60]]] });
    expect(split(coverage, "ring", [[-10, 45], [20, 45]], String)).toEqual({ why: "uncut" });
    expect(split(coverage, "ring", [[-10, 10], [100, 10]], String)).toEqual(["0", "1"]);
    expect(coverage.codes().map((code) => coverage.polygons(code).map((one) => one.length)).flat().sort()).toEqual([1, 1, 2]);
    const holed = coverage.codes().find((code) => coverage.polygons(code)[0]?.length === 2) ?? "";
    expect(split(coverage, holed, [[-10, 45], [100, 45]], (number) => `n${number}`)).toHaveLength(2);
    expect([faultsOf(coverage), ringsAround(coverage)]).toEqual([[], 1]);
  });

  it("merges back what was split, and what encloses nothing else", () => {
    const coverage = three();
    const codes = split(coverage, "west", [[-5, 50], [105, 60]], (number) => `w${number}`) as string[];
    expect(merge(coverage, codes, "west")).toBeNull();
    expect(coverage.squareMetres("west")).toBeCloseTo(three().squareMetres("west"), 9);
    expect(merge(coverage, ["west", "south", "east"], "all")).toBeNull();
    expect(coverage.polygons("all")).toHaveLength(1);
    expect(merge(three(), ["west"], "west")).toBeNull();
    expect(merge(drawn({ a: [[[0, 0], [1, 0], [1, 1]]], b: [[[1, 1], [2, 1], [2, 2]]] }), ["a", "b"], "a")).toEqual({ why: "apart" });
  });

  it("transfers what lies under a ring", () => {
    const coverage = three();
    expect(transfer(coverage, "west", "east", [[80, 20], [120, 20], [120, 50], [80, 50]])).toBeNull();
    expect(coverage.outline("east").coordinates.flat(2)).toContainEqual([80 / 1e7, 20 / 1e7]);
    expect([faultsOf(coverage), ringsAround(coverage)]).toEqual([[], 1]);
    expect(transfer(coverage, "west", "east", [[10, 60], [20, 60], [20, 70], [10, 70]])).toEqual({ why: "apart" });
    expect(transfer(coverage, "west", "east", [[300, 0], [310, 0], [310, 9]])).toEqual({ why: "nothing" });
    expect(transfer(coverage, "west", "east", [[-9, -9], [300, -9], [300, 300], [-9, 300]])).toEqual({ why: "everything" });
    expect("faces" in cut(coverage, "south", [])).toBe(true);
  });

  it("never tears under random drags, splits, merges and transfers on the sample district", () => {
    const grids = (JSON.parse(readFileSync(DISTRICT, "utf8")) as { features: { properties: Record<string, string>; geometry: Drawn["geometry"] }[] })
      .features.filter(({ properties }) => properties.level === "grid")
      .map(({ properties, geometry }): Drawn => ({ code: properties.code ?? "", geometry }));
    for (const seed of [1, 2, 3]) {
      const from = grids.slice(40 * seed, 40 * seed + 40);
      const coverage = new Coverage(from, EVERYWHERE);
      const [faults, rings] = [faultsOf(coverage), ringsAround(coverage)];
      const drawer = new Drawer(coverage, chance(seed));
      const done: Record<string, number> = {};
      for (let i = 0; i < 150; i++) {
        const act = drawer.act(["drag", "drag", "split", "merge", "transfer"]);
        if (act) done[act.kind] = (done[act.kind] ?? 0) + 1;
        if (i % 10 === 0) expect(faultsOf(coverage), `seed ${seed}, act ${i}`).toEqual(faults);
      }
      expect(Object.values(done).every((count) => count > 5) && Object.keys(done).length).toBe(4);
      expect([faultsOf(coverage), ringsAround(coverage)]).toEqual([faults, rings]);
    }
  });

  it("takes places of the service as they are, to the last digit", () => {
    for (const text of ["113.2741234", "-0.0000001", "179.9999999", "34.8023001"]) {
      const [x] = toSteps([Number(text), 0]);
      expect(x / 1e7).toBe(Number(text));
    }
  });
});
