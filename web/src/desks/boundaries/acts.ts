/** What the tools do: tried on the page's own coverage first, then sent as one edit each. */
import { computed, ref, type Ref } from "vue";

import { words } from "@/words";

import { changeFacts, postEdit, takeRepair, type EditIn, type FactsIn } from "./drafts";
import { dragAgain, type Editor } from "./editor";
import type { Dragged, Tool } from "./editor_view";
import type { Coverage, Refusal } from "./geometry/coverage.ts";
import { toDegrees, type Point } from "./geometry/grid.ts";
import { edgesOf } from "./geometry/rings.ts";
import { merge, split, transfer, type VerbRefusal } from "./geometry/verbs.ts";

/** Areas that share a border of some length with one. */
export function besideOf(coverage: Coverage, code: string): string[] {
  const found = [...edgesOf(coverage.polygons(code))].flatMap(([a, b]) => coverage.areasAt(a, b));
  return [...new Set(found)].filter((other) => other !== code);
}

export function useActs(editor: Editor, selected: Ref<string[]>, tool: Ref<Tool>) {
  const refusal = ref<string | null>(null);
  const first = computed(() => selected.value[0] ?? null);

  function refuse(why: Refusal | VerbRefusal | null): boolean {
    refusal.value = why ? words(`edit.refused.${why.why}`) : null;
    return why !== null;
  }

  function moved(codes: string[], why: Refusal | null): void {
    refuse(why);
    editor.measure(codes);
  }

  async function dragged({ from, to, edge }: Dragged): Promise<void> {
    if (!Object.keys(editor.coverage.value?.changed() ?? {}).length) return; // refused all the way: nothing was drawn
    refusal.value = null;
    await editor.commitOutlines("edit.act.redraw", dragAgain(from, to, edge));
  }

  async function moveTo(vertex: number, to: Point): Promise<void> {
    const coverage = editor.coverage.value;
    if (!coverage) return;
    const from = coverage.place(vertex);
    const codes = coverage.areasAt(vertex);
    if (refuse(coverage.move(vertex, to))) return;
    editor.measure(codes);
    await editor.commitOutlines("edit.act.redraw", dragAgain(from, to, null));
  }

  async function remove(vertex: number): Promise<void> {
    const coverage = editor.coverage.value;
    if (!coverage || refuse(coverage.remove(vertex))) return;
    await editor.commitOutlines("edit.act.redraw", null);
  }

  /** Try something on a copy; shown while it is sent, then what the service made of it is read. */
  async function verb(body: Partial<EditIn> & Pick<EditIn, "verb">, trial: (coverage: Coverage) => Refusal | VerbRefusal | null): Promise<boolean> {
    const coverage = editor.coverage.value;
    if (!coverage) return false;
    const tried = coverage.clone();
    if (refuse(trial(tried))) return false;
    editor.coverage.value = tried;
    const isDone = await editor.commit({ name: `edit.act.${body.verb}`, send: (version) => postEdit(editor.id, body, version) });
    if (isDone) await editor.reload();
    selected.value = selected.value.filter((code) => editor.facts.value.has(code));
    return isDone;
  }

  async function drawn(points: Point[], name: string): Promise<void> {
    const code = first.value;
    const degrees = points.map(toDegrees);
    const ring = [...degrees, degrees[0] ?? [0, 0]];
    if (tool.value === "create") {
      const near = editor.facts.value.get(code ?? "") ?? [...editor.facts.value.values()][0];
      const body: Partial<EditIn> & Pick<EditIn, "verb"> = {
        verb: "create", geometry: { type: "Polygon", coordinates: [ring] }, parent_code: near?.parent_code ?? null, name: name || null,
      };
      await verb(body, () => null);
      return;
    }
    if (code === null) return;
    if (tool.value === "split") {
      const body: Partial<EditIn> & Pick<EditIn, "verb"> = { verb: "split", codes: [code], geometry: { type: "LineString", coordinates: degrees } };
      await verb(body, (coverage) => {
        const made = split(coverage, code, points, (number) => `${code} ${number}`);
        return "why" in made ? made : null;
      });
      return;
    }
    const taker = selected.value[1];
    if (taker === undefined) {
      refusal.value = words("edit.refused.taker");
      return;
    }
    const body: Partial<EditIn> & Pick<EditIn, "verb"> = { verb: "transfer", codes: [code, taker], geometry: { type: "Polygon", coordinates: [ring] } };
    await verb(body, (coverage) => transfer(coverage, code, taker, points));
  }

  async function mergeSelected(): Promise<void> {
    const codes = [...selected.value];
    const into = codes[0];
    if (into === undefined || codes.length < 2) return;
    if (await verb({ verb: "merge", codes, into }, (coverage) => merge(coverage, codes, into))) selected.value = [into];
  }

  async function retire(into: string | null): Promise<void> {
    const code = first.value;
    if (code === null) return;
    await verb({ verb: "retire", codes: [code], into }, (coverage) => {
      if (into !== null) return merge(coverage, [into, code], into);
      coverage.replace(new Map([[code, null]]));
      return null;
    });
  }

  async function saveFacts(facts: FactsIn): Promise<void> {
    const code = first.value;
    if (code === null) return;
    const send = (version: number) => changeFacts(editor.id, code, facts, version);
    if (await editor.commit({ name: "edit.act.assign", send })) {
      await editor.reload();
      selected.value = [facts.code ?? code, ...selected.value.slice(1)];
    }
  }

  async function takeProposal(key: string): Promise<void> {
    const send = (version: number) => takeRepair(editor.id, key, version);
    if (await editor.commit({ name: "edit.act.repair", send })) await editor.reload();
  }

  async function again(): Promise<void> {
    refuse(await editor.again());
  }

  return { refusal, moved, dragged, moveTo, remove, drawn, mergeSelected, retire, saveFacts, takeProposal, again };
}
