/** Acts of somebody who draws at random, through the editor's own code; the same seed draws the same. */
import { Coverage } from "../src/desks/boundaries/geometry/coverage.ts";
import { crosses, doubleArea, type Point } from "../src/desks/boundaries/geometry/grid.ts";
import { edgesOf, ringsOf, type Edge } from "../src/desks/boundaries/geometry/rings.ts";
import { merge, split, transfer } from "../src/desks/boundaries/geometry/verbs.ts";

export type Act =
  | { kind: "drag" }
  | { kind: "split"; code: string; line: Point[]; codes: string[] }
  | { kind: "merge"; codes: string[]; into: string }
  | { kind: "transfer"; giver: string; taker: string; ring: Point[] };

/** A generator of numbers from 0 to 1 (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Drawer {
  private made = 0;
  private readonly coverage: Coverage;
  private readonly random: () => number;

  constructor(coverage: Coverage, random: () => number) {
    this.coverage = coverage;
    this.random = random;
  }

  /** Do something at random; null where it was refused. */
  act(kinds: readonly Act["kind"][]): Act | null {
    const kind = this.one(kinds);
    if (kind === "drag") return this.drag() ? { kind } : null;
    if (kind === "split") return this.split();
    return kind === "merge" ? this.merge() : this.transfer();
  }

  private one<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)] as Item;
  }

  private codes(): string[] {
    return this.coverage.codes().filter((code) =>
      [...edgesOf(this.coverage.polygons(code))].every(([vertex]) => this.coverage.isMovable(vertex)));
  }

  private near([x, y]: Point, reach: number): Point {
    return [Math.round(x + (this.random() - 0.5) * reach), Math.round(y + (this.random() - 0.5) * reach)];
  }

  /** Move a vertex a few times, or one that is put in the middle of an edge, or take one out. */
  private drag(): boolean {
    const movable = [...this.coverage.vertices()].filter((vertex) => this.coverage.isMovable(vertex));
    let vertex = this.one(movable);
    const end = this.one([...this.coverage.neighbours(vertex)]);
    const [a, b] = [this.coverage.place(vertex), this.coverage.place(end)];
    const way = this.random();
    if (way < 0.15) return this.coverage.remove(vertex) === null;
    if (way < 0.4) {
      const made = this.coverage.insert(vertex, end, [Math.round((a[0] + b[0]) / 2), Math.round((a[1] + b[1]) / 2)]);
      if (typeof made !== "number") return false;
      vertex = made;
    }
    let moved = false;
    const reach = 4 * Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]));
    for (let step = 0; step < 4; step++) moved = this.coverage.move(vertex, this.near(this.coverage.place(vertex), reach)) === null || moved;
    return moved;
  }

  private extent(code: string): [Point, number] {
    const points = [...edgesOf(this.coverage.polygons(code))].map(([vertex]) => this.coverage.place(vertex));
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
    const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    return [[(west + east) / 2, (south + north) / 2], Math.max(east - west, north - south)];
  }

  private split(): Act | null {
    const code = this.one(this.codes());
    const [middle, size] = this.extent(code);
    const angle = this.random() * Math.PI;
    const [x, y] = [Math.cos(angle) * size, Math.sin(angle) * size];
    const bend = this.near(middle, size / 2);
    const line: Point[] = [this.near([middle[0] - x, middle[1] - y], size / 4), bend, this.near([middle[0] + x, middle[1] + y], size / 4)];
    const codes = split(this.coverage, code, line, () => `made-${++this.made}`);
    return "why" in codes ? null : { kind: "split", code, line, codes };
  }

  private beside(code: string): string[] {
    const others = [...edgesOf(this.coverage.polygons(code))].flatMap(([a, b]) => this.coverage.areasAt(a, b));
    return [...new Set(others)].filter((other) => other !== code);
  }

  private merge(): Act | null {
    const code = this.one(this.codes());
    const beside = this.beside(code);
    if (!beside.length) return null;
    const codes = [code, this.one(beside)];
    return merge(this.coverage, codes, code) ? null : { kind: "merge", codes, into: code };
  }

  private transfer(): Act | null {
    const giver = this.one(this.codes());
    const beside = this.beside(giver);
    if (!beside.length) return null;
    const [taker, [, size]] = [this.one(beside), this.extent(giver)];
    const border = [...edgesOf(this.coverage.polygons(giver))].filter(([a, b]) => this.coverage.areasAt(a, b).includes(taker));
    const [x, y] = this.coverage.place(this.one(border)[0]);
    const reach = size * (0.1 + 0.4 * this.random());
    const count = 3 + Math.floor(this.random() * 6);
    const turn = this.random();
    const ring = Array.from({ length: count }, (_, i): Point => {
      const angle = ((i + turn) / count) * 2 * Math.PI;
      const far = reach * (0.5 + 0.5 * this.random());
      return [Math.round(x + Math.cos(angle) * far), Math.round(y + Math.sin(angle) * far)];
    });
    return transfer(this.coverage, giver, taker, ring) ? null : { kind: "transfer", giver, taker, ring };
  }
}

/** What is wrong with a coverage, told without the code that edits it: overlaps, gaps, crossings, turned outlines. */
export function faultsOf(coverage: Coverage): string[] {
  const faults: string[] = [];
  const seen = new Map<string, Edge>();
  for (const code of coverage.codes()) {
    for (const edge of edgesOf(coverage.polygons(code))) {
      const key = edge.join(" ");
      if (seen.has(key)) faults.push(`two areas have one side of an edge: ${code}`);
      seen.set(key, edge);
    }
    for (const [outline, ...holes] of coverage.polygons(code)) {
      if (doubleArea((outline ?? []).map(coverage.at)) <= 0) faults.push(`an outline is turned: ${code}`);
      if (holes.some((hole) => doubleArea(hole.map(coverage.at)) >= 0)) faults.push(`a hole is turned: ${code}`);
    }
  }
  const edges = coverage.allEdges().map(([a, b]): [Point, Point] => [coverage.place(a), coverage.place(b)]);
  edges.sort((one, other) => Math.min(one[0][0], one[1][0]) - Math.min(other[0][0], other[1][0]));
  for (let i = 0; i < edges.length; i++) {
    const [a, b] = edges[i] as [Point, Point];
    for (let j = i + 1; j < edges.length; j++) {
      const [c, d] = edges[j] as [Point, Point];
      if (Math.min(c[0], d[0]) > Math.max(a[0], b[0])) break;
      if (crosses(a, b, c, d)) faults.push(`edges cross at ${a.join(" ")}`);
    }
  }
  return faults;
}

/** How many rings the edges form that only one area has: outlines of the whole, and gaps in it. */
export function ringsAround(coverage: Coverage): number {
  const edges = new Map<string, Edge>();
  for (const code of coverage.codes()) for (const edge of edgesOf(coverage.polygons(code))) edges.set(edge.join(" "), edge);
  return ringsOf([...edges.values()].filter(([a, b]) => !edges.has(`${b} ${a}`)), coverage.at).length;
}
