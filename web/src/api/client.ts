/**
 * The one way to the service: paths, parameters and answers are those of its OpenAPI document (schema.d.ts, generated
 * by `./wangge console types`). The session's cookie goes with each request; the header shows that our own page asks.
 */
import createClient, { type Middleware } from "openapi-fetch";

import { language } from "@/words";

import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** Where the service is reached: the folder that <base> names. */
export const SERVICE = new URL(".", document.baseURI).href.replace(/\/$/, "");

type Told = (status: number, training: boolean) => void;
const listeners = new Set<Told>();

/** Be told of each answer: its status, and whether this is a training environment. */
export function onAnswer(told: Told): void {
  listeners.add(told);
}

const ours: Middleware = {
  onRequest({ request }) {
    request.headers.set("X-Requested-With", "console");
    request.headers.set("Accept-Language", language.value);
    return request;
  },
  onResponse({ response }) {
    for (const told of listeners) told(response.status, response.headers.has("Wangge-Training"));
  },
};

export const api = createClient<paths>({ baseUrl: SERVICE, credentials: "same-origin" });
api.use(ours);

/** Return the address of a path of the service, for what the map's library asks for by itself: tiles. */
export function addressOf<Path extends keyof paths>(
  path: Path,
  values: Record<string, string | number>,
  query: Record<string, string> = {},
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const asked = new URLSearchParams(query).toString();
  return `${SERVICE}${filled}${asked ? `?${asked}` : ""}`;
}
