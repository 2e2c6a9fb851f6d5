/** What the planner's desk reads and asks: runs, what they found, their shapes. */
import { api, type Schemas } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";
import { words } from "@/words";

export type Run = Schemas["RunAnswer"];
export type RunRequest = Schemas["RunRequest"];
export type Findings = Schemas["HotspotFindings"];
export type Finding = Schemas["HotspotFinding"];
export type Method = Schemas["HotspotMethodFindings"];
export type Methods = Schemas["MethodsAnswer"];
export type Shape = Schemas["HotspotFeature"];

export interface Trend {
  start: string;
  step_days: number;
  counts: number[];
}

/** Properties of a shape in clusters.geojson. */
export interface ClusterFacts {
  method: string;
  number: number;
  category: string | null;
  first: string;
  last: string;
  observed: number;
  expected: number | null;
  relative_risk: number | null;
  adjusted_p: number | null;
  recurrence_interval_days: number | null;
  radius_m: number | null;
  stability: number | null;
  significant: boolean | null;
  categories: { category: string; reports: number }[];
  trend: Trend;
  samples: number[];
}

export interface PileUp {
  lon: number;
  lat: number;
  reports: number;
}

/** A finished run with everything that is drawn of it. */
export interface Result {
  run: Run;
  findings: Findings;
  clusters: Shape[];
  units: Shape[];
  series: Shape[];
  pileUps: PileUp[];
}

export const RUNNING: ReadonlySet<string> = new Set(["queued", "running"]);

export function readRuns(): Promise<Outcome<Run[]>> {
  return settled(api.GET("/v1/hotspots/runs", { params: { query: { limit: 50 } } }));
}

export function readRun(run: number): Promise<Outcome<Run>> {
  return settled(api.GET("/v1/hotspots/runs/{run}", { params: { path: { run } } }));
}

export function requestRun(body: Partial<RunRequest> & { start: string; end: string }): Promise<Outcome<Run>> {
  return settled(api.POST("/v1/hotspots/runs", { body: body as RunRequest }));
}

export function cancelRun(run: number): Promise<Outcome<Run>> {
  return settled(api.POST("/v1/hotspots/runs/{run}/cancel", { params: { path: { run } } }));
}

/** Everything of a finished run. */
export async function readResult(run: number): Promise<Outcome<Result>> {
  const params = { path: { run, form: "geojson" as const } };
  const [told, found, clusters, units, series] = await Promise.all([
    readRun(run),
    settled(api.GET("/v1/hotspots/runs/{run}/findings", { params: { path: { run } } })),
    settled(api.GET("/v1/hotspots/runs/{run}/clusters.{form}", { params })),
    settled(api.GET("/v1/hotspots/runs/{run}/units.{form}", { params })),
    settled(api.GET("/v1/hotspots/runs/{run}/warnings.{form}", { params })),
  ]);
  if (told.problem) return told;
  if (found.problem) return found;
  const problem = clusters.problem ?? units.problem ?? series.problem;
  if (problem) return { content: null, problem };
  const shapes = (part: typeof clusters): Shape[] => (part.content as Schemas["HotspotFeatures"] | null)?.features ?? [];
  const pileUps = (told.content.input?.pile_ups ?? []) as PileUp[];
  return {
    content: { run: told.content, findings: found.content, clusters: shapes(clusters), units: shapes(units), series: shapes(series), pileUps },
    problem: null,
  };
}

/** A day of the last whole month: its first, and the first of the month behind it. */
export function lastMonth(today = new Date()): { start: string; end: string } {
  const day = (date: Date): string => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-01`;
  return { start: day(new Date(today.getFullYear(), today.getMonth() - 1, 1)), end: day(today) };
}

/** How sure, in words: how often chance alone would do as much. */
export function chance(p: number | null): string {
  if (p === null) return words("planner.notTested");
  if (p <= 0.001) return words("planner.chance.rare");
  if (p <= 0.01) return words("planner.chance.hundred", { count: Math.max(1, Math.round(p * 1000)) });
  return words("planner.chance.percent", { count: Math.round(p * 100) });
}

/** Mondays and days behind: the weeks from a day to another, each with its first and last day. */
export function weeksOf(first: string, end: string): { first: string; last: string }[] {
  const weeks: { first: string; last: string }[] = [];
  const DAY = 86_400_000;
  for (let from = Date.parse(`${first}T00:00:00Z`); from < Date.parse(`${end}T00:00:00Z`); from += 7 * DAY) {
    const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
    weeks.push({ first: day(from), last: day(from + 6 * DAY) });
  }
  return weeks;
}
