/** The queue as pages show it, and when it is sent: at once, when the network is back, when the page is looked at again. */
import { computed, readonly, ref, shallowRef } from "vue";

import { words } from "@/words";

import { askToPersist, deviceQueue } from "./device";
import { isTraining, number, refresh, sessionEnded } from "./person";
import { alone } from "./queue/alone";
import { EARLIER_REFUSED, newId, type Item, type Sent } from "./queue/items";
import { Sending, type Ending } from "./queue/sending";
import type { QueueStore } from "./queue/store";
import { transport } from "./transport";

const EVERY_MS = 30_000;
const tab = newId();
const shown = shallowRef<readonly Item[]>([]);
const arrivedItems = shallowRef<readonly Sent[]>([]);
const others = ref(0);
const ended = ref<Ending>("done");
const sending = ref(false);
const offline = ref(!navigator.onLine);
const broken = ref(false);
let again = false;

export const items = readonly(shown);
export const arrived = readonly(arrivedItems);
export const ofOthers = readonly(others);
export const isSending = readonly(sending);
/** Whether this browser keeps nothing: what is done without a network would be lost. */
export const isBroken = readonly(broken);
export const isOffline = computed(() => offline.value || ended.value === "silent");
export const waitingCount = computed(() => shown.value.filter((item) => item.state === "waiting").length);
export const refusedCount = computed(() => shown.value.filter((item) => item.state === "refused" && item.refusal?.code !== EARLIER_REFUSED).length);
/** Acts on a case or task that have not arrived yet. */
export function waitingFor(subject: string): Item[] {
  return shown.value.filter((item) => item.subject === subject && item.state !== "draft");
}

const CHANNEL = "wangge-phone";
const channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;

/** Read the queue anew: after each change, here or in another tab. */
export async function look(): Promise<void> {
  const person = number.value;
  const store = await deviceQueue();
  shown.value = person === null ? [] : await store.items(person);
  arrivedItems.value = person === null ? [] : await store.sent(person);
  others.value = person === null ? 0 : await store.ofOthers(person);
}

/** Change the queue, show it, and send what is ready. */
export async function change<Result>(changed: (store: QueueStore) => Promise<Result>): Promise<Result> {
  const result = await changed(await deviceQueue());
  await look();
  channel?.postMessage("changed");
  void send();
  return result;
}

/** Send what waits, unless it is being sent; what is added meanwhile goes along. */
export async function send(isAsked = false): Promise<void> {
  const person = number.value;
  if (person === null || sessionEnded.value) return;
  const store = await deviceQueue();
  if (isAsked) await store.hurry(person);
  again = true;
  if (sending.value) return;
  sending.value = true;
  try {
    while (again) {
      again = false;
      const round = new Sending(store, transport, () => void look());
      await alone(store.database, tab, async (renew) => {
        ended.value = await round.round(person, renew);
      });
      if (ended.value !== "done") break;
    }
  } finally {
    sending.value = false;
  }
  await look();
  if (ended.value === "signed-out") void refresh();
}

async function back(): Promise<void> {
  await refresh();
  await send(true);
}

/** Look at the queue and send it by these four occasions, for as long as the page is open. */
export async function followQueue(): Promise<void> {
  try {
    await look();
  } catch {
    broken.value = true;
    return;
  }
  askToPersist();
  addEventListener("online", () => {
    offline.value = false;
    void back();
  });
  addEventListener("offline", () => (offline.value = true));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void back();
  });
  channel?.addEventListener("message", () => void look());
  setInterval(() => {
    if (waitingCount.value) void send();
  }, EVERY_MS);
  await back();
}

/** Return an item with its photos as one text to be kept or handed over. */
export async function exported(item: Item): Promise<string> {
  const store = await deviceQueue();
  const photos: { sha256: string; stage: string | null; jpeg: string | null }[] = [];
  for (const { sha256, stage } of item.photos) {
    const content = await store.photo(item.id, sha256);
    photos.push({ sha256, stage, jpeg: content && (await dataOf(content)) });
  }
  const told = { ...item, photos, exported_at: new Date().toISOString(), training: isTraining.value };
  return JSON.stringify({ kind: words("phone.waiting.exportKind"), item: told }, null, 2);
}

function dataOf(content: ArrayBuffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error());
    reader.readAsDataURL(new Blob([content], { type: "image/jpeg" }));
  });
}
