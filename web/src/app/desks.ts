/** The desks: where each is, and who sees it in the rail. */
import type frame from "@/words/zh/frame";

import { may } from "./session";

export interface Desk {
  name: keyof typeof frame.desks;
  path: string;
  /** Whether the person of now works there. */
  isOpen: () => boolean;
}

export const DESKS: readonly Desk[] = [
  { name: "map", path: "/map", isOpen: () => true },
  { name: "dispatch", path: "/dispatch", isOpen: () => may("cases:accept") || may("cases:dispatch") },
  { name: "unit", path: "/unit", isOpen: () => may("cases:handle") },
  { name: "verify", path: "/verify", isOpen: () => may("cases:verify") },
  { name: "supervise", path: "/supervise", isOpen: () => may("cases:supervise") },
  { name: "overview", path: "/overview", isOpen: () => may("cases:read") },
  { name: "boundaries", path: "/boundaries", isOpen: () => may("boundaries:edit") || may("boundaries:approve") },
  { name: "triage", path: "/triage", isOpen: () => may("triage:write") },
  { name: "planner", path: "/planner", isOpen: () => may("reports:read") },
  { name: "admin", path: "/admin", isOpen: () => ["admin", "units:write", "people:write", "audit:read"].some(may) },
];
