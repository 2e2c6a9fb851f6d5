/**
 * Send what waits: in order, each item for itself. What the service refuses is set aside with its words, and what comes
 * after it goes on; what it did not answer is tried again, and later acts on the same case wait for it.
 */
import type { Item, Photo, Refusal } from "./items";
import type { QueueStore } from "./store";

/** What a request came to; status 0: there was no answer, or none of the service's own. */
export type Answer =
  | { ok: true; number: string; server_at: string; version: number | null }
  | { ok: false; refusal: Refusal };

export interface Transport {
  /** Send the act itself; a note's number is in the answer. */
  act(item: Item): Promise<Answer>;
  /** Send a photo; the number of the answer is the SHA-256 that the service holds. */
  photo(item: Item, photo: Photo, content: ArrayBuffer): Promise<Answer>;
}

/** How a round of sending ended: all that could be sent was, the network is away, or one has to sign in. */
export type Ending = "done" | "silent" | "signed-out";

const LONGEST_WAIT_MS = 5 * 60_000;
const FIRST_WAIT_MS = 5_000;
/** Answers after which the same request may succeed; all others would be given again. */
const PASSING = new Set([0, 408, 425, 429]);
const HASH_DIFFERS = "attachment-hash-differs";

/** Whether an answer says nothing of the act itself, so that it is tried again. */
export function isPassing(refusal: Refusal): boolean {
  return PASSING.has(refusal.status) || refusal.status >= 500 || refusal.code === HASH_DIFFERS;
}

/** Return for how long to wait before another try: 5 s, doubled with each, 5 minutes at most. */
export function waitFor(tries: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
}

class Stopped extends Error {
  constructor(readonly refusal: Refusal) {
    super();
  }
}

export class Sending {
  constructor(
    private readonly store: QueueStore,
    private readonly transport: Transport,
    private readonly told: () => void = () => undefined,
    private readonly now: () => number = Date.now,
  ) {}

  /** Send what waits of a person; `renew` says before each request whether this tab may still send. */
  async round(person: number, renew: () => Promise<boolean> = () => Promise.resolve(true)): Promise<Ending> {
    const held = new Set<string>();
    for (const { id } of await this.store.items(person)) {
      const item = await this.store.item(id);
      if (item?.state !== "waiting" || held.has(item.subject)) continue;
      if (item.next_try_at > this.now()) {
        held.add(item.subject);
        continue;
      }
      if (!(await renew())) return "done";
      try {
        await this.send(item);
      } catch (thrown) {
        if (!(thrown instanceof Stopped)) throw thrown;
        const { refusal } = thrown;
        if (refusal.status === 401) return "signed-out";
        if (isPassing(refusal)) {
          held.add(item.subject);
          await this.store.postpone(item.id, this.now() + waitFor(item.tries));
          if (refusal.status === 0) return "silent";
        } else await this.store.refuse(item.id, refusal);
      } finally {
        this.told();
      }
    }
    return "done";
  }

  private async send(item: Item): Promise<void> {
    // A note has no number before it is stored; the photos of all else are to be there when the act names them.
    let { number, server_at: at } = item;
    let version: number | null = null;
    if (item.kind === "note" && number === null) {
      ({ number, server_at: at } = required(await this.transport.act(item)));
      await this.store.named(item.id, number, at);
    }
    for (const photo of item.photos) {
      if (!photo.confirmed) await this.sendPhoto({ ...item, number }, photo);
    }
    if (item.kind !== "note") ({ number, server_at: at, version } = required(await this.transport.act(item)));
    await this.store.arrived(item.id, number ?? item.subject, at ?? new Date(this.now()).toISOString(), version);
  }

  private async sendPhoto(item: Item, photo: Photo): Promise<void> {
    const content = await this.store.photo(item.id, photo.sha256);
    if (content === null) throw new Stopped({ ...NOTHING, status: 404, code: "photo-lost", detail: photo.sha256 });
    const answer = required(await this.transport.photo(item, photo, content));
    if (answer.number !== photo.sha256) throw new Stopped({ ...NOTHING, status: 422, code: HASH_DIFFERS });
    await this.store.confirm(item.id, photo.sha256);
  }
}

const NOTHING: Refusal = { status: 0, code: "silent", detail: "", field: null, changes: [], state: null };

function required(answer: Answer): Answer & { ok: true } {
  if (!answer.ok) throw new Stopped(answer.refusal);
  return answer;
}
