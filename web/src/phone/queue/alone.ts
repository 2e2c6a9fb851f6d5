/**
 * One tab at a time sends: by the browser's locks, or where it has none by a lease in the queue, which a tab that is
 * gone leaves to the next after its time.
 */
import type { Database } from "./store";

export const LEASE_MS = 30_000;
const NAME = "send";

/** Do something if no other tab does it now; return whether it was done. `renew` is to be called before each request. */
export async function alone(
  database: Database,
  holder: string,
  work: (renew: () => Promise<boolean>) => Promise<void>,
  locks: LockManager | null = (navigator.locks as LockManager | undefined) ?? null,
): Promise<boolean> {
  if (locks) {
    return locks.request(`${database.name}:${NAME}`, { ifAvailable: true }, async (lock) => {
      if (lock) await work(() => Promise.resolve(true));
      return lock !== null;
    });
  }
  if (!(await take(database, holder))) return false;
  try {
    await work(() => take(database, holder));
  } finally {
    await leave(database, holder);
  }
  return true;
}

async function take(database: Database, holder: string): Promise<boolean> {
  const writing = database.transaction("leases", "readwrite");
  const held = await writing.store.get(NAME);
  const now = Date.now();
  const isFree = !held || held.holder === holder || held.until < now;
  if (isFree) await writing.store.put({ name: NAME, holder, until: now + LEASE_MS });
  await writing.done;
  return isFree;
}

async function leave(database: Database, holder: string): Promise<void> {
  const writing = database.transaction("leases", "readwrite");
  if ((await writing.store.get(NAME))?.holder === holder) await writing.store.delete(NAME);
  await writing.done;
}
