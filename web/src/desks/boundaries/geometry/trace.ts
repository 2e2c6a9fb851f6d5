/**
 * The way along borders from one place on them to another. It is the shortest one, found from its two ends alone: how the
 * pointer was moved between them does not count, so that it cannot go the wrong way round.
 */
import type { Coverage } from "./coverage.ts";
import { isNear, isSame, type Point } from "./grid.ts";

interface Step {
  vertex: number;
  far: number;
}

/** Vertices by their distance, the nearest first. */
class Queue {
  private readonly steps: Step[] = [];

  push(step: Step): void {
    const { steps } = this;
    let at = steps.push(step) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if ((steps[above] as Step).far <= step.far) break;
      steps[at] = steps[above] as Step;
      at = above;
    }
    steps[at] = step;
  }

  pop(): Step | undefined {
    const { steps } = this;
    const [first, last] = [steps[0], steps.pop()];
    if (!steps.length || !last) return first;
    let at = 0;
    while (true) {
      let below = 2 * at + 1;
      if (below >= steps.length) break;
      if (below + 1 < steps.length && (steps[below + 1] as Step).far < (steps[below] as Step).far) below += 1;
      if ((steps[below] as Step).far >= last.far) break;
      steps[at] = steps[below] as Step;
      at = below;
    }
    steps[at] = last;
    return first;
  }
}

/** The vertex at a place, or both ends of the edge that it lies on to the nearest step; none away from borders. */
function endsAt(coverage: Coverage, place: Point): number[] {
  const vertex = coverage.vertexAt(place);
  if (vertex !== undefined && coverage.neighbours(vertex).size) return [vertex];
  const edge = coverage.allEdges().find(([a, b]) => isNear(place, coverage.place(a), coverage.place(b)));
  return edge ? [...edge] : [];
}

/** Return the vertices between two places on borders, the nearest to the first one first; null where no way leads. */
export function along(coverage: Coverage, from: Point, to: Point): Point[] | null {
  const [starts, ends] = [endsAt(coverage, from), endsAt(coverage, to)];
  if (!starts.length || !ends.length) return null;
  if (starts.length === 2 && starts.every((one) => ends.includes(one))) return [];
  const narrow = Math.cos((from[1] / 1e7) * (Math.PI / 180)) || 1;
  const length = (a: Point, b: Point): number => Math.hypot((a[0] - b[0]) * narrow, a[1] - b[1]);
  const distances = new Map<number, number>();
  const before = new Map<number, number | null>();
  const queue = new Queue();
  const reach = (vertex: number, far: number, via: number | null): void => {
    if (far >= (distances.get(vertex) ?? Infinity)) return;
    distances.set(vertex, far);
    before.set(vertex, via);
    queue.push({ vertex, far });
  };
  for (const one of starts) reach(one, length(from, coverage.place(one)), null);
  let [best, last]: [number, number | null] = [Infinity, null];
  for (let step = queue.pop(); step && step.far < best; step = queue.pop()) {
    const { vertex, far } = step;
    if (far > (distances.get(vertex) ?? Infinity)) continue;
    const whole = far + length(coverage.place(vertex), to);
    if (ends.includes(vertex) && whole < best) [best, last] = [whole, vertex];
    for (const next of coverage.neighbours(vertex)) reach(next, far + length(coverage.place(vertex), coverage.place(next)), vertex);
  }
  if (last === null) return null;
  const way: Point[] = [];
  for (let at: number | null = last; at !== null; at = before.get(at) ?? null) way.unshift(coverage.place(at));
  return way.filter((place) => !isSame(place, from) && !isSame(place, to));
}
