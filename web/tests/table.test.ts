import { describe, expect, it } from "vitest";

import { layout } from "../src/desks/map/lineage_layout.ts";
import { columnsOf, rowsOf, valueOf, windowOf } from "../src/desks/map/table.ts";
import type { Area } from "../src/map/boundaries.ts";

function area(code: string, name: string, m2: number, attributes: Record<string, unknown> = {}): Area {
  return {
    code, name, level: "grid", parent_code: null, unit_code: null, unit_name: null, attributes, area_m2: m2,
    valid_from: "", valid_to: null, release: 1, geometry: null,
  };
}

const areas = [area("3", "北园", 900, { households: 12 }), area("1", "南园", 10_000, { households: 3 }), area("2", "东园", 80, { note: "湖" })];
const columns = columnsOf(areas);
const column = (key: string) => columns.find((one) => one.key === key) ?? null;

describe("the attribute table", () => {
  it("has a column for each attribute that any area has", () => {
    expect(columns.filter(({ own }) => own !== null).map(({ own }) => own)).toEqual(["households", "note"]);
  });

  it("orders numbers by size and leaves what is not there at the end, whichever way it is ordered", () => {
    const codes = (key: string, isDown: boolean): string[] => rowsOf(areas, columns, "", column(key), isDown).map(({ code }) => code);
    expect(codes("area_m2", false)).toEqual(["2", "3", "1"]);
    expect(codes("area_m2", true)).toEqual(["1", "3", "2"]);
    expect(codes("attribute:households", false)).toEqual(["1", "3", "2"]);
    expect(codes("attribute:households", true)).toEqual(["3", "1", "2"]);
    expect(codes("code", false)).toEqual(["1", "2", "3"]);
  });

  it("finds what is looked for in any column", () => {
    expect(rowsOf(areas, columns, "湖", null, false).map(({ code }) => code)).toEqual(["2"]);
    expect(rowsOf(areas, columns, "园", null, false)).toHaveLength(3);
    expect(valueOf(areas[0] as Area, column("attribute:note") as NonNullable<ReturnType<typeof column>>)).toBeNull();
  });

  it("draws the rows in view and few more of ten thousand", () => {
    for (const top of [0, 5_000, 319_700]) {
      const { first, last } = windowOf(top, 300, 32, 10_000);
      expect(first).toBeLessThanOrEqual(Math.floor(top / 32));
      expect(last).toBeGreaterThanOrEqual(Math.min(10_000, Math.ceil((top + 300) / 32)));
      expect(last - first).toBeLessThan(40);
    }
    expect(windowOf(0, 300, 32, 0)).toEqual({ first: 0, last: 0 });
  });
});

describe("a lineage", () => {
  const step = (release: number, predecessor: string, successor: string, share: number) => ({
    predecessor, successor, share_of_predecessor: share, share_of_successor: 1, release, effective_at: `2026-0${release}-01T00:00:00Z`,
  });

  it("stands from left to right in the order of releases, each area once, each step a link", () => {
    const { nodes, links, columns: count } = layout({
      code: "b", came_from: [step(2, "a", "b", 0.4)], became: [step(3, "b", "c", 0.5), step(3, "b", "d", 0.5)],
    });
    expect(nodes.map(({ code }) => code).sort()).toEqual(["a", "b", "c", "d"]);
    expect(links.every(({ from, to }) => from.column < to.column)).toBe(true);
    expect(links).toHaveLength(3);
    expect(count).toBe(3);
    expect(new Set(nodes.map(({ column: at, row }) => `${at} ${row}`)).size).toBe(4);
  });

  it("is a single area where nothing came before or after", () => {
    expect(layout({ code: "b", came_from: [], became: [] }).nodes).toHaveLength(1);
  });
});
