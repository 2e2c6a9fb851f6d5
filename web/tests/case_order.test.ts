import { describe, expect, it } from "vitest";

import type { CaseSummary } from "@/desks/cases/cases";
import { groupOf, inOrder, reasonOf } from "@/desks/cases/order";

const NOW = new Date(2026, 5, 10, 9, 0);

function one(number: string, given: Partial<CaseSummary> = {}): CaseSummary {
  return { number, urgency: "normal", is_overdue: false, supervised: false, due_at: null, opened_at: "2026-06-01T00:00:00Z", ...given } as CaseSummary;
}

function after(hours: number): string {
  return new Date(NOW.getTime() + hours * 3_600_000).toISOString();
}

describe("the order of cases", () => {
  it("is danger, overdue, supervised, due soon, then the longest waiting", () => {
    const cases = [
      one("e", { opened_at: "2026-06-03T00:00:00Z" }), one("d", { due_at: after(1) }), one("c", { supervised: true }),
      one("b", { is_overdue: true, due_at: after(-1) }), one("a", { urgency: "urgent" }), one("f", { opened_at: "2026-06-02T00:00:00Z" }),
    ];
    expect(inOrder(cases, NOW.getTime()).map(({ number }) => number).join("")).toBe("abcdfe");
    expect(cases.map((each) => reasonOf(each, NOW.getTime()))).toEqual(["waiting", "due", "supervised", "overdue", "urgent", "waiting"]);
  });

  it("puts what is due earlier first among equals", () => {
    expect(inOrder([one("x", { due_at: after(9) }), one("y", { due_at: after(5) })], NOW.getTime())[0]?.number).toBe("y");
  });

  it("groups by the end of the day and of a week", () => {
    const groups = [-1, 10, 30, 24 * 8].map((hours) => groupOf(one("x", { due_at: after(hours) }), NOW));
    expect(groups).toEqual(["overdue", "today", "week", "later"]);
    expect(groupOf(one("x"), NOW)).toBe("none");
  });
});
