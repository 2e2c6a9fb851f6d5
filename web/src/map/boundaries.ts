/** What the map desk reads: layers, releases, the areas of a level, one area. */
import { api, type Schemas } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";
import { initialsOf } from "@/words/pinyin";

export type Layer = Schemas["LayerOut"];
export type Release = Schemas["ReleaseOut"];
export type Area = Schemas["AreaOut"];
export type Extent = [number, number, number, number];

const PAGE = 10_000;

function instantQuery(at: string | null): { at?: string } {
  return at === null ? {} : { at };
}

export async function readLayers(): Promise<Outcome<Layer[]>> {
  const { content, problem } = await settled(api.GET("/v1/layers"));
  return problem ? { content: null, problem } : { content: content.layers, problem: null };
}

/** The releases that are or will be in force, oldest first. */
export async function readReleases(layer: string): Promise<Outcome<Release[]>> {
  const { content, problem } = await settled(api.GET("/v1/layers/{layer}/releases", { params: { path: { layer } } }));
  if (problem) return { content: null, problem };
  const standing = content.releases.filter((release) => release.withdrawn_at === null);
  return { content: standing.sort((a, b) => a.effective_at.localeCompare(b.effective_at)), problem: null };
}

/** All areas of a level at an instant, in the order of their codes, without their shapes. */
export async function readAreas(layer: string, level: string, at: string | null): Promise<Outcome<Area[]>> {
  const areas: Area[] = [];
  let after: string | null | undefined;
  do {
    const query = { level, limit: PAGE, ...instantQuery(at), ...(after ? { after } : {}) };
    const { content, problem } = await settled(
      api.GET("/v1/layers/{layer}/areas", { params: { path: { layer }, query } }),
    );
    if (problem) return { content: null, problem };
    areas.push(...content.areas);
    after = content.next;
  } while (after);
  return { content: areas, problem: null };
}

/** West, south, east, north of the areas of a level. */
export async function readExtent(layer: string, level: string, at: string | null): Promise<Extent | null> {
  const query = { level, geometry: true, limit: 1000, ...instantQuery(at) };
  const { content } = await settled(api.GET("/v1/layers/{layer}/areas", { params: { path: { layer }, query } }));
  return content?.areas.length ? extentOf(content.areas.map((area) => area.geometry?.coordinates)) : null;
}

/** The rings of a layer's finest areas that touch a box in steps of 1e-7 degrees, as they are now. */
export async function readRings(layer: string, [west, south, east, north]: readonly [number, number, number, number]): Promise<number[][][]> {
  const { content: layers } = await readLayers();
  const level = layers?.find(({ code }) => code === layer)?.levels.at(-1);
  if (level === undefined) return [];
  const query = { level, geometry: true, limit: 1000, bbox: [west, south, east, north].map((value) => value / 1e7).join(",") };
  const { content } = await settled(api.GET("/v1/layers/{layer}/areas", { params: { path: { layer }, query } }));
  return (content?.areas ?? []).flatMap(({ geometry }) => {
    const shape = geometry as { type: string; coordinates: unknown } | null;
    if (shape?.type === "Polygon") return shape.coordinates as number[][][];
    return shape?.type === "MultiPolygon" ? (shape.coordinates as number[][][][]).flat() : [];
  });
}

/** The smallest box around all positions in nested lists of coordinates. */
export function extentOf(coordinates: unknown): Extent | null {
  const box: Extent = [Infinity, Infinity, -Infinity, -Infinity];
  const look = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    const [lon, lat] = part as unknown[];
    if (typeof lon === "number" && typeof lat === "number") {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    } else for (const inner of part) look(inner);
  };
  look(coordinates);
  return box[0] <= box[2] ? box : null;
}

/** One area of a level at an instant, with its shape. */
export async function readArea(layer: string, level: string, code: string, at: string | null): Promise<Outcome<Area | null>> {
  const { content, problem } = await settled(
    api.GET("/v1/layers/{layer}/areas/{code}", { params: { path: { layer, code }, query: instantQuery(at) } }),
  );
  if (problem) return { content: null, problem };
  return { content: content.areas.find((area) => area.level === level) ?? content.areas[0] ?? null, problem: null };
}

export async function readHistory(layer: string, code: string): Promise<Outcome<Area[]>> {
  const { content, problem } = await settled(
    api.GET("/v1/layers/{layer}/areas/{code}/history", { params: { path: { layer, code } } }),
  );
  return problem ? { content: null, problem } : { content: content.states, problem: null };
}

/** Return the areas whose name, code or first letters hold what is looked for, those that begin with it first. */
export function matching(areas: readonly Area[], wanted: string): Area[] {
  const text = wanted.trim().toLowerCase();
  if (!text) return [...areas];
  const isLatin = /^[a-z0-9]+$/.test(text);
  const rank = (area: Area): number => {
    const [name, code] = [area.name.toLowerCase(), area.code.toLowerCase()];
    if (name.startsWith(text) || code.startsWith(text)) return 0;
    if (isLatin && initialsOf(name).includes(text)) return 1;
    return name.includes(text) || code.includes(text) ? 1 : 2;
  };
  return areas.filter((area) => rank(area) < 2).sort((a, b) => rank(a) - rank(b));
}

/** The release that is in force at an instant, of releases that stand oldest first. */
export function inForce(releases: readonly Release[], at: string | null): Release | null {
  const instant = at === null ? Date.now() : Date.parse(at);
  return releases.filter((release) => Date.parse(release.effective_at) <= instant).at(-1) ?? null;
}
