/** The latest results of assessment by area: indicators as columns, areas as rows. */
import { api, type Schemas } from "@/api/client";
import { settled } from "@/api/problem";

export type Value = Schemas["ValueOut"];

export interface Assessed {
  run: Schemas["AssessmentOut"];
  /** Codes and names of the indicators, in the order of the results. */
  indicators: [code: string, name: string][];
  /** Values by area and indicator. */
  areas: [area: string, values: ReadonlyMap<string, Value>][];
}

/** Read the latest results that one may see, for some areas; null: there are none, or one may not. */
export async function readAssessed(names: ReadonlyMap<string, string>): Promise<Assessed | null> {
  const { content: runs } = await settled(api.GET("/v1/assessment/results", { params: { query: { limit: 10 } } }));
  const run = runs?.items.find((one) => one.state === "published") ?? runs?.items[0];
  if (!run) return null;
  const { content } = await settled(
    api.GET("/v1/assessment/results/{assessment}/values", { params: { path: { assessment: run.number }, query: { grouping: "area" } } }),
  );
  return content ? tabled(run, content.items, names) : null;
}

/** Put values into rows and columns; those of other areas than `names` has are left out. */
export function tabled(run: Assessed["run"], values: readonly Value[], names: ReadonlyMap<string, string>): Assessed {
  const indicators = new Map<string, string>();
  const areas = new Map<string, Map<string, Value>>();
  for (const value of values) {
    const code = value.subject.split("/").at(-1) ?? "";
    if (!names.has(code)) continue;
    indicators.set(value.indicator, value.name);
    const row = areas.get(code) ?? new Map<string, Value>();
    row.set(value.indicator, value);
    areas.set(code, row);
  }
  return { run, indicators: [...indicators], areas: [...areas].sort(([one], [other]) => one.localeCompare(other)) };
}
