/** How long there is until a deadline, or since it, in words, with the instant beside it. */
import { instant } from "@/words";

type Words = (code: string, values?: Record<string, string | number>) => string;

const [HOUR, DAY] = [3_600_000, 86_400_000];

export function leftOf(due: string, words: Words, now = Date.now()): string {
  const left = Date.parse(due) - now;
  const size = Math.abs(left);
  const [code, count] = size < HOUR ? ["minutes", Math.max(1, Math.round(size / 60_000))] : size < 2 * DAY ? ["hours", Math.round(size / HOUR)] : ["days", Math.round(size / DAY)];
  const length = words(`cases.lengths.${code}`, { count });
  return words(left < 0 ? "cases.over" : "cases.left", { length, at: instant(due) });
}
