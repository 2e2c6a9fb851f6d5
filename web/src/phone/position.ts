/** Where the device is, asked once when an act needs it and never followed. */

export interface Position {
  lon: number;
  lat: number;
  accuracy_m: number;
  /** By the device's clock. */
  at: string;
}

const PATIENCE_MS = 15_000;

/** Ask for the place once; null where it is refused, or not found in time. */
export function whereNow(): Promise<Position | null> {
  return new Promise((resolve) => {
    if (!("geolocation" in navigator)) return resolve(null);
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) =>
        resolve({
          lon: Number(coords.longitude.toFixed(7)),
          lat: Number(coords.latitude.toFixed(7)),
          accuracy_m: Math.min(100_000, Math.ceil(coords.accuracy)),
          at: new Date(timestamp).toISOString(),
        }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 20_000 },
    );
    return undefined;
  });
}

/** Return the distance of two places of WGS 84, in metres, on a sphere: 0.5 % off at most. */
export function distanceBetween(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const radians = Math.PI / 180;
  const across = ((b.lon - a.lon) * radians * Math.cos(((a.lat + b.lat) / 2) * radians)) ** 2;
  return Math.sqrt(across + ((b.lat - a.lat) * radians) ** 2) * 6_371_000;
}
