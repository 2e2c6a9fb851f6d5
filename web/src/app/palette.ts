/** What the palette finds: commands of the page, desks, drafts, areas by name, code or first letters. */
import { ref } from "vue";
import type { Router } from "vue-router";

import { api } from "@/api/client";
import { settled } from "@/api/problem";
import { readAreas, readLayers } from "@/map/boundaries";
import { levelName, words } from "@/words";

import { commandsOfPage } from "./commands";
import { DESKS } from "./desks";
import type { Entry } from "./ranks";
import { may } from "./session";
import { settings } from "./settings";

export const isPaletteOpen = ref(false);

/** Entries that are there at once: what the page offers, and the desks. */
export function entriesOfPage(router: Router): Entry[] {
  const desks = [...DESKS.filter((desk) => desk.isOpen()), { name: "account", path: "/account" } as const];
  return [
    ...commandsOfPage().map(({ name, key = "", run }): Entry => ({ kind: "command", name, beside: key, run })),
    ...desks.map(({ name, path }): Entry => ({ kind: "desk", name: words(`desks.${name}`), beside: path, run: () => void router.push(path) })),
  ];
}

export async function entriesOfDrafts(router: Router): Promise<Entry[]> {
  if (!may("boundaries:edit") && !may("boundaries:approve")) return [];
  const { content } = await settled(api.GET("/v1/change-sets"));
  return (content?.change_sets ?? []).map(({ id, title, state }) => ({
    kind: "draft",
    name: title,
    beside: `${id} · ${words(`drafts.states.${state}`)}`,
    run: () => void router.push(`/boundaries/${id}`),
  }));
}

/** The areas in force of the layer that is shown first, the finest level first. */
export async function entriesOfAreas(router: Router): Promise<Entry[]> {
  const { content } = await readLayers();
  const layer = content?.find(({ code }) => code === settings.value?.default_layer) ?? content?.[0];
  if (!layer) return [];
  const levels = [...layer.levels].reverse();
  const read = await Promise.all(levels.map((level) => readAreas(layer.code, level, null)));
  return read.flatMap(({ content: areas }) =>
    (areas ?? []).map(({ code, name, level }): Entry => ({
      kind: "area",
      name,
      beside: `${code} · ${levelName(level)}`,
      run: () => void router.push({ path: "/map", query: { layer: layer.code, level, area: code } }),
    })),
  );
}
