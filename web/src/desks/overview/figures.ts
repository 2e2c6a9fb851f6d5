/** The figures of the overview, each with the query that lists the cases behind it. */
import { api, type Schemas } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";
import type { paths } from "@/api/schema";
import { number, words } from "@/words";

export type Overview = Schemas["OverviewOut"];
export type CaseSummary = Schemas["CaseSummaryOut"];
type CaseQuery = NonNullable<paths["/v1/cases"]["get"]["parameters"]["query"]>;

/** What is listed behind a figure: a title in words, and the query. */
export interface Behind {
  title: string;
  query: CaseQuery;
}

export interface Row {
  /** What is counted, in words. */
  label: string;
  value: number;
  /** So many of them are over a deadline. */
  overdue: number;
  behind: Behind;
}

const MOST_LISTED = 200;

/** What stands of the caller's cases; areas are counted at a place in the layer's levels, 0 the widest. */
export function readOverview(level: number): Promise<Outcome<Overview>> {
  return settled(api.GET("/v1/cases/overview", { params: { query: { level } } }));
}

/** The cases behind a figure, the latest first, 200 at most. */
export function readBehind(behind: Behind): Promise<Outcome<Schemas["CaseListOut"]>> {
  return settled(api.GET("/v1/cases", { params: { query: { ...behind.query, limit: MOST_LISTED } } }));
}

function row(label: string, value: number, query: CaseQuery, overdue = 0): Row {
  return { label, value, overdue, behind: { title: label, query } };
}

export function stateName(state: string): string {
  return words(`caseStates.${state}`);
}

/** Open cases by state, in the order of the way; states that no case is in are left out. */
export function stepRows(told: Overview): Row[] {
  return told.steps
    .filter((step) => step.cases)
    .map((step) => row(stateName(step.state), step.cases, { state: step.state as Schemas["CaseState"] }, step.overdue));
}

/** Open cases by area, the most first; `names` are the areas' names by code. */
export function areaRows(told: Overview, names: ReadonlyMap<string, string>): Row[] {
  return told.areas.flatMap(({ area, cases, overdue }) =>
    area === null ? [] : [row(names.get(area) ?? area, cases, { open: true, area }, overdue)],
  );
}

export function channelRows(told: Overview): Row[] {
  return told.channels.map(({ channel, cases }) => row(channel, cases, { channel, opened_from: told.since }));
}

/** How long a limit is, in words: minutes below two hours, hours above. */
export function lengthOf(minutes: number): string {
  const isShort = minutes < 120;
  return words(isShort ? "overview.minutes" : "overview.hours", { count: number(isShort ? minutes : minutes / 60, 1) });
}

/** How soon units took cases over, by groups of time; last those that wait. */
export function takenRows(told: Overview): Row[] {
  let before: number | null = null;
  const groups = told.taken.map(({ minutes, cases }) => {
    const query: CaseQuery = { opened_from: told.since };
    if (before !== null) query.taken_after = before;
    if (minutes !== null) query.taken_within = minutes;
    const label =
      minutes === null
        ? words("overview.later", { length: lengthOf(before ?? 0) })
        : words("overview.within", { length: lengthOf(minutes) });
    before = minutes;
    return row(label, cases, query);
  });
  return [...groups, row(words("overview.untaken"), told.waiting, { opened_from: told.since, untaken: true })];
}

export function doneRows(told: Overview): Row[] {
  return Object.entries(told.done_today).map(([verb, cases]) =>
    row(words(`overview.done.${verb}`), cases, { done_today: verb as Schemas["Verb"] }),
  );
}

export interface Usual {
  low: number;
  middle: number;
  high: number;
}

/** The lowest, the middle and the highest of some numbers: what is usual. Null: there are none. */
export function usual(numbers: readonly number[]): Usual | null {
  if (!numbers.length) return null;
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (place: number): number => sorted[place] ?? 0;
  const half = (sorted.length - 1) / 2;
  return { low: at(0), middle: (at(Math.floor(half)) + at(Math.ceil(half))) / 2, high: at(sorted.length - 1) };
}
