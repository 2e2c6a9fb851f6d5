/** What the service finds for the palette: cases, reports, quick notes, tasks, people. Areas the palette has itself. */
import type { Router } from "vue-router";

import { api } from "@/api/client";
import { settled } from "@/api/problem";
import { words } from "@/words";

import type { Entry, Kind } from "./ranks";

const SHORTEST = 2;
const PAGES: Partial<Record<string, { kind: Kind; path: string }>> = {
  case: { kind: "case", path: "/cases" },
  report: { kind: "report", path: "/records/report" },
  note: { kind: "note", path: "/records/note" },
  task: { kind: "task", path: "/records/task" },
  person: { kind: "person", path: "/records/person" },
};

/** Entries that the service finds for what was typed; none for a single character. */
export async function searched(router: Router, typed: string): Promise<Entry[]> {
  const wanted = typed.trim();
  if (wanted.length < SHORTEST) return [];
  const { content } = await settled(api.GET("/v1/search", { params: { query: { words: wanted } } }));
  return (content?.items ?? []).flatMap(({ kind, key, title, beside }) => {
    const page = PAGES[kind];
    if (!page) return [];
    const told = kind === "case" ? words(`caseStates.${beside}`) : kind === "task" ? words(`palette.tasks.${beside}`) : beside;
    const entry: Entry = {
      kind: page.kind,
      name: title,
      beside: kind === "person" ? told : `${key} · ${told}`,
      run: () => void router.push(`${page.path}/${encodeURIComponent(key)}`),
    };
    return [entry];
  });
}
