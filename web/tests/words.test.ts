import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import en from "@/words/en";
import zh from "@/words/zh";

const SOURCES = join(import.meta.dirname, "..", "src");
/** Codes that are put together from a part that is stored: every value of it needs its sentence. */
const JOINED = [
  "redesign.measures.",
  "quality.states.",
  "table.columns.",
  "cases.",
  "overview.done.",
  "records.",
  "caseStates.",
  "overview.runStates.",
  "overview.verdicts.",
  "app.themes.",
  "desks.",
  "account.methods.",
  "levels.",
  "compare.",
  "drafts.states.",
  "edit.",
  "findings.",
  "review.",
  "effects.",
  "bring.",
  "palette.",
  "phone.verbs.",
  "phone.month.states.",
  "phone.states.",
  "phone.photo.",
  "triage.",
  "planner.",
  "admin.",
  "topics.",
  "wordings.states.",
  "phone.acts.",
  "phone.lacks.",
  "phone.phrases.",
  "phone.returns.",
  "phone.task.kinds.",
  "phone.due.",
  "phone.groups.",
];

function sentences(words: object, above = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [code, told] of Object.entries(words)) {
    if (typeof told === "string") found.set(above + code, told);
    else for (const [inner, sentence] of sentences(told as object, `${above}${code}.`)) found.set(inner, sentence);
  }
  return found;
}

function placesOf(sentence: string | undefined): string[] {
  return [...(sentence ?? "").matchAll(/\{(\w+)\}/g)].map((place) => place[1] ?? "").sort();
}

const [chinese, english] = [sentences(zh), sentences(en)];
const text = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(ts|vue)$/.test(name) && !name.startsWith("words"))
  .map((name) => readFileSync(join(SOURCES, name), "utf8"))
  .join("\n");

describe("words", () => {
  it("has each sentence in both languages, with the same values in it", () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    for (const [code, sentence] of chinese) {
      expect(sentence.trim(), code).not.toBe("");
      expect(placesOf(english.get(code)), code).toEqual(placesOf(sentence));
    }
  });

  it("has a sentence for each code that a page names, and no sentence that none names", () => {
    const named = new Set([...text.matchAll(/["'`]([a-z]\w*(?:\.\w+)+)["'`]/g)].map((found) => found[1] ?? ""));
    const roots = new Set([...chinese.keys()].map((code) => code.split(".")[0]));
    const missing = [...named].filter((code) => roots.has(code.split(".")[0]) && !code.includes("_") && !code.endsWith(".length") && !chinese.has(code));
    expect(missing).toEqual([]);
    const unused = [...chinese.keys()].filter((code) => !named.has(code) && !JOINED.some((part) => code.startsWith(part)));
    expect(unused).toEqual([]);
  });

  it("writes Chinese for the words of an office: no Latin punctuation between characters", () => {
    const wrong = [...chinese].filter(([, sentence]) => /[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff]/.test(sentence));
    expect(wrong).toEqual([]);
  });
});
