/** Who works with this device: as the service says, and without a network as it said last. */
import { computed, readonly, ref } from "vue";

import { api, onAnswer, type Schemas } from "@/api/client";
import { settled, type Problem } from "@/api/problem";

import { forgetKept, keep, kept } from "./device";

type Me = Schemas["MeOut"];
type Service = Schemas["ConsoleOut"];

const known = ref<Me | null>(null);
const service = ref<Service | null>(null);
const hasEnded = ref(false);
const isNewer = ref(false);
const training = ref(false);

export const me = readonly(known);
export const settings = readonly(service);
/** Whether the session ended: what waits stays, and is sent after signing in again. */
export const sessionEnded = readonly(hasEnded);
/** Whether the service serves another build than the one that runs here. */
export const isOutdated = readonly(isNewer);
export const isTraining = readonly(training);
export const number = computed(() => known.value?.number ?? null);

onAnswer((status, isTrainingNow) => {
  training.value ||= isTrainingNow;
  if (status === 401 && known.value) hasEnded.value = true;
});

/** Show who it was last, before anything is asked. */
export async function recall(): Promise<void> {
  known.value = (await kept<Me>("me").catch(() => null))?.content ?? null;
}

export function may(scope: string): boolean {
  return known.value?.scopes.includes(scope) ?? false;
}

/** Ask the service who is signed in; without an answer it stays as it was. */
export async function refresh(): Promise<Problem | null> {
  const { content, problem } = await settled(api.GET("/v1/console"));
  if (problem) return problem;
  isNewer.value ||= service.value !== null && service.value.build !== content.build;
  service.value ??= content;
  if (!content.signed_in) {
    hasEnded.value = known.value !== null;
    return null;
  }
  const told = await settled(api.GET("/v1/me"));
  if (told.problem) return told.problem;
  if (known.value && known.value.number !== told.content.number) await forgetKept();
  known.value = told.content;
  hasEnded.value = false;
  await keep("me", told.content).catch(() => undefined);
  return null;
}

/** Sign in; return what was wrong. */
export async function signIn(login: string, password: string, code: string | null): Promise<Problem | null> {
  const body = code === null ? { login, password } : { login, password, code };
  const { problem } = await settled(api.POST("/v1/sessions", { body }));
  return problem ?? refresh();
}

/** End the session here; return what was wrong. */
export async function signOut(): Promise<Problem | null> {
  const { problem } = await settled(api.DELETE("/v1/sessions/current"));
  if (problem && problem.status !== 401) return problem;
  known.value = null;
  hasEnded.value = false;
  await forgetKept().catch(() => undefined);
  return null;
}
