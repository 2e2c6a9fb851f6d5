/** Rings and polygons out of directed edges that have the land on their left. */
import { doubleArea, sideOf, turn, type Point } from "./grid.ts";

/** From one vertex to another. */
export type Edge = readonly [number, number];
/** Vertices of rings, not closed; the first ring of a polygon is its outline, counter-clockwise, others are its holes. */
export type Polygons = readonly (readonly (readonly number[])[])[];
type Places = (vertex: number) => Point;

/** Order of directions clockwise from where one came: right, ahead, left, back. */
function sector(at: Point, from: Point, to: Point): number {
  const side = turn(at, from, to);
  if (side !== 0) return side < 0 ? 0 : 2;
  const isBack = (from[0] - at[0]) * (to[0] - at[0]) + (from[1] - at[1]) * (to[1] - at[1]) > 0;
  return isBack ? 3 : 1;
}

function isSooner(at: Point, from: Point, one: Point, other: Point): boolean {
  const [a, b] = [sector(at, from, one), sector(at, from, other)];
  return a === b ? turn(at, one, other) < 0 : a < b;
}

/** Return the rings that edges form, each without a vertex twice: a walk that meets itself is parted there. */
export function ringsOf(edges: Iterable<Edge>, place: Places): number[][] {
  const leaving = new Map<number, number[]>();
  for (const [from, to] of edges) leaving.set(from, [...(leaving.get(from) ?? []), to]);
  const rings: number[][] = [];
  for (const [start, ends] of leaving) {
    while (ends.length) {
      const walk: number[] = [start];
      const seen = new Map([[start, 0]]);
      let [from, at] = [start, ends.pop() as number];
      while (true) {
        const since = seen.get(at);
        if (since !== undefined) {
          const ring = walk.splice(since);
          for (const vertex of ring) seen.delete(vertex);
          if (ring.length > 2) rings.push(ring);
        }
        seen.set(at, walk.length);
        walk.push(at);
        const onward = leaving.get(at) ?? [];
        if (!onward.length) break;
        let best = 0;
        for (let i = 1; i < onward.length; i++) {
          const [one, other] = [onward[i] as number, onward[best] as number];
          if (isSooner(place(at), place(from), place(one), place(other))) best = i;
        }
        const [next] = onward.splice(best, 1);
        [from, at] = [at, next as number];
      }
    }
  }
  return rings;
}

/** A point inside a ring and outside its holes: in the middle of the widest stretch of a line between two heights. */
export function pointWithin(ring: readonly Point[], holes: readonly (readonly Point[])[] = []): [number, number] {
  const heights = [...new Set([ring, ...holes].flat().map(([, y]) => y))].sort((a, b) => a - b);
  let best: [number, number, number] = [0, ring[0]?.[0] ?? 0, ring[0]?.[1] ?? 0];
  const steps = Math.max(1, Math.floor((heights.length - 1) / 16));
  for (let i = 0; i + 1 < heights.length; i += steps) {
    const y = ((heights[i] as number) + (heights[i + 1] as number)) / 2;
    const met: number[] = [];
    for (const one of [ring, ...holes]) for (let j = 0; j < one.length; j++) {
      const [a, b] = [one[j] as Point, one[(j + 1) % one.length] as Point];
      if (a[1] > y !== b[1] > y) met.push(a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0]));
    }
    met.sort((a, b) => a - b);
    for (let j = 0; j + 1 < met.length; j += 2) {
      const [west, east] = [met[j] as number, met[j + 1] as number];
      if (east - west > best[0]) best = [east - west, (west + east) / 2, y];
    }
  }
  return [best[1], best[2]];
}

/** Put holes into the outlines that they lie in. */
export function polygonsOf(rings: readonly number[][], place: Places): number[][][] {
  const known = rings.map((ring) => ({ ring, points: ring.map(place), area: doubleArea(ring.map(place)) }));
  const outlines = known.filter(({ area }) => area > 0).map((one) => ({ ...one, rings: [one.ring] }));
  for (const hole of known.filter(({ area }) => area < 0)) {
    const within = pointWithin(hole.points);
    const around = outlines
      .filter(({ area, points }) => area > -hole.area && sideOf(within, points) > 0)
      .sort((a, b) => a.area - b.area)[0];
    around?.rings.push(hole.ring);
  }
  return outlines.map((one) => one.rings);
}

/** The edges of polygons, as their rings run. */
export function* edgesOf(polygons: Polygons): Generator<Edge> {
  for (const rings of polygons) {
    for (const ring of rings) {
      for (let i = 0; i < ring.length; i++) yield [ring[i] as number, ring[(i + 1) % ring.length] as number];
    }
  }
}

/** Return the outline of polygons put together: an edge that one of them has each way lies inside. */
export function joined(all: Iterable<Polygons>, place: Places): number[][][] {
  const left = new Map<string, Edge>();
  for (const polygons of all) {
    for (const [from, to] of edgesOf(polygons)) {
      if (!left.delete(`${to} ${from}`)) left.set(`${from} ${to}`, [from, to]);
    }
  }
  return polygonsOf(ringsOf(left.values(), place), place);
}
