/** Coordinates as people write them: in a system of their choice, converted by the service alone. */
import { ref, watch } from "vue";

import { api } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";

import { toDegrees, toSteps, type Point } from "./geometry/grid.ts";

/** Those that are offered; any other that the service knows can be typed. */
export const SYSTEMS = ["WGS84", "CGCS2000", "EPSG:4547", "GCJ-02", "BD-09"] as const;
const KEPT = "wangge.coordinates";
const MOST = 100;

/** The system that coordinates are shown and typed in. */
export const system = ref(localStorage.getItem(KEPT) ?? "WGS84");
watch(system, (chosen) => localStorage.setItem(KEPT, chosen));

interface Converted {
  places: number[][];
  decimals: number;
}

async function converted(places: readonly string[], crs: string, target: string): Promise<Outcome<Converted>> {
  const all: Converted = { places: [], decimals: 7 };
  for (let from = 0; from < places.length; from += MOST) {
    const query = { place: places.slice(from, from + MOST), crs, target };
    const { content, problem } = await settled(api.GET("/v1/coordinates", { params: { query } }));
    if (problem) return { content: null, problem };
    all.places.push(...content.places);
    all.decimals = content.unit === "degree" ? 7 : 3;
  }
  return { content: all, problem: null };
}

/** Return places as text in a system. */
export async function written(places: readonly Point[], crs: string): Promise<Outcome<string[]>> {
  const own: Converted = { places: places.map(toDegrees), decimals: 7 };
  const outcome = crs === "WGS84" ? null : await converted(own.places.map((pair) => pair.map((value) => value.toFixed(7)).join(",")), "WGS84", crs);
  if (outcome?.problem) return outcome;
  const told = outcome?.content ?? own;
  return { content: told.places.map((pair) => pair.map((value) => value.toFixed(told.decimals)).join(", ")), problem: null };
}

/** Return the place that a text names in a system; null where it is no two numbers. */
export async function readPlace(text: string, crs: string): Promise<Outcome<Point> | null> {
  const numbers = text.split(/[,\s，]+/).filter(Boolean).map(Number);
  if (numbers.length !== 2 || !numbers.every(Number.isFinite)) return null;
  const { content, problem } = await converted([numbers.join(",")], crs, "WGS84");
  return problem ? { content: null, problem } : { content: toSteps(content.places[0] ?? []), problem: null };
}
