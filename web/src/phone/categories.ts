/** Categories to choose from: kept on the device, those used last first. */
import { computed, ref } from "vue";

import { api, type Schemas } from "@/api/client";
import { settled } from "@/api/problem";

import { useTold } from "./told";

type Category = Schemas["CategoryStateOut"];

const MOST = 1000;
const SHOWN = 6;
const USED = "wangge.phone.categories";

const told = useTold<Category[]>("categories", async () => {
  const answer = await settled(api.GET("/v1/categories", { params: { query: { limit: MOST } } }));
  return answer.problem ? answer : { content: answer.content.items, problem: null };
});
const used = ref<string[]>(read());

function read(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(USED) ?? "[]");
    return Array.isArray(found) ? found.filter((one): one is string => typeof one === "string") : [];
  } catch {
    return [];
  }
}

/** Categories that have none below them, by code. */
export const categories = computed<Category[]>(() => {
  const all = told.content.value ?? [];
  const above = new Set(all.map((one) => one.parent_code));
  return all.filter((one) => !above.has(one.code));
});

/** Those to be offered as buttons: used last first, then those that are solved on the spot. */
export const offered = computed<Category[]>(() => {
  const known = new Map(categories.value.map((one) => [one.code, one]));
  const last = used.value.map((code) => known.get(code)).filter((one) => one !== undefined);
  const rest = categories.value.filter((one) => !used.value.includes(one.code));
  return [...last, ...rest.filter((one) => one.on_the_spot), ...rest.filter((one) => !one.on_the_spot)].slice(0, SHOWN);
});

export const lastUsed = computed<string | null>(() => used.value[0] ?? null);

/** Return a category's name; its code where the name is not known. */
export function nameOf(code: string | null): string {
  if (code === null) return "";
  return told.content.value?.find((one) => one.code === code)?.name ?? code;
}

export function rememberUsed(code: string): void {
  used.value = [code, ...used.value.filter((one) => one !== code)].slice(0, SHOWN);
  localStorage.setItem(USED, JSON.stringify(used.value));
}

export const askCategories = told.ask;
