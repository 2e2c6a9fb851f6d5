/** The desks over cases: which queues each has, and what each queue asks for. */
import type { paths } from "@/api/schema";

import type { CaseSummary } from "./cases";

type CaseQuery = NonNullable<paths["/v1/cases"]["get"]["parameters"]["query"]>;
export type DeskName = "dispatch" | "unit" | "verify" | "supervise";

export interface Queue {
  /** Code of its name: `cases.queues.…`. */
  code: string;
  query: CaseQuery;
  /** Which of what is read belong to it. */
  holds: (one: CaseSummary) => boolean;
}

function inStates(code: string, ...states: string[]): Queue {
  return { code, query: { open: true }, holds: ({ state }) => states.includes(state) };
}

const all = (): boolean => true;

export const QUEUES: Record<DeskName, readonly Queue[]> = {
  dispatch: [
    inStates("waiting", "opened", "accepted", "filed", "returned"),
    inStates("toAccept", "opened"),
    inStates("toFile", "accepted"),
    inStates("toDispatch", "filed", "returned"),
    { code: "open", query: { open: true }, holds: all },
    { code: "transferred", query: { state: "transferred" }, holds: all },
  ],
  unit: [
    inStates("inHand", "dispatched", "acknowledged", "suspended"),
    inStates("toAcknowledge", "dispatched"),
    inStates("handling", "acknowledged", "suspended"),
    inStates("handled", "handled", "verified"),
  ],
  verify: [
    inStates("toVerify", "handled"),
    inStates("toClose", "verified"),
    { code: "closed", query: { state: "closed" }, holds: all },
  ],
  supervise: [
    { code: "overdue", query: { overdue: true }, holds: all },
    { code: "supervised", query: { supervised: true, open: true }, holds: all },
    { code: "returnedTwice", query: { open: true, returned_twice: true }, holds: all },
    { code: "reopened", query: { reopened: true }, holds: all },
    { code: "lowRatings", query: { rated_at_most: 2 }, holds: all },
    { code: "open", query: { open: true }, holds: all },
  ],
};
