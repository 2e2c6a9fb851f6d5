/** An address cut into pieces: what its words were used for. */
import type { Schemas } from "@/api/client";

export type Use = "used" | "unread" | "aside";
export interface Piece {
  text: string;
  /** Null: between words. */
  use: Use | null;
  readAs: string;
}

const UNREAD = new Set(["unknown words", "administrative area not in the gazetteer", "step of unknown length"]);
const ASIDE = new Set(["noise", "words of the report", "separator"]);

function useOf(meaning: string): Use {
  if (UNREAD.has(meaning)) return "unread";
  return ASIDE.has(meaning) ? "aside" : "used";
}

/**
 * Cut an address at its words. Where people are masked the places of words have moved: each is then looked for behind
 * the one before, and left out when it is not there.
 */
export function piecesOf(address: string, words: readonly Schemas["WordOut"][]): Piece[] {
  const letters = Array.from(address);
  const pieces: Piece[] = [];
  let done = 0;
  const take = (end: number, use: Use | null, readAs = ""): void => {
    if (end > done) pieces.push({ text: letters.slice(done, end).join(""), use, readAs });
    done = Math.max(done, end);
  };
  for (const word of words) {
    const said = Array.from(word.said);
    const stands = (at: number): boolean => said.every((letter, index) => letters[at + index] === letter);
    let start = word.start;
    if (start < done || !stands(start)) {
      start = done;
      while (start + said.length <= letters.length && !stands(start)) start += 1;
      if (start + said.length > letters.length) continue;
    }
    take(start, null);
    take(start + said.length, useOf(word.used_for), word.read_as ?? "");
  }
  take(letters.length, null);
  return pieces;
}
