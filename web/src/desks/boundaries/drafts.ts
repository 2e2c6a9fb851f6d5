/** What the boundaries desk asks of the service: drafts, their windows, edits, findings, review. */
import { api, type Schemas } from "@/api/client";
import { settled, type Outcome } from "@/api/problem";

import type { MultiPolygon } from "./geometry/coverage.ts";

export type Draft = Schemas["ChangeSetOut"];
export type State = Draft["state"];
export type Edited = Schemas["EditedOut"];
export type EditIn = Schemas["EditIn"];
export type Window = Schemas["EditWindowOut"];
export type Facts = Schemas["DraftAreaFacts"];
export type Changed = Schemas["DraftAreas"]["features"][number];
export type Findings = Schemas["SurroundingsOut"];
export type Defect = Schemas["DefectFeature"];
export type Proposal = Schemas["ProposalOut"];
export type FactsIn = Schemas["FactsIn"];

/** The one header by which an edit names the version that it was made on. */
const on = (version: number): { header: { "If-Match": string } } => ({ header: { "If-Match": `"${version}"` } });
const of = (id: number): { path: { change_set: number } } => ({ path: { change_set: id } });

export async function readDrafts(): Promise<Outcome<Draft[]>> {
  const { content, problem } = await settled(api.GET("/v1/change-sets"));
  return problem ? { content: null, problem } : { content: content.change_sets, problem: null };
}

export function openDraft(layer: string, title: string): Promise<Outcome<Draft>> {
  return settled(api.POST("/v1/change-sets", { body: { layer, title } as Schemas["ChangeSetIn"] }));
}

export function readDraft(id: number): Promise<Outcome<Draft>> {
  return settled(api.GET("/v1/change-sets/{change_set}", { params: of(id) }));
}

/** Areas that the draft left different, without what it left as it was. */
export function readChanged(id: number): Promise<Outcome<Schemas["DraftAreas"]>> {
  return settled(api.GET("/v1/change-sets/{change_set}/areas", { params: { ...of(id), query: { changed: true } } }));
}

export function readWindow(id: number, where: { code: string[] } | { bbox: string }): Promise<Outcome<Window>> {
  return settled(api.GET("/v1/change-sets/{change_set}/window", { params: { ...of(id), query: where } }));
}

export function readFindings(id: number): Promise<Outcome<Findings>> {
  return settled(api.GET("/v1/change-sets/{change_set}/surroundings", { params: of(id) }));
}

export function postEdit(id: number, body: Partial<EditIn> & Pick<EditIn, "verb">, version: number): Promise<Outcome<Edited>> {
  return settled(
    api.POST("/v1/change-sets/{change_set}/edits", { params: { ...of(id), ...on(version) }, body: body as EditIn }),
  );
}

export function postOutlines(id: number, shapes: Record<string, MultiPolygon>, version: number): Promise<Outcome<Edited>> {
  return postEdit(id, { verb: "redraw", shapes: shapes as unknown as NonNullable<EditIn["shapes"]> }, version);
}

export function changeFacts(id: number, code: string, facts: FactsIn, version: number): Promise<Outcome<Edited>> {
  return settled(
    api.PATCH("/v1/change-sets/{change_set}/areas/{code}", {
      params: { path: { change_set: id, code }, ...on(version) },
      body: facts,
    }),
  );
}

export function takeRepair(id: number, key: string, version: number): Promise<Outcome<Edited>> {
  return settled(
    api.POST("/v1/change-sets/{change_set}/repairs", { params: { ...of(id), ...on(version) }, body: { keys: [key] } }),
  );
}

export function undoEdit(id: number, version: number): Promise<Outcome<Draft>> {
  return settled(api.POST("/v1/change-sets/{change_set}/undo", { params: { ...of(id), ...on(version) } }));
}
