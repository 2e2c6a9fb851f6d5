/** Split, merge, transfer: what the service does with a drawn line, done at once on the page's own coverage. */
import { type Coverage, type Refusal } from "./coverage.ts";
import { crosses, isNear, isOn, isSame, meetingPoint, sideOf, type Point } from "./grid.ts";
import { edgesOf, joined, pointWithin, polygonsOf, ringsOf, type Edge, type Polygons } from "./rings.ts";

export type VerbWhy = "uncut" | "apart" | "nothing" | "everything" | "tangled";
export interface VerbRefusal {
  why: VerbWhy;
}
export type Outcome = { faces: number[][][][] } | Refusal | VerbRefusal;

function isWithin(p: Point, polygons: Polygons, place: (vertex: number) => Point): boolean {
  return polygons.some(([outline, ...holes]) =>
    sideOf(p, (outline ?? []).map(place)) > 0 && holes.every((hole) => sideOf(p, hole.map(place)) < 0));
}

function alongside(from: Point) {
  return (a: Point, b: Point): number =>
    (a[0] - from[0]) ** 2 + (a[1] - from[1]) ** 2 - (b[0] - from[0]) ** 2 - (b[1] - from[1]) ** 2;
}

/** Put a vertex into the area's edges wherever a line meets them; refuse what the grid cannot hold. */
function nodeBorder(coverage: Coverage, code: string, line: readonly Point[]): Refusal | null {
  for (let i = 0; i + 1 < line.length; i++) {
    const [c, d] = [line[i] as Point, line[i + 1] as Point];
    for (const [a, b] of [...edgesOf(coverage.polygons(code))]) {
      const [p, q] = [coverage.place(a), coverage.place(b)];
      if (!crosses(p, q, c, d) || isOn(p, c, d) || isOn(q, c, d)) continue;
      const at = isOn(c, p, q) ? c : isOn(d, p, q) ? d : meetingPoint(p, q, c, d);
      const made = at === null || isSame(at, p) || isSame(at, q) ? null : coverage.insert(a, b, at);
      if (made !== null && typeof made !== "number") return made;
    }
  }
  return null;
}

/** The pieces of a line that run inside an area, from vertex to vertex, also where it meets itself. */
function chains(coverage: Coverage, code: string, line: readonly Point[]): Edge[] | VerbRefusal {
  const polygons = coverage.polygons(code);
  const border = [...new Set([...edgesOf(polygons)].map(([vertex]) => vertex))];
  const found = new Map<string, Edge>();
  for (let i = 0; i + 1 < line.length; i++) {
    const [c, d] = [line[i] as Point, line[i + 1] as Point];
    const stops = [c, d, ...border.map(coverage.at).filter((p) => isNear(p, c, d))];
    for (let j = 0; j + 1 < line.length; j++) {
      const [e, f] = [line[j] as Point, line[j + 1] as Point];
      const met = j !== i && crosses(c, d, e, f) ? meetingPoint(c, d, e, f) : null;
      if (met) stops.push(met);
    }
    stops.sort(alongside(c));
    for (let j = 0; j + 1 < stops.length; j++) {
      const [p, q] = [stops[j] as Point, stops[j + 1] as Point];
      if (isSame(p, q) || !isWithin([(p[0] + q[0]) / 2, (p[1] + q[1]) / 2], polygons, coverage.at)) continue;
      const [one, other] = [coverage.vertexFor(p), coverage.vertexFor(q)];
      if (!coverage.neighbours(one).has(other)) found.set(one < other ? `${one} ${other}` : `${other} ${one}`, [one, other]);
    }
  }
  return [...found.values()];
}

/** Take away again and again what ends without meeting anything. */
function pruned(edges: readonly Edge[], coverage: Coverage): Edge[] {
  let left = [...edges];
  while (true) {
    const ends = new Map<number, number>();
    for (const edge of left) for (const end of edge) ends.set(end, (ends.get(end) ?? 0) + 1);
    const kept = left.filter((edge) => edge.every((end) => (ends.get(end) ?? 0) > 1 || coverage.neighbours(end).size > 0));
    if (kept.length === left.length) return kept;
    left = kept;
  }
}

/** Cut an area along lines; its border gets the new vertices, in its neighbours too. Nothing else changes yet. */
export function cut(coverage: Coverage, code: string, lines: readonly (readonly Point[])[]): Outcome {
  for (const line of lines) {
    const refusal = nodeBorder(coverage, code, line);
    if (refusal) return refusal;
  }
  const inner: Edge[] = [];
  for (const line of lines) {
    const made = chains(coverage, code, line);
    if ("why" in made) return made;
    inner.push(...made);
  }
  const chain = pruned(inner, coverage);
  const border = [...edgesOf(coverage.polygons(code))];
  const places = ([a, b]: Edge): [Point, Point] => [coverage.place(a), coverage.place(b)];
  for (let i = 0; i < chain.length; i++) {
    const [p, q] = places(chain[i] as Edge);
    const others = [...chain.slice(i + 1), ...border].map(places);
    if (others.some(([r, s]) => crosses(p, q, r, s))) return { why: "tangled" };
  }
  const both = chain.flatMap(([a, b]): Edge[] => [[a, b], [b, a]]);
  const faces = polygonsOf(ringsOf([...border, ...both], coverage.at), coverage.at);
  return { faces: faces.map((face) => [face]) };
}

/** Split an area along a line into those `codes`, the first for the largest face; refused where nothing is cut. */
export function split(
  coverage: Coverage, code: string, line: readonly Point[], name: (number: number) => string,
): string[] | Refusal | VerbRefusal {
  const outcome = cut(coverage, code, [line]);
  if ("why" in outcome) return outcome;
  if (outcome.faces.length <= coverage.polygons(code).length) return { why: "uncut" };
  const codes = outcome.faces.map((_, number) => name(number));
  const made = new Map<string, number[][][] | null>([[code, null]]);
  outcome.faces.forEach((face, number) => made.set(codes[number] as string, face));
  coverage.replace(made);
  return codes;
}

/** Put areas together that hang together over borders of some length. */
export function merge(coverage: Coverage, codes: readonly string[], into: string): VerbRefusal | null {
  if (!hangTogether(codes.map((code) => coverage.polygons(code)))) return { why: "apart" };
  const land = joined(codes.map((code) => coverage.polygons(code)), coverage.at);
  coverage.replace(new Map([...codes.map((code) => [code, null] as const), [into, land]]));
  return null;
}

/** Give what of one area lies under a drawn ring to its neighbour. */
export function transfer(
  coverage: Coverage, giver: string, taker: string, ring: readonly Point[],
): Refusal | VerbRefusal | null {
  const closed = [...ring, ring[0] as Point];
  const outcome = cut(coverage, giver, [closed]);
  if ("why" in outcome) return outcome;
  const isUnder = (face: number[][][]): boolean => {
    const [outline, ...holes] = face[0] ?? [];
    return sideOf(pointWithin((outline ?? []).map(coverage.at), holes.map((hole) => hole.map(coverage.at))), ring) > 0;
  };
  const going = outcome.faces.filter(isUnder);
  const staying = outcome.faces.filter((face) => !isUnder(face));
  if (!going.length) return { why: "nothing" };
  if (!staying.length) return { why: "everything" };
  const together = [coverage.polygons(taker), ...going];
  if (!hangTogether(together)) return { why: "apart" };
  coverage.replace(new Map([[giver, joined(staying, coverage.at)], [taker, joined(together, coverage.at)]]));
  return null;
}

function hangTogether(areas: readonly Polygons[]): boolean {
  const of = new Map<string, number>();
  areas.forEach((polygons, index) => {
    for (const [a, b] of edgesOf(polygons)) of.set(`${a} ${b}`, index);
  });
  const reached = new Set([0]);
  const waiting = [0];
  while (waiting.length) {
    for (const [a, b] of edgesOf(areas[waiting.pop() as number] ?? [])) {
      const next = of.get(`${b} ${a}`);
      if (next === undefined || reached.has(next)) continue;
      reached.add(next);
      waiting.push(next);
    }
  }
  return reached.size === areas.length;
}
