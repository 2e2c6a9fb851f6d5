import { expect, test } from "vitest";

import { piecesOf } from "@/desks/triage/pieces";

const word = (said: string, used_for: string, start: number) => ({ said, used_for, start, end: start + said.length, read_as: null });

test("an address is cut at its words, each with its use, and nothing of it is lost", () => {
  const pieces = piecesOf("新乡路，大转盘旁边", [word("新乡路", "road", 0), word("大转盘", "unknown words", 4), word("旁边", "relation", 7)]);
  expect(pieces.map(({ text, use }) => [text, use])).toEqual([["新乡路", "used"], ["，", null], ["大转盘", "unread"], ["旁边", "used"]]);
});

test("words that stand elsewhere because a name was masked are found; one that is masked itself is left out", () => {
  const pieces = piecesOf("***家，𠀀新乡路", [word("王芳", "words of the report", 0), word("新乡路", "road", 9)]);
  expect(pieces.map(({ text, use }) => [text, use])).toEqual([["***家，𠀀", null], ["新乡路", "used"]]);
});
