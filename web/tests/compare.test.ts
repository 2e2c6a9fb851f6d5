import { describe, expect, it } from "vitest";

import type { Area } from "@/map/boundaries";
import { changesBetween } from "@/desks/map/compare";

const [FIRST, SECOND] = ["2027-01-01T00:00:00Z", "2027-06-01T00:00:00Z"];

function area(code: string, since: string): Area {
  return {
    code, name: code, level: "grid", parent_code: null, unit_code: null, unit_name: null, attributes: {}, area_m2: 1,
    valid_from: since, valid_to: null, release: 1, geometry: null,
  };
}

describe("two days compared", () => {
  it("tells what came, went and changed, and nothing of what stayed", () => {
    const before = [area("1", FIRST), area("2", FIRST), area("3", FIRST)];
    const after = [area("1", FIRST), area("2", SECOND), area("4", SECOND)];
    expect(changesBetween(before, after).map(({ code, kind }) => [code, kind])).toEqual([
      ["2", "changed"],
      ["3", "removed"],
      ["4", "added"],
    ]);
    expect(changesBetween(after, after)).toEqual([]);
  });
});
