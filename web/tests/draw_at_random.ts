/** Read a window from standard input, draw on it at random through the editor's code, write each act with what it left. */
import { readFileSync } from "node:fs";

import { Coverage, type Drawn } from "../src/desks/boundaries/geometry/coverage.ts";
import { toDegrees, toSteps, type Point } from "../src/desks/boundaries/geometry/grid.ts";
import { chance, Drawer, faultsOf, ringsAround, type Act } from "./random_edits.ts";

interface Asked {
  bbox: [number, number, number, number];
  features: { id: string; geometry: Drawn["geometry"] }[];
  seed: number;
  acts: number;
}

const asked = JSON.parse(readFileSync(0, "utf8")) as Asked;
const [west, south, east, north] = asked.bbox;
const coverage = new Coverage(
  asked.features.map(({ id, geometry }) => ({ code: id, geometry })), [...toSteps([west, south]), ...toSteps([east, north])],
);
const before = [faultsOf(coverage), ringsAround(coverage)];
const drawer = new Drawer(coverage, chance(asked.seed));
const done: unknown[] = [];
const kinds: Act["kind"][] = ["drag", "split", "merge", "transfer"];
for (let tries = 0; done.length < asked.acts && tries < 20 * asked.acts; tries++) {
  const act = drawer.act([kinds[done.length % kinds.length] as Act["kind"]]);
  if (!act) continue;
  const drawn = "line" in act ? act.line : "ring" in act ? act.ring : [];
  done.push({ ...act, drawn: drawn.map((place: Point) => toDegrees(place)), shapes: coverage.changed() });
  coverage.settle();
}
const after = [faultsOf(coverage), ringsAround(coverage)];
process.stdout.write(JSON.stringify({ acts: done, isWhole: JSON.stringify(before) === JSON.stringify(after) }));
