/** What the service tells, shown at once as it was kept, and anew when it answers; without a network it says as of when. */
import { ref, type Ref } from "vue";

import type { Outcome, Problem } from "@/api/problem";

import { keep, kept } from "./device";

export interface Told<Content> {
  content: Ref<Content | null>;
  at: Ref<string | null>;
  problem: Ref<Problem | null>;
  isAsking: Ref<boolean>;
  ask: () => Promise<void>;
}

/** Follow what is told under a name; `ask` asks the service. */
export function useTold<Content>(name: string, asked: () => Promise<Outcome<Content>>): Told<Content> {
  const content = ref<Content | null>(null) as Ref<Content | null>;
  const at = ref<string | null>(null);
  const problem = ref<Problem | null>(null);
  const isAsking = ref(false);

  async function ask(): Promise<void> {
    isAsking.value = true;
    if (content.value === null) {
      const before = await kept<Content>(name).catch(() => null);
      if (before && content.value === null) [content.value, at.value] = [before.content, before.at];
    }
    const answer = await asked();
    problem.value = answer.problem;
    if (answer.problem === null) {
      content.value = answer.content;
      at.value = (await keep(name, answer.content).catch(() => null))?.at ?? null;
    }
    isAsking.value = false;
  }

  return { content, at, problem, isAsking, ask };
}
