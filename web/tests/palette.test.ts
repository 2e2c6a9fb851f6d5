import { describe, expect, it } from "vitest";

import { found, type Entry } from "@/app/ranks";
import { initialsOf } from "@/words/pinyin";

function entry(kind: Entry["kind"], name: string, beside: string): Entry {
  return { kind, name, beside, run: () => undefined };
}

describe("first letters", () => {
  it.each([
    ["新安路街道", "xaljd"], ["济源路社区", "jylsq"], ["二十里铺社区03号网格", "eslpsq03hwg"], ["中心路A区", "zxlaq"],
    ["安阳", "ay"], ["欧阳村", "oyc"], ["峡窝镇", "xwz"], ["方顶", "fd"], ["任庄", "rz"], ["聂寨", "nz"], ["肖洼", "xw"],
  ])("of %s are %s", (name, letters) => {
    expect(initialsOf(name)).toBe(letters);
  });
});

describe("the palette", () => {
  const entries = [
    entry("command", "拆分", "S"), entry("desk", "边界", "/boundaries"), entry("draft", "济源路调整", "7 · 起草中"),
    entry("area", "济源路社区", "410106001001 · 社区"), entry("area", "新安路街道", "410106001 · 街道"),
  ];

  it("finds by name, code and first letters, kinds in their order, and nothing where nothing is", () => {
    expect(found(entries, "济源").map(({ name }) => name)).toEqual(["济源路调整", "济源路社区"]);
    expect(found(entries, "XALJ").map(({ name }) => name)).toEqual(["新安路街道"]);
    expect(found(entries, "410106001001").map(({ name }) => name)).toEqual(["济源路社区"]);
    expect(found(entries, "s").map(({ name }) => name)[0]).toBe("拆分");
    expect(found(entries, "没有")).toEqual([]);
  });

  it("shows what can be done and where one can go before anything is typed", () => {
    expect(found(entries, " ").map(({ kind }) => kind)).toEqual(["command", "desk", "draft"]);
  });
});
