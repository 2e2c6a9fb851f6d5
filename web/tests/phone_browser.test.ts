/** What a phone with Chromium 80 has not is called nowhere in the phone's page. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const FOLDER = join(import.meta.dirname, "..", "src", "phone");
/** What came with Chromium 81 to 110, by the name under which it is called. */
const LATER = [
  ".at(", ".replaceAll(", "Promise.any", "WeakRef", "structuredClone", "Object.hasOwn", "Object.groupBy", "findLast",
  "toSorted", "toReversed", "crypto.randomUUID", "AbortSignal.timeout", "AbortSignal.any", "Array.fromAsync",
];
const STYLES = ["aspect-ratio", "inset:", ":has(", ":is(", ":where(", "dvh", "accent-color", "content-visibility"];

const sources = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(ts|vue|css)$/.test(name))
  .map((name) => [name, readFileSync(join(FOLDER, name), "utf8")] as const);

describe("the phone's page", () => {
  it("calls nothing that came after Chromium 80", () => {
    for (const [name, text] of sources) {
      expect(LATER.filter((call) => text.includes(call)), name).toEqual([]);
      const styles = name.endsWith(".css") ? text : (text.split("<style")[1] ?? "");
      expect(STYLES.filter((rule) => styles.includes(rule)), name).toEqual([]);
      // Space between the parts of a flex box came with 84: grids have it since 66.
      expect(styles.match(/display: flex;[^}]*\bgap:/g), name).toBeNull();
    }
  });
});
