/*
 * Starts the phone's page without a network. The service writes FILES (the files of the build) above this text, so that
 * a new build is a new worker. The page is answered as it is kept and fetched anew meanwhile: on a slow network it opens
 * at once, and the next start has the new build; files are named by their content and never change.
 */
/* global FILES, PAGE */
const CACHE = "wangge-phone";

async function precache() {
  const cache = await caches.open(CACHE);
  const known = new Set((await cache.keys()).map((request) => request.url));
  const wanted = FILES.map((file) => new URL(file, self.location.href).href);
  await cache.add(new Request(PAGE, { cache: "reload" }));
  await Promise.all(wanted.filter((file) => !known.has(file)).map((file) => cache.add(file)));
  const page = new URL(PAGE, self.location.href).href;
  for (const request of await cache.keys()) {
    if (request.url !== page && !wanted.includes(request.url)) await cache.delete(request);
  }
}

async function page(event) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(PAGE);
  const fresh = fetch(PAGE, { cache: "reload" }).then(async (answer) => {
    if (answer.ok && !answer.redirected) await cache.put(PAGE, answer.clone());
    return answer;
  });
  event.waitUntil(fresh.catch(() => undefined));
  return kept ?? fresh;
}

async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(precache());
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (new URL(request.url).pathname.includes("/console/")) event.respondWith(file(request));
});
