/** The service worker is an extra: with it a page that was open once starts without a network. Nothing else needs it. */
import { SERVICE } from "@/api/client";

export function startWorker(): void {
  if (!("serviceWorker" in navigator)) return;
  const scope = `${new URL(SERVICE).pathname.replace(/\/$/, "")}/m`;
  void navigator.serviceWorker.register(`${scope}/worker.js`, { scope }).catch(() => undefined);
}
