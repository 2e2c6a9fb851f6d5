/** What may be done to a case and which fields each act asks for, after the table of transitions. */
import { api, type Schemas } from "@/api/client";
import { settled } from "@/api/problem";

import type { Case, Choices, Verb } from "./cases";

export interface Field {
  name: string;
  kind: "text" | "choice" | "units" | "returnReason" | "rating" | "place" | "photos";
  /** Code of its name, where that is another than the field's. */
  label?: string;
  choices?: keyof Choices;
  isOptional?: boolean;
  isLong?: boolean;
}

const OF_DUTY: Record<string, Field> = {
  reason: { name: "reason", kind: "text", isLong: true },
  opinion: { name: "opinion", kind: "text", isLong: true },
  return_reason: { name: "return_reason", kind: "returnReason" },
  photos: { name: "photos", kind: "photos" },
  place: { name: "place", kind: "place" },
  unit_code: { name: "unit_code", kind: "choice", choices: "units" },
  category: { name: "category", kind: "choice", choices: "categories" },
  rating: { name: "rating", kind: "rating" },
  recipient: { name: "recipient", kind: "text" },
  receipt: { name: "receipt", kind: "text" },
  knowledge: { name: "knowledge", kind: "choice", choices: "knowledge" },
};
/** What a verb may be given beside what it needs. */
const BESIDE: Partial<Record<Verb, Field[]>> = {
  dispatch: [
    { name: "unit_code", kind: "choice", choices: "units", isOptional: true },
    { name: "reason", kind: "text", label: "dispatchReason", isLong: true, isOptional: true },
  ],
  verify: [{ name: "photos", kind: "photos", isOptional: true }],
  back_check: [{ name: "photos", kind: "photos", isOptional: true }],
  accuse: [{ name: "unit_code", kind: "choice", choices: "units", isOptional: true, label: "accusedUnit" }],
  lift_accusation: [{ name: "unit_code", kind: "choice", choices: "units", isOptional: true, label: "accusedUnit" }],
};
/** Acts that begin beside the case have bodies of their own. */
const OWN: Partial<Record<Verb, Field[]>> = {
  merge: [{ name: "other", kind: "text" }, { name: "reason", kind: "text", isLong: true }],
  whistle: [
    { name: "kind", kind: "choice", choices: "whistleKinds", label: "whistleKind" },
    { name: "units", kind: "units", choices: "units" },
    { name: "reason", kind: "text", isLong: true },
  ],
  give_part: [{ name: "unit_code", kind: "choice", choices: "units" }, { name: "reason", kind: "text", label: "partWork", isLong: true }],
};

/** The acts that a card offers, those that lead on first; the rest is for the list below. */
const FIRST: readonly Verb[] = ["accept", "file", "dispatch", "acknowledge", "visit", "handle", "verify", "close", "rate", "resume", "unmerge", "confirm_transfer"] as Verb[];
/** Acts with sections of their own, or for the command line alone. */
const ELSEWHERE: readonly Verb[] = ["link", "call_back"];

export interface Offer {
  verb: Verb;
  isFirst: boolean;
  /** The key that does it, where the card is shown. */
  key: string;
}

const KEYS: Partial<Record<Verb, string>> = {
  accept: "a", file: "f", dispatch: "d", acknowledge: "a", handle: "h", verify: "v", close: "c", return: "r", rework: "w",
  merge: "m", whistle: "b", reject: "x", extend: "e", supervise: "s", reclassify: "l", redispatch: "t", add_note: "n", rate: "g",
};

/** What is offered on a case, what leads it on first. */
export function offersOf(one: Case): Offer[] {
  const offers = one.offered
    .filter((verb) => !ELSEWHERE.includes(verb))
    .map((verb): Offer => ({ verb, isFirst: FIRST.includes(verb), key: KEYS[verb] ?? "" }));
  return [...offers.filter((offer) => offer.isFirst), ...offers.filter((offer) => !offer.isFirst)];
}

export function fieldsOf(verb: Verb, duties: readonly string[]): Field[] {
  const own = OWN[verb];
  if (own) return own;
  const needed = duties.flatMap((duty) => OF_DUTY[duty] ?? []);
  return [...needed, ...(BESIDE[verb] ?? []).filter((field) => !needed.some(({ name }) => name === field.name))];
}

/** Whether an act needs nothing to be said: its button does it at once. */
export function isPlain(verb: Verb, duties: readonly string[]): boolean {
  return fieldsOf(verb, duties).every((field) => field.isOptional) && verb !== "dispatch";
}

export function nameOfUnit(units: Choices["units"], code: string | null): string {
  return code === null ? "" : (units.find((unit) => unit.code === code)?.name ?? code);
}

let table: Promise<ReadonlyMap<Verb, Schemas["TransitionOut"]>> | null = null;

/** The table of transitions by verb; read once for the page. */
export function readTable(): Promise<ReadonlyMap<Verb, Schemas["TransitionOut"]>> {
  table ??= settled(api.GET("/v1/cases/transitions")).then(
    ({ content }) => new Map((content?.items ?? []).map((row) => [row.verb, row] as const)),
  );
  return table;
}
