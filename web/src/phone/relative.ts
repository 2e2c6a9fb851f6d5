/** Times as one reads them on the way: how long is left, with the instant beside. */
import { instant, number, words } from "@/words";

const HOUR_MS = 3_600_000;

/** Return what is left until an instant, or how long it is over. */
export function dueIn(at: string, now = Date.now()): string {
  const left = Date.parse(at) - now;
  const span = Math.abs(left);
  const days = Math.floor(span / (24 * HOUR_MS));
  const hours = Math.floor(span / HOUR_MS);
  const minutes = Math.max(1, Math.floor(span / 60_000));
  const count = days >= 2 ? days : hours >= 1 ? hours : minutes;
  const unit = days >= 2 ? "days" : hours >= 1 ? "hours" : "minutes";
  const told = words(`phone.due.${unit}`, { count: number(count) });
  return words(left < 0 ? "phone.due.over" : "phone.due.left", { told, at: instant(at) });
}

/** Return a distance as one says it. */
export function metres(distance: number): string {
  return distance < 1000
    ? words("phone.due.metres", { count: number(Math.round(distance / 10) * 10) })
    : words("phone.due.kilometres", { count: number(distance / 1000, 1) });
}
