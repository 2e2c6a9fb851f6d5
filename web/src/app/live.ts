/** What happens in the service, told at once: one stream for the whole page, open while anything listens. */
import { onBeforeUnmount, onMounted } from "vue";

import { openStream } from "@/api/events";

const KINDS = [
  "draft.changed", "release.published", "release.withdrawn", "case.opened", "case.moved", "report.stored", "report.reassigned",
] as const;
type Kind = (typeof KINDS)[number];
interface Told {
  /** Numbers of the drafts or releases; null: of which is not told, or what happened meanwhile is not known. */
  ids: number[] | null;
}
type Listener = (kind: Kind, told: Told) => void;

const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [3_000, 60_000];
const listeners = new Set<Listener>();
let stream: EventSource | null = null;
let last: string | null = null;
let wait = FIRST_WAIT_MS;
let timer: ReturnType<typeof setTimeout> | undefined;

function tell(kind: Kind, event: MessageEvent<string>): void {
  last = event.lastEventId || last;
  const { ids } = JSON.parse(event.data) as { ids: number[] | null };
  for (const listener of listeners) listener(kind, { ids });
}

function open(): void {
  if (stream || !listeners.size) return;
  const made = openStream(last);
  stream = made;
  if (!made) return;
  for (const kind of KINDS) made.addEventListener(kind, (event) => tell(kind, event as MessageEvent<string>));
  made.addEventListener("ready", (event) => (last = event.lastEventId));
  made.addEventListener("reset", (event) => {
    last = event.lastEventId;
    for (const listener of listeners) for (const kind of KINDS) listener(kind, { ids: null });
  });
  made.addEventListener("open", () => (wait = FIRST_WAIT_MS));
  made.addEventListener("error", () => {
    if (made.readyState !== EventSource.CLOSED) return; // the browser connects again at the last id by itself
    stream = null;
    clearTimeout(timer);
    timer = setTimeout(open, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  });
}

function close(): void {
  clearTimeout(timer);
  stream?.close();
  [stream, last] = [null, null];
}

/** Call `told` when one of these happens, for as long as the component is shown; at most once in a quarter of a second. */
export function useLive(kinds: readonly Kind[], told: (ids: ReadonlySet<number> | null) => void): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let [gathered, isAll] = [new Set<number>(), false];
  const listener: Listener = (kind, { ids }) => {
    if (!kinds.includes(kind)) return;
    isAll ||= ids === null;
    for (const id of ids ?? []) gathered.add(id);
    waiting ??= setTimeout(() => {
      const [found, all] = [gathered, isAll];
      [gathered, isAll, waiting] = [new Set(), false, undefined];
      told(all ? null : found);
    }, 250);
  };
  onMounted(() => {
    listeners.add(listener);
    open();
  });
  onBeforeUnmount(() => {
    clearTimeout(waiting);
    listeners.delete(listener);
    if (!listeners.size) close();
  });
}
