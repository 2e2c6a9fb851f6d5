/**
 * A draft that is being edited: its window as a coverage that cannot tear, acts that are sent one by one as edits, undo and
 * redo, what the service found, and what to do when somebody else was faster. Nothing here draws.
 */
import { computed, ref, shallowRef } from "vue";

import type { Outcome, Problem } from "@/api/problem";

import {
  postOutlines, readChanged, readDraft, readFindings, readWindow, undoEdit,
  type Changed, type Draft, type Edited, type Facts, type Findings,
} from "./drafts";
import { Coverage, type Drawn, type MultiPolygon, type Refusal } from "./geometry/coverage.ts";
import { toDegrees, toSteps, type Box, type Point } from "./geometry/grid.ts";
import type { VerbRefusal } from "./geometry/verbs.ts";

/** Something done: how it is sent, and sent again after it was undone. */
export interface Act {
  /** Code of its name in words. */
  name: string;
  send: (version: number) => Promise<Outcome<Edited>>;
}

/** What somebody else's edit kept from being sent: its shapes, and how it is done on the newer state. */
export interface Stale {
  mine: Record<string, MultiPolygon>;
  again: ((coverage: Coverage) => Refusal | VerbRefusal | null) | null;
  act: Act;
}

export function useEditor(id: number) {
  const draft = ref<Draft | null>(null);
  const coverage = shallowRef<Coverage | null>(null);
  const facts = shallowRef<ReadonlyMap<string, Facts>>(new Map());
  /** Areas that the draft changed, by code; a retired one says so. */
  const changed = shallowRef<ReadonlyMap<string, Facts>>(new Map());
  /** The same as GeoJSON, those that are left. */
  const outlines = shallowRef<readonly Changed[]>([]);
  const findings = shallowRef<Findings | null>(null);
  const problem = ref<Problem | null>(null);
  const stale = shallowRef<Stale | null>(null);
  /** How many things are under way that change what is drawn. */
  const waiting = ref(0);
  const isBusy = computed(() => waiting.value > 0);
  const undone = shallowRef<Act[]>([]);
  let done: Act[] = [];
  let sizes = new Map<string, number>();
  const growth = ref<{ code: string; m2: number }[]>([]);

  const isOpen = computed(() => draft.value?.state === "open");
  const canUndo = computed(() => isOpen.value && !isBusy.value && (draft.value?.edits?.length ?? 0) > 0);
  const canRedo = computed(() => isOpen.value && !isBusy.value && undone.value.length > 0);

  async function busily<Result>(work: () => Promise<Result>): Promise<Result> {
    waiting.value += 1;
    try {
      return await work();
    } finally {
      waiting.value -= 1;
    }
  }

  // Answers may come in another order than they were asked for in: one that was asked for before another is dropped.
  let [refreshes, looks] = [0, 0];

  async function refresh(): Promise<void> {
    const asked = (refreshes += 1);
    const [told, changes] = await Promise.all([readDraft(id), readChanged(id)]);
    if (asked !== refreshes) return;
    problem.value = told.problem ?? changes.problem;
    if (told.content) draft.value = told.content;
    if (changes.content) {
      outlines.value = changes.content.features.filter(({ geometry }) => geometry !== null);
      changed.value = new Map(changes.content.features.map(({ id: code, properties }) => [code, properties]));
    }
  }

  async function look(where: { code: string[] } | { bbox: string }): Promise<boolean> {
    const asked = (looks += 1);
    const found = await busily(() => readWindow(id, where));
    if (asked !== looks) return false;
    problem.value = found.problem;
    if (!found.content) return false;
    const [west = 0, south = 0, east = 0, north = 0] = found.content.bbox;
    const box: Box = [...toSteps([west, south]), ...toSteps([east, north])];
    const drawn = found.content.features.map(({ id: code, geometry }) => ({ code, geometry }) as unknown as Drawn);
    facts.value = new Map(found.content.features.map(({ id: code, properties }) => [code, properties]));
    coverage.value = new Coverage(drawn, box);
    if (draft.value) draft.value = { ...draft.value, version: found.content.version };
    sizes = new Map(coverage.value.codes().map((code) => [code, coverage.value?.squareMetres(code) ?? 0]));
    growth.value = [];
    return true;
  }

  /** Read the window anew as it is on the service. */
  async function reload(): Promise<void> {
    await refresh();
    if (!coverage.value) return;
    const [west, south, east, north] = coverage.value.box;
    const corners = [...toDegrees([west, south]), ...toDegrees([east, north])];
    await look({ bbox: corners.join(",") });
  }

  /** Take over what somebody else saved, unless something is drawn or sent here: that is judged when it is sent. */
  async function catchUp(): Promise<boolean> {
    const { content } = await readDraft(id);
    const isDrawing = Object.keys(coverage.value?.changed() ?? {}).length > 0;
    const isSame = content?.version === draft.value?.version && content?.state === draft.value?.state;
    if (!content || isSame || isBusy.value || stale.value || isDrawing) return false;
    await reload();
    findings.value = (await readFindings(id)).content;
    return true;
  }

  async function open(): Promise<void> {
    await refresh();
    const found = await readFindings(id);
    findings.value = found.content;
  }

  /** Tell by how much the areas that are being drawn have grown since the window was read. */
  function measure(codes: Iterable<string>): void {
    const made = coverage.value;
    if (!made) return;
    const drawn = new Set([...growth.value.map(({ code }) => code), ...codes]);
    growth.value = [...drawn]
      .map((code) => ({ code, m2: made.squareMetres(code) - (sizes.get(code) ?? 0) }))
      .filter(({ m2 }) => Math.abs(m2) >= 0.5);
  }

  async function send(act: Act): Promise<boolean> {
    problem.value = null;
    const { content, problem: why } = await act.send(draft.value?.version ?? 0);
    if (content) {
      if (draft.value) draft.value = { ...draft.value, version: content.version };
      findings.value = content;
      return true;
    }
    problem.value = why;
    return false;
  }

  /** Send an act; where it is refused, what was drawn snaps back and the reason stands beside. */
  function commit(act: Act, again: Stale["again"] = null): Promise<boolean> {
    return busily(() => sendOrSnapBack(act, again));
  }

  async function sendOrSnapBack(act: Act, again: Stale["again"]): Promise<boolean> {
    const mine = coverage.value?.changed() ?? {};
    const isSent = await send(act);
    const why = problem.value;
    if (isSent) {
      done = [...done, act];
      undone.value = [];
      coverage.value?.settle();
      await refresh();
      return true;
    }
    await reload();
    findings.value = (await readFindings(id)).content;
    problem.value = why?.code === "change-set-stale" ? null : why;
    if (why?.code === "change-set-stale") stale.value = { mine, again, act };
    return false;
  }

  /** Send what was dragged as one edit. */
  function commitOutlines(name: string, again: Stale["again"]): Promise<boolean> {
    const shapes = coverage.value?.changed() ?? {};
    return commit({ name, send: (version) => postOutlines(id, shapes, version) }, again);
  }

  async function undo(): Promise<void> {
    if (canUndo.value) await busily(takeBack);
  }

  async function takeBack(): Promise<void> {
    const { content, problem: why } = await undoEdit(id, draft.value?.version ?? 0);
    if (content) {
      const last = done.at(-1);
      done = done.slice(0, -1);
      if (last) undone.value = [...undone.value, last];
    }
    await reload();
    problem.value = why;
    findings.value = (await readFindings(id)).content;
  }

  async function redo(): Promise<void> {
    const act = undone.value.at(-1);
    if (!act || !canRedo.value) return;
    await busily(async () => {
      if (!(await send(act))) return;
      done = [...done, act];
      undone.value = undone.value.slice(0, -1);
      await reload();
    });
  }

  /** Do the act that came too late once more, on what is there now. */
  async function again(): Promise<Refusal | VerbRefusal | null> {
    const late = stale.value;
    stale.value = null;
    if (!late || !coverage.value) return null;
    if (!late.again) {
      if (await commit(late.act)) await reload();
      return null;
    }
    const refusal = late.again(coverage.value);
    if (refusal) return refusal;
    await commitOutlines(late.act.name, late.again);
    return null;
  }

  return {
    id, draft, coverage, facts, changed, outlines, findings, problem, stale, isBusy, growth, isOpen, canUndo, canRedo, undone,
    open, look, reload, catchUp, refresh, measure, commit, commitOutlines, undo, redo, again,
  };
}

export type Editor = ReturnType<typeof useEditor>;

/** A drag as it can be done once more: from where to where, on an edge where it began in the middle of one. */
export function dragAgain(from: Point, to: Point, edge: readonly [Point, Point] | null) {
  return (coverage: Coverage): Refusal | null => {
    let vertex = coverage.vertexAt(from);
    if (vertex === undefined && edge) {
      const [a, b] = [coverage.vertexAt(edge[0]), coverage.vertexAt(edge[1])];
      if (a !== undefined && b !== undefined && coverage.neighbours(a).has(b)) {
        const made = coverage.insert(a, b, from);
        if (typeof made !== "number") return made;
        vertex = made;
      }
    }
    return vertex === undefined ? { why: "gone", at: from } : coverage.move(vertex, to);
  };
}
