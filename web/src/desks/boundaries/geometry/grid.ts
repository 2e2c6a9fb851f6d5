/**
 * Exact plane geometry on the grid of stored coordinates. A step is 1e-7 degrees, the last digit that the service keeps, so
 * that all numbers are whole and every question of sides has one answer.
 */

/** East and north, in steps. */
export type Point = readonly [number, number];
/** West, south, east, north, in steps. */
export type Box = readonly [number, number, number, number];

const STEPS = 1e7;
/** Beyond this a product of differences is no exact double; then it is computed in whole numbers of any size. */
const EXACT = Number.MAX_SAFE_INTEGER / 2;

export function toSteps(position: readonly number[]): Point {
  return [Math.round((position[0] ?? 0) * STEPS), Math.round((position[1] ?? 0) * STEPS)];
}

/** The quotient is the double nearest to the decimal, as the service reads and writes it. */
export function toDegrees([x, y]: Point): [number, number] {
  return [x / STEPS, y / STEPS];
}

export function isSame(a: Point, b: Point): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

export function isInBox([x, y]: Point, [west, south, east, north]: Box): boolean {
  return west <= x && x <= east && south <= y && y <= north;
}

/** 1 where c lies left of the line from a to b, -1 right of it, 0 on it. */
export function turn(a: Point, b: Point, c: Point): number {
  const left = (b[0] - a[0]) * (c[1] - a[1]);
  const right = (b[1] - a[1]) * (c[0] - a[0]);
  if (Math.abs(left) < EXACT && Math.abs(right) < EXACT) return Math.sign(left - right);
  const whole = (value: number): bigint => BigInt(Math.round(value));
  const exact = whole(b[0] - a[0]) * whole(c[1] - a[1]) - whole(b[1] - a[1]) * whole(c[0] - a[0]);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

/** Whether a point lies on a segment, its ends included. */
export function isOn(p: Point, a: Point, b: Point): boolean {
  return (
    Math.min(a[0], b[0]) <= p[0] && p[0] <= Math.max(a[0], b[0]) &&
    Math.min(a[1], b[1]) <= p[1] && p[1] <= Math.max(a[1], b[1]) &&
    turn(a, b, p) === 0
  );
}

/** Whether a vertex of the grid is where a line runs: the line meets its square. */
export function isNear(p: Point, c: Point, d: Point): boolean {
  if (p[0] < Math.min(c[0], d[0]) - 1 || p[0] > Math.max(c[0], d[0]) + 1) return false;
  if (p[1] < Math.min(c[1], d[1]) - 1 || p[1] > Math.max(c[1], d[1]) + 1) return false;
  const [x, y] = [d[0] - c[0], d[1] - c[1]];
  const length = Math.hypot(x, y);
  return Math.abs((p[0] - c[0]) * (y / length) - (p[1] - c[1]) * (x / length)) <= 0.75;
}

/** Whether two segments have a point in common that is not an end of both. */
export function crosses(a: Point, b: Point, c: Point, d: Point): boolean {
  if (
    Math.max(a[0], b[0]) < Math.min(c[0], d[0]) || Math.max(c[0], d[0]) < Math.min(a[0], b[0]) ||
    Math.max(a[1], b[1]) < Math.min(c[1], d[1]) || Math.max(c[1], d[1]) < Math.min(a[1], b[1])
  ) return false;
  for (const [p, q] of [[a, b], [b, a]] as const) {
    for (const [r, s] of [[c, d], [d, c]] as const) {
      if (isSame(p, r)) return isOn(q, r, s) || isOn(s, p, q);
    }
  }
  const [one, two] = [turn(a, b, c), turn(a, b, d)];
  const [three, four] = [turn(c, d, a), turn(c, d, b)];
  if (one * two < 0 && three * four < 0) return true;
  return isOn(c, a, b) || isOn(d, a, b) || isOn(a, c, d) || isOn(b, c, d);
}

/** Whether a point lies in a triangle, its border included. */
export function isInTriangle(p: Point, a: Point, b: Point, c: Point): boolean {
  const sides = [turn(a, b, p), turn(b, c, p), turn(c, a, p)];
  if (sides.every((side) => side === 0)) return isOn(p, a, b) || isOn(p, b, c) || isOn(p, c, a);
  return sides.every((side) => side >= 0) || sides.every((side) => side <= 0);
}

/** Twice the area of a ring in square steps; positive where it runs counter-clockwise. */
export function doubleArea(ring: readonly Point[]): number {
  const [x, y] = ring[0] ?? [0, 0];
  let sum = 0;
  for (let i = 0; i < ring.length; i++) {
    const [a, b] = [ring[i] as Point, ring[(i + 1) % ring.length] as Point];
    sum += (a[0] - x) * (b[1] - y) - (b[0] - x) * (a[1] - y);
  }
  return sum;
}

/** 1 where a point lies in a ring, 0 on its border, -1 outside. */
export function sideOf(p: Point, ring: readonly Point[]): number {
  let isInside = false;
  for (let i = 0; i < ring.length; i++) {
    const [a, b] = [ring[i] as Point, ring[(i + 1) % ring.length] as Point];
    if (isOn(p, a, b)) return 0;
    if (a[1] > p[1] !== b[1] > p[1] && turn(a, b, p) * Math.sign(b[1] - a[1]) > 0) isInside = !isInside;
  }
  return isInside ? 1 : -1;
}

/** Where two lines meet, on the nearest point of the grid; null where they are parallel. */
export function meetingPoint(a: Point, b: Point, c: Point, d: Point): Point | null {
  const [bx, by, dx, dy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const across = bx * dy - by * dx;
  if (across === 0) return null;
  const share = ((c[0] - a[0]) * dy - (c[1] - a[1]) * dx) / across;
  return [Math.round(a[0] + share * bx), Math.round(a[1] + share * by)];
}

/** Square metres of polygons in steps, on the ellipsoid of WGS 84 as it is at their latitude. */
export function squareMetres(polygons: readonly (readonly (readonly Point[])[])[]): number {
  const [a, e2] = [6_378_137, 0.006_694_379_990_141];
  let sum = 0;
  for (const rings of polygons) {
    for (const ring of rings) {
      const latitude = ((ring[0]?.[1] ?? 0) / STEPS) * (Math.PI / 180);
      const w = 1 - e2 * Math.sin(latitude) ** 2;
      const east = (a / Math.sqrt(w)) * Math.cos(latitude);
      const north = (a * (1 - e2)) / w ** 1.5;
      sum += (doubleArea(ring) / 2) * east * north * (Math.PI / 180 / STEPS) ** 2;
    }
  }
  return sum;
}
