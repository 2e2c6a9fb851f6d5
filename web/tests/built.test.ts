/** What is built runs in Chromium 86: its syntax by a parser, and no call of what came later but what is supplied. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "acorn";
import { describe, expect, it } from "vitest";

const FOLDER = join(import.meta.dirname, "..", "dist", "console");
const SUPPLIED = readFileSync(join(import.meta.dirname, "..", "src", "app", "older.ts"), "utf8");
/** Calls that came with Chromium 87 to 120. */
const LATER =
  /\.(at|findLast|findLastIndex|hasOwn|groupBy|checkVisibility|showPopover|showPicker|withResolvers|fromAsync|randomUUID)\(|structuredClone\(|AbortSignal\.(?:timeout|any)|navigator\.userAgentData/g;
const STYLES = /:is\(|:where\(|\d[dsl]v[hw]|color-mix|@layer|@container|\binset:/g;

const built = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
const texts = (ending: string): [string, string][] =>
  built.filter((name) => name.endsWith(ending)).map((name) => [name, readFileSync(join(FOLDER, name), "utf8")]);

describe.skipIf(!built.length)("what is built", () => {
  it("has no syntax that came after ECMAScript 2020", () => {
    for (const [name, text] of texts(".js")) {
      expect(() => parse(text, { ecmaVersion: 2020, sourceType: "module" }), name).not.toThrow();
    }
  });

  it("calls nothing that Chromium 86 lacks and the console does not supply", () => {
    for (const [name, text] of texts(".js")) {
      const called = [...new Set([...text.matchAll(LATER)].map((found) => found[1] ?? found[0]))];
      expect(called.filter((call) => !SUPPLIED.includes(`"${call}"`)), name).toEqual([]);
    }
    for (const [name, text] of texts(".css")) expect(text.match(STYLES) ?? [], name).toEqual([]);
  });
});
