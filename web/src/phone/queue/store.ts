/**
 * The queue in the page's IndexedDB. All that must not happen twice is one transaction: a draft becomes ready once,
 * whichever of two tabs is first; a photo's bytes go only with the item that has them.
 */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from "idb";

import { EARLIER_REFUSED, newId, sha256Of, type Item, type Photo, type Refusal, type Sent } from "./items";

/** What the bytes of photos may come to; phones drop the data of pages that take much. */
export const MOST_BYTES = 30_000_000;
const SENT_KEPT = 200;

interface Lease {
  name: string;
  holder: string;
  until: number;
}

interface Schema extends DBSchema {
  items: { key: string; value: Item; indexes: { order: number } };
  photos: { key: [string, string]; value: { item: string; sha256: string; content: ArrayBuffer } };
  sent: { key: string; value: Sent & { order: number }; indexes: { order: number } };
  leases: { key: string; value: Lease };
  counters: { key: string; value: number };
  kept: { key: string; value: { at: string; content: unknown } };
}

export type Database = IDBPDatabase<Schema>;
type Writing = IDBPTransaction<Schema, ("items" | "photos" | "sent" | "leases" | "counters")[], "readwrite">;

/** There is no room for another photo: some have to be sent or exported first. */
export class QueueFullError extends Error {}

/** The draft was made ready, or dropped, in another tab. */
export class DraftGoneError extends Error {}

/** Open the queue of this address, and make it where there is none. */
export function openQueue(name: string): Promise<Database> {
  return openDB<Schema>(name, 1, {
    upgrade(made) {
      made.createObjectStore("items", { keyPath: "id" }).createIndex("order", "order");
      made.createObjectStore("photos", { keyPath: ["item", "sha256"] });
      made.createObjectStore("sent", { keyPath: "id" }).createIndex("order", "order");
      made.createObjectStore("leases", { keyPath: "name" });
      made.createObjectStore("counters");
      made.createObjectStore("kept");
    },
  });
}

async function counted(writing: Writing, name: string): Promise<number> {
  const next = ((await writing.objectStore("counters").get(name)) ?? 0) + 1;
  await writing.objectStore("counters").put(next, name);
  return next;
}

/** Whether an act was done by the version of a case that an earlier one of its person was done by, too. */
function buildsOn(later: Item, earlier: Item): boolean {
  const isSame = later.subject === earlier.subject && later.person === earlier.person && later.base === earlier.base;
  return isSame && later.base !== null && later.order > earlier.order;
}

export type Beginning = Pick<Item, "person" | "kind" | "subject" | "below" | "title" | "about" | "base"> & {
  body?: Item["body"];
};

export class QueueStore {
  constructor(
    readonly database: Database,
    private readonly now: () => Date = () => new Date(),
  ) {}

  private writing(): Writing {
    // Kept when it is done, also where the device loses its power right after.
    return this.database.transaction(["items", "photos", "sent", "leases", "counters"], "readwrite", { durability: "strict" });
  }

  /** Begin a draft; it is stored before this resolves, so that a camera that ends the page loses nothing. */
  async begin(given: Beginning): Promise<Item> {
    const writing = this.writing();
    const item: Item = {
      ...given, id: newId(), order: await counted(writing, "order"), body: given.body ?? {}, photos: [], state: "draft",
      begun_at: this.now().toISOString(), made_at: null, number: null, server_at: null, tries: 0, next_try_at: 0, refusal: null,
    };
    await writing.objectStore("items").add(item);
    await writing.done;
    return item;
  }

  /** Change what a draft says. */
  async write(id: string, body: Item["body"]): Promise<void> {
    const writing = this.writing();
    await writing.objectStore("items").put({ ...(await this.draft(writing, id)), body });
    await writing.done;
  }

  /** Say what a draft is about, as lists show it. */
  async describe(id: string, about: string): Promise<void> {
    const writing = this.writing();
    await writing.objectStore("items").put({ ...(await this.draft(writing, id)), about });
    await writing.done;
  }

  private async draft(writing: Writing, id: string): Promise<Item> {
    const found = await writing.objectStore("items").get(id);
    if (found?.state === "draft") return found;
    writing.abort();
    await writing.done.catch(() => undefined);
    throw new DraftGoneError();
  }

  /** Add a photo to a draft; the same picture is there once. */
  async addPhoto(id: string, content: ArrayBuffer, stage: Photo["stage"]): Promise<Photo> {
    const sha256 = await sha256Of(content);
    if ((await this.bytes()) + content.byteLength > MOST_BYTES) throw new QueueFullError();
    const writing = this.writing();
    const item = await this.draft(writing, id);
    const photo: Photo = { sha256, size: content.byteLength, stage, confirmed: false };
    const others = item.photos.filter((one) => one.sha256 !== sha256);
    await writing.objectStore("photos").put({ item: id, sha256, content });
    await writing.objectStore("items").put({ ...item, photos: [...others, photo] });
    await writing.done;
    return photo;
  }

  async removePhoto(id: string, sha256: string): Promise<void> {
    const writing = this.writing();
    const item = await this.draft(writing, id);
    await writing.objectStore("photos").delete([id, sha256]);
    await writing.objectStore("items").put({ ...item, photos: item.photos.filter((one) => one.sha256 !== sha256) });
    await writing.done;
  }

  /**
   * Make a draft ready to be sent, under an id of what it says now. Of two tabs with one draft one does this; the
   * other is told that it is gone.
   */
  async ready(id: string, body: Item["body"], kind?: Item["kind"]): Promise<Item> {
    const writing = this.writing();
    const draft = await this.draft(writing, id);
    const minted = newId();
    const order = await counted(writing, "order");
    const item: Item = { ...draft, id: minted, order, body, kind: kind ?? draft.kind, state: "waiting", made_at: this.now().toISOString() };
    if (item.kind === "note") item.subject = minted;
    await writing.objectStore("items").delete(id);
    await writing.objectStore("items").add(item);
    for (const photo of draft.photos) {
      const held = await writing.objectStore("photos").get([id, photo.sha256]);
      if (!held) continue;
      await writing.objectStore("photos").delete([id, photo.sha256]);
      await writing.objectStore("photos").add({ ...held, item: minted });
    }
    await writing.done;
    return item;
  }

  /** Return the items of a person, in the order in which they were made. */
  async items(person: number): Promise<Item[]> {
    return (await this.database.getAllFromIndex("items", "order")).filter((item) => item.person === person);
  }

  /** Count what others left on this device: nobody but they sends it. */
  async ofOthers(person: number): Promise<number> {
    return (await this.database.getAll("items")).filter((item) => item.person !== person && item.state !== "draft").length;
  }

  item(id: string): Promise<Item | undefined> {
    return this.database.get("items", id);
  }

  async photo(id: string, sha256: string): Promise<ArrayBuffer | null> {
    return (await this.database.get("photos", [id, sha256]))?.content ?? null;
  }

  /** Return how many bytes of photos are held. */
  async bytes(): Promise<number> {
    const items = await this.database.getAll("items");
    return items.reduce((sum, item) => sum + item.photos.reduce((part, photo) => part + photo.size, 0), 0);
  }

  private async change(id: string, changed: (item: Item) => Item): Promise<void> {
    const writing = this.writing();
    const found = await writing.objectStore("items").get(id);
    if (found) await writing.objectStore("items").put(changed(found));
    await writing.done;
  }

  /** Keep that the service holds a photo; its bytes stay until the whole item has arrived. */
  confirm(id: string, sha256: string): Promise<void> {
    return this.change(id, (item) => ({
      ...item,
      photos: item.photos.map((photo) => (photo.sha256 === sha256 ? { ...photo, confirmed: true } : photo)),
    }));
  }

  /** Keep the number that the service gave a note, and when: its photos hang on it. */
  named(id: string, number: string, serverAt: string): Promise<void> {
    return this.change(id, (item) => ({ ...item, number, server_at: serverAt }));
  }

  /** Try again later. */
  postpone(id: string, until: number): Promise<void> {
    return this.change(id, (item) => ({ ...item, tries: item.tries + 1, next_try_at: until }));
  }

  /**
   * Set an item aside, with what the service said; the others go on, but for those that build on it: later acts of its
   * person on the same case, by the version that all of them saw.
   */
  async refuse(id: string, refusal: Refusal): Promise<void> {
    const writing = this.writing();
    const items = writing.objectStore("items");
    const item = await items.get(id);
    if (item) {
      await items.put({ ...item, state: "refused", tries: item.tries + 1, refusal });
      for (const later of await items.getAll()) {
        if (later.state !== "waiting" || !buildsOn(later, item)) continue;
        await items.put({ ...later, state: "refused", refusal: { ...refusal, code: EARLIER_REFUSED, changes: [], state: null } });
      }
    }
    await writing.done;
  }

  /**
   * Send an item that was set aside once more, after its person has seen how the case stands (`base`), with those that
   * were set aside as they build on it.
   */
  async again(id: string, base: number | null): Promise<void> {
    const writing = this.writing();
    const items = writing.objectStore("items");
    const item = await items.get(id);
    for (const one of item ? await items.getAll() : []) {
      const goesAlong = one.refusal?.code === EARLIER_REFUSED && item && buildsOn(one, item);
      if (one.id !== id && !goesAlong) continue;
      await items.put({ ...one, state: "waiting", base, refusal: null, next_try_at: 0 });
    }
    await writing.done;
  }

  /** Forget when items were to be tried again: the network is back, or a person asks. */
  async hurry(person: number): Promise<void> {
    const writing = this.writing();
    for (const item of await writing.objectStore("items").getAll()) {
      if (item.person === person && item.next_try_at) await writing.objectStore("items").put({ ...item, next_try_at: 0 });
    }
    await writing.done;
  }

  /**
   * Take an item away that has arrived whole, and keep both clocks of it. Later acts on the same case that its person
   * did before anything else was known of it build on the version that this one led to.
   */
  async arrived(id: string, number: string, serverAt: string, version: number | null): Promise<void> {
    const writing = this.writing();
    const items = writing.objectStore("items");
    const item = await items.get(id);
    if (item) {
      await items.delete(id);
      for (const photo of item.photos) await writing.objectStore("photos").delete([id, photo.sha256]);
      const { person, title, about, made_at, begun_at } = item;
      const sent = { id, person, title, about, number, made_at: made_at ?? begun_at, server_at: serverAt };
      await writing.objectStore("sent").put({ ...sent, order: await counted(writing, "sent") });
      for (const later of await items.getAll()) {
        if (version !== null && buildsOn(later, item)) await items.put({ ...later, base: version });
      }
      const old = await writing.objectStore("sent").index("order").getAllKeys();
      for (const key of old.slice(0, Math.max(0, old.length - SENT_KEPT))) await writing.objectStore("sent").delete(key);
    }
    await writing.done;
  }

  /** Throw an item away, with its photos. */
  async drop(id: string): Promise<void> {
    const writing = this.writing();
    const item = await writing.objectStore("items").get(id);
    await writing.objectStore("items").delete(id);
    for (const photo of item?.photos ?? []) await writing.objectStore("photos").delete([id, photo.sha256]);
    await writing.done;
  }

  /** Return what has arrived, the latest first. */
  async sent(person: number): Promise<Sent[]> {
    const found = await this.database.getAllFromIndex("sent", "order");
    return found.filter((one) => one.person === person).reverse();
  }
}
