/** What a grid worker does to a case in hand, and what each act needs. */
import type { Case } from "./field";

export type Act = "acknowledge" | "visit" | "handle" | "return" | "report_up" | "whistle";
export type Need = "photos" | "opinion" | "place" | "reason" | "return_reason" | "whistle";

export const NEEDS: Record<Act, readonly Need[]> = {
  acknowledge: [],
  visit: ["place"],
  handle: ["photos", "opinion"],
  return: ["return_reason", "reason"],
  report_up: ["reason"],
  whistle: ["whistle", "reason"],
};

/** By state, what may be done, the next step first. */
const POSSIBLE: Partial<Record<Case["state"], readonly Act[]>> = {
  dispatched: ["acknowledge", "whistle", "report_up", "return"],
  acknowledged: ["visit", "handle", "whistle", "report_up", "return"],
  suspended: ["visit", "whistle"],
};

export function possible(state: Case["state"]): readonly Act[] {
  return POSSIBLE[state] ?? [];
}

/** Addresses that hand a place over to an application for maps; nothing is fetched from them. */
export function waysTo(one: { lon: number; lat: number }, name: string): { geo: string; amap: string } {
  const [lon, lat] = [one.lon.toFixed(6), one.lat.toFixed(6)];
  const label = encodeURIComponent(name);
  return {
    geo: `geo:${lat},${lon}?q=${lat},${lon}(${label})`,
    amap: `https://uri.amap.com/navigation?to=${lon},${lat},${label}&mode=walk&coordinate=wgs84&callnative=1`,
  };
}
