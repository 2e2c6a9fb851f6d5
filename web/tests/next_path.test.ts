import { describe, expect, it } from "vitest";

import { nextPath } from "@/app/next_path";

describe("the way on after signing in", () => {
  it.each(["/map", "/map?at=2027-01-01T00:00:00Z", "/v1/sessions", "/boundaries/admin/001"])("keeps %s", (path) => {
    expect(nextPath(path)).toBe(path);
  });

  it.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\tb", "map", "", null, ["/map"]])(
    "leads %j to the first page",
    (path) => {
      expect(nextPath(path)).toBe("/");
    },
  );
});
