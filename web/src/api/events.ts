/** The service's stream of events. */
import { addressOf } from "./client";

/** Open the stream behind the event of an id, now without one; null where the browser knows no such streams. */
export function openStream(after: string | null): EventSource | null {
  if (!("EventSource" in window)) return null;
  return new EventSource(addressOf("/v1/events/stream", {}, { follow: "true", ...(after ? { last_id: after } : {}) }));
}
