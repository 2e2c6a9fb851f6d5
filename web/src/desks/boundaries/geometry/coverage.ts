/**
 * Areas that share their vertices. A border between two areas is one thing here, so that what moves moves in all of them
 * and neither gap nor overlap can be drawn; what would cross something is refused, with where.
 */
import {
  crosses, isInBox, isInTriangle, isSame, squareMetres, toDegrees, toSteps, turn, type Box, type Point,
} from "./grid.ts";
import { edgesOf, type Polygons } from "./rings.ts";

export interface MultiPolygon {
  type: "MultiPolygon";
  coordinates: number[][][][];
}

/** An area of the window as the service answers it. */
export interface Drawn {
  code: string;
  /** Polygon or MultiPolygon of GeoJSON. */
  geometry: { type: string; coordinates?: unknown };
}

export type Why = "outside" | "occupied" | "crossing" | "passing" | "smallest" | "fork" | "gone";
/** Why something cannot be drawn, and where. */
export interface Refusal {
  why: Why;
  at: Point;
}

function polygonsIn({ type, coordinates }: Drawn["geometry"]): number[][][][] {
  return (type === "Polygon" ? [coordinates] : (coordinates ?? [])) as number[][][][];
}

export class Coverage {
  readonly box: Box;
  private readonly places: Point[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly areas = new Map<string, number[][][]>();
  private beside = new Map<number, Set<number>>();
  private owners = new Map<number, Set<string>>();
  private edges: [number, number][] = [];
  private readonly touched = new Set<string>();

  constructor(drawn: Iterable<Drawn>, box: Box) {
    this.box = box;
    for (const { code, geometry } of drawn) {
      this.areas.set(
        code,
        polygonsIn(geometry).map((rings) => rings.map((ring) => ring.slice(0, -1).map((one) => this.vertexFor(toSteps(one))))),
      );
    }
    this.relink();
  }

  /** The same areas, to try something on. */
  clone(): Coverage {
    return new Coverage(this.codes().map((code) => ({ code, geometry: this.outline(code) })), this.box);
  }

  codes(): string[] {
    return [...this.areas.keys()];
  }

  polygons(code: string): Polygons {
    return this.areas.get(code) ?? [];
  }

  place(vertex: number): Point {
    return this.places[vertex] as Point;
  }

  readonly at = (vertex: number): Point => this.place(vertex);

  vertexAt(place: Point): number | undefined {
    return this.numbers.get(`${place[0]} ${place[1]}`);
  }

  /** Vertices that are in use. */
  vertices(): IterableIterator<number> {
    return this.beside.keys();
  }

  neighbours(vertex: number): ReadonlySet<number> {
    return this.beside.get(vertex) ?? new Set();
  }

  allEdges(): readonly (readonly [number, number])[] {
    return this.edges;
  }

  /** The areas whose rings run through a vertex, or along an edge in either direction. */
  areasAt(vertex: number, other?: number): string[] {
    const owners = [...(this.owners.get(vertex) ?? [])];
    if (other === undefined) return owners;
    const also = this.owners.get(other);
    return owners.filter((code) => {
      if (!also?.has(code)) return false;
      for (const [a, b] of edgesOf(this.polygons(code))) {
        if ((a === vertex && b === other) || (a === other && b === vertex)) return true;
      }
      return false;
    });
  }

  isMovable(vertex: number): boolean {
    return isInBox(this.place(vertex), this.box);
  }

  /** Outlines of the areas that changed since `settle`, as GeoJSON in degrees. */
  changed(): Record<string, MultiPolygon> {
    return Object.fromEntries([...this.touched].filter((code) => this.areas.has(code)).map((code) => [code, this.outline(code)]));
  }

  /** Take what is drawn for what was there from the beginning. */
  settle(): void {
    this.touched.clear();
  }

  outline(code: string): MultiPolygon {
    const coordinates = this.polygons(code).map((rings) =>
      rings.map((ring) => [...ring, ring[0] as number].map((vertex) => toDegrees(this.place(vertex)))),
    );
    return { type: "MultiPolygon", coordinates };
  }

  squareMetres(code: string): number {
    return squareMetres(this.polygons(code).map((rings) => rings.map((ring) => ring.map(this.at))));
  }

  /** Why a vertex cannot be moved in a straight line to a place; null where it can. */
  hindrance(vertex: number, to: Point): Refusal | null {
    const from = this.place(vertex);
    if (!isInBox(from, this.box) || !isInBox(to, this.box)) return { why: "outside", at: to };
    const there = this.vertexAt(to);
    if (there !== undefined && there !== vertex && this.beside.has(there)) return { why: "occupied", at: to };
    return this.sweep(vertex, from, to, [...this.neighbours(vertex)]);
  }

  /** Move a vertex, in all areas that have it. */
  move(vertex: number, to: Point): Refusal | null {
    const refusal = this.hindrance(vertex, to);
    if (refusal) return refusal;
    this.touch(this.areasAt(vertex));
    const from = this.place(vertex);
    this.numbers.delete(`${from[0]} ${from[1]}`);
    this.places[vertex] = to;
    this.numbers.set(`${to[0]} ${to[1]}`, vertex);
    return null;
  }

  /** Put a vertex on an edge, in all areas that have the edge; the grid's nearest point may bend it by a step. */
  insert(a: number, b: number, place: Point): number | Refusal {
    const known = this.vertexAt(place);
    if (known === a || known === b) return known;
    if (known !== undefined && this.beside.has(known)) return { why: "occupied", at: place };
    const [from, to] = [this.place(a), this.place(b)];
    const hit = this.inTheWay(from, to, place, new Set([a, b])) ?? this.crossedBy([[from, place], [place, to]], [a, b]);
    if (hit) return hit;
    const vertex = this.vertexFor(place);
    for (const code of this.areasAt(a, b)) {
      this.touch([code]);
      for (const ring of (this.areas.get(code) ?? []).flat()) {
        for (let i = ring.length - 1; i >= 0; i--) {
          const [one, other] = [ring[i], ring[(i + 1) % ring.length]];
          if ((one === a && other === b) || (one === b && other === a)) ring.splice(i + 1, 0, vertex);
        }
      }
    }
    this.relink();
    return vertex;
  }

  /** Take a vertex out of all areas that have it; only where two edges meet. */
  remove(vertex: number): Refusal | null {
    const at = this.place(vertex);
    const [one, other, ...more] = this.neighbours(vertex);
    if (one === undefined || other === undefined || more.length) return { why: "fork", at };
    if (!isInBox(at, this.box)) return { why: "outside", at };
    const codes = this.areasAt(vertex);
    const rings = codes.flatMap((code) => (this.areas.get(code) ?? []).flat()).filter((ring) => ring.includes(vertex));
    if (this.neighbours(one).has(other) || rings.some((ring) => ring.length < 4)) return { why: "smallest", at };
    const [a, b] = [this.place(one), this.place(other)];
    const hit = this.inTheWay(a, b, at, new Set([one, other, vertex])) ?? this.crossedBy([[a, b]], [one, other], vertex);
    if (hit) return hit;
    this.touch(codes);
    for (const ring of rings) ring.splice(ring.indexOf(vertex), 1);
    this.relink();
    return null;
  }

  /** Put areas in the place of others; null ends one. */
  replace(areas: ReadonlyMap<string, number[][][] | null>): void {
    for (const [code, polygons] of areas) {
      this.touch([code]);
      if (polygons) this.areas.set(code, polygons);
      else this.areas.delete(code);
    }
    this.relink();
  }

  /** The number of the vertex at a place, a new one where there is none. */
  vertexFor(place: Point): number {
    const key = `${place[0]} ${place[1]}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.places.push(place);
    this.numbers.set(key, this.places.length - 1);
    return this.places.length - 1;
  }

  private touch(codes: Iterable<string>): void {
    for (const code of codes) this.touched.add(code);
  }

  private relink(): void {
    this.beside = new Map();
    this.owners = new Map();
    this.edges = [];
    for (const [code, polygons] of this.areas) {
      for (const [a, b] of edgesOf(polygons)) {
        const owners = this.owners.get(a);
        if (owners) owners.add(code);
        else this.owners.set(a, new Set([code]));
        const [from, to] = [this.linked(a), this.linked(b)];
        if (from.has(b)) continue;
        from.add(b);
        to.add(a);
        this.edges.push([a, b]);
      }
    }
  }

  private linked(vertex: number): Set<number> {
    let known = this.beside.get(vertex);
    if (!known) this.beside.set(vertex, (known = new Set()));
    return known;
  }

  /**
   * What a vertex with its edges would meet on a straight way. Nothing is met where no vertex lies in the triangles that
   * the edges sweep, and neither the way nor an edge at its end crosses another edge: then the plan of areas is the same
   * after the move as before it. Edges that were crossed already (a defect of the draft) are no hindrance.
   */
  private sweep(vertex: number, from: Point, to: Point, ends: number[]): Refusal | null {
    for (const end of ends) {
      const hit = this.inTheWay(from, this.place(end), to, new Set([vertex, end]));
      if (hit) return hit;
    }
    const moved = ends.map((end): [Point, Point] => [to, this.place(end)]);
    return this.crossedBy([[from, to], ...moved], [], vertex);
  }

  /** A vertex within a triangle, or on its border. */
  private inTheWay(a: Point, b: Point, c: Point, but: ReadonlySet<number>): Refusal | null {
    const [west, east] = [Math.min(a[0], b[0], c[0]), Math.max(a[0], b[0], c[0])];
    const [south, north] = [Math.min(a[1], b[1], c[1]), Math.max(a[1], b[1], c[1])];
    for (const other of this.beside.keys()) {
      const place = this.place(other);
      if (place[0] < west || place[0] > east || place[1] < south || place[1] > north || but.has(other)) continue;
      if (isInTriangle(place, a, b, c)) return { why: "passing", at: place };
    }
    return null;
  }

  /** An edge that one of some segments crosses, besides the edge between two vertices and those of another one. */
  private crossedBy(segments: readonly [Point, Point][], between: readonly number[], of = -1): Refusal | null {
    const all = segments.flat();
    const [west, east] = [Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))];
    const [south, north] = [Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y))];
    for (const [a, b] of this.edges) {
      const [p, q] = [this.places[a] as Point, this.places[b] as Point];
      if (Math.max(p[0], q[0]) < west || Math.min(p[0], q[0]) > east) continue;
      if (Math.max(p[1], q[1]) < south || Math.min(p[1], q[1]) > north) continue;
      if (a === of || b === of || (between.includes(a) && between.includes(b))) continue;
      if (segments.some(([c, d]) => crosses(c, d, p, q)) && !this.wasCrossed(of, p, q)) return { why: "crossing", at: p };
    }
    return null;
  }

  private wasCrossed(vertex: number, p: Point, q: Point): boolean {
    if (vertex < 0) return false;
    const from = this.place(vertex);
    return [...this.neighbours(vertex)].some((end) => {
      const to = this.place(end);
      return !isSame(to, p) && !isSame(to, q) && turn(from, to, p) * turn(from, to, q) < 0 && crosses(from, to, p, q);
    });
  }
}
