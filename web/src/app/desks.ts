/** The desks: where each is, and who sees it in the rail. */
import { may } from "./session";

export interface Desk {
  name: "map" | "boundaries" | "account";
  path: string;
  /** Whether the person of now works there. */
  isOpen: () => boolean;
}

export const DESKS: readonly Desk[] = [
  { name: "map", path: "/map", isOpen: () => true },
  { name: "boundaries", path: "/boundaries", isOpen: () => may("boundaries:edit") || may("boundaries:approve") },
];
