/** What the triage desk reads and says: what waits, what stands beside it, where it belongs. */
import { api, type Schemas } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";
import { readAreas, type Area, type Layer } from "@/map/boundaries";
import { words } from "@/words";

export type Waiting = Schemas["WaitingOut"];
export type Queue = Schemas["QueueOut"];
export type Neighbour = Schemas["NeighbourOut"];
export type Candidate = Schemas["PlaceCandidateOut"];
export type Wording = Schemas["WordingOut"];
export type Settled = Schemas["SettlementOut"];

/** Where a person says that a report belongs. */
export type Choice =
  | { kind: "candidate"; rank: number }
  | { kind: "point"; lon: number; lat: number }
  | { kind: "area"; area: Area };

const PAGE = 50;
const MOST = 500;

/** The oldest that wait, as many as are shown now. */
export function readQueue(count: number): Promise<Outcome<Queue>> {
  return settled(api.GET("/v1/triage", { params: { query: { limit: Math.min(Math.max(count, PAGE), MOST) } } }));
}

export function readMore(after: string): Promise<Outcome<Queue>> {
  return settled(api.GET("/v1/triage", { params: { query: { limit: PAGE, after } } }));
}

export async function readNeighbours(number: string): Promise<Neighbour[]> {
  const { content } = await settled(api.GET("/v1/triage/{number}/neighbours", { params: { path: { number } } }));
  return content?.neighbours ?? [];
}

/** The areas of all levels, the finest first: any of them can be named. */
export async function readAllAreas(layer: Layer): Promise<Area[]> {
  const read = await Promise.all([...layer.levels].reverse().map((level) => readAreas(layer.code, level, null)));
  return read.flatMap(({ content }) => content ?? []);
}

export function settle(number: string, choice: Choice, reason: string, wording: string): Promise<Outcome<Settled>> {
  const where =
    choice.kind === "candidate" ? { candidate: choice.rank }
    : choice.kind === "point" ? { lon: choice.lon, lat: choice.lat }
    : { area: choice.area.code };
  const named = wording.trim() && choice.kind !== "area" ? { wording: wording.trim() } : {};
  return settled(
    api.POST("/v1/triage/{number}/settlement", { params: { path: { number } }, body: { ...where, reason: reason.trim(), ...named } }),
  );
}

/** How long something has waited, in words. */
export function waited(since: string, now = Date.now()): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(since)) / 60_000));
  if (minutes < 60) return words("triage.minutes", { count: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? words("triage.hours", { count: hours }) : words("triage.days", { count: Math.floor(hours / 24) });
}
