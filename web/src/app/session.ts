/** Who is signed in, kept for all pages; null: nobody. */
import { computed, readonly, ref } from "vue";

import { api, onAnswer, type Schemas } from "@/api/client";
import { settled, type Problem } from "@/api/problem";

import { look } from "./settings";

export type Me = Schemas["MeOut"];

const known = ref<Me | null>(null);
const training = ref(false);
let asked: Promise<Problem | null> | null = null;

export const me = readonly(known);
export const isTraining = readonly(training);

onAnswer((_, isTrainingNow) => {
  training.value ||= isTrainingNow;
});

async function ask(): Promise<Problem | null> {
  const service = await look();
  if (service.problem) return service.problem;
  if (!service.content.signed_in) {
    known.value = null;
    return null;
  }
  const { content, problem } = await settled(api.GET("/v1/me"));
  known.value = content;
  return problem?.status === 401 ? null : problem;
}

/** Ask once who is signed in; return the problem when that could not be told. */
export function whoIsSignedIn(): Promise<Problem | null> {
  asked ??= ask().then((problem) => {
    if (problem) asked = null;
    return problem;
  });
  return asked;
}

/** Ask anew: after signing in. */
export function refresh(): Promise<Problem | null> {
  asked = null;
  return whoIsSignedIn();
}

/** Forget who was signed in: after signing out, or when the session has ended. */
export function forget(): void {
  known.value = null;
  asked = null;
}

/** Whether a person may do something somewhere, by its scope. */
export function may(scope: string): boolean {
  return known.value?.scopes.includes(scope) ?? false;
}

export const isSignedIn = computed(() => known.value !== null);
