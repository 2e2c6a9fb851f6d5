/** Why a place is a hotspot, or is none: what each method says of it, in numbers. */
import { number, words } from "@/words";

import { chance, type ClusterFacts, type Method, type Result } from "./runs";

export interface Asked {
  lon: number;
  lat: number;
  /** Properties of the unit that holds the place. */
  unit: Record<string, unknown> | null;
  /** Clusters that hold it, of all methods. */
  clusters: ClusterFacts[];
  /** Series of areas that hold it. */
  series: Record<string, unknown>[];
}

export interface Answer {
  method: string;
  label: string;
  /** Whether the method finds something there. */
  isFound: boolean;
  lines: string[];
}

function figure(value: unknown, decimals = 2): string {
  return typeof value === "number" ? number(value, decimals) : "–";
}

function ofUnit(method: Method, unit: Record<string, unknown>): Answer {
  const code = String(unit[`${method.method}_kind`] ?? unit[method.method] ?? "");
  const verdict = method.legend.find((one) => one.code === code);
  const base = { method: method.method, label: method.label, isFound: verdict?.is_finding ?? false };
  if (!verdict) return { ...base, lines: [words("planner.why.leftOut")] };
  const q = unit[`${method.method}_q`];
  const lines = [verdict.text];
  if (`${method.method}_z` in unit) {
    lines.push(words("planner.why.unit", { z: figure(unit[`${method.method}_z`]), p: figure(unit[`${method.method}_p`], 4), q: figure(q, 4) }));
    lines.push(chance(typeof q === "number" ? q : null));
  }
  return { ...base, lines };
}

function ofClusters(method: Method, clusters: ClusterFacts[]): Answer {
  const own = clusters.filter((one) => one.method === method.method && one.significant !== false);
  const base = { method: method.method, label: method.label, isFound: own.length > 0 };
  if (!own.length) return { ...base, lines: [words("planner.why.outside")] };
  const lines = own.map((one) =>
    one.expected === null
      ? words("planner.why.dense", { observed: one.observed, first: one.first, last: one.last })
      : words("planner.why.cluster", {
          category: one.category ?? "", observed: one.observed, expected: figure(one.expected, 1), risk: figure(one.relative_risk, 1),
          first: one.first, last: one.last, chance: chance(one.adjusted_p),
        }),
  );
  return { ...base, lines };
}

function ofSeries(method: Method, series: Record<string, unknown>[]): Answer {
  const [alarms, quiet] = [series.filter(({ alarm }) => alarm), series.filter(({ alarm }) => !alarm)];
  const lines = [...alarms, ...quiet.sort((a, b) => Number(a.q ?? 1) - Number(b.q ?? 1)).slice(0, alarms.length ? 0 : 3)].map((one) =>
    words(one.expected === null ? "planner.why.seriesUnknown" : "planner.why.series", {
      area: String(one.area_name), category: String(one.category), observed: figure(one.observed, 0), expected: figure(one.expected, 1), upper: figure(one.upper, 0), q: figure(one.q, 3),
    }),
  );
  return { method: method.method, label: method.label, isFound: alarms.length > 0, lines: lines.length ? lines : [words("planner.why.noSeries")] };
}

/** Return what each method of a run says of a place. */
export function answersOf(result: Result, asked: Asked): Answer[] {
  return result.findings.methods.map((method) => {
    if (method.finds === "clusters") return ofClusters(method, asked.clusters);
    if (method.finds === "warnings") return ofSeries(method, asked.series);
    return asked.unit ? ofUnit(method, asked.unit) : { method: method.method, label: method.label, isFound: false, lines: [words("planner.why.nowhere")] };
  });
}
