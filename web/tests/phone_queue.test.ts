import "fake-indexeddb/auto";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { alone, LEASE_MS } from "@/phone/queue/alone";
import { newId, sha256Of, type Item, type Photo, type Refusal } from "@/phone/queue/items";
import { isPassing, Sending, waitFor, type Answer, type Transport } from "@/phone/queue/sending";
import { DraftGoneError, MOST_BYTES, openQueue, QueueFullError, QueueStore, type Database } from "@/phone/queue/store";

const WORKER = 7;
const NOTHING: Refusal = { status: 0, code: "silent", detail: "", field: null, changes: [], state: null };

/** A service that does what ours does: each id once, by its content; photos by their hash; versions of cases. */
class Service implements Transport {
  done: { id: string; subject: string; body: unknown; photos: string[]; base: number | null }[] = [];
  held = new Set<string>();
  versions = new Map<string, number>();
  requests = 0;
  /** Called before each request; what it returns is the answer, and nothing is done. */
  interrupt: (what: string) => Refusal | null = () => null;
  /** Called after what was asked is done; true: the answer is lost. */
  loses: (what: string) => boolean = () => false;

  async act(item: Item): Promise<Answer> {
    this.requests += 1;
    const refusal = this.interrupt(item.id);
    if (refusal) return { ok: false, refusal };
    const photos = item.photos.map((photo) => photo.sha256);
    const known = this.done.find((one) => one.id === item.id);
    if (known && JSON.stringify(known.body) !== JSON.stringify(item.body)) return this.refused(409, "act-key-reused");
    const version = this.versions.get(item.subject) ?? 1;
    if (!known) {
      if (item.base !== null && item.base !== version) return this.refused(412, "case-changed");
      if (item.kind !== "note" && photos.some((sha256) => !this.held.has(sha256))) return this.refused(400, "no-photo");
      this.done.push({ id: item.id, subject: item.subject, body: item.body, photos, base: item.base });
      this.versions.set(item.subject, version + 1);
    }
    if (this.loses("act")) return { ok: false, refusal: NOTHING };
    const number = item.kind === "note" ? `SJ-${item.id}` : item.subject;
    return { ok: true, number, server_at: "2026-12-01T08:00:00Z", version: this.versions.get(item.subject) ?? null };
  }

  async photo(_: Item, photo: Photo, content: ArrayBuffer): Promise<Answer> {
    this.requests += 1;
    const refusal = this.interrupt(photo.sha256);
    if (refusal) return { ok: false, refusal };
    const sha256 = await sha256Of(content);
    this.held.add(sha256);
    if (this.loses("photo")) return { ok: false, refusal: NOTHING };
    return { ok: true, number: sha256, server_at: "", version: null };
  }

  private refused(status: number, code: string): Answer {
    return { ok: false, refusal: { ...NOTHING, status, code } };
  }
}

let database: Database;
let store: QueueStore;
let service: Service;
let sending: Sending;
let clock = Date.parse("2026-12-01T00:00:00Z");

beforeEach(async () => {
  database = await openQueue(`queue-${newId()}`);
  store = new QueueStore(database, () => new Date(clock));
  service = new Service();
  sending = new Sending(store, service, () => undefined, () => clock);
});
afterEach(() => database.close());

function picture(seed: number, size = 40): ArrayBuffer {
  return new Uint8Array(size).fill(seed).buffer;
}

async function made(subject: string, text: string, { photos = 0, base = null as number | null, kind = "step" as Item["kind"], person = WORKER } = {}): Promise<Item> {
  const draft = await store.begin({ person, kind, subject, below: null, title: "phone.acts.note", about: "", base });
  for (let index = 0; index < photos; index++) await store.addPhoto(draft.id, picture(text.length * 10 + index), "after");
  return store.ready(draft.id, { text });
}

describe("what waits", () => {
  it("is stored before the camera opens, and as it is written", async () => {
    const draft = await store.begin({ person: WORKER, kind: "note", subject: "", below: null, title: "", about: "", base: null });
    await store.write(draft.id, { text: "half a sen" });
    await store.addPhoto(draft.id, picture(1), "before");
    database.close();
    database = await openQueue(database.name);
    const [found] = await new QueueStore(database).items(WORKER);
    expect(found).toMatchObject({ state: "draft", body: { text: "half a sen" }, photos: [{ stage: "before", size: 40 }] });
  });

  it("gets its id when it is made ready, and keeps its photos", async () => {
    const draft = await store.begin({ person: WORKER, kind: "note", subject: "", below: null, title: "", about: "", base: null });
    const photo = await store.addPhoto(draft.id, picture(1), "before");
    const item = await store.ready(draft.id, { text: "x" });
    expect(item.id).not.toBe(draft.id);
    expect(new Uint8Array((await store.photo(item.id, photo.sha256)) ?? new ArrayBuffer(0))).toHaveLength(40);
    expect((await store.items(WORKER)).map((one) => one.state)).toEqual(["waiting"]);
  });

  it("is made ready once by two tabs with one draft", async () => {
    const draft = await store.begin({ person: WORKER, kind: "note", subject: "", below: null, title: "", about: "", base: null });
    const tabs = [new QueueStore(database), new QueueStore(await openQueue(database.name))];
    const ends = await Promise.allSettled(tabs.map((tab) => tab.ready(draft.id, { text: "x" })));
    expect(ends.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((ends.find((one) => one.status === "rejected") as PromiseRejectedResult).reason).toBeInstanceOf(DraftGoneError);
    await expect(store.write(draft.id, {})).rejects.toBeInstanceOf(DraftGoneError);
    tabs[1]?.database.close();
    expect(await store.items(WORKER)).toHaveLength(1);
  });

  it("takes 30 MB of photos and says when there is no more room", async () => {
    const draft = await store.begin({ person: WORKER, kind: "note", subject: "", below: null, title: "", about: "", base: null });
    await store.addPhoto(draft.id, picture(1, MOST_BYTES - 100), "before");
    await expect(store.addPhoto(draft.id, picture(2, 101), "after")).rejects.toBeInstanceOf(QueueFullError);
    await store.addPhoto(draft.id, picture(3, 100), "after");
    expect(await store.bytes()).toBe(MOST_BYTES);
  });

  it("can be thrown away one by one, with its photos", async () => {
    const [one, other] = [await made("A", "one", { photos: 2 }), await made("A", "other")];
    await store.drop(one.id);
    expect((await store.items(WORKER)).map((item) => item.id)).toEqual([other.id]);
    expect(await database.count("photos")).toBe(0);
  });
});

describe("sending", () => {
  it("sends acts on a case in the order in which they were done, photos before what names them", async () => {
    for (const text of ["first", "second!", "third"]) await made("A", text, { photos: text.length - 5 });
    await sending.round(WORKER);
    expect(service.done.map((one) => (one.body as { text: string }).text)).toEqual(["first", "second!", "third"]);
    expect(await store.items(WORKER)).toEqual([]);
    expect(await database.count("photos")).toBe(0);
    expect((await store.sent(WORKER))[0]).toMatchObject({ number: "A", made_at: "2026-12-01T00:00:00.000Z", server_at: "2026-12-01T08:00:00Z" });
  });

  it("sends a note before its photos, which hang on its number, and never twice", async () => {
    const note = await made("", "note", { photos: 2, kind: "note" });
    let photos = 0;
    service.interrupt = (what) => (what !== note.id && ++photos === 2 ? { ...NOTHING, status: 503 } : null);
    await sending.round(WORKER);
    expect(await store.item(note.id)).toMatchObject({ number: `SJ-${note.id}`, tries: 1, photos: [{ confirmed: true }, { confirmed: false }] });
    expect(await database.count("photos")).toBe(2);
    clock += waitFor(0);
    await sending.round(WORKER);
    expect(service.done).toHaveLength(1);
    expect(service.held.size).toBe(2);
    expect(await store.sent(WORKER)).toMatchObject([{ number: `SJ-${note.id}`, server_at: "2026-12-01T08:00:00Z" }]);
  });

  it("sends once what was done though its answer was lost", async () => {
    await made("A", "one", { photos: 1, base: 1 });
    let lost = 0;
    service.loses = () => ++lost <= 2;
    for (let round = 0; round < 3; round++) {
      await store.hurry(WORKER);
      await sending.round(WORKER);
    }
    expect(service.done).toHaveLength(1);
    expect(await store.items(WORKER)).toEqual([]);
  });

  it("keeps a photo until the service has answered its very hash", async () => {
    const item = await made("A", "one", { photos: 1 });
    const photo = service.photo.bind(service);
    service.photo = async (...given) => ({ ...(await photo(...given)), number: "0".repeat(64) }) as Answer;
    await sending.round(WORKER);
    expect(await store.item(item.id)).toMatchObject({ state: "waiting", photos: [{ confirmed: false }] });
    expect(service.done).toEqual([]);
  });

  it("sets aside what is refused and goes on with all else, on the same case too", async () => {
    const [bad, good, other] = [await made("A", "bad"), await made("A", "good"), await made("B", "other")];
    service.interrupt = (what) => (what === bad.id ? { ...NOTHING, status: 409, code: "case-verb-refused", state: "closed" } : null);
    await sending.round(WORKER);
    expect(service.done.map((one) => one.id)).toEqual([good.id, other.id]);
    expect(await store.item(bad.id)).toMatchObject({ state: "refused", refusal: { code: "case-verb-refused", state: "closed" } });
    service.interrupt = () => null;
    await store.again(bad.id, null);
    await sending.round(WORKER);
    expect(await store.items(WORKER)).toEqual([]);
  });

  it("sets aside with a refused act what builds on it, and sends all of it again in order", async () => {
    const first = await made("A", "first", { base: 1 });
    await made("A", "second", { base: 1 });
    const other = await made("B", "other", { base: 1 });
    service.versions.set("A", 4);
    await sending.round(WORKER);
    expect(service.done.map((one) => one.id)).toEqual([other.id]);
    expect((await store.items(WORKER)).map((item) => item.refusal?.code)).toEqual(["case-changed", "earlier-refused"]);
    expect(service.requests).toBe(2);
    await store.again(first.id, 4);
    await sending.round(WORKER);
    expect(service.done.map((one) => one.base)).toEqual([1, 4, 5]);
    expect(await store.items(WORKER)).toEqual([]);
  });

  it("holds later acts on a case back while an earlier one has no answer, and sends other cases", async () => {
    const [first, , other] = [await made("A", "first"), await made("A", "second"), await made("B", "other")];
    service.interrupt = (what) => (what === first.id ? { ...NOTHING, status: 503 } : null);
    await sending.round(WORKER);
    expect(service.done.map((one) => one.id)).toEqual([other.id]);
    service.interrupt = () => null;
    await sending.round(WORKER);
    expect(service.done, "it waits for its time").toHaveLength(1);
    clock += waitFor(0);
    await sending.round(WORKER);
    expect(service.done.map((one) => (one.body as { text: string }).text)).toEqual(["other", "first", "second"]);
  });

  it("stops at once where there is no network, or no session", async () => {
    await made("A", "one");
    await made("B", "two");
    service.interrupt = () => NOTHING;
    expect(await sending.round(WORKER)).toBe("silent");
    expect(service.requests).toBe(1);
    await store.hurry(WORKER);
    service.interrupt = () => ({ ...NOTHING, status: 401 });
    expect(await sending.round(WORKER)).toBe("signed-out");
    expect(service.requests).toBe(2);
    expect((await store.items(WORKER)).map((item) => item.state)).toEqual(["waiting", "waiting"]);
  });

  it("builds a person's later acts on a case on the earlier ones, and on nothing that others did", async () => {
    await made("A", "one", { base: 1 });
    await made("A", "two", { base: 1 });
    await sending.round(WORKER);
    expect(service.done.map((one) => one.base)).toEqual([1, 2]);
    const third = await made("A", "three", { base: 3 });
    service.versions.set("A", 9);
    await sending.round(WORKER);
    expect(await store.item(third.id)).toMatchObject({ state: "refused", refusal: { code: "case-changed" } });
  });

  it("sends nothing of another person", async () => {
    await made("A", "mine");
    await made("A", "hers", { person: 8 });
    await sending.round(WORKER);
    expect(service.done).toHaveLength(1);
    expect(await store.ofOthers(WORKER)).toBe(1);
  });

  it("tries again after 5 s, twice as long each time, 5 minutes at most", () => {
    expect([0, 1, 2, 10].map(waitFor)).toEqual([5_000, 10_000, 20_000, 300_000]);
    for (const status of [0, 408, 425, 429, 500, 502, 503]) expect(isPassing({ ...NOTHING, status }), String(status)).toBe(true);
    for (const status of [400, 403, 404, 409, 412, 413, 415, 422]) expect(isPassing({ ...NOTHING, status }), String(status)).toBe(false);
  });
});

describe("one tab at a time", () => {
  it("sends by the lock of the browser", async () => {
    let held = false;
    const locks = {
      request: async (_: string, __: unknown, work: (lock: unknown) => Promise<boolean>) => {
        if (held) return work(null);
        held = true;
        return work({}).finally(() => (held = false));
      },
    } as unknown as LockManager;
    const other = vi.fn(() => Promise.resolve());
    const done = await alone(database, "a", async () => { expect(await alone(database, "b", other, locks)).toBe(false); }, locks);
    expect([done, other.mock.calls.length]).toEqual([true, 0]);
  });

  it("sends by a lease where there are no locks; the lease of a tab that is gone runs out", async () => {
    const other = vi.fn(() => Promise.resolve());
    const isDone = await alone(database, "a", async (renew) => {
      expect(await alone(database, "b", other, null)).toBe(false);
      expect(await renew()).toBe(true);
    }, null);
    expect([isDone, other.mock.calls.length]).toEqual([true, 0]);
    expect(await alone(database, "b", other, null), "it was left").toBe(true);
    await database.put("leases", { name: "send", holder: "gone", until: Date.now() + LEASE_MS });
    expect(await alone(database, "b", other, null)).toBe(false);
    await database.put("leases", { name: "send", holder: "gone", until: Date.now() - 1 });
    expect(await alone(database, "b", other, null)).toBe(true);
  });

  it("stops where its lease went to another tab", async () => {
    await made("A", "one");
    await sending.round(WORKER, () => Promise.resolve(false));
    expect(service.requests).toBe(0);
  });
});

describe("ids", () => {
  it("are random, each another, as RFC 9562 writes them", () => {
    const ids = Array.from({ length: 200 }, newId);
    expect(new Set(ids).size).toBe(200);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
