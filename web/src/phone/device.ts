/** What this device keeps: the queue, and what the service told last, so that a page opens without a network. */
import { openQueue, QueueStore, type Database } from "./queue/store";

import { SERVICE } from "@/api/client";

let opened: Promise<Database> | null = null;

function database(): Promise<Database> {
  opened ??= openQueue(`wangge-phone:${new URL(SERVICE).pathname}`);
  return opened;
}

/** Open the queue of this device. */
export async function deviceQueue(): Promise<QueueStore> {
  return new QueueStore(await database());
}

export interface Kept<Content> {
  /** When the service told it, by the device's clock. */
  at: string;
  content: Content;
}

/** Return what was kept under a name; null: nothing. */
export async function kept<Content>(name: string): Promise<Kept<Content> | null> {
  return ((await (await database()).get("kept", name)) as Kept<Content> | undefined) ?? null;
}

export async function keep<Content>(name: string, content: Content): Promise<Kept<Content>> {
  // A copy without what a page adds to it: the database takes plain values alone.
  const made = { at: new Date().toISOString(), content: JSON.parse(JSON.stringify(content)) as Content };
  await (await database()).put("kept", made, name);
  return made;
}

/** Forget all that was told: after signing out. What waits to be sent stays. */
export async function forgetKept(): Promise<void> {
  await (await database()).clear("kept");
}

/** Ask the browser not to drop the data of this page when the device runs out of room. */
export function askToPersist(): void {
  void (navigator.storage as StorageManager | undefined)?.persist?.().catch(() => false);
}
