/** What an area came from and became, as a picture: a column each release, a line each share of land. */
import type { Schemas } from "@/api/client";

export type Lineage = Schemas["LineageOut"];
type Step = Schemas["LineageStepOut"];
export interface Node {
  code: string;
  /** The release that brought it, or from which on the area that is looked at stands; 0: there before any step. */
  column: number;
  row: number;
  at: string | null;
}
export interface Link {
  from: Node;
  to: Node;
  share: number;
}

/** Lay out the steps: each area stands in the column of the step that brought it, the oldest at the left. */
export function layout({ code, became, came_from: before }: Lineage): { nodes: Node[]; links: Link[]; columns: number } {
  const steps = [...new Map([...before, ...became].map((one: Step) => [`${one.release} ${one.predecessor} ${one.successor}`, one])).values()]
    .filter(({ predecessor, successor }) => predecessor !== successor);
  const releases = [...new Set(steps.map(({ release }) => release))].sort((a, b) => a - b);
  const nodes = new Map<string, Node>();
  const heights: number[] = [];
  const put = (one: string, column: number, at: string | null): Node => {
    const known = nodes.get(one);
    if (known) return known;
    const row = heights[column] ?? 0;
    heights[column] = row + 1;
    const made = { code: one, column, row, at };
    nodes.set(one, made);
    return made;
  };
  for (const release of releases) {
    for (const step of steps.filter((one) => one.release === release)) put(step.predecessor, releases.indexOf(release), null);
    for (const step of steps.filter((one) => one.release === release)) put(step.successor, releases.indexOf(release) + 1, step.effective_at);
  }
  put(code, 0, null);
  const links = steps.map((step) => ({
    from: nodes.get(step.predecessor) as Node, to: nodes.get(step.successor) as Node, share: step.share_of_predecessor,
  }));
  return { nodes: [...nodes.values()], links, columns: releases.length + 1 };
}
