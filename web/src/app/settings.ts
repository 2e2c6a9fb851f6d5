/** What the service tells the console of itself: the provider of sign-in, the basemap, which build it serves. */
import { readonly, ref } from "vue";

import { api, type Schemas } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";

export type ConsoleSettings = Schemas["ConsoleOut"];

const LOOK_EVERY_MS = 5 * 60_000;
const told = ref<ConsoleSettings | null>(null);
const outdated = ref(false);

export const settings = readonly(told);
/** Whether the service serves another build than the one that runs here. */
export const isOutdated = readonly(outdated);

/** Ask the service now; return what it told, or the problem. */
export async function look(): Promise<Outcome<ConsoleSettings>> {
  const answer = await settled(api.GET("/v1/console"));
  if (answer.content) {
    outdated.value ||= told.value !== null && told.value.build !== answer.content.build;
    told.value ??= answer.content;
  }
  return answer;
}

/** Ask every few minutes, and whenever the page is looked at again. */
export function followSettings(): void {
  setInterval(() => void look(), LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void look();
  });
}
