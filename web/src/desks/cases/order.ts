/** In which order cases wait for somebody, and why each is where it is. Pure. */
import type { CaseSummary } from "./cases";

export type Reason = "urgent" | "overdue" | "supervised" | "due" | "waiting";

const SOON_MS = 2 * 3_600_000;

/** Why a case comes first: danger, a deadline that is over, one that is near, or how long it waits. */
export function reasonOf(one: CaseSummary, now: number): Reason {
  if (one.urgency !== "normal") return "urgent";
  if (one.is_overdue) return "overdue";
  if (one.supervised) return "supervised";
  return one.due_at !== null && Date.parse(one.due_at) - now < SOON_MS ? "due" : "waiting";
}

const RANKS: Record<Reason, number> = { urgent: 0, overdue: 1, supervised: 2, due: 3, waiting: 4 };

/** Put cases into the order of what is best done next: by reason, then by deadline, then the longest open first. */
export function inOrder(cases: readonly CaseSummary[], now: number): CaseSummary[] {
  const dueOf = (one: CaseSummary): number => (one.due_at === null ? Infinity : Date.parse(one.due_at));
  return [...cases].sort(
    (a, b) =>
      RANKS[reasonOf(a, now)] - RANKS[reasonOf(b, now)] ||
      (dueOf(a) === dueOf(b) ? 0 : dueOf(a) - dueOf(b)) ||
      Date.parse(a.opened_at) - Date.parse(b.opened_at) ||
      a.number.localeCompare(b.number),
  );
}

export type Group = "overdue" | "today" | "week" | "later" | "none";
export const GROUPS: readonly Group[] = ["overdue", "today", "week", "later", "none"];

/** In which group of a unit's desk a case is, by its deadline and the end of the reader's day. */
export function groupOf(one: CaseSummary, now: Date): Group {
  if (one.due_at === null) return "none";
  const due = Date.parse(one.due_at);
  if (due < now.getTime()) return "overdue";
  const midnight = new Date(now);
  midnight.setHours(24, 0, 0, 0);
  if (due < midnight.getTime()) return "today";
  return due < midnight.getTime() + 6 * 86_400_000 ? "week" : "later";
}
