/** One act on several cases: held back for a moment in which it can be undone, then done one by one, a result each. */
import { actOn, type CaseSummary, type Verb } from "./cases";

export const UNDO_MS = 6_000;

export interface Result {
  number: string;
  /** Why it was refused; null: it is done. */
  refusal: string | null;
}

/** The verbs that may be done to several cases at once: those that need nothing to be said. */
export const BULK: Partial<Record<string, Verb>> = { opened: "accept", accepted: "file", filed: "dispatch", handled: undefined, verified: "close" };

/** The verb that all of these cases can be taken on by; null: there is none for all. */
export function verbFor(cases: readonly CaseSummary[]): Verb | null {
  const verbs = new Set(cases.map((one) => BULK[one.state] ?? null));
  const [verb] = verbs;
  return verbs.size === 1 && verb ? verb : null;
}

/** Do it to each, in order; what is refused is told, and the rest goes on. */
export async function doAll(cases: readonly CaseSummary[], verb: Verb, told: (result: Result) => void): Promise<void> {
  for (const one of cases) {
    const { problem } = await actOn(one, { verb, photos: [] });
    told({ number: one.number, refusal: problem?.detail ?? null });
  }
}
