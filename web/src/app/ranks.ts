/** Which entries of the palette answer what was typed, the best first. */
import { initialsOf } from "@/words/pinyin";

export type Kind = "command" | "desk" | "draft" | "area" | "case" | "report" | "note" | "task" | "person";

export interface Entry {
  kind: Kind;
  name: string;
  /** What stands beside the name: a code, a state, a key. */
  beside: string;
  run: () => void;
}

const MOST = 30;
const MOST_OF_A_KIND = 6;

/** Return how well an entry answers what is looked for, 0 best; null: not at all. */
export function rankOf(entry: Pick<Entry, "name" | "beside">, wanted: string): number | null {
  const texts = [entry.name.toLowerCase(), entry.beside.toLowerCase()];
  if (texts.some((text) => text.startsWith(wanted))) return 0;
  const isLatin = /^[a-z0-9]+$/.test(wanted);
  const initials = isLatin ? initialsOf(entry.name) : "";
  if (isLatin && initials.startsWith(wanted)) return 1;
  if (texts.some((text) => text.includes(wanted))) return 2;
  return isLatin && initials.includes(wanted) ? 3 : null;
}

/** Return the best entries, kinds together in their order; without words, the first of each kind but areas. */
export function found(entries: readonly Entry[], text: string): Entry[] {
  const wanted = text.trim().toLowerCase();
  const kinds: Kind[] = ["command", "desk", "draft", "area"];
  return kinds
    .flatMap((kind) => {
      const those = entries.filter((entry) => entry.kind === kind);
      if (!wanted) return kind === "area" ? [] : those.slice(0, kind === "draft" ? MOST_OF_A_KIND : MOST);
      return those
        .flatMap((entry) => {
          const rank = rankOf(entry, wanted);
          return rank === null ? [] : [{ entry, rank }];
        })
        .sort((a, b) => a.rank - b.rank)
        .map(({ entry }) => entry)
        .slice(0, kind === "area" ? MOST : MOST_OF_A_KIND);
    })
    .slice(0, MOST);
}
