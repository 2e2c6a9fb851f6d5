/** What is different between the areas of two instants: came, went, or has another state. */
import type { Area } from "@/map/boundaries";

export type Kind = "added" | "removed" | "changed";

export interface Change {
  kind: Kind;
  code: string;
  before: Area | null;
  after: Area | null;
}

/** Return what changed from one instant's areas to another's, in the order of their codes. */
export function changesBetween(before: readonly Area[], after: readonly Area[]): Change[] {
  const old = new Map(before.map((area) => [area.code, area]));
  const now = new Map(after.map((area) => [area.code, area]));
  const codes = [...new Set([...old.keys(), ...now.keys()])].sort();
  const found: Change[] = [];
  for (const code of codes) {
    const [was, is] = [old.get(code) ?? null, now.get(code) ?? null];
    if (!was) found.push({ kind: "added", code, before: null, after: is });
    else if (!is) found.push({ kind: "removed", code, before: was, after: null });
    else if (was.valid_from !== is.valid_from) found.push({ kind: "changed", code, before: was, after: is });
  }
  return found;
}
