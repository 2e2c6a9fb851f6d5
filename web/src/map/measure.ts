/** Lengths and areas on the ellipsoid WGS 84, of lines drawn on a map. */

export type Place = readonly [lon: number, lat: number];
const AXIS_M = 6378137;
const E2 = 0.0066943799901413165;
const E = Math.sqrt(E2);
const RADIANS = Math.PI / 180;

/** Return the length in metres between places in degrees, by the curvature halfway: to 1e-6 within 50 km. */
export function lengthOf(places: readonly Place[]): number {
  let sum = 0;
  for (const [index, [lon, lat]] of places.entries()) {
    const before = places[index - 1];
    if (!before) continue;
    const middle = ((lat + before[1]) / 2) * RADIANS;
    const w = Math.sqrt(1 - E2 * Math.sin(middle) ** 2);
    const east = (AXIS_M / w) * Math.cos(middle) * (lon - before[0]) * RADIANS;
    const north = ((AXIS_M * (1 - E2)) / w ** 3) * (lat - before[1]) * RADIANS;
    sum += Math.hypot(east, north);
  }
  return sum;
}

/** Return the height of a latitude in the equal-area cylinder, in metres. */
function heightOf(lat: number): number {
  const s = Math.sin(lat * RADIANS);
  const q = (1 - E2) * (s / (1 - E2 * s * s) + Math.atanh(E * s) / E);
  return (AXIS_M * q) / 2;
}

/** Return the area in square metres of a ring of places in degrees; open or closed, of either direction. */
export function areaOf(ring: readonly Place[]): number {
  let sum = 0;
  const origin = ring[0]; // far from zero, products would eat the digits of small areas
  if (!origin) return 0;
  const plane = ring.map(([lon, lat]) => [AXIS_M * (lon - origin[0]) * RADIANS, heightOf(lat) - heightOf(origin[1])] as const);
  for (const [index, [x, y]] of plane.entries()) {
    const [nextX, nextY] = plane[(index + 1) % plane.length] ?? [0, 0];
    sum += x * nextY - nextX * y;
  }
  return Math.abs(sum) / 2;
}
